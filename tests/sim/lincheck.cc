#include "tests/sim/lincheck.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "base/check.h"

namespace kindred {
namespace {

constexpr uint64_t kForever = std::numeric_limits<uint64_t>::max();
constexpr size_t kNone = std::numeric_limits<size_t>::max();

// At each point of an order the candidates for the next place are tried in three passes.
enum class Pass {
  kFree,     // done, and the answer says that nothing was changed. Wherever such an operation fits
             // it may stay, so the first one is placed and never taken back.
  kDone,     // done, and something may have been changed
  kUnknown,  // operations of unknown outcome: only where nothing that is known can go on
};

Pass PassOf(const Op& op) {
  if (op.outcome != OpOutcome::kDone) return Pass::kUnknown;
  switch (op.kind) {
    case OpKind::kRead:
      return Pass::kFree;
    case OpKind::kIfEq:
    case OpKind::kSetNx:
    case OpKind::kDel:
      return op.flag ? Pass::kDone : Pass::kFree;
    case OpKind::kWrite:
    case OpKind::kGetSet:
    case OpKind::kIncr:
    case OpKind::kAppend:
      break;
    case OpKind::kGroup:
      return OnlyReads(op) ? Pass::kFree : Pass::kDone;
  }
  return Pass::kDone;
}

class Memo {
 public:
  // False if these operations have led to this content before.
  bool Insert(const std::vector<uint64_t>& placed, uint32_t content) {
    // Orders advance nearly in step with time, so most words are full or empty: neither is kept.
    size_t first = 0;
    while (first < placed.size() && placed[first] == kForever) ++first;
    size_t last = placed.size();
    while (last > first && placed[last - 1] == 0) --last;
    return seen_.emplace(first, content, Words(placed.begin() + first, placed.begin() + last))
        .second;
  }

 private:
  using Words = absl::InlinedVector<uint64_t, 4>;
  absl::flat_hash_set<std::tuple<size_t, uint32_t, Words>> seen_;
};

// Gives each content a small number.
class Contents {
 public:
  uint32_t NumberOf(const Content& content) {
    const auto [it, added] = numbers_.try_emplace(content, static_cast<uint32_t>(all_.size()));
    if (added) all_.push_back(content);
    return it->second;
  }
  const Content& operator[](uint32_t number) const { return all_[number]; }

 private:
  absl::flat_hash_map<Content, uint32_t> numbers_;
  std::vector<Content> all_;
};

// The starts and ends of the operations that are not placed yet, by time: a doubly linked list of
// positions 1 to 2n between a head, 0, and a tail.
class Timeline {
 public:
  explicit Timeline(const std::vector<Op>& ops) : start_(ops.size()), end_(ops.size()) {
    std::vector<std::tuple<uint64_t, bool, size_t>> events;  // ends sort after starts
    for (size_t i = 0; i < ops.size(); ++i) {
      const bool done = ops[i].outcome == OpOutcome::kDone;
      events.emplace_back(ops[i].start, false, i);
      events.emplace_back(done ? ops[i].end : kForever, true, i);
    }
    std::sort(events.begin(), events.end());
    next_.resize(events.size() + 2);
    before_.resize(events.size() + 2);
    for (size_t p = 0; p < next_.size(); ++p) {
      next_[p] = p + 1;
      before_[p] = p - 1;
    }
    op_.resize(events.size() + 2, kNone);
    is_end_.resize(events.size() + 2, true);
    for (size_t e = 0; e < events.size(); ++e) {
      const auto [time, is_end, op] = events[e];
      op_[e + 1] = op;
      is_end_[e + 1] = is_end;
      (is_end ? end_ : start_)[op] = e + 1;
    }
  }

  size_t First() const { return next_[0]; }
  size_t After(size_t position) const { return next_[position]; }
  size_t StartOf(size_t op) const { return start_[op]; }
  size_t OpAt(size_t position) const { return op_[position]; }  // kNone at the tail
  bool IsEnd(size_t position) const { return is_end_[position]; }

