#include "io/loop.h"

#include <pthread.h>

#include <utility>

#include "base/check.h"
#include "fmt/format.h"
#include "io/log.h"
#include "io/wall_clock.h"
#include "server/server.h"

namespace kindred {
namespace {

// How often the Node looks at its deadlines, and how often it does when nothing is going on.
constexpr uint64_t kTickMs = 5;
constexpr uint64_t kIdleTickMs = 50;
// So long after the last request or message a deadline may still be due.
constexpr uint64_t kBusyMs = 1500;
// So many request timeouts may a disk stand still.
constexpr uint64_t kPatienceWithDisk = 10;

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <typename... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

Loop& LoopOf(uv_handle_t* handle) { return *static_cast<Loop*>(handle->data); }

uv_loop_t* Init(uv_loop_t* loop) {
  CHECK(uv_loop_init(loop) == 0);
  return loop;
}

}  // namespace

Loop::Loop(const Parts& parts, uint32_t index, uint32_t loops, uint64_t seed)
    : parts_(parts),
      index_(index),
      loops_(loops),
      inbox_(Init(&uv_), [this] { OnWake(); }),
      node_(parts.shared, index, seed),
      links_(*this, parts.handshake, index, loops, seed + 1),
      view_version_(UINT64_MAX) {
  // Once before the loop sleeps, for what timers did, and once after it has read.
  uv_prepare_init(&uv_, &before_poll_);
  uv_check_init(&uv_, &after_poll_);
  uv_idle_init(&uv_, &next_turn_);
  uv_timer_init(&uv_, &tick_);
  before_poll_.data = after_poll_.data = next_turn_.data = tick_.data = this;
  uv_prepare_start(&before_poll_, [](uv_prepare_t* handle) {
    LoopOf(reinterpret_cast<uv_handle_t*>(handle)).EndTurn();
  });
  uv_check_start(&after_poll_, [](uv_check_t* handle) {
    LoopOf(reinterpret_cast<uv_handle_t*>(handle)).EndTurn();
  });
  SetTick(kTickMs);
}

Loop::~Loop() {
  Join();
  uv_loop_close(&uv_);
}

void Loop::Start(const std::vector<std::unique_ptr<Loop>>& all) {
  all_ = &all;
  thread_ = std::thread([this] { Run(); });
}

void Loop::Run() {
  pthread_setname_np(pthread_self(), fmt::format("loop-{}", index_).c_str());
  uv_run(&uv_, UV_RUN_DEFAULT);
}

void Loop::BeginDrain() {
  Call([this] {
    draining_ = true;
    client_acceptors_.clear();
    for (const auto& [id, connection] : connections_) Touch(*connection);
  });
}

void Loop::BeginStop() {
  Call([this] { stopping_ = true; });
}

void Loop::Join() {
  if (thread_.joinable()) thread_.join();
}

uint64_t Loop::now_ms() {
  if (now_ms_ == 0) now_ms_ = WallClockMs();
  return now_ms_;
}

// --- inputs

void Loop::OnWake() {
  for (LoopEvent& event : inbox_.Take()) OnEvent(std::move(event));
}

void Loop::OnEvent(LoopEvent event) {
  const bool is_page = std::holds_alternative<ScannedEvent>(event);
  std::visit(
      Overloaded{
          [this](SendsEvent& e) { RouteSends(e.sends); },
          [this](HandoverEvent& e) { node_.OnHandover(std::move(e.handover), now_ms()); },
          [this](LoadedEvent& e) { node_.OnLoaded(e.key, e.found, e.value, now_ms()); },
          [this](ScannedEvent& e) { node_.OnScanned(e.ticket, std::move(e.entries), now_ms()); },
          [this](ClientEvent& e) { AddClient(e); },
          [this](PeerEvent& e) { links_.OnPeerEvent(std::move(e)); },
          [](CallEvent& e) { e.run(); },
      },
      event);
  // Pages of a scan come at all times, as the sweeper asks for them: no reason to hurry.
  if (is_page) {
    DrainOutbox();
  } else {
    OnInput();
  }
}

void Loop::OnInput() {
  NoteBusy();
  DrainOutbox();
}

void Loop::NoteBusy() {
  busy_until_ms_ = now_ms() + kBusyMs;
  if (tick_ms_ != kTickMs) SetTick(kTickMs);
}

void Loop::OnMessage(Peer from, LinkId link, Message&& message, bool idle) {
  node_.OnMessage(from, link, std::move(message), now_ms());
  if (!idle) NoteBusy();
}

void Loop::OnLinkUp(Peer peer, bool is_seed) {
  if (is_seed) {
    seed_ = peer;
    // A member has joined already; this is just its link.
    if (node_.view().members().size() == 1) node_.Join(peer, now_ms());
  }
  node_.OnLinkUp(peer, now_ms());
  OnInput();
}

void Loop::OnLinkDown(Peer peer) {
  node_.OnLinkDown(peer, now_ms());
  OnInput();
}

void Loop::SetTick(uint64_t period_ms) {
  tick_ms_ = period_ms;
  uv_timer_start(
      &tick_, [](uv_timer_t* timer) { LoopOf(reinterpret_cast<uv_handle_t*>(timer)).OnTick(); },
      period_ms, period_ms);
}

void Loop::OnTick() {
  node_.OnTick(now_ms());
  DrainOutbox();
  if (parts_.shared.view_version() != view_version_) {
    view_version_ = parts_.shared.view_version();
    links_.FitMembers(*parts_.shared.view());
  }
  links_.OnTick(uv_now(&uv_));
  NoteJoin();
  DropOldArrivals();
  // The pool had no room for these; by now it may have.
  for (size_t left = for_workers_.size(); left > 0; --left) {
    std::function<void()> task = std::move(for_workers_.front());
    for_workers_.pop_front();
    RunOnWorker(std::move(task));
  }
  WatchDisk();
  if (!ticking_.empty()) TickConnections();
  if (now_ms() >= next_second_ms_) OnSecond();
  if (tick_ms_ == kTickMs && now_ms() > busy_until_ms_ && requests_.empty()) SetTick(kIdleTickMs);
}

// A reply that waits for a disk that fails is an error after the request timeout. One that does not
// fail is only slow, as it may well be with large writes, and is waited for longer.
void Loop::WatchDisk() {
  const uint64_t durable = parts_.store.durable();
  if (gate_.WaitsFor() == 0 || durable != disk_durable_) {
    disk_durable_ = durable;
    disk_moved_ms_ = uv_now(&uv_);
    return;
  }
  const uint64_t patience = parts_.shared.disk_failed() ? 1 : kPatienceWithDisk;
  if (uv_now(&uv_) < disk_moved_ms_ + patience * parts_.server.request_timeout_ms()) return;
  disk_moved_ms_ = uv_now(&uv_);
  for (const auto& [id, connection] : connections_) connection->GiveUpOnDisk(durable);
}

void Loop::OnSecond() {
  next_second_ms_ = now_ms() + 1000;
  std::vector<uint64_t> overdue;
  for (const auto& [id, connection] : connections_) {
    if (connection->IsOverdue(now_ms())) overdue.push_back(id);
  }
  for (uint64_t id : overdue) RemoveClient(id);
  if (index_ == 0) node_.OnSecond(now_ms());
  DrainOutbox();
}

void Loop::TickConnections() {
  for (uint64_t id : std::exchange(ticking_, {})) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    found->second->ticking = false;
    found->second->OnTick();
  }
  DrainOutbox();
}

