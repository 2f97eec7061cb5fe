#ifndef KINDRED_SERVER_SESSION_H_
#define KINDRED_SERVER_SESSION_H_

// One client's conversation: bytes in, replies out in the order of the commands. Parses, answers
// what needs no keys itself, submits the rest to the loop's Node, and keeps the replies of commands
// that finish out of order until their turn has come (server/reply_chain.h).
//
// Commands of one connection take effect in their order: a command waits (and with it those behind
// it) while an earlier one in flight touches one of its keys and either of them writes, except that
// writes to one key on the same route follow each other at once. Commands over the whole keyspace
// wait for all before them (server/keys_in_flight.h). What waits stays in the input, unparsed.
//
// Owned by the loop that owns the connection. No sockets in it: io/connection feeds it and takes
// its output.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "node/node.h"
#include "resp/command_parser.h"
#include "server/clients.h"
#include "server/command_timer.h"
#include "server/keys_in_flight.h"
#include "server/reply_chain.h"
#include "server/reply_window.h"
#include "server/session_user.h"
#include "server/statistics.h"

namespace kindred {

class Server;  // server/server.h: configuration, clients, statistics of the process
class Transaction;
struct AclVerdict;
struct SessionCommand;

// Bounds of one session, beside that of its ReplyWindow. At the first, and while the window is
// full, no command is run and reading pauses until the client has taken its replies; at the second,
// reading pauses until the command that waits has run.
inline constexpr size_t kOutputWaitingBytesMax = size_t{1} << 20;
inline constexpr size_t kInputWaitingBytesMax = size_t{1} << 20;
// So many early replies may wait for words; further reads wait themselves.
inline constexpr size_t kEarlyRepliesMax = 1024;
// So many commands are run in one turn of the loop; then it is the turn of others.
inline constexpr size_t kCommandsPerTurn = 128;

class Session {
 public:
  struct Peername {
    std::string client;  // "127.0.0.1:50312"
    std::string local;   // "127.0.0.1:7001"
    int fd = -1;
    bool tls = false;
    std::function<void()> wake = {};  // Client::wake
    uint64_t connection = 0;          // As recalls name it; 0: early replies are not wanted.
  };
  // `server` and `node` outlive the session.
  Session(Server& server, Node& node, Face face, Peername names, uint64_t now_ms);
  ~Session();  // Abandons what is in flight.
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // More bytes from the client; they need not outlive the call. Runs what can run now.
  void OnBytes(std::string_view bytes, uint64_t now_ms);

  // The reply of a request of this session (one of TakeNewRequests).
  void OnReply(const Outbox::Reply& reply, uint64_t now_ms);

  // A reply that was given early does not stand.
  void OnRecall(const Outbox::Recall& recall);
  // Early replies that wait for a word up to this one stand.
  void OnWord(uint64_t word, uint64_t now_ms);
  // The first word that something waits for; 0: none.
  uint64_t WaitsForWord() const { return flight_.WaitsForWord(); }

  // Ids of requests that became pending since the last call: the loop routes their replies here.
  std::vector<uint64_t> TakeNewRequests();

  // Appends to `out` all reply bytes that may leave when `durable` is durable.
  void TakeOutput(uint64_t durable, std::string* out);
  // The sequence that the first reply held back waits for; 0 when nothing waits for the disk.
  uint64_t WaitsFor() const { return chain_.WaitsFor(); }

  // The disk has not moved for as long as a request may take: what waits for it is unknown.
  void GiveUpOnDisk(uint64_t durable);

  // Commands have arrived that did not run because too much output waited, and now they could: the
  // loop calls OnBytes with nothing once it has sent what it took.
  bool WantsToRun() const { return stalled_ && CanRun(); }

  // A turn of the loop begins: as many commands as a turn may have can run.
  void BeginTurn() { commands_left_ = kCommandsPerTurn; }
  // Commands wait for the next turn: the loop calls BeginTurn and OnBytes with nothing in it.
  bool WaitsForTurn() const { return stalled_ && commands_left_ == 0; }

