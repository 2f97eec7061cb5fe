#include "tests/golden/small_cluster.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "topology/planner.h"

namespace kindred {
namespace {

// More messages than that without coming to rest are a conversation that never ends.
constexpr int kDeliveriesMax = 10'000;
constexpr int kLoadsMax = 100;

// Ids are drawn from a node's seed: these begin with a, b and c, so that the nodes' order in the
// topology is that of their names.
uint64_t SeedOf(size_t index) {
  uint64_t seed = 1;
  while (Random(seed).Next() >> 60 != 10 + index) ++seed;
  return seed;
}

NodeInfo InfoOf(size_t index) {
  const auto port = static_cast<uint16_t>(7001 + index);
  NodeInfo info;
  info.host = "127.0.0.1";
  info.port = port;
  info.cluster_port = static_cast<uint16_t>(port + 100);
  info.peer_port = static_cast<uint16_t>(port + 200);
  info.http_port = static_cast<uint16_t>(port + 300);
  return info;
}

Settings SettingsOfAServer() {
  Settings settings;
  settings.stripes = 4;
  settings.cache_bytes = 1 << 20;
  return settings;
}

}  // namespace

SmallCluster::SmallCluster(bool joined, Observer observer) : observer_(std::move(observer)) {
  for (size_t i = 0; i < kNodes; ++i) {
    nodes_[i] =
        std::make_unique<TestNode>(i, InfoOf(i), SettingsOfAServer(), SeedOf(i), OutsideOf(i));
    nodes_[i]->Start(now_ms_);
    ids_[i] = nodes_[i]->id();
  }
  for (auto& node : nodes_) node->SetIds({ids_.begin(), ids_.end()});
  if (joined) InstallTopology();
  RunUntilQuiet();
  Tick(0);
}

void SmallCluster::InstallTopology() {
  Topology topology = nodes_[0]->node().view().topology();
  for (size_t i = 1; i < kNodes; ++i) {
    auto next = PlanJoin(topology, nodes_[i]->node().view().topology().nodes()[0]);
    CHECK(next.ok());
    topology = *std::move(next);
  }
  for (auto& node : nodes_) node->Install(topology);
}

TestNode::Outside SmallCluster::OutsideOf(size_t index) {
  TestNode::Outside outside;
  outside.request = [this, index](size_t to, Message message) {
    Send({index, to, index, links_[index][to].number, std::move(message)});
  };
  outside.answer = [this, index](size_t to, uint64_t link, Message message) {
    Send({index, to, to, link, std::move(message)});
  };
  outside.load = [this, index] { wants_load_[index] = true; };
  return outside;
}

void SmallCluster::Send(Flying message) {
  const Link& link =
      links_[message.opener][message.from == message.opener ? message.to : message.from];
  if (link.up && link.number == message.link) {
    flying_.push_back(std::move(message));
  } else {
    observer_(message, true);
  }
}

void SmallCluster::Arrive(Flying message) {
  observer_(message, false);
  TestNode& to = *nodes_[message.to];
  if (message.opener == message.to) {
    to.OnAnswerMessage(message.from, std::move(message.message), now_ms_);
  } else {
    to.OnRequestMessage(message.from, message.link, std::move(message.message), now_ms_);
  }
  Settle();
}

void SmallCluster::Submit(size_t index, const Request& request, TestNode::Done done) {
  nodes_[index]->Submit(request, now_ms_, std::move(done));
  Settle();
}

void SmallCluster::RunUntilQuiet() {
  Settle();
  for (int deliveries = 0;; ++deliveries) {
    CHECK(deliveries < kDeliveriesMax);
    const auto next = std::find_if(flying_.begin(), flying_.end(),
                                   [this](const Flying& f) { return running(f.to); });
    if (next == flying_.end()) return;
    Flying message = std::move(*next);
    flying_.erase(next);
    Arrive(std::move(message));
  }
}

void SmallCluster::Deliver(size_t from, size_t to) {
  std::vector<Flying> now;
  for (Flying& message : flying_) {
    if (message.from == from && message.to == to) now.push_back(message);
  }
  std::erase_if(flying_, [&](const Flying& f) { return f.from == from && f.to == to; });
  for (Flying& message : now) Arrive(std::move(message));
}

void SmallCluster::Lose(size_t from, size_t to) {
  std::erase_if(flying_, [&](const Flying& message) {
    if (message.from != from || message.to != to) return false;
    observer_(message, true);
    return true;
  });
}

void SmallCluster::Tick(uint64_t later_ms) {
  now_ms_ += later_ms;
  for (size_t i = 0; i < kNodes; ++i) {
    if (running(i)) nodes_[i]->OnTick(now_ms_);
  }
  RunUntilQuiet();
}

void SmallCluster::Settle() {
  for (size_t i = 0; i < kNodes; ++i) {
    if (!running(i)) continue;
    for (int loads = 0; loads < kLoadsMax; ++loads) {
      if (!sync_held_[i]) nodes_[i]->Sync(now_ms_);
      if (!std::exchange(wants_load_[i], false)) break;
      nodes_[i]->RunLoads(now_ms_);
    }
    if (!sync_held_[i]) nodes_[i]->Sync(now_ms_);
  }
  Dial();
}

void SmallCluster::Dial() {
  for (size_t from = 0; from < kNodes; ++from) {
    for (size_t to = 0; to < kNodes; ++to) {
      if (!Dials(from, to)) continue;
      Link& link = links_[from][to];
      ++link.number;
      link.up = true;
      nodes_[from]->OnLinkUp(to, now_ms_);
    }
  }
}

// As the edge does: links go to all members, and to whom a joiner asks.
bool SmallCluster::Dials(size_t from, size_t to) {
  if (from == to || links_[from][to].up || cut_[from][to] || !running(from) || !running(to)) {
    return false;
  }
  const Peer peer = nodes_[from]->shared().PeerOf(ids_[to]);
  return seed_[from][to] || nodes_[from]->node().view().IsMember(peer);
}

void SmallCluster::BreakLink(size_t opener, size_t other) {
  Link& link = links_[opener][other];
  if (!link.up) return;
  link.up = false;
  std::erase_if(flying_, [&](const Flying& message) {
    const size_t at_its_end = message.from == opener ? message.to : message.from;
    if (message.opener != opener || at_its_end != other) return false;
    observer_(message, true);
    return true;
  });
  if (running(opener)) nodes_[opener]->OnLinkDown(other, now_ms_);
}

void SmallCluster::BreakLinksOf(size_t index) {
  for (size_t other = 0; other < kNodes; ++other) {
    if (other == index) continue;
    BreakLink(index, other);
    BreakLink(other, index);
  }
  Settle();
}

void SmallCluster::Cut(size_t a, size_t b) {
  CHECK(running(a) && running(b));  // a process that stands still notices nothing
  cut_[a][b] = cut_[b][a] = true;
  BreakLink(a, b);
  BreakLink(b, a);
  Settle();
}

void SmallCluster::Heal() {
  cut_ = {};
  RunUntilQuiet();
}

void SmallCluster::Crash(size_t index) {
  nodes_[index]->Crash();
  sync_held_[index] = paused_[index] = wants_load_[index] = false;
  BreakLinksOf(index);
}

void SmallCluster::StopCleanly(size_t index) {
  nodes_[index]->StopCleanly();
  sync_held_[index] = paused_[index] = wants_load_[index] = false;
  BreakLinksOf(index);
}

void SmallCluster::Restart(size_t index) { nodes_[index]->Start(now_ms_); }

void SmallCluster::Pause(size_t index) { paused_[index] = true; }

void SmallCluster::Resume(size_t index) {
  paused_[index] = false;
  RunUntilQuiet();
}

void SmallCluster::HoldSync(size_t index) { sync_held_[index] = true; }

void SmallCluster::Sync(size_t index) {
  sync_held_[index] = false;
  RunUntilQuiet();
}

void SmallCluster::Join(size_t joiner, size_t seed) {
  TestNode& node = *nodes_[joiner];
  node.node().Join(node.shared().PeerOf(ids_[seed]), now_ms_);
  seed_[joiner][seed] = true;
  RunUntilQuiet();
}

}  // namespace kindred
