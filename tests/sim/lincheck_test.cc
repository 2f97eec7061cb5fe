// The checker's own test: hand-made cases, simulated registers with and without bugs, and a brute
// force that tries every order.

#include "tests/sim/lincheck.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"

namespace kindred {
namespace {

constexpr uint64_t kStepsMax = 20'000'000;

Op Make(OpKind kind, uint64_t start, uint64_t end, std::string arg = "", std::string arg2 = "") {
  Op op;
  op.key = "k";
  op.kind = kind;
  op.arg = std::move(arg);
  op.arg2 = std::move(arg2);
  op.start = start;
  op.end = end;
  return op;
}
Op WithValue(Op op, Content value) {
  op.value = std::move(value);
  return op;
}
Op WithFlag(Op op, bool flag) {
  op.flag = flag;
  return op;
}
Op Unknown(Op op) {
  op.outcome = OpOutcome::kUnknown;
  return op;
}
Op Refused(Op op) {
  op.outcome = OpOutcome::kRefused;
  return op;
}

Op Read(Content seen, uint64_t start, uint64_t end) {
  return WithValue(Make(OpKind::kRead, start, end), std::move(seen));
}
Op Write(std::string value, uint64_t start, uint64_t end) {
  return Make(OpKind::kWrite, start, end, std::move(value));
}
Op IfEq(std::string expected, std::string next, bool replaced, uint64_t start, uint64_t end) {
  return WithFlag(Make(OpKind::kIfEq, start, end, std::move(expected), std::move(next)), replaced);
}
Op SetNx(std::string value, bool set, uint64_t start, uint64_t end) {
  return WithFlag(Make(OpKind::kSetNx, start, end, std::move(value)), set);
}
Op GetSet(std::string value, Content before, uint64_t start, uint64_t end) {
  return WithValue(Make(OpKind::kGetSet, start, end, std::move(value)), std::move(before));
}
Op Del(bool existed, uint64_t start, uint64_t end) {
  return WithFlag(Make(OpKind::kDel, start, end), existed);
}
Op Incr(std::string after, uint64_t start, uint64_t end) {
  return WithValue(Make(OpKind::kIncr, start, end, "1"), std::move(after));
}
Op Append(std::string suffix, std::string length, uint64_t start, uint64_t end) {
  return WithValue(Make(OpKind::kAppend, start, end, std::move(suffix)), std::move(length));
}

Verdict Check(std::vector<Op> ops) { return CheckKey(std::move(ops), kStepsMax).verdict; }

const Content kNil = std::nullopt;

TEST(Lincheck, SequentialHistoryIsLinearizable) {
  EXPECT_EQ(Check({}), Verdict::kLinearizable);
  EXPECT_EQ(Check({Write("a", 0, 1), Read("a", 2, 3)}), Verdict::kLinearizable);
  EXPECT_EQ(Check({Append("a", "1", 0, 1), Append("b", "2", 2, 3), Read("ab", 4, 5)}),
            Verdict::kLinearizable);
  EXPECT_EQ(Check({GetSet("a", kNil, 0, 1), GetSet("b", "a", 2, 3), Read("b", 4, 5)}),
            Verdict::kLinearizable);
}

TEST(Lincheck, StaleReadIsNot) {
  EXPECT_EQ(Check({Write("a", 0, 1), Write("b", 2, 3), Read("a", 4, 5)}), Verdict::kNot);
  EXPECT_EQ(Check({Read("x", 0, 1)}), Verdict::kNot);
  EXPECT_EQ(Check({Write("a", 0, 1), Del(true, 2, 3), Read("a", 4, 5)}), Verdict::kNot);
}

TEST(Lincheck, ConcurrentReadsMaySeeEitherButNeverGoBack) {
  EXPECT_EQ(Check({Write("a", 0, 10), Write("b", 20, 60), Read("a", 30, 40), Read("b", 45, 50)}),
            Verdict::kLinearizable);
  EXPECT_EQ(Check({Write("a", 0, 10), Write("b", 20, 60), Read("b", 30, 40), Read("a", 45, 50)}),
            Verdict::kNot);
}

TEST(Lincheck, AnOperationThatEndsWhenAnotherStartsIsConcurrentWithIt) {
  EXPECT_EQ(Check({Write("a", 0, 5), Read(kNil, 5, 6)}), Verdict::kLinearizable);
  EXPECT_EQ(Check({Write("a", 0, 5), Read(kNil, 6, 6)}), Verdict::kNot);
}

TEST(Lincheck, UnknownWriteMayComeLateButStays) {
  const Op write = Unknown(Write("a", 0, 0));
  EXPECT_EQ(Check({write, Read(kNil, 1, 2), Read("a", 3, 4)}), Verdict::kLinearizable);
  EXPECT_EQ(Check({write, Read(kNil, 1, 2)}), Verdict::kLinearizable);
  EXPECT_EQ(Check({write, Read("a", 1, 2), Read(kNil, 3, 4)}), Verdict::kNot);
  EXPECT_EQ(Check({Unknown(Write("a", 5, 5)), Read("a", 1, 2)}), Verdict::kNot);
}

TEST(Lincheck, UnknownWriteThatNobodyReadsMayStillExplainAnAnswer) {
  EXPECT_EQ(Check({Unknown(Write("a", 0, 0)), SetNx("b", false, 1, 2)}), Verdict::kLinearizable);
  EXPECT_EQ(Check({Unknown(Write("a", 0, 0)), Del(true, 1, 2), Del(false, 3, 4)}),
            Verdict::kLinearizable);
  EXPECT_EQ(Check({Unknown(Write("a", 0, 0)), Del(true, 1, 2), Del(true, 3, 4)}), Verdict::kNot);
}

TEST(Lincheck, RefusedWriteIsNeverSeen) {
  EXPECT_EQ(Check({Refused(Write("a", 0, 1)), Read("a", 2, 3)}), Verdict::kNot);
  EXPECT_EQ(Check({Refused(Write("a", 0, 1)), Read(kNil, 2, 3)}), Verdict::kLinearizable);
}

TEST(Lincheck, OnlyOneOfTwoRivalsWins) {
  EXPECT_EQ(Check({Write("0", 0, 1), IfEq("0", "1", true, 2, 5), IfEq("0", "2", true, 2, 5)}),
            Verdict::kNot);
  EXPECT_EQ(Check({Write("0", 0, 1), IfEq("0", "1", true, 2, 5), IfEq("0", "2", false, 2, 5)}),
            Verdict::kLinearizable);
  EXPECT_EQ(Check({SetNx("a", true, 0, 2), SetNx("b", true, 0, 2)}), Verdict::kNot);
  EXPECT_EQ(Check({SetNx("a", true, 0, 2), SetNx("b", false, 0, 2)}), Verdict::kLinearizable);
}

TEST(Lincheck, EachIncrementCountsOnce) {
  EXPECT_EQ(Check({Incr("1", 0, 1), Incr("1", 0, 1)}), Verdict::kNot);
  EXPECT_EQ(Check({Incr("2", 0, 1), Incr("1", 0, 1), Read("2", 3, 4)}), Verdict::kLinearizable);
  EXPECT_EQ(Check({Incr("1", 0, 1), Unknown(Incr("", 2, 2)), Read("2", 3, 4), Read("3", 5, 6)}),
            Verdict::kNot);
}

TEST(Lincheck, ManyUnknownIncrementsAreDecidedAllTheSame) {
  std::vector<Op> ops;
  for (uint64_t i = 0; i < 60; ++i) ops.push_back(Unknown(Incr("", i, i)));
  for (uint64_t i = 0; i < 30; ++i)
    ops.push_back(Read(std::to_string(2 * i + 2), 100 + i, 100 + i));
  EXPECT_EQ(Check(ops), Verdict::kLinearizable);
  ops.push_back(Read("61", 200, 201));
  EXPECT_EQ(Check(ops), Verdict::kNot);
}

TEST(Lincheck, GivesUpAfterItsSteps) {
  EXPECT_EQ(CheckKey({Write("a", 0, 1), Read("a", 2, 3)}, 2).verdict, Verdict::kUndecided);
}

TEST(Lincheck, SaysWhichOperationCannotBePassed) {
  const Finding finding = CheckKey({Write("a", 0, 1), Write("b", 2, 3), Read("a", 4, 5)}, 1000);
  EXPECT_EQ(finding.key, "k");
  EXPECT_NE(finding.details.find("read -> \"a\" [4, 5]"), std::string::npos) << finding.details;
}

enum class Bug { kNone, kStaleRead, kLostWrite };

// A real register behind random delays: its histories are linearizable unless it has a bug.
class Simulation {
 public:
  Simulation(Random& random, size_t processes, size_t ops, double loss, Bug bug)
      : random_(random), loss_(loss), bug_(bug), clocks_(processes) {
    std::vector<Turn> turns;
    for (size_t i = 0; i < ops; ++i) turns.push_back(NextTurn());
    std::sort(turns.begin(), turns.end(),
              [](const Turn& a, const Turn& b) { return a.effect < b.effect; });
    for (const Turn& turn : turns) Run(turn);
  }

