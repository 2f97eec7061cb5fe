#ifndef KINDRED_SERVER_COMMAND_TIMER_H_
#define KINDRED_SERVER_COMMAND_TIMER_H_

// How long each command of one session takes: from when it begins to run until its answer may
// leave, whatever the other nodes and the disk take of that. Tells the statistics of commands, the
// slow log and the events of latency. What waits for the disk holds up the telling of what is
// answered behind it, so that the slow log has both in their order, but does not prolong it.
//
// Owned by a session.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "command/row.h"
#include "server/clients.h"
#include "server/command_statistics.h"

namespace kindred {

class Server;

class CommandTimer {
 public:
  CommandTimer(Server& server, uint32_t loop, const Client& client);

  // Commands that follow each other in one turn share the readings of the clock. A turn begins.
  void BeginTurn() { last_ns_ = 0; }

  // By the host's steady clock.
  struct Span {
    uint64_t begun_ns = 0;
    uint64_t ended_ns = 0;
  };

  // A command begins; `args` are good until the next call, which is Answered or Pending.
  void Begin(const CommandRow& row, Args args);
  // Its answer, which may leave when `after` is durable. `reply` in RESP.
  void Answered(std::string_view reply, uint64_t after);
  // Its answer was given early, as that of `request`, and waits for the word as well. It is no
  // error. Words and requests grow.
  void AnsweredEarly(uint64_t request, uint64_t word, uint64_t after);
  void OnWord(uint64_t word);
  // The answer of `request`, which was given early, comes later after all.
  void Recall(uint64_t request);
  // Its answer comes later, as that of `request`.
  void Pending(uint64_t request);
  void OnReply(uint64_t request, std::string_view reply, uint64_t after);
  // The whole of a command that ran within another one. What is known of that stays as it is.
  void Ran(const CommandRow& row, Args args, Span span, std::string_view reply, uint64_t after);

  void OnDurable(uint64_t durable);

 private:
  struct Running {
    const CommandRow* row = nullptr;
    uint64_t begun_ns = 0;
    bool failed = false;
    uint64_t after = 0;
    std::string packed_args;  // As the slow log would have them; empty if it is off.
    uint64_t ended_ns = 0;    // 0: it waits for the disk.
  };

  struct Early {
    uint64_t request = 0;
    uint64_t word = 0;
    uint64_t begun_ns = 0;
    uint64_t after = 0;
    const CommandRow* row = nullptr;
    size_t args_begin = 0;  // In early_args_.
    size_t args_end = 0;
  };

  Running RunningOf(const Early& early) const;
  void FinishEarly(const Early& early, uint64_t now_ns);
  std::string PackArgs(const CommandRow& row, Args args) const;
  // Whether one that is answered, and whose answer may leave after `after`, is told of later.
  bool IsToldLater(uint64_t after) const;
  void TellLater(Running running, uint64_t now_ns);
  void Finish(const Running& running, uint64_t now_ns);
  void LogSlow(const Running& running, uint64_t duration_us);
  CommandCounters& CountersOf(const CommandRow& row);

  Server& server_;
  LoopCommandStatistics& statistics_;
  const Client& client_;

  // The command that runs.
  const CommandRow* row_ = nullptr;
  Args args_;
  uint64_t begun_ns_ = 0;
  uint64_t last_ns_ = 0;  // The last reading of this turn; 0: none.

  absl::flat_hash_map<uint64_t, Running> pending_;  // By request.
  std::vector<Running> untold_;  // Answered, in this order; the first waits for the disk.
  std::vector<Early> early_;     // Answered, but for a word; in their order.
  std::string early_args_;       // Of these, one after the other.
  const CommandRow* counted_row_ = nullptr;  // Most are the same as the last one.
  CommandCounters* counters_ = nullptr;      // Of counted_row_.
};

}  // namespace kindred

#endif  // KINDRED_SERVER_COMMAND_TIMER_H_
