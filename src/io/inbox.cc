#include "io/inbox.h"

#include <utility>

#include "base/check.h"

namespace kindred {

Inbox::Inbox(uv_loop_t* loop, std::function<void()> on_wake) : on_wake_(std::move(on_wake)) {
  CHECK(uv_async_init(loop, &wake_,
                      [](uv_async_t* wake) { static_cast<Inbox*>(wake->data)->on_wake_(); }) == 0);
  wake_.data = this;
}

void Inbox::Post(LoopEvent event) {
  std::lock_guard lock(mutex_);
  if (closed_) return;
  events_.push_back(std::move(event));
  // Who posted the first has woken the loop for the others, too.
  if (events_.size() == 1) uv_async_send(&wake_);
}

void Inbox::OnDurable(uint64_t sequence) {
  // Reads and writes in one step: either this sees what WaitFor wrote, or the loop, which looks at
  // the store after WaitFor, sees what was made durable before this.
  uint64_t waits_for = waits_for_.fetch_add(0, std::memory_order_acq_rel);
  if (waits_for == 0 || waits_for > sequence) return;
  if (!waits_for_.compare_exchange_strong(waits_for, 0, std::memory_order_acq_rel)) return;
  std::lock_guard lock(mutex_);
  if (!closed_) uv_async_send(&wake_);
}

std::vector<LoopEvent> Inbox::Take() {
  std::lock_guard lock(mutex_);
  return std::exchange(events_, {});
}

void Inbox::WaitFor(uint64_t sequence) { waits_for_.exchange(sequence, std::memory_order_acq_rel); }

void Inbox::Close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr);
}

}  // namespace kindred