  std::vector<Op> history;

 private:
  struct Turn {
    uint64_t start, effect, end;
  };

  Turn NextTurn() {
    uint64_t& clock = clocks_[random_.Below(clocks_.size())];
    Turn turn;
    turn.start = clock + random_.Below(1'000'000);
    turn.effect = turn.start + random_.Below(1'000'000);
    turn.end = clock = turn.effect + random_.Below(1'000'000);
    return turn;
  }

  std::string NewValue() { return std::to_string(random_.Below(1000)); }

  Op Draw(const Turn& turn) {
    switch (random_.Below(7)) {
      case 0:
        return Write(NewValue(), turn.start, turn.end);
      case 1: {
        const std::string expected = random_.Chance(0.6) ? content_.value_or("zz") : "zz";
        return IfEq(expected, NewValue(), content_ == expected, turn.start, turn.end);
      }
      case 2:
        return SetNx(NewValue(), !content_.has_value(), turn.start, turn.end);
      case 3:
        return GetSet(NewValue(), content_, turn.start, turn.end);
      case 4:
        return Del(content_.has_value(), turn.start, turn.end);
      default: {
        const bool stale = bug_ == Bug::kStaleRead && random_.Chance(0.5);
        return Read(stale ? before_ : content_, turn.start, turn.end);
      }
    }
  }

