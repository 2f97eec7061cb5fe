// Runs the requests of one loop on single keys and on lists of keys: quorum reads, and writes on
// their way to the key's primary, here or at another node. Requests of clients, parts of their
// multi-key commands, and commands that peers forwarded to us are all *pending* here until they are
// answered.
//
// Owned by its loop's Node.
#ifndef KINDRED_NODE_COORDINATOR_H_
#define KINDRED_NODE_COORDINATOR_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/btree_map.h"
#include "node/group.h"
#include "node/operation.h"
#include "node/request.h"
#include "node/shared.h"
#include "quorum/read_tally.h"

namespace kindred {

class CommandTable;
class Node;

class Coordinator {
 public:
  Coordinator(Node& node, Shared& shared, uint32_t loop);
  ~Coordinator();

  // See Node::Submit; the command is on keys.
  Submitted Submit(const Request& request, std::string* reply, const Turn& turn);
  // See Node::SubmitGroup.
  Submitted SubmitGroup(const GroupRequest& request, const Turn& turn);
  void Abandon(uint64_t id);

  void OnForward(LinkId link, Forward forward, const Turn& turn);
  void OnForwardGroup(LinkId link, ForwardGroup forward, const Turn& turn);
  void OnForwarded(Forwarded forwarded, const Turn& turn);
  void OnTell(Peer from, Tell&& tell, const Turn& turn);
  void OnVouch(Peer from, Vouch&& vouch, const Turn& turn);
  // What a primary answered to an operation of this loop.
  void OnHandover(Outbox::Handover handover, const Turn& turn);
  void OnLinkDown(Peer peer, const Turn& turn);
  void OnTick(const Turn& turn);
  // Has the key's primary make sure that what is read of it is decided. Nobody waits for it.
  void Confirm(const std::string& record_key, const Turn& turn);
  // Asks who vouches for the reads of this turn.
  void EndTurn(const Turn& turn);
  bool WantsEndTurn() const;

  size_t pending() const { return pending_.size(); }

 private:
  struct Pending;
  struct ManySlots;
  struct EarlyCommand;
  struct EarlyKey;
  struct EarlyReads;
  struct Vouching;
  struct VouchRound;

  static const CommandTable& DataCommands();
  uint64_t NewId() { return (++last_id_ << 13) | loop_; }  // without Primary::kRoundBit
  Pending& NewPending() { return NewPending(NewId()); }
  Pending& NewPending(uint64_t id);
  void FillFrom(const Request& request, Args args, Pending* pending);
  bool AnswerAtOnce(const Request& request, KeyRange keys, std::string* reply, Submitted* submitted,
                    const Turn& turn);
  bool AnswerOneAtOnce(const Request& request, Args args, std::string_view key, ReplyWriter& writer,
                       Submitted* submitted, const Turn& turn);
  Call CallOf(uint8_t db, Lookups* lookups, const Turn& turn) const;
  static void RunRead(const CommandRow& row, const Record& record, Args args, const Call& call,
                      ReplyWriter& writer);
  void BeginOnKeys(const Request& request, Pending& pending, const Turn& turn);
  void SubmitParts(const Request& request, uint64_t id, const Turn& turn);

  // Pendings are named by id where a step may be put off, or may end them.
  void Begin(uint64_t id, const Turn& turn);
  void Route(uint64_t id, const Turn& turn);
  void RunHere(uint64_t id, const Turn& turn);

  // --- to the primary (coordinator_forward.cc)
  Peer PrimaryFor(const Pending& pending, const Turn& turn) const;
  void SendTo(Peer peer, Pending& pending, const Turn& turn);
  bool HasFallenSilent(const Pending& pending, const Turn& turn);
  Peer NextPrimary(const Pending& pending, const Turn& turn) const;
  void SendToNext(uint64_t id, const Turn& turn);
  bool MaySendAgain(const Pending& pending, const Turn& turn) const;
  static Message ForwardOf(const Pending& pending, const Turn& turn);
  bool Hears(const Once& once, const Turn& turn);
  void RefuseForward(LinkId link, uint64_t id, const Turn& turn);
  void OnRan(Pending& pending, Outcome outcome, uint64_t after, std::string bytes,
             const Turn& turn);