// --- the outbox

void Loop::DrainOutbox() {
  // A reply may let its session submit the next command, which fills the outbox again.
  while (!node_.outbox().empty()) {
    std::swap(taken_, node_.outbox());
    RouteSends(taken_.sends);
    for (Outbox::Answer& answer : taken_.answers) {
      if (answer.after <= parts_.store.durable()) {
        links_.Answer(answer.link, answer.message);
      } else {
        gate_.Add(answer.after, std::move(answer));
      }
    }
    for (const Outbox::Sync& sync : taken_.syncs) gate_.Add(sync.after, sync);
    for (Outbox::Handover& handover : taken_.handovers) {
      const uint32_t loop = handover.loop;
      (*all_)[loop]->inbox_.Post(HandoverEvent{std::move(handover)});
    }
    for (Outbox::Load& load : taken_.loads) LoadOnWorker(std::move(load));
    for (Outbox::Scan& scan : taken_.scans) gate_.Add(scan.after, std::move(scan));
    for (const Outbox::Recall& recall : taken_.recalls) RouteRecall(recall);
    if (taken_.heard != 0) OnHeard(std::exchange(taken_.heard, 0));
    for (Outbox::Reply& reply : taken_.replies) Route(std::move(reply));
    taken_.sends.clear();
    taken_.answers.clear();
    taken_.syncs.clear();
    taken_.handovers.clear();
    taken_.loads.clear();
    taken_.scans.clear();
    taken_.recalls.clear();
    taken_.replies.clear();
  }
}

// Messages for other lanes go into their inboxes at once, those of this lane into this turn's
// frame.
void Loop::RouteSends(std::vector<Outbox::Send>& sends) {
  std::vector<std::vector<Outbox::Send>> by_lane;
  for (Outbox::Send& send : sends) {
    if (send.lane == index_) {
      links_.Send(send.to, send.message);
      continue;
    }
    by_lane.resize(loops_);
    by_lane[send.lane].push_back(std::move(send));
  }
  for (uint32_t lane = 0; lane < by_lane.size(); ++lane) {
    if (!by_lane[lane].empty()) (*all_)[lane]->inbox_.Post(SendsEvent{std::move(by_lane[lane])});
  }
}

void Loop::Route(Outbox::Reply reply) {
  const auto request = requests_.find(reply.request);
  if (request == requests_.end()) return;
  const auto found = connections_.find(request->second);
  requests_.erase(request);
  if (found == connections_.end()) return;
  --found->second->requests;
  found->second->OnReply(reply);
}

void Loop::RouteRecall(const Outbox::Recall& recall) {
  const auto found = connections_.find(recall.connection);
  if (found != connections_.end()) found->second->OnRecall(recall);
}