  void Remove(size_t op) {
    for (const size_t p : {start_[op], end_[op]}) {
      next_[before_[p]] = next_[p];
      before_[next_[p]] = before_[p];
    }
  }
  // REQUIRES: of all that was removed and not restored, `op` was the last.
  void Restore(size_t op) {
    for (const size_t p : {end_[op], start_[op]}) {
      next_[before_[p]] = p;
      before_[next_[p]] = p;
    }
  }

 private:
  std::vector<size_t> start_, end_;  // by operation
  std::vector<size_t> next_, before_, op_;
  std::vector<bool> is_end_;
};

// For each operation of unknown outcome the one before it that asks for the same thing, or kNone.
// Whichever of two such took effect, it may as well have been the earlier.
std::vector<size_t> EarlierTwins(const std::vector<Op>& ops) {
  std::map<std::tuple<OpKind, std::string, std::string>, size_t> latest;
  std::vector<size_t> twins(ops.size(), kNone);
  for (size_t i = 0; i < ops.size(); ++i) {
    if (ops[i].outcome != OpOutcome::kUnknown) continue;
    const auto [it, added] = latest.try_emplace({ops[i].kind, ops[i].arg, ops[i].arg2}, i);
    if (!added) twins[i] = std::exchange(it->second, i);
  }
  return twins;
}

// Gives all values that no answer and no condition mentions the same text. They differ for nobody,
// and a search that cannot tell them apart has far fewer orders to try.
void ForgetUnseenValues(std::vector<Op>* ops) {
  std::set<std::string> seen;
  for (const Op& op : *ops) {
    if (op.kind == OpKind::kGroup) return;
    if (op.kind == OpKind::kIncr || op.kind == OpKind::kAppend) return;  // they build on any value
    if (op.outcome == OpOutcome::kDone && op.value) seen.insert(*op.value);
    if (op.kind == OpKind::kIfEq) seen.insert(op.arg);
  }
  std::string unseen = "(a value that is never seen)";
  while (seen.contains(unseen)) unseen += "*";
  for (Op& op : *ops) {
    std::string& written = op.kind == OpKind::kIfEq ? op.arg2 : op.arg;
    if (!seen.contains(written)) written = unseen;
  }
}

class Search {
 public:
  explicit Search(const std::vector<Op>& ops)
      : ops_(ops), twins_(EarlierTwins(ops)), timeline_(ops), placed_((ops.size() + 63) / 64) {
    for (const Op& op : ops_) left_ += op.outcome == OpOutcome::kDone;
    content_ = contents_.NumberOf(std::nullopt);
    memo_.Insert(placed_, content_);
    StartOver();
  }

  Verdict Run(uint64_t max_steps) {
    while (left_ > 0) {
      if (++steps_ > max_steps) return Verdict::kUndecided;
      const size_t op = timeline_.OpAt(position_);
      const bool at_tail = op == kNone;
      if (!at_tail && !timeline_.IsEnd(position_)) {
        if (!Try(op) && !TakeBack()) return Verdict::kNot;
      } else if (!at_tail && ops_[op].outcome != OpOutcome::kDone) {
        position_ = timeline_.After(position_);  // an end that never comes does not bind
      } else if (pass_ != Pass::kUnknown) {
        pass_ = pass_ == Pass::kFree ? Pass::kDone : Pass::kUnknown;
        position_ = timeline_.First();
      } else {
        if (!at_tail) NoteBlocked(op);
        if (!TakeBack()) return Verdict::kNot;
      }
    }
    return Verdict::kLinearizable;
  }

  std::string Details(Verdict verdict) const {
    const std::string count = std::to_string(ops_.size()) + " operations, ";
    const std::string steps = std::to_string(steps_) + " steps";
    switch (verdict) {
      case Verdict::kLinearizable:
        return count + steps;
      case Verdict::kUndecided:
        return count + "gave up after " + steps;
      case Verdict::kNot:
        break;
    }
    const Content& content = contents_[blocked_content_];
    return "no order explains it; at most " + std::to_string(blocked_depth_) + " of " + count +
           "which left " + (content ? "\"" + *content + "\"" : "nil") +
           ", could be placed before " + (blocked_ == kNone ? "the end" : ToString(ops_[blocked_]));
  }

 private:
  struct Step {
    size_t op;
    uint32_t content_before;
    Pass pass;
  };

