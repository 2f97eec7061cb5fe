#include "tests/bench/load_generator.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <stdexcept>

#include "base/random.h"

namespace kindred {
namespace {

constexpr int64_t kNever = std::numeric_limits<int64_t>::max();
constexpr int64_t kSecondNs = 1'000'000'000;
// A server that answers nothing for so long has failed.
constexpr int64_t kSilenceNsMax = 20 * kSecondNs;

int64_t NowNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

struct Client {
  std::unique_ptr<LoadConnection> connection;
  std::function<uint64_t()> next_key;
  uint64_t batches_left = std::numeric_limits<uint64_t>::max();
  int64_t due_ns = 0;   // when the next batch is to leave
  int64_t from_ns = 0;  // from when the latencies of the batch under way count
  bool polls_write = false;
};

class LoadRun {
 public:
  explicit LoadRun(const LoadPlan& plan) : plan_(plan), random_(1) {
    epoll_fd_ = epoll_create1(EPOLL_CLOEXEC);
    clients_.resize(static_cast<size_t>(plan.connections));
    for (size_t i = 0; i < clients_.size(); ++i) Open(i);
  }
  ~LoadRun() { close(epoll_fd_); }
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;

  LoadResult Run() {
    const int64_t begin_ns = NowNs();
    MakeTimetable(begin_ns);
    end_ns_ =
        plan_.fill ? kNever : begin_ns + static_cast<int64_t>(plan_.seconds * double(kSecondNs));
    last_reply_ns_ = begin_ns;
    while (true) {
      const int64_t now_ns = NowNs();
      const int64_t wake_ns = SendWhatIsDue(now_ns);
      if (busy_ == 0 && wake_ns == kNever) break;
      if (busy_ > 0 && now_ns - last_reply_ns_ > kSilenceNsMax) {
        throw std::runtime_error("no reply for 20 seconds");
      }
      Poll(std::clamp<int64_t>(wake_ns - now_ns, 0, kSecondNs));
    }
    result_.seconds = double(last_reply_ns_ - begin_ns) / double(kSecondNs);
    return result_;
  }

 private:
  void Open(size_t index) {
    Client& client = clients_[index];
    const size_t targets = plan_.targets.size();
    const LoadTarget& target = plan_.targets[index % targets];
    client.connection = std::make_unique<LoadConnection>(target.port, target.key_prefix,
                                                         plan_.batch, &result_.faults);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = index;
    epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, client.connection->fd(), &event);
    if (!plan_.fill) {
      client.next_key = [this] { return random_.Below(plan_.keys); };
      return;
    }
    // The connections of a target take its keys in turn; the last batches may begin anew.
    const uint64_t siblings = (clients_.size() - index % targets + targets - 1) / targets;
    const uint64_t batch_keys = siblings * static_cast<uint64_t>(plan_.batch.pipeline);
    client.batches_left = (plan_.keys + batch_keys - 1) / batch_keys;
    client.next_key = [keys = plan_.keys, siblings, next = index / targets]() mutable {
      const uint64_t key = next % keys;
      next += siblings;
      return key;
    };
  }

  // With a rate: when each connection is to send first, and how long after that again.
  void MakeTimetable(int64_t begin_ns) {
    if (plan_.rate > 0) {
      interval_ns_ = static_cast<int64_t>(double(plan_.connections) * plan_.batch.pipeline *
                                          double(kSecondNs) / plan_.rate);
    }
    for (size_t i = 0; i < clients_.size(); ++i) {
      clients_[i].due_ns =
          begin_ns + interval_ns_ * static_cast<int64_t>(i) / static_cast<int64_t>(clients_.size());
    }
  }

  // Returns when the next batch of an idle connection is due.
  int64_t SendWhatIsDue(int64_t now_ns) {
    int64_t wake_ns = kNever;
    for (size_t i = 0; i < clients_.size(); ++i) {
      Client& client = clients_[i];
      if (!client.connection->idle() || client.batches_left == 0 || now_ns >= end_ns_) continue;
      if (client.due_ns > now_ns) {
        if (client.due_ns < end_ns_) wake_ns = std::min(wake_ns, client.due_ns);
        continue;
      }
      // A reply may come before the silence of a slow timetable counts as one.
      if (busy_ == 0) last_reply_ns_ = now_ns;
      client.from_ns = plan_.rate > 0 ? client.due_ns : now_ns;
      client.due_ns += interval_ns_;
      --client.batches_left;
      ++busy_;
      client.connection->Send(client.next_key);
      PollForWriting(i);
    }
    return wake_ns;
  }

  void Poll(int64_t wait_ns) {
    epoll_event events[64];
    const timespec timeout = {wait_ns / kSecondNs, wait_ns % kSecondNs};
    const int count = epoll_pwait2(epoll_fd_, events, 64, &timeout, nullptr);
    if (count < 0 && errno != EINTR) {
      throw std::runtime_error(std::string("epoll_pwait2: ") + std::strerror(errno));
    }
    for (int i = 0; i < count; ++i) {
      const size_t index = events[i].data.u64;
      if (events[i].events & EPOLLOUT) clients_[index].connection->OnWritable();
      if (events[i].events & ~EPOLLOUT) OnReadable(&clients_[index]);
      PollForWriting(index);
    }
  }

  void OnReadable(Client* client) {
    const int done = client->connection->OnReadable();
    const int64_t now_ns = NowNs();
    for (int i = 0; i < done; ++i) result_.latencies.Add((now_ns - client->from_ns) / 1000);
    last_reply_ns_ = now_ns;
    if (client->connection->idle()) --busy_;
  }

  void PollForWriting(size_t index) {
    Client& client = clients_[index];
    const bool wanted = client.connection->wants_to_write();
    if (wanted == client.polls_write) return;
    client.polls_write = wanted;
    epoll_event event{};
    event.events = EPOLLIN | (wanted ? EPOLLOUT : 0u);
    event.data.u64 = index;
    epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, client.connection->fd(), &event);
  }

  const LoadPlan plan_;
  Random random_;
  int epoll_fd_ = -1;
  LoadResult result_;
  std::vector<Client> clients_;
  int64_t interval_ns_ = 0;
  int64_t end_ns_ = 0;
  int64_t last_reply_ns_ = 0;
  int busy_ = 0;  // connections with a batch under way
};

}  // namespace

LoadResult RunLoad(const LoadPlan& plan) { return LoadRun(plan).Run(); }

}  // namespace kindred
