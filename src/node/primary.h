// Runs the writes of one stripe's keys when this node is their primary: guarded writes under
// grants, the unguarded ones that a client asked for, and the confirmation of reads
// (docs/architecture.md, "Guarded writes").
//
// One key has one *work* at a time: a batch of operations that run one after the other on the
// tentative value and travel as one version. Its way:
//
//   grant?  ->  base?  ->  compute  ->  write (to all, own copy last)      -> answer
//                                   \-> check (nothing changed: a quorum has the same) -> answer
//
// A group, commands on several keys that run as one, takes its place in the queue of each of its
// keys in one step. When it is the first of all of them it goes the same way with all of them
// together (primary_group.cc). Who meets a group of unknown outcome waits until it is concluded
// (primary_conclude.cc).
//
// Guarded by its stripe's lock, which the caller holds in every method.
#ifndef KINDRED_NODE_PRIMARY_H_
#define KINDRED_NODE_PRIMARY_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "node/group.h"
#include "node/held_grants.h"
#include "node/operation.h"
#include "quorum/read_tally.h"
#include "quorum/write_tally.h"
#include "replica/changes.h"
#include "replica/replica.h"
#include "replica/stripe.h"

namespace kindred {

class Shared;

class Primary {
 public:
  Primary(Stripe& stripe, Shared& shared, uint32_t index);
  ~Primary();

  // Takes an operation on `entry`'s key. Its outcome comes as a Handover, maybe at once.
  void Run(CachedRecord& entry, uint32_t vnode, Operation operation, const Turn& turn);

  // Takes a group; `entries` are those of its keys, in their order.
  void RunGroup(const std::vector<CachedRecord*>& entries, GroupOperation operation,
                const Turn& turn);

  // Takes the conclusion of undecided groups, which comes before all that waits for these keys.
  void Conclude(const std::vector<CachedRecord*>& entries, GroupOperation operation,
                const Turn& turn);

  // The short way where this node is the key's only replica and nothing is in flight on it: runs
  // the command and writes its reply at once. False: it has to go the long way.
  bool TryAlone(CachedRecord& entry, const CommandRow& row, Args args, const Call& call,
                const Turn& turn, ReplyWriter& reply, uint64_t* after);

  // Answers to its rounds. `id` is the number that the round was sent with.
  void OnPrepared(Peer from, const Prepared& prepared, const Turn& turn);
  void OnTell(Peer from, Tell tell, const Turn& turn);
  void OnTellGroup(Peer from, TellGroup tell, const Turn& turn);
  void OnAck(Peer from, const Ack& ack, const Turn& turn);
  void OnNack(Peer from, const Nack& nack, const Turn& turn);
  // The own log has got to where a round asked to hear of it.
  void OnSynced(uint64_t round, const Turn& turn);

  // Some peer can be reached again: what was asked into its absence is asked anew with the next
  // tick.
  void OnLinkUp();

  // Deadlines, lost rounds, and renewal of the grants that are in use.
  void OnTick(const Turn& turn);

  // Another asks for the vnode: no write is begun under our grant any more. True when none is in
  // flight either.
  bool Yield(uint32_t vnode, const Turn& turn);
  // As a replica, this node is about to grant it: takes back the own copies of what is in flight.
  void Withdraw(uint32_t vnode);
  // As a replica, this node has granted the vnode to `actor`.
  void OnGranted(uint32_t vnode, uint64_t actor, const Turn& turn);

  bool idle() const { return works_.empty(); }
  // Bit of a round's number that tells a primary's rounds from a coordinator's; the stripe's index
  // is below it.
  static constexpr uint64_t kRoundBit = 1u << 12;

 private:
  // kReserved: for a group, whose first key's work has the group's state. kParked: until groups
  // that it has met are concluded.
  enum class State : uint8_t {
    kIdle,
    kReserved,
    kParked,
    kGrant,
    kBase,
    kWrite,
    kCheck,
    kUnguarded
  };
  struct Work;
  struct GroupWork;

