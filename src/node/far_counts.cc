#include "node/far_counts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "node/shared.h"

namespace kindred {
namespace {
constexpr uint64_t kEveryMs = 5000;
}  // namespace

void FarCounts::OnSecond(const Turn& turn) {
  if (turn.now_ms < next_ms_) return;
  Ask(turn);
  if (!open_.empty()) next_ms_ = turn.now_ms + kEveryMs;
}

void FarCounts::Ask(const Turn& turn) {
  ++round_;
  open_.clear();
  by_db_.assign(Stripe::kDatabases, {});
  std::map<Peer, std::vector<uint32_t>> vnodes;
  for (uint32_t vnode = 0; vnode < turn.view->topology().vnode_count(); ++vnode) {
    if (turn.view->IsReplica(vnode)) continue;
    const std::optional<Peer> peer = turn.view->FirstAliveOf(vnode);
    if (!peer.has_value()) return;
    vnodes[*peer].push_back(vnode);
  }
  for (auto& [peer, list] : vnodes) {
    open_.insert(peer);
    turn.out->sends.push_back({peer, 0, CountAsk{round_, std::move(list)}});
  }
}

void FarCounts::OnCountTell(Peer from, const CountTell& tell) {
  if (tell.id != round_ || open_.erase(from) == 0) return;
  for (size_t db = 0; db < std::min(by_db_.size(), tell.by_db.size()); ++db) {
    by_db_[db].keys += tell.by_db[db].first;
    by_db_[db].with_expiry += tell.by_db[db].second;
  }
  if (open_.empty()) shared_.set_far_keys(by_db_);
}

}  // namespace kindred