  bool IsPlaced(size_t op) const { return placed_[op / 64] >> (op % 64) & 1; }
  void FlipPlaced(size_t op) { placed_[op / 64] ^= uint64_t{1} << (op % 64); }

  void StartOver() {
    position_ = timeline_.First();
    pass_ = Pass::kFree;
  }

  // Tries to place the operation whose start is at position_, or moves on. False if there is
  // nothing more to find from here.
  bool Try(size_t op) {
    const size_t here = std::exchange(position_, timeline_.After(position_));
    CHECK(here == timeline_.StartOf(op));
    if (PassOf(ops_[op]) != pass_) return true;
    if (twins_[op] != kNone && !IsPlaced(twins_[op])) return true;
    const std::optional<Content> next = RunOn(contents_[content_], ops_[op]);
    if (!next || ForgetsLast(op, *next)) return true;
    // What is unknown and would change nothing may as well not have happened.
    if (pass_ == Pass::kUnknown && *next == contents_[content_]) return true;
    FlipPlaced(op);
    const uint32_t number = contents_.NumberOf(*next);
    if (!memo_.Insert(placed_, number)) {
      FlipPlaced(op);
      return pass_ != Pass::kFree;
    }
    order_.push_back({op, content_, pass_});
    content_ = number;
    timeline_.Remove(op);
    left_ -= pass_ != Pass::kUnknown;
    StartOver();
    return true;
  }

  // True if what an operation of unknown outcome has just done makes no difference to `op`, which
  // ends in `next`: that one may as well not have happened, which is another branch of the search.
  bool ForgetsLast(size_t op, const Content& next) const {
    if (order_.empty() || order_.back().pass != Pass::kUnknown) return false;
    const std::optional<Content> without = RunOn(contents_[order_.back().content_before], ops_[op]);
    return without.has_value() && *without == next;
  }

  // Takes back the last placed operation that had an alternative. False if there is none.
  bool TakeBack() {
    while (!order_.empty()) {
      const Step step = order_.back();
      order_.pop_back();
      FlipPlaced(step.op);
      timeline_.Restore(step.op);
      left_ += step.pass != Pass::kUnknown;
      content_ = step.content_before;
      if (step.pass == Pass::kFree) continue;
      position_ = timeline_.After(timeline_.StartOf(step.op));
      pass_ = step.pass;
      return true;
    }
    return false;
  }

  void NoteBlocked(size_t op) {
    if (blocked_ != kNone && order_.size() <= blocked_depth_) return;
    blocked_ = op;
    blocked_depth_ = order_.size();
    blocked_content_ = content_;
  }

  const std::vector<Op>& ops_;
  const std::vector<size_t> twins_;
  Timeline timeline_;
  std::vector<uint64_t> placed_;  // one bit an operation
  Contents contents_;
  Memo memo_;
  std::vector<Step> order_;
  uint32_t content_ = 0;
  size_t left_ = 0;  // done operations that are not placed
  size_t position_ = 0;
  Pass pass_ = Pass::kFree;
  uint64_t steps_ = 0;
  // The longest order that came to a stop, and the operation whose end it could not pass.
  size_t blocked_ = kNone;
  size_t blocked_depth_ = 0;
  uint32_t blocked_content_ = 0;
};

}  // namespace

Finding CheckKey(std::vector<Op> ops, uint64_t max_steps) {
  Finding finding;
  if (!ops.empty()) finding.key = ops.front().key;
  for (const Op& op : ops) {
    CHECK(op.key == finding.key);
    CHECK(op.outcome != OpOutcome::kDone || op.start <= op.end);
  }
  // What was refused did not happen, and a read that nobody got an answer to says nothing.
  std::erase_if(ops, [](const Op& op) {
    return op.outcome == OpOutcome::kRefused ||
           (op.outcome == OpOutcome::kUnknown && OnlyReads(op));
  });
  std::stable_sort(ops.begin(), ops.end(), [](const Op& a, const Op& b) {
    return std::tie(a.start, a.end) < std::tie(b.start, b.end);
  });
  ForgetUnseenGroups(&ops);
  ForgetUnseenValues(&ops);
  Search search(ops);
  finding.verdict = search.Run(max_steps);
  finding.details = search.Details(finding.verdict);
  return finding;
}

}  // namespace kindred
