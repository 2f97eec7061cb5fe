// Replies that are given early: a read of what is in step is answered as it arrives, from the own
// record, and the reply waits, where the client is connected, for the word of who vouches. Where
// the word says no, or what was read has changed here since, the reply is recalled and the command
// runs again, as if it had only come now.
#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "node/coordinator.h"
#include "node/node.h"
#include "node/pending.h"
#include "node/shared.h"
#include "node/vouching.h"
#include "replica/changes.h"

namespace kindred {

// A read of a majority, by somebody who takes it.
bool Coordinator::MayBeEarly(const Request& request, const Turn& turn) const {
  const Level level = request.consistency->read;
  return request.connection != 0 && request.row->kind == RowKind::kRead && !level.IsLocal() &&
         level.Of(turn.view->replicas()) == turn.view->Majority() &&
         vouching_->gathering.early.keys.size() < EarlyReads::kKeysMax;
}

// All who vouch for the vnode can be asked with the next question.
bool Coordinator::WantWord(uint32_t vnode, const Turn& turn) {
  const auto vouchers = turn.view->VouchersOf(vnode);
  for (Peer peer : vouchers) {
    if (vouching_->Of(peer).silent) return false;
  }
  for (Peer peer : vouchers) vouching_->Of(peer).wanted = true;
  return !vouchers.empty();
}

// Sabotaged, reads are content with a word that was asked for before they began.
Coordinator::VouchRound& Coordinator::RoundForReads() {
  Vouching& vouching = *vouching_;
  const bool late = !shared_.settings().rules.vouched_after_read && !vouching.rounds.empty() &&
                    !vouching.rounds.back().over;
  return late ? vouching.rounds.back() : vouching.gathering;
}

// The keys of one command, in turn: then EndEarly. Where one of them cannot be read early, none is.
bool Coordinator::ReadEarly(const Request& request, Args args, std::string_view key,
                            ReplyWriter& writer, Submitted* submitted, const Turn& turn) {
  uint32_t vnode = 0;
  node_.Locate(key, request.db, &scratch_key_, &vnode);
  Stripe& stripe = shared_.stripe(shared_.StripeOf(vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  if (node_.IsLoading(scratch_key_)) return false;
  CachedRecord* entry = stripe.Find(scratch_key_);
  if (entry == nullptr || !IsInStep(*entry, vnode, turn) || !IsSettled(*entry) ||
      LeavesToOthers(entry->sequence, vnode, turn.view->Majority(), turn) ||
      !WantWord(vnode, turn)) {
    return false;
  }
  EarlyReads& early = RoundForReads().early;
  early.keys.push_back({entry->in_step, entry->sequence, stripe.changes(), vnode,
                        static_cast<uint32_t>(early.commands.size()), early.bytes.size(),
                        scratch_key_.size()});
  early.bytes.append(scratch_key_);
  submitted->after = std::max(submitted->after, entry->sequence);
  RunRead(*request.row, entry->record, args, CallOf(request.db, &submitted->lookups, turn), writer);
  return true;
}

void Coordinator::EndEarly(const Request& request, Submitted* submitted) {
  VouchRound& round = RoundForReads();
  submitted->id = NewId();
  submitted->word = round.word;
  EarlyCommand command;
  command.id = submitted->id;
  command.connection = request.connection;
  command.row = request.row;
  command.deadline_ms = request.deadline_ms;
  command.lookups = submitted->lookups;
  command.level = request.consistency->read;
  command.db = request.db;
  command.protocol = static_cast<uint8_t>(request.protocol);
  command.args_begin = round.early.bytes.size();
  ByteWriter out(&round.early.bytes);
  out.Varint(request.args.size());
  for (std::string_view arg : request.args) out.Bytes(arg);
  round.early.commands.push_back(command);
}

void Coordinator::CancelEarly() {
  EarlyReads& early = RoundForReads().early;
  while (!early.keys.empty() && early.keys.back().command == early.commands.size()) {
    early.bytes.resize(early.keys.back().begin);
    early.keys.pop_back();
  }
}

// The word has come. A reply stands if what it tells was the newest when the read began: the word
// was given later, and says that nothing had happened until then that this node has not been told.
// It may have been told of it in between; then the record is another now.
bool Coordinator::Stands(const VouchRound& round, const EarlyReads& early, const EarlyKey& key,
                         const Turn& turn) {
  if (shared_.steps().Of(key.vnode) != key.step) return false;
  const std::string_view record_key = early.KeyOf(key);
  if (!round.behind.empty() && std::ranges::binary_search(round.behind, BehindNumber(record_key))) {
    return false;
  }
  if (LeavesToOthers(key.sequence, key.vnode, turn.view->Majority(), turn)) return false;
  Stripe& stripe = shared_.stripe(shared_.StripeOf(key.vnode)).stripe;
  if (stripe.changes() == key.changes || !shared_.settings().rules.recall_overtaken) return true;
  std::lock_guard lock(stripe.mutex());
  const CachedRecord* entry = stripe.Find(record_key);
  return entry != nullptr && entry->changed <= key.changes;
}

void Coordinator::SettleEarly(const VouchRound& round, const EarlyReads& early, const Turn& turn) {
  size_t recalled = early.commands.size();
  for (const EarlyKey& key : early.keys) {
    if (key.command == recalled || Stands(round, early, key, turn)) continue;
    recalled = key.command;
    Recall(early, early.commands[recalled], turn);
  }
}

void Coordinator::RecallAll(const EarlyReads& early, const Turn& turn) {
  for (const EarlyCommand& command : early.commands) Recall(early, command, turn);
}

void Coordinator::Recall(const EarlyReads& early, const EarlyCommand& command, const Turn& turn) {
  turn.out->recalls.push_back({command.connection, command.id, command.lookups});
  ByteReader in(std::string_view(early.bytes).substr(command.args_begin));
  std::vector<std::string_view> args(in.Varint());
  for (std::string_view& arg : args) arg = in.Bytes();
  Consistency consistency;
  consistency.read = command.level;
  Request request;
  request.row = command.row;
  request.args = args;
  request.db = command.db;
  request.protocol = command.protocol;
  request.consistency = &consistency;
  request.deadline_ms = command.deadline_ms;
  Pending& pending = NewPending(command.id);
  pending.what_for = Pending::For::kClient;
  pending.plain = true;
  BeginOnKeys(request, pending, turn);
}

// In the order of the questions: a later word is of no use while an earlier one is waited for, as
// the replies of a connection leave in order, and most need all words.
void Coordinator::TellHeard(const Turn& turn) {
  std::vector<VouchRound>& rounds = vouching_->rounds;
  size_t over = 0;
  while (over < rounds.size() && rounds[over].over) turn.out->heard = rounds[over++].word;
  rounds.erase(rounds.begin(), rounds.begin() + static_cast<std::ptrdiff_t>(over));
}

}  // namespace kindred