void Loop::OnHeard(uint64_t word) {
  heard_ = word;
  std::erase_if(for_word_, [this](const ForWord& each) {
    if (each.word > heard_) return false;
    TouchById(each.connection);
    return true;
  });
}

void Loop::GateForWord(Connection& connection) {
  const uint64_t word = connection.WaitsForWord();
  if (word == 0 || word == connection.word_at) return;
  connection.word_at = word;
  for_word_.push_back({word, connection.id()});
}

void Loop::RunOnWorker(std::function<void()> task) {
  if (!parts_.workers.Post(task)) for_workers_.push_back(std::move(task));
}

void Loop::LoadOnWorker(Outbox::Load load) {
  RunOnWorker([this, key = std::move(load.key)] {
    LoadedEvent loaded;
    loaded.found = parts_.store.Load(Column::kRecords, key, &loaded.value);
    loaded.key = key;
    inbox_.Post(std::move(loaded));
  });
}

void Loop::ScanOnWorker(Outbox::Scan scan) {
  RunOnWorker([this, scan = std::move(scan)] {
    ScanRequest request;
    request.column = scan.expiry ? Column::kExpiry : Column::kRecords;
    request.from = scan.from;
    request.until = scan.until;
    request.entries_max = scan.entries_max;
    inbox_.Post(ScannedEvent{scan.ticket, parts_.store.Scan(request)});
  });
}

// --- the end of a turn

void Loop::EndTurn() {
  if (stopping_) return CloseAll();
  while (true) {
    const uint64_t durable = parts_.store.durable();
    if (node_.WantsEndTurn()) {
      node_.EndTurn(now_ms());
      DrainOutbox();
    }
    ReleaseGated(durable);
    FlushConnections(durable);
    links_.Flush();
    if (!touched_.empty() || !node_.outbox().empty()) {
      DrainOutbox();
      continue;
    }
    inbox_.WaitFor(gate_.WaitsFor());
    // The disk may have got there between the first look and the wish to be woken.
    if (gate_.WaitsFor() == 0 || gate_.WaitsFor() > parts_.store.durable()) break;
  }
  if (draining_) NoteDrained();
  now_ms_ = 0;
}

void Loop::ReleaseGated(uint64_t durable) {
  while (std::optional<Gated> gated = gate_.Take(durable)) {
    std::visit(Overloaded{
                   [this](Outbox::Answer& answer) { links_.Answer(answer.link, answer.message); },
                   [this](Outbox::Sync& sync) { node_.OnSynced(sync.round, now_ms()); },
                   [this](Outbox::Scan& scan) { ScanOnWorker(std::move(scan)); },
                   [this](ConnectionAgain& again) { touched_.push_back(again.connection); },
               },
               *gated);
  }
}

void Loop::FlushConnections(uint64_t durable) {
  flushing_.swap(touched_);
  for (uint64_t id : flushing_) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    Connection& connection = *found->second;
    connection.touched = false;
    if (!connection.Flush(durable, heard_)) {
      RemoveClient(id);
      continue;
    }
    if (connection.WantsTicks() && !connection.ticking) {
      connection.ticking = true;
      ticking_.push_back(id);
    }
    GateForWord(connection);
    const uint64_t waits_for = connection.WaitsFor();
    if (waits_for == 0 || waits_for == connection.gated_at) continue;
    connection.gated_at = waits_for;
    gate_.Add(waits_for, ConnectionAgain{id});
  }
  flushing_.clear();
}

void Loop::Touch(Connection& connection) {
  if (connection.touched) return;
  connection.touched = true;
  touched_.push_back(connection.id());
}

void Loop::TouchById(uint64_t connection) {
  const auto found = connections_.find(connection);
  if (found != connections_.end()) Touch(*found->second);
}

void Loop::RunNextTurn(Connection& connection) {
  if (std::exchange(connection.wants_turn, true)) return;
  waiting_.push_back(connection.id());
  uv_idle_start(&next_turn_, [](uv_idle_t* handle) {
    LoopOf(reinterpret_cast<uv_handle_t*>(handle)).RunWaiting();
  });
}

void Loop::RunWaiting() {
  uv_idle_stop(&next_turn_);
  for (uint64_t id : std::exchange(waiting_, {})) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    found->second->wants_turn = false;
    found->second->OnTurn();
  }
  OnInput();
}

void Loop::Expect(uint64_t request, Connection& connection) {
  requests_.emplace(request, connection.id());
}

// --- the end

void Loop::NoteDrained() {
  const bool empty = connections_.empty() && gate_.WaitsFor() == 0 && requests_.empty();
  drained_.store(empty, std::memory_order_release);
}

void Loop::CloseAll() {
  if (uv_is_closing(reinterpret_cast<uv_handle_t*>(&tick_))) return;
  connections_.clear();
  client_acceptors_.clear();
  peer_acceptors_.clear();
  incoming_.clear();
  turned_away_.clear();
  links_.Close();
  inbox_.Close();
  uv_close(reinterpret_cast<uv_handle_t*>(&before_poll_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&after_poll_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&next_turn_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&tick_), nullptr);
}

}  // namespace kindred
