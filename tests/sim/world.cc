#include "tests/sim/world.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"
#include "base/hash.h"
#include "command/families.h"
#include "command/table.h"
#include "message/message_codec.h"
#include "topology/planner.h"

namespace kindred {
namespace {

constexpr uint64_t kStartMs = 1'700'000'000'000;
constexpr uint64_t kTickUs = 5000;
constexpr uint64_t kSlowDisk = 50;  // so many times as long, but at most
constexpr uint64_t kSlowSyncMaxUs = 300'000;

template <typename T>
T OneOf(Random& random, std::vector<T> choices) {
  return choices[random.Below(choices.size())];
}

const CommandTable& Commands() {
  static const CommandTable table(DataCommandFamilies());
  return table;
}

}  // namespace

World::World(uint64_t seed, const WorldOptions& options) : random_(seed), options_(options) {
  const size_t size = options.duels ? 3 : OneOf<size_t>(random_, {3, 3, 3, 3, 4, 5, 7});
  loss_ = OneOf<double>(random_, {0, 0, 0.01, 0.05, 0.15});
  delay_max_us_ = OneOf<uint64_t>(random_, {500, 2000, 10000});
  sync_max_us_ = OneOf<uint64_t>(random_, {500, 4000, 20000});
  fault_every_us_ = OneOf<uint64_t>(random_, {0, 30'000, 80'000, 200'000});
  crash_weight_ = OneOf<double>(random_, {0, 1, 1, 3});
  cut_weight_ = OneOf<double>(random_, {0, 1, 2});
  pause_weight_ = OneOf<double>(random_, {0, 1});
  reset_weight_ = OneOf<double>(random_, {0, 1});
  doubt_weight_ = OneOf<double>(random_, {0, 1, 4});
  if (options.duels) {
    fault_every_us_ = OneOf<uint64_t>(random_, {8'000, 20'000, 40'000});
    loss_ = OneOf<double>(random_, {0, 0.02, 0.15});
    delay_max_us_ = OneOf<uint64_t>(random_, {500, 4000});
    sync_max_us_ = OneOf<uint64_t>(random_, {500, 4000});
    favour_ = OneOf<double>(random_, {0, 0.3, 0.6});
    crash_weight_ = OneOf<double>(random_, {0.3, 2, 6});
    cut_weight_ = 2;
  }
  turn_max_us_ = OneOf<uint64_t>(random_, {1, 1000, 5000});
  if (seed % 4 == 3) slow_disk_ = seed / 4 % size;
  const uint64_t skew_max = OneOf<uint64_t>(random_, {0, 5, 30, 400});
  const double cold = OneOf<double>(random_, {0, 0, 0.3});

  Settings settings;
  settings.stripes = 2;
  settings.cache_bytes = OneOf<size_t>(random_, {1 << 20, 200});
  settings.request_timeout_ms = 300;
  settings.heartbeat_ms = 50;
  settings.suspect_after_ms = 120;
  settings.grant_ms = OneOf<uint64_t>(random_, {20, 100, 1000});
  settings.grant_first_ms = OneOf<uint64_t>(random_, {4, 20, 100});
  settings.grant_tenure_ms = OneOf<uint64_t>(random_, {4, 20, 100});
  settings.rules = options.rules;
  settings.rules.first_alive_is_primary = !options.duels;
  links_.resize(size * size);
  cut_.resize(size * size);
  paused_until_us_.resize(size);
  for (size_t i = 0; i < size; ++i) {
    skew_ms_.push_back(static_cast<int64_t>(random_.Below(skew_max + 1)));
    const auto port = static_cast<uint16_t>(7001 + i);
    NodeInfo info;
    info.host = "127.0.0.1";
    info.port = port;
    info.cluster_port = static_cast<uint16_t>(port + 100);
    info.peer_port = static_cast<uint16_t>(port + 200);
    info.http_port = static_cast<uint16_t>(port + 300);
    TestNode::Outside outside;
    outside.request = [this, i](size_t to, Message message) {
      SendOn(i, to, false, LinkOf(i, to).number, message);
    };
    outside.answer = [this, i](size_t to, uint64_t link, Message message) {
      SendOn(to, i, true, link, message);
    };
    outside.load = [this, i] {
      const uint64_t life = nodes_[i]->life();
      After(random_.Below(3000), [this, i, life] {
        if (nodes_[i]->up() && nodes_[i]->life() == life) nodes_[i]->RunLoads(NowMs(i));
      });
    };
    outside.turn = [this, i] {
      const uint64_t life = nodes_[i]->life();
      After(random_.Below(turn_max_us_), [this, i, life] {
        WhenRunning(i, [this, i, life] {
          if (nodes_[i]->life() == life) nodes_[i]->EndTurn(NowMs(i));
        });
      });
    };
    nodes_.push_back(std::make_unique<TestNode>(i, info, settings, random_.Next(), outside));
    nodes_.back()->store().set_not_in_memory_chance(cold);
  }
  BootCluster();
}

void World::BootCluster() {
  std::vector<std::string> ids;
  for (auto& node : nodes_) {
    node->Start(kStartMs);
    ids.push_back(node->id());
  }
  Topology topology = nodes_[0]->node().view().topology();
  for (size_t i = 1; i < nodes_.size(); ++i) {
    const Topology alone = nodes_[i]->node().view().topology();
    auto next = PlanJoin(topology, alone.nodes()[0]);
    CHECK(next.ok());
    topology = *next;
  }
  for (auto& node : nodes_) {
    node->SetIds(ids);
    node->Install(topology);
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (size_t j = 0; j < nodes_.size(); ++j) {
      if (i != j) BringUp(i, j);
    }
    TickNode(i);
    SyncNode(i);
  }
  if (fault_every_us_ != 0) After(random_.Below(fault_every_us_), [this] { DrawFault(); });
}

uint64_t World::NowMs(size_t index) const {
  return kStartMs + now_us_ / 1000 + static_cast<uint64_t>(skew_ms_[index]);
}

void World::After(uint64_t delay_us, std::function<void()> what) {
  events_.emplace(std::make_pair(now_us_ + delay_us, ++order_), std::move(what));
}

void World::RunUntil(uint64_t time_us) {
  while (!events_.empty() && events_.begin()->first.first <= time_us) {
    now_us_ = events_.begin()->first.first;
    const std::function<void()> what = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    what();
  }
  now_us_ = time_us;
}

void World::Trace(std::string_view what) {
  trace_hash_ = Hash64(what, trace_hash_ ^ now_us_);
  if (options_.trace) {
    std::printf("%9.3f  %.*s\n", static_cast<double>(now_us_) / 1000, static_cast<int>(what.size()),
                what.data());
  }
}

// --- network

bool World::Lost(size_t from, size_t to) {
  return cut_[from * nodes_.size() + to] || (!healed_ && random_.Chance(loss_));
}

// `opener` opened the link; a request goes from it to `other`, an answer comes back.
void World::SendOn(size_t opener, size_t other, bool answer, uint64_t number,
                   const Message& message) {
  if (on_message) on_message(message);
  Link& link = LinkOf(opener, other);
  const size_t from = answer ? other : opener, to = answer ? opener : other;
  if (!link.up || link.number != number || Lost(from, to)) return;
  uint64_t& last = answer ? link.last_answer_us : link.last_request_us;
  uint64_t at = now_us_ + 1 + random_.Below(delay_max_us_);
  if (random_.Chance(0.02)) at += random_.Below(30'000);
  at = std::max(at, last);  // a link keeps its order
  last = at;
  const auto deliver = [this, opener, other, answer, number, message] {
    Deliver(opener, other, answer, number, message);
  };
  After(at - now_us_, deliver);
  if (options_.links_repeat && random_.Chance(0.05))
    After(at - now_us_ + random_.Below(100'000), deliver);
}

void World::Deliver(size_t opener, size_t other, bool answer, uint64_t number,
                    const Message& message) {
  if (LinkOf(opener, other).number != number) return;
  const size_t from = answer ? other : opener, to = answer ? opener : other;
  WhenRunning(to, [this, from, to, answer, number, opener, other, message] {
    if (LinkOf(opener, other).number != number) return;
    std::string line =
        std::to_string(from) + (answer ? " => " : " -> ") + std::to_string(to) + "  ";
    if (options_.trace) {
      line += Describe(message);
    } else {
      EncodeMessage(message, &line);
    }
    Trace(line);
    if (answer) {
      nodes_[to]->OnAnswerMessage(from, message, NowMs(to));
    } else {
      nodes_[to]->OnRequestMessage(from, number, message, NowMs(to));
    }
  });
}

// A paused process does it when it goes on, a dead one never.
void World::WhenRunning(size_t index, std::function<void()> what) {
  if (!nodes_[index]->up()) return;
  if (paused_until_us_[index] <= now_us_) return what();
  const uint64_t life = nodes_[index]->life();
  After(paused_until_us_[index] - now_us_, [this, index, life, what = std::move(what)] {
    if (nodes_[index]->up() && nodes_[index]->life() == life) WhenRunning(index, what);
  });
}

void World::BringUp(size_t from, size_t to) {
  Link& link = LinkOf(from, to);
  if (link.up || !nodes_[from]->up() || !nodes_[to]->up()) return;
  ++link.number;
  link.up = true;
  link.last_request_us = link.last_answer_us = now_us_;
  nodes_[from]->OnLinkUp(to, NowMs(from));
}

void World::BreakLink(size_t from, size_t to, bool noticed_late) {
  Link& link = LinkOf(from, to);
  if (!link.up) return;
  link.up = false;
  ++link.number;
  const uint64_t number = link.number;
  const auto notice = [this, from, to, number] {
    if (LinkOf(from, to).number == number && nodes_[from]->up())
      nodes_[from]->OnLinkDown(to, NowMs(from));
  };
  noticed_late ? After(random_.Below(20'000), notice) : notice();
  After(20'000 + random_.Below(30'000), [this, from, to] { BringUp(from, to); });
}

// --- processes

void World::TickNode(size_t index) {
  if (can_serve(index)) nodes_[index]->OnTick(NowMs(index));
  After(kTickUs, [this, index] { TickNode(index); });
}

void World::SyncNode(size_t index) {
  if (can_serve(index)) nodes_[index]->Sync(NowMs(index));
  const uint64_t delay_us = 1 + random_.Below(sync_max_us_);
  const bool slow = index == slow_disk_ && !healed_;
  After(slow ? std::min(kSlowDisk * delay_us, kSlowSyncMaxUs) : delay_us,
        [this, index] { SyncNode(index); });
}

void World::CrashNode(size_t index) {
  if (!nodes_[index]->up()) return;
  Trace("crash " + std::to_string(index));
  nodes_[index]->Crash();
  if (on_crash) on_crash(index);
  for (size_t other = 0; other < nodes_.size(); ++other) {
    if (other == index) continue;
    LinkOf(index, other).up = false;
    ++LinkOf(index, other).number;
    BreakLink(other, index, true);
  }
}

void World::StartNode(size_t index) {
  if (nodes_[index]->up()) return;
  Trace("start " + std::to_string(index));
  paused_until_us_[index] = 0;
  nodes_[index]->Start(NowMs(index));
  for (size_t other = 0; other < nodes_.size(); ++other) {
    if (other == index) continue;
    After(random_.Below(10'000), [this, index, other] { BringUp(index, other); });
    After(random_.Below(10'000), [this, index, other] { BringUp(other, index); });
  }
}

void World::DrawFault() {
  if (healed_) return;
  const size_t node = random_.Below(nodes_.size());
  const size_t other = (node + 1 + random_.Below(nodes_.size() - 1)) % nodes_.size();
  const double all = crash_weight_ + cut_weight_ + pause_weight_ + reset_weight_ + doubt_weight_;
  double draw = random_.UniformDouble() * all;
  if ((draw -= crash_weight_) < 0) {
    CrashNode(node);
    After(random_.Below(300'000), [this, node] { StartNode(node); });
  } else if ((draw -= cut_weight_) < 0) {
    const bool both_ways = random_.Chance(0.6);
    Trace("cut " + std::to_string(node) + " " + std::to_string(other));
    for (const auto& [a, b] : {std::pair{node, other}, std::pair{other, node}}) {
      if (a == other && !both_ways) continue;
      cut_[a * nodes_.size() + b] = true;
      After(random_.Below(500'000), [this, a = a, b = b] { cut_[a * nodes_.size() + b] = false; });
    }
  } else if ((draw -= pause_weight_) < 0) {
    Trace("pause " + std::to_string(node));
    paused_until_us_[node] = std::max(paused_until_us_[node], now_us_ + random_.Below(400'000));
  } else if ((draw -= reset_weight_) < 0) {
    Trace("reset " + std::to_string(node) + " " + std::to_string(other));
    BreakLink(node, other, true);
  } else if (nodes_[node]->up()) {
    // One node believes for a while that another is gone: several may think that they are the
    // primary.
    Trace("doubt " + std::to_string(node) + " " + std::to_string(other));
    BreakLink(node, other, false);
  }
  After(1 + random_.Below(2 * fault_every_us_), [this] { DrawFault(); });
}

void World::Heal() {
  healed_ = true;
  Trace("heal");
  std::fill(cut_.begin(), cut_.end(), false);  // pauses end by themselves
  for (size_t i = 0; i < nodes_.size(); ++i) StartNode(i);
}

// --- clients

size_t World::DrawNode(uint32_t client) {
  if (random_.Chance(favour_)) return 0;
  return random_.Chance(0.5) ? client % size() : random_.Below(size());
}

void World::Command(size_t index, std::vector<std::string> args, const Consistency& consistency,
                    uint64_t timeout_ms, std::function<void(const std::string& reply)> done,
                    uint8_t db) {
  const std::vector<std::string_view> views(args.begin(), args.end());
  Request request;
  request.row = Commands().Find(views[0]);
  CHECK(request.row != nullptr);
  request.args = views;
  request.db = db;
  request.consistency = &consistency;
  request.deadline_ms = NowMs(index) + timeout_ms;
  nodes_[index]->Submit(request, NowMs(index), std::move(done));
}

void World::CommandGroup(size_t index, const std::vector<std::vector<std::string>>& commands,
                         const Consistency& consistency, uint64_t timeout_ms,
                         std::function<void(const std::string& reply)> done) {
  std::vector<std::vector<std::string_view>> views;
  GroupRequest request;
  for (const auto& args : commands) views.emplace_back(args.begin(), args.end());
  for (const auto& args : views) request.commands.push_back({Commands().Find(args[0]), args, 0});
  request.multi = commands.size() > 1;
  request.consistency = &consistency;
  request.deadline_ms = NowMs(index) + timeout_ms;
  nodes_[index]->SubmitGroup(request, NowMs(index), std::move(done));
}

}  // namespace kindred