  // Something waits for time to pass: a pause, or a sleep. The loop calls OnTick now and then.
  bool WantsTicks() const { return sleeps_until_ms_ != 0 || is_paused(); }
  void OnTick(uint64_t now_ms);

  // Too much is in flight or waiting to be sent: stop reading until it shrinks.
  bool ReadingPaused() const;
  // QUIT, a protocol error, CLIENT KILL: close when the output that was taken has been sent.
  bool CloseAfterOutput() const;
  // Replies that are known and have not been taken.
  size_t output_bytes() const { return chain_.bytes(); }
  // It closes because of that: some browser was made to come here.
  bool heard_http() const { return heard_http_; }
  bool Killed() const { return client_.kill.load(std::memory_order_relaxed); }
  // Nothing is in flight, and nothing waits to be sent: for a clean shutdown.
  bool Idle() const { return chain_.empty(); }
  // That, and every command that has arrived has been run.
  bool Done() const { return Idle() && !WantsTicks() && !stalled_; }

  // For the handlers of session commands.
  Server& server() { return server_; }
  Node& node() { return node_; }
  Face face() const { return client_.face; }
  Client& client() { return client_; }
  int protocol() const { return protocol_; }
  void set_protocol(int protocol);
  uint8_t db() const { return db_; }
  void set_db(uint8_t db);
  Consistency& consistency() { return consistency_; }
  Transaction& transaction() { return *transaction_; }
  void OpenTransaction();  // MULTI
  void EndTransaction();   // However it ends; also what is watched is forgotten.
  SessionUser& user() { return user_; }
  // AUTH, and HELLO with it: false if the name or the password is wrong; that is in ACL LOG then.
  // `command` is how the client wrote it.
  bool LogIn(std::string_view name, std::string_view password, std::string_view command,
             uint64_t now_ms);
  void CloseWhenAnswered() { closing_ = true; }
  // What the handler writes may leave when `sequence` is durable.
  void HoldReplyUntil(uint64_t sequence) { reply_after_ = sequence; }
  // DEBUG SLEEP: the command is answered, and the next is run, when the time has come. For this
  // client only; others go on.
  void SleepUntil(uint64_t ms) { sleeps_until_ms_ = ms; }
  // MONITOR: from now on it is told of all clients' commands.
  void Monitor();
  // CLIENT REPLY. kSkip: the next command's reply is not wanted.
  enum class Replies : uint8_t { kOn, kOff, kSkipNext, kSkip };
  void set_replies(Replies replies);
  Replies replies() const { return replies_; }
  void ResetState();  // As for a new connection, but it keeps its id and what is in flight.

 private:
  // Stands for a request that time answers: the end of a sleep. Requests have smaller numbers.
  static constexpr uint64_t kSleepRequest = UINT64_MAX;

  // Whether a command has run, or waits for a reply and is to be tried again.
  enum class Ran { kYes, kWaits };

  bool CanRun() const;
  size_t Run(std::string_view input, uint64_t now_ms);
  void LookAhead(std::string_view input);
  void MakeRoom();
  void RunInput(uint64_t now_ms);
  void DropRunInput();
  void NextReply();
  void NoteInput();
  void NoteOutput();
  size_t waiting_bytes() const { return input_.size() - input_begin_; }
  Ran Execute(Args args, const Consistency& consistency, bool within_with, uint64_t now_ms);
  Ran ExecuteHere(const CommandRow& row, Args args, uint64_t now_ms);
  const CommandRow* RowAtNode(const SessionCommand& command, Args args);
  bool IsDisabled(const SessionCommand& command) const;
  Ran ExecuteWith(Args args, uint64_t now_ms);
  // `called` is the command as COMMAND and ACL know it, `row` what the node runs of it: mostly the
  // same.
  Ran Submit(const CommandRow& called, const CommandRow& row, Args args,
             const Consistency& consistency, uint64_t now_ms);
  bool TakesEarly(const CommandRow& row, Args args) const;