  void Run(const Turn& turn) {
    Op op = Draw(turn);
    const bool lost = random_.Chance(loss_);
    bool applied = !lost || random_.Chance(0.5);
    if (bug_ == Bug::kLostWrite && op.kind == OpKind::kWrite && !lost && random_.Chance(0.3)) {
      applied = false;
    }
    if (lost) op.outcome = OpOutcome::kUnknown;
    if (applied) Apply(Unknown(op));
    history.push_back(std::move(op));
  }

  void Apply(const Op& op) {
    const Content next = *RunOn(content_, op);
    if (next == content_) return;
    before_ = std::exchange(content_, next);
  }

  Random& random_;
  const double loss_;
  const Bug bug_;
  std::vector<uint64_t> clocks_;
  Content content_, before_;
};

TEST(Lincheck, SimulatedRegistersAreLinearizable) {
  Random random(7);
  for (int i = 0; i < 300; ++i) {
    const Finding finding = CheckKey(Simulation(random, 5, 40, 0.1, Bug::kNone).history, kStepsMax);
    ASSERT_EQ(finding.verdict, Verdict::kLinearizable) << i << ": " << finding.details;
  }
}

TEST(Lincheck, LongHistoryIsLinearizable) {
  Random random(8);
  const Finding finding =
      CheckKey(Simulation(random, 8, 4000, 0.005, Bug::kNone).history, kStepsMax);
  EXPECT_EQ(finding.verdict, Verdict::kLinearizable) << finding.details;
}

TEST(Lincheck, CatchesInjectedBugs) {
  Random random(9);
  for (const Bug bug : {Bug::kStaleRead, Bug::kLostWrite}) {
    int caught = 0;
    for (int i = 0; i < 60; ++i) {
      const Verdict verdict = Check(Simulation(random, 5, 60, 0.05, bug).history);
      EXPECT_NE(verdict, Verdict::kUndecided);
      caught += verdict == Verdict::kNot;
    }
    EXPECT_GE(caught, 20);  // a lost write that nobody could have seen is no error
  }
}

// The slow twin: every order of every subset that may have happened.
bool Explains(const std::vector<Op>& left, const Content& content) {
  uint64_t first_end = UINT64_MAX;
  bool any_done = false;
  for (const Op& op : left) {
    if (op.outcome != OpOutcome::kDone) continue;
    any_done = true;
    first_end = std::min(first_end, op.end);
  }
  if (!any_done) return true;
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].start > first_end) continue;
    std::vector<Op> rest = left;
    rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(i));
    const std::optional<Content> next = RunOn(content, left[i]);
    if (next && Explains(rest, *next)) return true;
    if (left[i].outcome != OpOutcome::kDone && Explains(rest, content)) return true;
  }
  return false;
}

