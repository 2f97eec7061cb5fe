// What the core wants to happen after an input: messages, replies, work for the disk. Whoever feeds
// the core empties it when the input has been handled. An item that names a sequence leaves when
// the store's durable sequence has reached it, so that nothing is told that a crash could still
// take back.
#ifndef KINDRED_MESSAGE_OUTBOX_H_
#define KINDRED_MESSAGE_OUTBOX_H_

#include <cstdint>
#include <string>
#include <vector>

#include "message/message.h"

namespace kindred {

// A node as this process numbers it; 0 is itself. Numbers are given in the order in which nodes
// become known and never change while the process lives.
using Peer = uint16_t;
inline constexpr Peer kSelf = 0;

// A link that a peer opened to us, numbered by whoever owns the sockets. An answer to a link that
// is gone is dropped.
using LinkId = uint64_t;

struct Outbox {
  struct Send {  // a request on our own link to `to`
    Peer to = kSelf;
    uint32_t lane = 0;  // which loop's link: all messages about a stripe's writes take the same, so
                        // that they stay in order
    Message message;
  };
  struct Sync {  // comes back as OnSynced when `after` is durable
    uint64_t round = 0;
    uint64_t after = 0;  // sequence
  };
  struct Conclusion {  // groups that are to be concluded: of this loop's own node
    std::vector<GuardedGroup> groups;
  };
  struct Answer {  // on the link that the request came from
    LinkId link = 0;
    uint64_t after = 0;  // sequence
    Message message;
  };
  struct Reply {  // for a request of this loop that was pending
    uint64_t request = 0;
    uint64_t after = 0;  // sequence: the client may see it when that is durable
    std::string bytes;   // RESP
    Lookups lookups = {};
  };
  // The reply to `request`, which was given early, does not stand: the request is pending now.
  struct Recall {
    uint64_t connection = 0;
    uint64_t request = 0;
    Lookups lookups = {};  // that the reply has told
  };
  struct Handover {  // the outcome of an operation for a request of another loop
    uint32_t loop = 0;
    uint64_t request = 0;
    Outcome outcome = Outcome::kDone;
    uint64_t after = 0;
    std::string bytes;
    Lookups lookups = {};
  };
  struct Load {  // a record that needs the disk: comes back as OnLoaded
    std::string key;
  };
  struct Scan {  // a page of a column: comes back as OnScanned, read when `after` is durable
    uint64_t ticket = 0;
    uint64_t after = 0;
    bool expiry = false;  // the column: expiry, or records
    std::string from;     // inclusive
    std::string until;    // exclusive; empty: to the end
    uint32_t entries_max = 0;
  };

  std::vector<Send> sends;
  std::vector<Answer> answers;
  std::vector<Recall> recalls;  // come before `heard`, and before replies
  uint64_t heard = 0;  // early replies that wait for a word up to this one stand; 0: nothing new
  std::vector<Reply> replies;
  std::vector<Handover> handovers;
  std::vector<Conclusion> conclusions;
  std::vector<Sync> syncs;
  std::vector<Load> loads;
  std::vector<Scan> scans;

  bool empty() const {
    return sends.empty() && answers.empty() && recalls.empty() && heard == 0 && replies.empty() &&
           handovers.empty() && conclusions.empty() && syncs.empty() && loads.empty() &&
           scans.empty();
  }
};

}  // namespace kindred

#endif  // KINDRED_MESSAGE_OUTBOX_H_
