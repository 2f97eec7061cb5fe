// How a command comes to its key's primary, and to the next one when that falls silent.
#include <algorithm>
#include <utility>

#include "command/table.h"
#include "node/coordinator.h"
#include "node/error_reply.h"
#include "node/node.h"
#include "node/pending.h"
#include "node/shared.h"
#include "resp/errors.h"

namespace kindred {

Peer Coordinator::PrimaryFor(const Pending& pending, const Turn& turn) const {
  const bool anyone = !shared_.settings().rules.first_alive_is_primary;
  return anyone && turn.view->IsReplica(pending.vnode) ? kSelf
                                                       : turn.view->PrimaryOf(pending.vnode);
}

// To the key's primary: it may be this node.
void Coordinator::Route(uint64_t id, const Turn& turn) {
  Pending& pending = *pending_[id];
  const Peer primary = PrimaryFor(pending, turn);
  // An unguarded write goes to one node only: nothing would keep two from running it.
  const Consistency& consistency = pending.consistency;
  const bool guarded = pending.writes() && !consistency.context.has_value() &&
                       consistency.write.Of(turn.view->replicas()) >= turn.view->Majority();
  pending.once = {};
  if (guarded && (primary != kSelf || pending.sent_again)) {
    pending.once.sent = shared_.clock().Name(turn.now_ms);
  }
  if (primary == kSelf) return RunHere(id, turn);
  if (!turn.view->link_up(primary)) {
    const int need = static_cast<int>(pending.consistency.write.Of(turn.view->replicas()));
    const std::string error = pending.confirm ? NoQuorumRead(0, need) : NoQuorumRefused(0, need);
    return Finish(id, Outcome::kRefused, 0, ErrorReply(error, pending.protocol), turn);
  }
  SendTo(primary, pending, turn);
}

void Coordinator::SendTo(Peer peer, Pending& pending, const Turn& turn) {
  pending.state = Pending::State::kForwarded;
  pending.target = peer;
  pending.asked_ms = turn.now_ms;
  ++pending.attempt;
  turn.out->sends.push_back(
      {peer, loop_,
       pending.group == nullptr ? ForwardOf(pending, turn) : ForwardOfGroup(pending, turn)});
}

// Whether the node that was sent a command has been silent for so long that the next one should get
// it. It is asked in between: a node that is only slow, for its disk or for all it has to do,
// answers.
bool Coordinator::HasFallenSilent(const Pending& pending, const Turn& turn) {
  if (pending.lost || !turn.view->alive(pending.target)) return true;
  const Settings& settings = shared_.settings();
  const uint64_t heard_ms = std::max(pending.asked_ms, node_.heard_ms(pending.target));
  if (turn.now_ms >= heard_ms + settings.hedge_ms_max) node_.Probe(pending.target, turn);
  return turn.now_ms >=
         heard_ms + std::max(2 * settings.hedge_ms_max, settings.suspect_after_ms / 3);
}

// The live replica that comes first, but for the one that has the command; that one if there is no
// other.
Peer Coordinator::NextPrimary(const Pending& pending, const Turn& turn) const {
  for (Peer peer : turn.view->ReplicasOf(pending.vnode)) {
    const bool up = peer == kSelf || (turn.view->alive(peer) && turn.view->link_up(peer));
    if (up && peer != pending.target) return peer;
  }
  return pending.target;
}

// The next one gets the command as well, unless there is none yet.
void Coordinator::SendToNext(uint64_t id, const Turn& turn) {
  Pending& pending = *pending_[id];
  const Peer next = NextPrimary(pending, turn);
  const bool back = pending.lost && turn.view->alive(pending.target);
  if (pending.writes() && (pending.once.sent == 0 || back)) {
    if (pending.lost) Fail(pending, turn);
    return;
  }
  if (next == pending.target) return;
  if (pending.writes()) {
    pending.once.second = true;
    pending.first = pending.target;
    pending.first_attempt = pending.attempt;
  }
  if (next != kSelf) return SendTo(next, pending, turn);
  ++pending.attempt;
  RunHere(id, turn);
}

Message Coordinator::ForwardOf(const Pending& pending, const Turn& turn) {
  Forward forward;
  forward.id = pending.Question();
  forward.deadline_in_ms = pending.deadline_ms - std::min(pending.deadline_ms, turn.now_ms);
  forward.once = pending.once;
  forward.db = pending.db;
  forward.protocol = static_cast<uint8_t>(pending.protocol);
  forward.confirm = pending.confirm;
  forward.read_level = pending.consistency.read.ToString();
  forward.write_level = pending.consistency.write.ToString();
  forward.strict = pending.consistency.strict;
  forward.context = pending.consistency.context;
  for (std::string_view arg : pending.args->args()) forward.args.emplace_back(arg);
  return forward;
}

void Coordinator::OnForward(LinkId link, Forward forward, const Turn& turn) {
  std::vector<std::string_view> args(forward.args.begin(), forward.args.end());
  const CommandRow* row = args.empty() ? nullptr : DataCommands().FindFor(args);
  const auto write = Level::Parse(forward.write_level, false);
  const auto read = Level::Parse(forward.read_level, true);
  if (row == nullptr || row->kind == RowKind::kManyKeys || KeysOf(*row, args).count == 0 ||
      !write.has_value() || !read.has_value() || forward.protocol < 2 || forward.protocol > 3 ||
      !Hears(forward.once, turn)) {
    return RefuseForward(link, forward.id, turn);
  }
  Pending& pending = NewPending();
  pending.what_for = Pending::For::kPeer;
  pending.link = link;
  pending.peer_request = forward.id;
  pending.confirm = forward.confirm;
  pending.once = forward.once;
  const Consistency consistency{*read, *write, forward.strict, std::move(forward.context)};
  Request request;
  request.row = row;
  request.db = forward.db;
  request.protocol = forward.protocol;
  request.consistency = &consistency;
  request.deadline_ms = turn.now_ms + forward.deadline_in_ms;
  FillFrom(request, args, &pending);
  RunHere(pending.id, turn);
}

// What this node names from now on is later than when the command was sent.
bool Coordinator::Hears(const Once& once, const Turn& turn) {
  return once.sent == 0 || shared_.clock().Hear(once.sent, turn.now_ms);
}

void Coordinator::RefuseForward(LinkId link, uint64_t id, const Turn& turn) {
  Forwarded answer;
  answer.id = id;
  answer.outcome = Outcome::kRefused;
  answer.reply = ErrorReply(
      "ERR the forwarded command is not understood, or its time is too far ahead; nothing was done",
      2);
  turn.out->answers.push_back({link, 0, std::move(answer)});
}

void Coordinator::OnForwarded(Forwarded forwarded, const Turn& turn) {
  const auto found = pending_.find(Pending::IdOf(forwarded.id));
  if (found == pending_.end()) return;
  Pending& pending = *found->second;
  if (forwarded.outcome == Outcome::kNotHere && !shared_.clock().Hear(forwarded.clock, turn.now_ms))
    return;
  if (pending.state == Pending::State::kForwarded && forwarded.id == pending.Question()) {
    pending.lookups = forwarded.lookups;
    return OnRan(pending, forwarded.outcome, 0, std::move(forwarded.reply), turn);
  }
  const bool of_first =
      pending.once.second && forwarded.id == pending.QuestionAt(pending.first_attempt);
  if (of_first) pending.first_answer = std::make_unique<Forwarded>(std::move(forwarded));
}

void Coordinator::OnHandover(Outbox::Handover handover, const Turn& turn) {
  const auto found = pending_.find(handover.request);
  if (found == pending_.end()) return;
  Pending& pending = *found->second;
  pending.lookups = handover.lookups;
  if (pending.once.sent != 0 && pending.what_for != Pending::For::kPeer) {
    return OnRan(pending, handover.outcome, handover.after, std::move(handover.bytes), turn);
  }
  Finish(pending.id, handover.outcome, handover.after, std::move(handover.bytes), turn);
}

// What the node says that has the command now. If it has been sent to a second one, that one's word
// counts, as the first may have found nothing to change, and the second something. Only when the
// second has done nothing, and will not, the first's does.
void Coordinator::OnRan(Pending& pending, Outcome outcome, uint64_t after, std::string bytes,
                        const Turn& turn) {
  const bool nothing_done = outcome == Outcome::kRefused || outcome == Outcome::kNotHere;
  if (nothing_done && pending.once.second && pending.attempt != pending.first_attempt) {
    if (pending.first_answer == nullptr) {
      if (pending.lost) return Fail(pending, turn);
      pending.state = Pending::State::kForwarded;
      pending.target = pending.first;
      pending.attempt = pending.first_attempt;
      return;
    }
    outcome = pending.first_answer->outcome;
    bytes = std::move(pending.first_answer->reply);
    pending.lookups = pending.first_answer->lookups;
  }
  if (outcome == Outcome::kNotHere) {
    if (MaySendAgain(pending, turn)) {
      pending.sent_again = true;
      return Route(pending.id, turn);
    }
    const int need = static_cast<int>(pending.consistency.write.Of(turn.view->replicas()));
    outcome = Outcome::kRefused;
    bytes = ErrorReply(NoQuorumRefused(0, need), pending.protocol);
  }
  Finish(pending.id, outcome, after, std::move(bytes), turn);
}

// Whether a command that nobody has done, or will do, may be sent once more. Commands of one
// connection on one key go to its primary without waiting for each other, so if a later one is on
// its way this one would come too late, and before an earlier one, which may be sent to another
// node yet, too soon; and the second time a later one may have been answered.
bool Coordinator::MaySendAgain(const Pending& pending, const Turn& turn) const {
  if (pending.once.second || pending.sent_again || pending.deadline_ms <= turn.now_ms) return false;
  if (!shared_.settings().rules.keep_order) return true;
  return std::none_of(pending_.begin(), pending_.end(), [&](const auto& each) {
    const Pending& other = *each.second;
    return &other != &pending && other.once.sent != 0 && other.SharesKeyWith(pending);
  });
}

// A write that was on its way to the peer may have been done: only who is the primary now can tell.
// A read can begin again.
void Coordinator::OnLinkDown(Peer peer, const Turn& turn) {
  std::vector<uint64_t> lost, over, reads;
  for (auto& [id, pending] : pending_) {
    const bool with_peer = pending->state == Pending::State::kForwarded && pending->target == peer;
    const bool asked =
        pending->state == Pending::State::kReading &&
        std::find(pending->asked.begin(), pending->asked.end(), peer) != pending->asked.end() &&
        !pending->tally.Has(peer);
    if (with_peer && pending->writes()) {
      (pending->once.second ? over : lost).push_back(id);
      pending->lost = true;
    } else if (with_peer || asked) {
      reads.push_back(id);
    } else if (pending->once.second && pending->first == peer) {
      pending->lost = true;
    }
  }
  for (uint64_t id : over) Fail(*pending_[id], turn);
  for (uint64_t id : lost) SendToNext(id, turn);
  for (uint64_t id : reads) {
    pending_[id]->confirm = false;
    Read(id, turn);
  }
  EndVouching(peer, turn);
}

}  // namespace kindred