Op AnyOp(Random& random, bool numbers_too, uint64_t start, uint64_t end) {
  const auto value = [&] { return std::to_string(1 + random.Below(3)); };
  const auto seen = [&] { return random.Chance(0.33) ? kNil : Content(value()); };
  const bool flag = random.Chance(0.6);
  switch (random.Below(numbers_too ? 9 : 7)) {
    case 0:
      return Write(value(), start, end);
    case 1:
      return IfEq(value(), value(), flag, start, end);
    case 2:
      return Del(flag, start, end);
    case 3:
      return SetNx(value(), flag, start, end);
    case 4:
      return GetSet(value(), seen(), start, end);
    case 7:
      return Incr(value(), start, end);
    case 8:
      return Append(value(), value(), start, end);
    default:
      return Read(seen(), start, end);
  }
}

// Anything at all, by a few processes; a good part of it makes sense.
std::vector<Op> AnyHistory(Random& random, bool numbers_too, uint64_t processes, uint64_t ops_max,
                           double loss) {
  std::vector<Op> history;
  for (uint64_t p = 0; p < processes; ++p) {
    uint64_t clock = random.Below(10);
    for (uint64_t ops = 1 + random.Below(ops_max); ops > 0; --ops) {
      const uint64_t start = clock + random.Below(10);
      clock = start + random.Below(15);
      Op op = AnyOp(random, numbers_too, start, clock);
      const bool lost = random.Chance(loss);
      if (lost) op.outcome = OpOutcome::kUnknown;
      history.push_back(std::move(op));
    }
  }
  return history;
}

TEST(Lincheck, AgreesWithBruteForceOnSmallHistories) {
  Random random(10);
  int linearizable = 0;
  constexpr int kHistories = 30000;
  for (int i = 0; i < kHistories; ++i) {
    const std::vector<Op> history = i % 2 == 0 ? AnyHistory(random, i % 4 == 0, 3, 2, 0.15)
                                               : AnyHistory(random, i % 4 == 1, 4, 2, 0.5);
    const bool explained = Explains(history, std::nullopt);
    linearizable += explained;
    std::string story;
    for (const Op& op : history) story += "\n  " + ToString(op);
    ASSERT_EQ(Check(history), explained ? Verdict::kLinearizable : Verdict::kNot) << story;
  }
  EXPECT_GT(linearizable, kHistories / 5);
  EXPECT_LT(linearizable, kHistories * 4 / 5);
}

}  // namespace
}  // namespace kindred
