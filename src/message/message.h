// Every message between nodes. Requests travel on the link that the sender opened, answers come
// back on the same link and carry the number of their request; but for Vouch, which travels on the
// answering node's own link, in the frame of what that one asks. Byte forms are in message_codec.h.
//
// Keys are record keys (store/keys.h), times are hybrid clock times (base/hybrid_clock.h) unless
// they end in _ms.
#ifndef KINDRED_MESSAGE_MESSAGE_H_
#define KINDRED_MESSAGE_MESSAGE_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "causal/record.h"
#include "topology/topology.h"
#include "value/lookups.h"

namespace kindred {

// A guarded version is decided if its dot's actor is `actor`, its time is in [from, below), and it
// is not excepted.
struct Decided {
  uint64_t actor = 0;
  uint64_t from = 0;
  uint64_t below = 0;
  std::vector<uint64_t> exceptions;  // times below `below` of which it is not known; sorted
  bool operator==(const Decided&) const = default;
};

// --- a key's records

// How much has happened at a node that another replica may not know of (replica/changes.h).
struct Standing {
  uint64_t life = 0;     // the node's clock when it started: what it counts begins anew with each
  uint64_t changes = 0;  // of its grants' holders, and of records by anything but a guarded write
  uint64_t missed = 0;   // its guarded writes that are over and that the other has not got
  bool operator==(const Standing&) const = default;
};

// A guarded write: `version` on top of exactly what `base` has seen, which it replaces but for the
// siblings in `kept`.
struct Guarded {
  uint64_t id = 0;
  std::string key;
  Context base;
  Version version;
  std::vector<Version> kept;  // newest first; all older than `version`
  uint64_t flushed = 0;       // the flush watermark of the key's database that the writer knew
  std::optional<Standing> standing = {};  // the writer's; not of the items of a group
};
// Guarded writes of several keys of one slot, which a replica takes all or none of. Answered like
// one guarded write. The numbers of the items mean nothing.
struct GuardedGroup {
  uint64_t id = 0;
  std::vector<Guarded> items;
  std::optional<Standing> standing = {};  // the writer's
  // Groups of unknown outcome, by the dot of their first write: the items hold what has become of
  // them.
  std::vector<Dot> concluded = {};
};

// Asks a replica for its record. With a digest: the record is sent only if it differs.
struct Ask {
  uint64_t id = 0;
  std::string key;
  std::optional<uint64_t> digest;
  bool step = false;                     // the asker wants to be in step with it
  std::optional<uint64_t> primary = {};  // the actor who asks, as the key's primary
};
// What makes a record that is the same here and there stay in step.
struct Step {
  Standing standing;
  uint64_t holder = 0;  // the actor to whom the key's vnode is granted here; 0: nobody
  bool holds = false;   // that is the teller itself
};
struct Tell {
  uint64_t id = 0;
  bool same = false;  // the digest was equal: no record comes along
  Record record;
  uint8_t db = 0;        // the key's database,
  uint64_t flushed = 0;  // and its flush watermark: what the others hold below it is dead
  std::optional<Step> step = {};
  bool not_granted = false;  // to the primary who asks: others may still write what this one takes
  // Groups that write the key, and that the replica keeps without knowing whether they are decided.
  std::vector<GuardedGroup> undecided = {};
};

// Asks another replica whether records that were in step with it may still be answered.
struct VouchAsk {
  uint64_t id = 0;
  Standing known;  // what the asker has heard of it
};
// What the asker has to know, beyond what it was sent, to be up to date in all that the two share.
struct Vouch {
  uint64_t id = 0;
  Standing standing;
  bool all = false;               // the changes since then are not known one by one
  std::vector<uint32_t> changed;  // vnodes: since what the asker has heard
  std::vector<uint32_t> behind;   // BehindNumber of keys whose write the asker has not answered yet
  Decided decided;
  std::vector<uint64_t> flushed;  // watermark of each database
};

// Asks for guarded times: the right to name dots in [from, until) for the keys of these vnodes.
struct Prepare {
  struct Item {
    uint32_t vnode = 0;
    uint64_t from = 0;
    uint64_t until = 0;
  };
  uint64_t id = 0;
  uint64_t actor = 0;
  std::vector<Item> items;
};
struct Prepared {
  struct Item {
    uint32_t vnode = 0;
    uint64_t since = 0;          // granted to the actor without a break since then; 0: refused
    uint64_t refused_below = 0;  // if refused: granted to another below this time
  };
  uint64_t id = 0;
  std::vector<Item> items;
};

// An unguarded write, or a copy of what others have: merged as it is.
struct Replicate {
  uint64_t id = 0;  // 0: no answer wanted
  std::string key;
  Record record;
};
struct Ack {
  uint64_t id = 0;
  std::optional<Standing> standing = {};  // the replica's, when it took a guarded write
};
struct Nack {  // the write was refused, whole; the record says why
  uint64_t id = 0;
  bool holder_is_another = false;
  uint64_t clock = 0;    // the replica's clock: the next dot has to be later
  uint8_t db = 0;        // the key's database,
  uint64_t flushed = 0;  // and the flush watermark of it that the replica knows
  Record record;
  std::vector<GuardedGroup> undecided = {};  // that the replica keeps, and the writer did not know
};

// --- several keys of one slot, as one

// Asks for the records as they are at one moment. The numbers of the items mean nothing.
struct AskGroup {
  uint64_t id = 0;
  std::vector<Ask> items;
  uint64_t primary = 0;  // the actor who asks
};
struct TellGroup {
  uint64_t id = 0;
  std::vector<Tell> items;              // in the order of the question
  std::vector<GuardedGroup> undecided;  // of all of them, each once; none with the items
  bool not_granted = false;
};
// A group that a replica may have kept is decided: it is named by the key and the dot of its first
// write. With it everything is that it has concluded, also for a replica that has refused it.
struct GroupDecided {
  std::string key;
  Dot dot;
  std::vector<Dot> concluded;
};

// --- whole requests

// A command may be sent to two nodes, one after the other, when the first falls silent. At most one
// of them runs it (docs/architecture.md, "A primary that is gone").
struct Once {
  uint64_t sent = 0;    // a time of the coordinator's clock from before it was sent; 0: to one only
  bool second = false;  // another node has it, too
};

// A client's command for its key's primary.
struct Forward {
  uint64_t id = 0;
  uint64_t deadline_in_ms = 0;  // from its arrival
  Once once;
  uint8_t db = 0;
  uint8_t protocol = 2;  // RESP version of the reply's bytes
  bool confirm = false;  // a read whose newest version was undecided: make it decided, then answer
  std::string read_level, write_level;  // Level::ToString
  bool strict = false;
  std::optional<Context> context;
  std::vector<std::string> args;
};
// Commands on keys of one slot, for its primary, which runs them as one.
struct ForwardGroup {
  struct Command {
    uint8_t db = 0;
    std::vector<std::string> args;
  };
  // A key that a client watches: the group does nothing if it has been written since.
  struct Watch {
    std::string key;
    Context seen;
    bool existed = false;
  };
  uint64_t id = 0;
  uint64_t deadline_in_ms = 0;
  Once once;
  uint8_t protocol = 2;
  bool multi = false;  // the reply is an array of the commands' replies
  std::string write_level;
  std::vector<Command> commands;
  std::vector<Watch> watches;
};
enum class Outcome : uint8_t {
  kDone = 0,     // `reply` is the answer
  kRefused = 1,  // nothing was done
  kUnknown = 2,  // it may still take effect
  kNotHere = 3,  // nothing was done here, as another node may have done it
};
struct Forwarded {
  uint64_t id = 0;
  Outcome outcome = Outcome::kDone;
  std::string reply;     // RESP bytes; an error text if refused or unknown
  uint64_t clock = 0;    // kNotHere: the answering node's; it may do what is sent later
  Lookups lookups = {};  // of the command
};

// --- many keys

// A page of the live keys of one database, from `from` (a record key) up to the last slot.
struct ScanAsk {
  uint64_t id = 0;
  uint8_t db = 0;
  std::string from;   // inclusive
  std::string until;  // exclusive
  uint32_t entries_max = 0;
};
struct ScanTell {
  uint64_t id = 0;
  struct Item {
    std::string key;  // record key
    Record record;    // without payloads
  };
  std::vector<Item> items;  // all of a key are to be merged
  std::string next;         // where the next page begins; empty: the range is done
};
// Live keys of each of the given vnodes in all databases.
struct CountAsk {
  uint64_t id = 0;
  std::vector<uint32_t> vnodes;
};
struct CountTell {
  uint64_t id = 0;
  std::vector<std::pair<int64_t, int64_t>> by_db;  // keys, keys with expiry
};
// Raises the flush watermark of databases; answered with what the replica's clock was before.
struct Flush {
  uint64_t id = 0;
  uint16_t dbs = 0;  // bit set
  uint64_t time = 0;
};
struct Flushed {
  uint64_t id = 0;
  uint64_t clock = 0;
};

// --- nodes

// Which version of the roster (membership/roster.h) somebody has: the larger one is the later.
struct RosterVersion {
  uint64_t time = 0;    // 0: the first, which every node begins with
  uint64_t digest = 0;  // of the text, as two nodes may have named the same time
  auto operator<=>(const RosterVersion&) const = default;
};

struct Heartbeat {
  uint64_t id = 0;
  uint64_t epoch = 0;
  uint64_t clock = 0;
  Decided decided;
  std::vector<uint64_t> flushed;        // watermark of each database
  std::optional<RosterVersion> roster;  // of a member that has more than the first
};
struct HeartbeatSeen {
  uint64_t id = 0;
  uint64_t epoch = 0;
  uint64_t clock = 0;
  Decided decided;
  std::vector<uint64_t> flushed;
  std::optional<RosterVersion> roster;
};
// What a primary tells with its traffic.
struct DecidedNews {
  Decided decided;
};
struct TopologyAsk {
  uint64_t id = 0;
};
struct TopologyTell {
  uint64_t id = 0;
  std::string topology;  // Topology::Encode
};
// A node that wants to become a member asks any member.
struct JoinAsk {
  uint64_t id = 0;
  NodeInfo node;
};
struct JoinTell {
  uint64_t id = 0;
  std::string error;  // empty: `topology` has the node as a member
  std::string topology;
  std::string roster;  // the cluster's, which takes the place of the node's own
};
// The member that runs a join stops writes everywhere, sees that there are no keys, and installs
// the next topology.
struct Freeze {
  uint64_t id = 0;
  bool on = true;
};
struct Frozen {
  uint64_t id = 0;
  uint64_t epoch = 0;
  uint64_t keys = 0;
};
struct Install {
  uint64_t id = 0;
  std::string topology;
};
struct Installed {
  uint64_t id = 0;
  uint64_t epoch = 0;  // the epoch that the node has now
};
// Asks a member for its roster, which is later than ours; and the roster, also unasked where it was
// just changed.
struct RosterAsk {
  uint64_t id = 0;
};
struct RosterTell {
  uint64_t id = 0;
  std::string roster;  // Roster::Encode
};

using Message =
    std::variant<Ask, Tell, Prepare, Prepared, Guarded, Replicate, Ack, Nack, Forward, Forwarded,
                 ScanAsk, ScanTell, CountAsk, CountTell, Flush, Flushed, Heartbeat, HeartbeatSeen,
                 DecidedNews, TopologyAsk, TopologyTell, JoinAsk, JoinTell, Freeze, Frozen, Install,
                 Installed, RosterAsk, RosterTell, AskGroup, TellGroup, GuardedGroup, ForwardGroup,
                 VouchAsk, Vouch, GroupDecided>;

}  // namespace kindred

#endif  // KINDRED_MESSAGE_MESSAGE_H_