  // --- a work's way (primary.cc, primary_base.cc)
  Work& WorkFor(CachedRecord& entry, uint32_t vnode);
  void Start(Work& work, const Turn& turn);
  void TakeBatch(Work& work, const Turn& turn);
  void NeedBase(Work& work, const Turn& turn);
  Record BaseOf(const Work& work, bool* same);
  void OnBase(Work& work, const Turn& turn);
  // `validated`: a majority had the same record after the batch was taken.
  void Compute(Work& work, const Record& base, bool validated, const Turn& turn);
  void WriteAsItIs(Work& work, const Record& base, const Turn& turn);
  bool MayRun(const Once& once, const Record& base, uint8_t db) const;
  void LeaveToAnother(Work& work, const Record& base, const Turn& turn);
  static bool LeavesTrace(const Work& work);
  bool RunBatch(Work& work, const Record& base, Version* version, const Turn& turn);
  void Check(Work& work, const Turn& turn);
  void CountTell(Work& work, Peer from, Tell tell, const Turn& turn);
  void OnChecked(Work& work, const Turn& turn);

  // --- a group's way (primary_group.cc, primary_group_write.cc)
  void Reserve(Work& work, const Turn& turn);
  void StartGroup(GroupWork& group, const Turn& turn);
  void NeedBases(GroupWork& group, const Turn& turn);
  void AskAboutAll(GroupWork& group, State state, const Turn& turn);
  void ComputeGroup(GroupWork& group, bool validated, const Turn& turn);
  void CheckGroupDeadline(GroupWork& group, const Turn& turn);
  void EndGroup(GroupWork& group, Outcome outcome, std::string reply, uint64_t after,
                const Turn& turn);
  void LeaveQueue(const GroupWork& group, Work& work);
  void RefuseGroup(GroupWork& group, const Turn& turn);
  void WriteGroup(GroupWork& group, std::vector<Next> nexts, const Turn& turn);
  bool MakeGroupMessage(GroupWork& group, std::vector<Next> nexts, GuardedGroup* message,
                        const Turn& turn);
  void SendGroup(const GroupWork& group, const GuardedGroup& message, const Turn& turn);
  void EvaluateGroup(GroupWork& group, const Turn& turn);
  bool OwnMayTake(const GroupWork& group, const Turn& turn);
  bool IsFlushed(const GroupWork& group) const;
  void SettleGroup(GroupWork& group, const Turn& turn);
  void TellGroupDecided(const GroupWork& group, const Turn& turn);
  void WithdrawGroup(GroupWork& group);
  void AbandonGroup(GroupWork& group, bool taken);
  void GroupAgain(GroupWork& group, const Turn& turn);

  // --- groups of unknown outcome (primary_conclude.cc)
  std::vector<GuardedGroup> UndecidedOf(const Work& work, const Record& base) const;
  bool ParksFor(Work& work, const Record& base, const Turn& turn);
  bool ParksFor(GroupWork& group, const Turn& turn);
  void StepBack(Work& work);
  void ComputeConclusion(GroupWork& group, const Turn& turn);

  // --- writing (primary_write.cc)
  // Names the next version of the work's key; false: the grant has run out.
  bool MakeGuarded(Work& work, const Record& base, Version version, std::vector<Version> kept,
                   Guarded* guarded, const Turn& turn);
  static std::vector<Version> AsItIs(const Record& base, Version* version);
  // To whoever is likely to answer; `send` does it, the others count as having refused.
  using WrittenKeys = absl::InlinedVector<Changes::Write::Key, 1>;
  template <typename Send>
  void SendToOthers(Work& work, WrittenKeys keys, const Send& send, const Turn& turn);
  void WriteGuarded(Work& work, const Record& base, Version version, std::vector<Version> kept,
                    const Turn& turn);
  void JoinStep(const Changes::Write::Key& written, Peer from, const Standing& standing,
                const Turn& turn);
  void EvaluateGuarded(Work& work, const Turn& turn);
  void StartUnguarded(Work& work, const Turn& turn);
  bool LeavesUndecided(const Record& record, const Context& seen);
  void WriteUnguarded(Work& work, bool spread, const Turn& turn);
  void EvaluateUnguarded(Work& work, const Turn& turn);
  bool NobodySaw(const Work& work, const Turn& turn) const;
  void AbandonWrite(Work& work);             // its outcome is not known, or it is to be run again
  void Again(Work& work, const Turn& turn);  // nobody has taken it: run the batch again
  GuardRules guard_rules(const Turn& turn) const;

