#ifndef KINDRED_MESSAGE_MESSAGE_FIELDS_H_
#define KINDRED_MESSAGE_MESSAGE_FIELDS_H_

// The fields of every message, in the order in which they are sent: the one place to touch when a
// message gets a field. For message_codec.cc and message_describe.cc; field_codec.h explains the
// verbs.

#include "message/field_codec.h"
#include "message/message.h"
#include "message/node_fields.h"

namespace kindred {

void Fields(auto& io, Is<Dot> auto& dot) {
  io.Word("actor", dot.actor);
  io.Time("time", dot.time);
}

void Fields(auto& io, Is<Decided> auto& decided) {
  io.Word("actor", decided.actor);
  io.Time("from", decided.from);
  io.Time("below", decided.below);
  io.List("except", decided.exceptions, kAsTime);
}

// --- a key's records

void Fields(auto& io, Is<Standing> auto& standing) {
  io.Time("life", standing.life);
  io.Count("changes", standing.changes);
  io.Count("missed", standing.missed);
}

void Fields(auto& io, Is<Ask> auto& ask) {
  io.Id(ask.id);
  io.Key("", ask.key);
  io.Maybe("digest", ask.digest, kAsWord);
  io.Flag("step", ask.step);
  io.Maybe("primary", ask.primary, kAsWord);
}

void Fields(auto& io, Is<Step> auto& step) {
  io.Group("", step.standing);
  io.Word("holder", step.holder);
  io.Flag("holds", step.holds);
}

void Fields(auto& io, Is<Tell> auto& tell) {
  io.Id(tell.id);
  io.Flag("same", tell.same);
  io.Object("", tell.record);
  io.Db("db", tell.db);
  io.Time("flushed", tell.flushed);
  io.Maybe("step", tell.step, kAsFields);
  io.Flag("not-granted", tell.not_granted);
  io.List("undecided", tell.undecided, kAsFields);
}

void Fields(auto& io, Is<VouchAsk> auto& ask) {
  io.Id(ask.id);
  io.Group("", ask.known);
}

void Fields(auto& io, Is<Vouch> auto& vouch) {
  io.Id(vouch.id);
  io.Group("", vouch.standing);
  io.Flag("all", vouch.all);
  io.List("changed", vouch.changed, kAsNumber);
  io.List("behind", vouch.behind, kAsNumber);
  io.Group("decided", vouch.decided);
  io.List("flushed", vouch.flushed, kAsTime);
}

void Fields(auto& io, Is<Prepare::Item> auto& item) {
  io.Number("vnode", item.vnode);
  io.Time("from", item.from);
  io.Time("until", item.until);
}

void Fields(auto& io, Is<Prepare> auto& prepare) {
  io.Id(prepare.id);
  io.Word("actor", prepare.actor);
  io.List("", prepare.items, kAsFields);
}

void Fields(auto& io, Is<Prepared::Item> auto& item) {
  io.Number("vnode", item.vnode);
  io.Time("since", item.since);
  io.Time("refused-below", item.refused_below);
}

void Fields(auto& io, Is<Prepared> auto& prepared) {
  io.Id(prepared.id);
  io.List("", prepared.items, kAsFields);
}

void Fields(auto& io, Is<Guarded> auto& guarded) {
  io.Id(guarded.id);
  io.Key("", guarded.key);
  io.Object("base", guarded.base);
  io.Object("", guarded.version);
  io.List("kept", guarded.kept, kAsObject);
  io.Time("flushed", guarded.flushed);
  io.Maybe("", guarded.standing, kAsFields);
}

void Fields(auto& io, Is<Replicate> auto& replicate) {
  io.Id(replicate.id);
  io.Key("", replicate.key);
  io.Object("", replicate.record);
}

void Fields(auto& io, Is<Ack> auto& ack) {
  io.Id(ack.id);
  io.Maybe("", ack.standing, kAsFields);
}

void Fields(auto& io, Is<Nack> auto& nack) {
  io.Id(nack.id);
  io.Flag("holder-is-another", nack.holder_is_another);
  io.Time("clock", nack.clock);
  io.Db("db", nack.db);
  io.Time("flushed", nack.flushed);
  io.Object("", nack.record);
  io.List("undecided", nack.undecided, kAsFields);
}

// --- several keys of one slot, as one

void Fields(auto& io, Is<AskGroup> auto& ask) {
  io.Id(ask.id);
  io.List("", ask.items, kAsFields);
  io.Word("primary", ask.primary);
}

void Fields(auto& io, Is<TellGroup> auto& tell) {
  io.Id(tell.id);
  io.List("", tell.items, kAsFields);
  io.List("undecided", tell.undecided, kAsFields);
  io.Flag("not-granted", tell.not_granted);
}

void Fields(auto& io, Is<GroupDecided> auto& decided) {
  io.Key("", decided.key);
  io.Group("", decided.dot);
  io.List("concluded", decided.concluded, kAsFields);
}

void Fields(auto& io, Is<GuardedGroup> auto& group) {
  io.Id(group.id);
  io.List("", group.items, kAsFields);
  io.Maybe("", group.standing, kAsFields);
  io.List("concluded", group.concluded, kAsFields);
}

// --- whole requests

void Fields(auto& io, Is<Once> auto& once) {
  io.Time("sent", once.sent);
  io.Flag("second", once.second);
}

void Fields(auto& io, Is<Forward> auto& forward) {
  io.Id(forward.id);
  io.Number("deadline-ms", forward.deadline_in_ms);
  io.Group("", forward.once);
  io.Number("db", forward.db);
  io.Number("protocol", forward.protocol);
  io.Flag("confirm", forward.confirm);
  io.Text("r", forward.read_level);
  io.Text("w", forward.write_level);
  io.Flag("strict", forward.strict);
  io.Maybe("context", forward.context, kAsObject);
  io.List("", forward.args, kAsText);
}

void Fields(auto& io, Is<ForwardGroup::Command> auto& command) {
  io.Db("db", command.db);
  io.List("", command.args, kAsText);
}

void Fields(auto& io, Is<ForwardGroup::Watch> auto& watch) {
  io.Key("", watch.key);
  io.Object("seen", watch.seen);
  io.Flag("existed", watch.existed);
}

void Fields(auto& io, Is<ForwardGroup> auto& forward) {
  io.Id(forward.id);
  io.Number("deadline-ms", forward.deadline_in_ms);
  io.Group("", forward.once);
  io.Number("protocol", forward.protocol);
  io.Flag("multi", forward.multi);
  io.Text("w", forward.write_level);
  io.List("", forward.commands, kAsFields);
  io.List("watches", forward.watches, kAsFields);
}

void Fields(auto& io, Is<Lookups> auto& lookups) {
  io.Count("hits", lookups.hits);
  io.Count("misses", lookups.misses);
}

void Fields(auto& io, Is<Forwarded> auto& forwarded) {
  io.Id(forwarded.id);
  io.Choice("", forwarded.outcome, Outcome::kNotHere);
  io.Text("reply", forwarded.reply);
  io.Time("clock", forwarded.clock);
  io.Group("", forwarded.lookups);
}

// --- many keys

void Fields(auto& io, Is<ScanAsk> auto& ask) {
  io.Id(ask.id);
  io.Number("db", ask.db);
  io.Key("from", ask.from);
  io.Key("until", ask.until);
  io.Number("max", ask.entries_max);
}

void Fields(auto& io, Is<ScanTell::Item> auto& item) {
  io.Key("", item.key);
  io.Object("", item.record);
}

void Fields(auto& io, Is<ScanTell> auto& tell) {
  io.Id(tell.id);
  io.List("", tell.items, kAsFields);
  io.Key("next", tell.next);
}

void Fields(auto& io, Is<CountAsk> auto& ask) {
  io.Id(ask.id);
  io.List("vnodes", ask.vnodes, kAsNumber);
}

inline constexpr auto kAsCounts = [](auto& io, auto& counts) {
  io.Number("keys", counts.first);
  io.Number("expiring", counts.second);
};

void Fields(auto& io, Is<CountTell> auto& tell) {
  io.Id(tell.id);
  io.List("", tell.by_db, kAsCounts);
}

void Fields(auto& io, Is<Flush> auto& flush) {
  io.Id(flush.id);
  io.Number("dbs", flush.dbs);
  io.Time("time", flush.time);
}

void Fields(auto& io, Is<Flushed> auto& flushed) {
  io.Id(flushed.id);
  io.Time("clock", flushed.clock);
}

// --- nodes

void Fields(auto& io, Is<RosterVersion> auto& version) {
  io.Time("", version.time);
  io.Word("digest", version.digest);
}

template <typename T>
concept IsHeartbeat = Is<T, Heartbeat> || Is<T, HeartbeatSeen>;

void Fields(auto& io, IsHeartbeat auto& heartbeat) {
  io.Id(heartbeat.id);
  io.Number("epoch", heartbeat.epoch);
  io.Time("clock", heartbeat.clock);
  io.Group("decided", heartbeat.decided);
  io.List("flushed", heartbeat.flushed, kAsTime);
  io.Maybe("roster", heartbeat.roster, kAsFields);
}

void Fields(auto& io, Is<DecidedNews> auto& news) { io.Group("", news.decided); }

void Fields(auto& io, Is<TopologyAsk> auto& ask) { io.Id(ask.id); }

void Fields(auto& io, Is<TopologyTell> auto& tell) {
  io.Id(tell.id);
  io.Blob("topology", tell.topology);
}

void Fields(auto& io, Is<JoinAsk> auto& ask) {
  io.Id(ask.id);
  io.Group("", ask.node);
}

void Fields(auto& io, Is<JoinTell> auto& tell) {
  io.Id(tell.id);
  io.Text("error", tell.error);
  io.Blob("topology", tell.topology);
  io.Blob("roster", tell.roster);
}

void Fields(auto& io, Is<Freeze> auto& freeze) {
  io.Id(freeze.id);
  io.Flag("on", freeze.on);
}

void Fields(auto& io, Is<Frozen> auto& frozen) {
  io.Id(frozen.id);
  io.Number("epoch", frozen.epoch);
  io.Number("keys", frozen.keys);
}

void Fields(auto& io, Is<Install> auto& install) {
  io.Id(install.id);
  io.Blob("topology", install.topology);
}

void Fields(auto& io, Is<Installed> auto& installed) {
  io.Id(installed.id);
  io.Number("epoch", installed.epoch);
}

void Fields(auto& io, Is<RosterAsk> auto& ask) { io.Id(ask.id); }

void Fields(auto& io, Is<RosterTell> auto& tell) {
  io.Id(tell.id);
  io.Blob("roster", tell.roster);
}

}  // namespace kindred

#endif  // KINDRED_MESSAGE_MESSAGE_FIELDS_H_