  // Transactions and what runs in several steps (session_transaction.cc).
  Ran Queue(const CommandRow& called, const CommandRow& row, const SessionCommand* command,
            Args args);
  bool IsCrossSlot(const CommandRow& row, Args args) const;
  Ran BeginSteps(const CommandRow& row, Args args, uint64_t now_ms);
  bool Watch(const CommandRow& row, Args args);
  void RunSteps(uint64_t now_ms);
  void RunSessionStep(size_t index, uint64_t now_ms);
  Submitted SubmitStep(std::string* reply, uint64_t now_ms);
  void TakeStep(std::string_view reply, uint64_t after, uint64_t now_ms);
  void CountStep(uint64_t after);
  void EndSteps();
  void TellExec();
  void NoteTransaction();
  bool in_transaction() const { return client_.queued.load(std::memory_order_relaxed) >= 0; }

  KeysInFlight::Touch TouchOf(const CommandRow& row, Args args);
  bool HasToWait(const KeysInFlight::Touch& touch);
  bool IsPaused(const CommandRow& row, uint64_t now_ms);
  bool is_paused() const { return client_.blocked.load(std::memory_order_relaxed); }
  void BeginCommand(const CommandRow& row, Args args);
  // That without MONITOR; and only MONITOR.
  void BeginUntold(const CommandRow& row, Args args);
  void Tell(const CommandRow& row, Args args, uint8_t db);
  void TakeMonitored();
  // An error instead of the command; and one of a command that is known.
  Ran Refuse(std::string_view error);
  Ran HangUp();
  Ran Reject(const CommandRow& row, Args args, std::string_view error);
  // A command has run, and this is all that has come of it.
  Ran Fail(const CommandRow& row, Args args, std::string_view error);
  // The user may not run the command, and was told so; or is gone.
  bool IsDenied(const CommandRow& row, Args args, uint64_t now_ms);
  // The rules may have changed since the command at `index` was queued: whether `user` may not run
  // it any more. Then its reply says so, and LogDenials will.
  bool IsDeniedAtExec(SessionUser& user, size_t index, uint64_t now_ms);
  // That for all of a transaction that runs in groups.
  void CheckGroups(uint64_t now_ms);
  AclLogEntry Denial(const AclVerdict& verdict, const AclUser& user, const CommandRow& row,
                     Args args, uint64_t now_ms) const;
  AclLogEntry Denial(AclReason reason, std::string_view object, std::string_view user,
                     uint64_t now_ms) const;
  void LogDenied(AclLogEntry denial, uint64_t now_ms);
  void LogDenials(uint64_t now_ms);  // those of the transaction
  void Answered(std::string_view reply, uint64_t after);
  void CountReply(std::string_view reply);
  void CountLookups(const Lookups& lookups);

  Server& server_;
  Node& node_;
  LoopStatistics& statistics_;
  const uint64_t connection_;
  Client client_;
  SessionUser user_;
  CommandTimer timer_;
  ReplyWindow window_;

  CommandParser parser_;
  std::string input_;       // What has arrived; whole commands that wait may be in it.
  size_t input_begin_ = 0;  // Before it, everything has been run.
  ReplyChain chain_;
  KeysInFlight flight_;
  std::vector<uint64_t> new_requests_;
  size_t looked_ahead_ = 0;                   // So many of the next commands' keys are at hand.
  std::vector<std::string_view> keys_ahead_;  // LookAhead's; kept for their memory.

  uint64_t waits_for_ = 0;  // The request that the next command waits for; 0: none.
  bool stalled_ = false;    // Run has stopped at a bound.
  size_t commands_left_ = kCommandsPerTurn;  // In this turn.
  bool closing_ = false;                     // No further command is run.
  bool heard_http_ = false;
  Replies replies_ = Replies::kOn;
  uint64_t sleeps_until_ms_ = 0;  // 0: it does not sleep.
  uint64_t reply_after_ = 0;      // Of the handler that runs.

  int protocol_ = 2;
  uint8_t db_ = 0;
  Consistency consistency_;
  std::unique_ptr<Transaction> transaction_;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_SESSION_H_