  // --- its ends (primary_answer.cc)
  void AnswerReady(Work& work, const Turn& turn);  // those operations whose need is met
  bool MayComeSooner(const WriteTally& writes, uint64_t sequence, const Turn& turn) const;
  void AnswerAll(Work& work, Outcome outcome, const Turn& turn);
  void Refuse(Work& work, const Turn& turn);  // all of its batch, or its group; and ends it
  // Why a command may not be started now; empty: it may.
  std::string_view WhyNot(const Turn& turn) const;
  void Answer(Operation& operation, Outcome outcome, std::string bytes, uint64_t after,
              const Turn& turn);
  std::string NoQuorum(const Operation& operation, Outcome outcome, uint32_t got,
                       const Turn& turn) const;
  void Refuse(Operation& operation, std::string_view error, const Turn& turn);
  void AnswerNoQuorum(Operation& operation, Outcome outcome, uint32_t got, const Turn& turn);
  bool MayComeBack(uint64_t undone) const;
  void EndBatch(Work& work);
  void Drain(const Turn& turn);  // starts what can run, forgets what is done
  void CheckDeadlines(Work& work, const Turn& turn);
  void RefuseLate(Work& work, const Turn& turn);

  // --- grants (primary_grants.cc)
  void NeedGrant(Work& work, const Turn& turn);
  bool HasGrant(uint32_t vnode, const Turn& turn) const;
  uint64_t GrantMs(const HeldGrant& held, uint64_t now) const;
  void Lose(HeldGrant& held, const Turn& turn);
  uint64_t RenewalTime(const Turn& turn) const;
  bool IsPrimary(uint32_t vnode, const Turn& turn) const;
  bool IsWaitedFor(const HeldGrant& held) const;
  bool MayAsk(const HeldGrant& held, const Turn& turn) const;
  void AskGrants(const std::vector<uint32_t>& vnodes, const Turn& turn);
  void OnGrantAnswered(uint32_t vnode, const Turn& turn);
  void EndAsking(uint32_t vnode, bool held, const Turn& turn);
  void TickGrants(const Turn& turn);

  // --- helpers
  std::vector<Work*> SortedWorks();
  Work* WorkOf(uint64_t round, State state);
  uint64_t NewRound();
  void BeginRound(Work& work, State state, const Turn& turn);
  void EndRound(Work& work);
  void SendTo(Peer peer, Message&& message, const Turn& turn);
  void AskOthers(Work& work, const Turn& turn);
  uint32_t NeedOf(const Operation& operation, const Turn& turn) const;
  bool IsUnguarded(const Operation& operation, const Turn& turn) const;
  uint32_t ReachableReplicas(uint32_t vnode, const Turn& turn) const;

  Stripe& stripe_;
  Shared& shared_;
  const uint32_t index_;
  uint64_t last_round_ = 0;
  absl::flat_hash_map<std::string, std::unique_ptr<Work>> works_;
  absl::flat_hash_map<uint64_t, Work*> rounds_;
  std::vector<Work*> runnable_;  // between batches
  uint64_t last_group_ = 0;
  std::map<uint64_t, std::unique_ptr<GroupWork>> groups_;
  HeldGrants held_;
  uint64_t grants_due_ms_ = 0;  // none of them has to be looked at before
};

}  // namespace kindred

#endif  // KINDRED_NODE_PRIMARY_H_