  // --- groups (coordinator_group.cc)
  std::shared_ptr<const Group> MakeGroup(const GroupRequest& request);
  void FillFromGroup(const GroupRequest& request, Pending* pending);
  static Message ForwardOfGroup(const Pending& pending, const Turn& turn);
  void RunGroupHere(Pending& pending, Shared::StripeAndPrimary& place, const Turn& turn);

  // --- keys of several slots (coordinator_many_slots.cc)
  bool SubmitMany(const Request& request, Pending& pending, std::string* reply, const Turn& turn);
  void ReadManySlots(Pending& whole, const Turn& turn);
  uint64_t NewSlotPart(const Pending& whole, size_t index, GroupRequest request);
  void OnSlotPart(Pending& whole, const Pending& part, Outcome outcome, uint64_t after,
                  std::string bytes, const Turn& turn);
  void RunManySlots(Pending& whole, const Turn& turn);
  void WriteNextSlot(Pending& whole, const Turn& turn);
  void EndManySlots(Pending& whole, Outcome outcome, std::string bytes, const Turn& turn);

  void Read(uint64_t id, const Turn& turn);
  bool LeavesToOthers(uint64_t sequence, const Pending& pending, const Turn& turn) const;
  bool LeavesToOthers(uint64_t sequence, uint32_t vnode, uint32_t need, const Turn& turn) const;
  void AskMore(Pending& pending, uint32_t count, const Turn& turn);
  void OnEnough(Pending& pending, const Turn& turn);
  void Repair(const Pending& pending, const Record& merged, const Turn& turn);
  void ConfirmBehind(const Pending& read, const Turn& turn);
  bool MaySpread(const Record& record) const;
  void AnswerRead(Pending& pending, const Record& record, const Turn& turn);

  // --- reads that are vouched for (coordinator_vouch.cc)
  bool MayBeVouchedFor(const Pending& pending, const Turn& turn) const;
  bool WantsStep(Pending& pending, const Turn& turn);
  bool IsInStep(const CachedRecord& entry, uint32_t vnode, const Turn& turn) const;
  bool AwaitVouch(Pending& pending, CachedRecord& entry, const Turn& turn);
  void JoinStep(Pending& pending, const Turn& turn);
  void AskToVouch(const Turn& turn);
  void OnVouched(VouchRound& round, const Turn& turn);
  bool AnswerFromStep(Pending& pending, std::string* bytes, const Turn& turn);
  bool IsSettled(CachedRecord& entry) const;
  void ReadPlainly(const std::vector<uint64_t>& ids, const Turn& turn);
  void TickVouching(const Turn& turn);
  void GiveUpVouching(const Turn& turn);
  void LeaveVouching(VouchRound& round, const Turn& turn);
  void EndVouching(Peer peer, const Turn& turn);

  // --- those of them that are answered early (coordinator_early.cc)
  bool MayBeEarly(const Request& request, const Turn& turn) const;
  bool WantWord(uint32_t vnode, const Turn& turn);
  VouchRound& RoundForReads();
  bool ReadEarly(const Request& request, Args args, std::string_view key, ReplyWriter& writer,
                 Submitted* submitted, const Turn& turn);
  void EndEarly(const Request& request, Submitted* submitted);
  void CancelEarly();
  bool Stands(const VouchRound& round, const EarlyReads& early, const EarlyKey& key,
              const Turn& turn);
  void SettleEarly(const VouchRound& round, const EarlyReads& early, const Turn& turn);
  void RecallAll(const EarlyReads& early, const Turn& turn);
  void Recall(const EarlyReads& early, const EarlyCommand& command, const Turn& turn);
  void TellHeard(const Turn& turn);

  void Finish(uint64_t id, Outcome outcome, uint64_t after, std::string bytes, const Turn& turn);
  void FinishPart(const Pending& part, Outcome outcome, uint64_t after, std::string bytes,
                  const Turn& turn);
  void Fail(Pending& pending, const Turn& turn);  // its time is over, or who had it is gone

  Node& node_;
  Shared& shared_;
  const uint32_t loop_;
  uint64_t last_id_ = 0;
  std::string scratch_key_;  // AnswerAtOnce's record key
  // By id: the order can be seen from outside.
  absl::btree_map<uint64_t, std::unique_ptr<Pending>> pending_;
  std::unique_ptr<Vouching> vouching_;
};

}  // namespace kindred

#endif  // KINDRED_NODE_COORDINATOR_H_
