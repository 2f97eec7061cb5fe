#ifndef KINDRED_SERVER_TRANSACTION_H_
#define KINDRED_SERVER_TRANSACTION_H_

// What a session knows of MULTI and WATCH: the commands that are queued, the keys that are watched
// and what they were, and, while EXEC or WATCH runs, its steps.
//
// EXEC on keys of one slot, watched ones included, is one group (node/group.h): all or nothing, and
// nobody sees it half done. A command over the whole keyspace (DBSIZE, FLUSHALL, INFO) cannot be in
// a group, and has to see what stands before it in the queue, and nothing of what stands behind: so
// it parts the queue, and what is before it and behind it is a group each. Until something has been
// written the watched keys are looked at with each group, also where it has no commands: so nothing
// is written once one of them has changed, and the transaction's own writes do not count.
//
// On keys of several slots the commands run one after the other, each by itself, after the watched
// keys have been looked at.
//
// Owned by its session.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "node/node.h"
#include "server/acl_log.h"
#include "server/session_command.h"

namespace kindred {

// Bounds of one transaction; a command beyond is refused, and EXEC then, too.
inline constexpr size_t kQueuedCommandsMax = 16384;
inline constexpr size_t kQueuedBytesMax = size_t{64} << 20;
inline constexpr size_t kWatchedKeysMax = 4096;

class Transaction {
 public:
  struct Queued {
    const CommandRow* called = nullptr;       // As COMMAND and ACL know it.
    const CommandRow* row = nullptr;          // What runs of it.
    const SessionCommand* command = nullptr;  // Null: it is for the node.
    OwnedArgs args;
    uint8_t db = 0;       // That it runs on, or has chosen.
    std::string reply;    // Of those that have run, or are denied.
    bool denied = false;  // At EXEC, by rules that changed: it does not run.

    // Whether it is one of those that run in groups, if the transaction does; and whether it is one
    // that parts them.
    bool InGroup() const {
      return command == nullptr && row->kind != RowKind::kKeyspace && !denied;
    }
    bool Parts() const {
      return (command == nullptr ? row->kind == RowKind::kKeyspace : command->after_all) && !denied;
    }
    bool Writes() const { return (row->flags & kFlagWrite) != 0; }
  };
  struct Watched {
    std::string key;
    uint8_t db = 0;
    Context seen;
    bool existed = false;
  };
  struct Step {
    enum class What {
      kRecords,  // The records of keys that are to be watched.
      kWatches,  // Whether watched keys are as they were.
      kGroup,    // Commands of the queue on keys, as one.
      kCommand,  // One command of the queue by itself.
      kSession,  // One that the session answers.
    };
    What what;
    size_t index = 0;             // In the queue; of a kGroup where its part of it begins.
    std::vector<size_t> watched;  // Keys of one slot.
    size_t end = 0;               // kGroup: where its part of the queue ends.
    bool ends_all = true;         // An error is all that is answered: nothing was written before.
  };

  // Between MULTI and EXEC.
  bool open = false;
  bool failed = false;  // A command was refused: EXEC will be.
  std::vector<Queued> queue;
  size_t queued_bytes = 0;
  std::vector<Watched> watches;

  // While EXEC or WATCH runs.
  bool running = false;
  bool is_exec = false;
  std::string word;  // "EXEC", as the client wrote it.
  std::vector<Step> steps;
  size_t done = 0;
  uint64_t begun_ns = 0;       // When the step at `done` began.
  uint64_t request = 0;        // That the step at `done` waits for; 0: none.
  uint64_t first_request = 0;  // By which the reply's place is known; 0: none was pending.
  uint64_t after = 0;
  std::string outcome;  // Instead of the replies: an error, or that a watch has failed.
  std::vector<AclLogEntry> denials;  // For ACL LOG, once the first look at the watches is over.

  // Whether all its keys, watched ones included, are of one slot.
  bool IsOfOneSlot() const;
  // The steps of EXEC, for a transaction of one slot and for others. `db`: the session's;
  // `may_select`: SELECT works.
  void PlanGroups(uint8_t db, bool may_select);
  void PlanCommands();
  // The steps of WATCH, for the watches from `from` on.
  void PlanWatch(size_t from);
  // The group of the step at `done`, which must be one of the first three.
  GroupRequest GroupOfStep();
  // The commands of a step that is a kGroup.
  std::vector<Queued*> CommandsOf(const Step& step);
  // Takes the reply to it. REQUIRES: it is whole.
  void TakeGroupReply(std::string_view reply, uint64_t now_ms);
  std::string Reply(int protocol) const;

  // As after DISCARD.
  void Clear();

 private:
  std::vector<Step> StepsBySlot(Step::What what, size_t from) const;
  Step StepOf(size_t index) const;
  void SetDatabases(uint8_t db, bool may_select);
  bool PlanPart(size_t begin, size_t end, bool written);

  std::vector<std::array<std::string_view, 2>> record_args_;  // Of the group that is made.
};

}  // namespace kindred

#endif  // KINDRED_SERVER_TRANSACTION_H_
