// Who a connection is and what it may do, as its client sees it; and where users come from.

#include <map>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

constexpr uint64_t kNowMs = kNow;
constexpr std::string_view kNoAuthReply = "-NOAUTH Authentication required.\r\n";

// Files in memory.
class HostWithFiles : public FakeHost {
 public:
  absl::StatusOr<std::string> ReadFile(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return absl::NotFoundError("No such file or directory");
    return found->second;
  }
  absl::Status ReplaceFile(const std::string& path, const std::string& text) override {
    if (!disk_error.empty()) return absl::UnavailableError(disk_error);
    files[path] = text;
    return absl::OkStatus();
  }

  std::map<std::string, std::string> files;
};

class SessionAclTest : public testing::Test {
 protected:
  SessionAclTest() { Start(); }

  // A start of the server, also again, on what the disk holds.
  void Start() {
    admin_.reset();
    server_.reset();
    node_.reset();
    store_.Sync();
    BootOptions options;
    options.self.host = "127.0.0.1";
    options.self.port = 7001;
    absl::StatusOr<Booted> booted = Boot(store_, options, kNowMs, random_);
    ASSERT_TRUE(booted.ok()) << booted.status();
    shared_ = std::make_unique<Shared>(config_.settings(1), store_, booted->identity);
    node_ = std::make_unique<Node>(*shared_, 0, 1);
    server_ = std::make_unique<Server>(config_, *shared_, host_, ProcessIdentity());
    admin_ = Connect();
  }
  std::string Settle(bool joined = false) {
    const auto note = server_->SettleUsers(joined, kNowMs);
    return note.ok() ? *note : "refused: " + std::string(note.status().message());
  }

  std::unique_ptr<Session> Connect() {
    return std::make_unique<Session>(*server_, *node_, Face::kPlain,
                                     Session::Peername{"127.0.0.1:5", "127.0.0.1:7001"}, kNowMs);
  }
  // What comes back, the disk being fast.
  std::string Say(Session& session, std::string_view line) {
    session.OnBytes(std::string(line) + "\r\n", kNowMs);
    for (int i = 0; i < 10; ++i) {
      store_.Sync();
      Outbox out = std::exchange(node_->outbox(), {});
      for (const Outbox::Load& load : out.loads) {
        std::string value;
        const Found found = store_.Load(Column::kRecords, load.key, &value);
        node_->OnLoaded(load.key, found, value, kNowMs);
      }
      for (Outbox::Reply& reply : node_->outbox().replies) out.replies.push_back(reply);
      node_->outbox().replies.clear();
      for (Outbox::Reply& reply : out.replies) session.OnReply(reply, kNowMs);
    }
    std::string bytes;
    session.TakeOutput(store_.durable(), &bytes);
    return bytes;
  }
  std::string Say(std::string_view line) { return Say(*admin_, line); }
  std::string WhoIs(Session& session) { return Say(session, "ACL WHOAMI"); }
  std::string& file() { return host_.files["data/users.acl"]; }

  HostWithFiles host_;
  MemoryStore store_;
  Random random_{1};
  Config config_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Node> node_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<Session> admin_;
};

// --- logging in

TEST_F(SessionAclTest, WithoutAPasswordEverybodyIsTheDefaultUser) {
  EXPECT_EQ(Say("ACL WHOAMI"), "$7\r\ndefault\r\n");
  EXPECT_EQ(Say("AUTH default any"), "+OK\r\n");
  EXPECT_EQ(Say("AUTH any").substr(0, 53), "-ERR AUTH <password> called without any password conf");
  EXPECT_EQ(Say("AUTH nobody any"),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  EXPECT_EQ(Say("AUTH a b c"), "-ERR syntax error\r\n");
}

TEST_F(SessionAclTest, WithAPasswordNewConnectionsHaveToLogIn) {
  EXPECT_EQ(Say("CONFIG SET requirepass secret"), "+OK\r\n");
  EXPECT_EQ(Say("PING"), "+PONG\r\n") << "who was there stays logged in";
  auto client = Connect();
  EXPECT_EQ(Say(*client, "PING"), kNoAuthReply);
  EXPECT_EQ(Say(*client, "GET k"), kNoAuthReply);
  EXPECT_EQ(Say(*client, "WITH R ONE GET k"), kNoAuthReply);
  EXPECT_EQ(Say(*client, "NOSUCH").substr(0, 20), "-ERR unknown command");
  EXPECT_EQ(Say(*client, "HELLO 3").substr(0, 25), "-NOAUTH HELLO must be cal");
  EXPECT_EQ(Say(*client, "AUTH wrong").substr(0, 10), "-WRONGPASS");
  EXPECT_EQ(Say(*client, "PING"), kNoAuthReply);
  EXPECT_EQ(Say(*client, "AUTH secret"), "+OK\r\n");
  EXPECT_EQ(Say(*client, "PING"), "+PONG\r\n");
  EXPECT_EQ(Say(*client, "RESET"), "+RESET\r\n");
  EXPECT_EQ(Say(*client, "PING"), kNoAuthReply);
  EXPECT_EQ(Say(*client, "HELLO 3 AUTH default secret").substr(0, 3), "%7\r");
  EXPECT_EQ(Say(*client, "PING"), "+PONG\r\n");
}

TEST_F(SessionAclTest, StrangersMayNotSendMuch) {
  const std::string many = "*11\r\n";
  const std::string large = "*2\r\n$4\r\nAUTH\r\n$16385\r\n";
  Say("CONFIG SET requirepass secret");
  EXPECT_EQ(Say(*Connect(), many), "-ERR Protocol error: unauthenticated multibulk length\r\n");
  EXPECT_EQ(Say(*Connect(), large), "-ERR Protocol error: unauthenticated bulk length\r\n");
  auto client = Connect();
  EXPECT_EQ(Say(*client, "AUTH secret"), "+OK\r\n");
  EXPECT_EQ(Say(*client, large), "");
  auto waiting = Connect();
  Say("CONFIG SET requirepass \"\"");
  EXPECT_EQ(Say(*waiting, large), "") << "no password is wanted any more";
}

TEST_F(SessionAclTest, WithoutThePasswordAgainNobodyHasTo) {
  Say("CONFIG SET requirepass secret");
  auto client = Connect();
  EXPECT_EQ(Say(*client, "PING"), kNoAuthReply);
  EXPECT_EQ(Say("CONFIG SET requirepass \"\""), "+OK\r\n");
  EXPECT_EQ(Say(*client, "PING"), "+PONG\r\n");
}

TEST_F(SessionAclTest, AUserThatIsOffCannotLogInButStays) {
  Say("ACL SETUSER alice on nopass +@all ~*");
  auto client = Connect();
  EXPECT_EQ(Say(*client, "AUTH alice x"), "+OK\r\n");
  Say("ACL SETUSER alice off");
  EXPECT_EQ(WhoIs(*client), "$5\r\nalice\r\n");
  auto other = Connect();
  EXPECT_EQ(Say(*other, "AUTH alice x").substr(0, 10), "-WRONGPASS");
}

TEST_F(SessionAclTest, ClientsAreListedByTheirUsers) {
  Say("ACL SETUSER alice on nopass +@all ~*");
  Say("AUTH alice x");
  EXPECT_NE(Say("CLIENT INFO").find("user=alice "), std::string::npos);
  Say("RESET");
  EXPECT_NE(Say("CLIENT INFO").find("user=default "), std::string::npos);
}

// --- permissions

TEST_F(SessionAclTest, ACommandOrAKeyIsDenied) {
  Say("ACL SETUSER alice on nopass +@all -config|set ~a:*");
  Say("AUTH alice x");
  EXPECT_EQ(Say("SET a:1 v"), "+OK\r\n");
  EXPECT_EQ(Say("SET b:1 v"), "-NOPERM No permissions to access a key\r\n");
  EXPECT_EQ(Say("WITH W ONE SET b:1 v"), "-NOPERM No permissions to access a key\r\n");
  EXPECT_EQ(Say("CONFIG SET maxclients 1"),
            "-NOPERM User alice has no permissions to run the 'config|set' command\r\n");
  EXPECT_EQ(Say("CONFIG GET maxclients").substr(0, 2), "*2");
}

TEST_F(SessionAclTest, RulesThatChangeHoldAtOnce) {
  Say("ACL SETUSER alice on nopass +get ~*");
  auto client = Connect();
  Say(*client, "AUTH alice x");
  EXPECT_EQ(Say(*client, "SET k v").substr(0, 7), "-NOPERM");
  Say("ACL SETUSER alice +set");
  EXPECT_EQ(Say(*client, "SET k v"), "+OK\r\n");
  Say("ACL SETUSER alice -@all");
  EXPECT_EQ(Say(*client, "GET k").substr(0, 7), "-NOPERM");
  EXPECT_EQ(Say(*client, "AUTH default x"), "+OK\r\n");
}

TEST_F(SessionAclTest, TheConnectionOfADeletedUserEnds) {
  Say("ACL SETUSER alice on nopass +@all ~*");
  auto client = Connect();
  auto other = Connect();
  Say(*client, "AUTH alice x");
  EXPECT_EQ(Say("ACL DELUSER alice nobody"), ":1\r\n");
  EXPECT_TRUE(client->Killed());
  EXPECT_EQ(Say(*client, "PING"), "");
  EXPECT_FALSE(other->Killed());
  EXPECT_EQ(Say(*other, "PING"), "+PONG\r\n");
}

TEST_F(SessionAclTest, WhoDeletesHimselfGetsHisAnswer) {
  Say("ACL SETUSER alice on nopass +@all ~*");
  Say("AUTH alice x");
  EXPECT_EQ(Say("ACL DELUSER alice"), ":1\r\n");
  EXPECT_TRUE(admin_->CloseAfterOutput());
  EXPECT_EQ(Say("PING"), "");
}

TEST_F(SessionAclTest, WhatIsDeniedIsLogged) {
  Say("ACL SETUSER alice on >secret +@all -get ~a:* ");
  Say("auth alice wrong");
  Say("AUTH alice secret");
  Say("GET a:1");
  Say("SET b:1 v");
  Say("SET b:1 v");
  const std::vector<AclLogEntry> entries = server_->acl().log().Newest(10);
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].reason, AclReason::kKey);
  EXPECT_EQ(entries[0].object, "b:1");
  EXPECT_EQ(entries[0].count, 2u);
  EXPECT_EQ(entries[1].object, "get");
  EXPECT_EQ(entries[1].user, "alice");
  EXPECT_NE(entries[1].client.find("cmd=get user=alice"), std::string::npos) << entries[1].client;
  EXPECT_EQ(entries[2].reason, AclReason::kAuth);
  EXPECT_EQ(entries[2].object, "auth");
  EXPECT_EQ(Say("ACL LOG 0"), "*0\r\n");
  EXPECT_TRUE(Say("ACL LOG 1").starts_with("*1\r\n*20\r\n$5\r\ncount\r\n:2\r\n"));
  EXPECT_EQ(Say("ACL LOG RESET"), "+OK\r\n");
  EXPECT_EQ(Say("ACL LOG"), "*0\r\n");
}

// --- transactions

constexpr std::string_view kNotAnyMore =
    "-NOPERM ACLs rules changed between the moment the transaction was accumulated and the EXEC "
    "call. This command is no longer allowed for the following reason: no permission to ";

TEST_F(SessionAclTest, ExecChecksEachCommandAgain) {
  const std::string not_command =
      std::string(kNotAnyMore) + "execute the command or subcommand\r\n";
  const std::string not_key = std::string(kNotAnyMore) + "touch the specified keys\r\n";
  Say("ACL SETUSER alice on nopass +@all");
  auto client = Connect();
  Say(*client, "AUTH alice x");
  // As one group, and one after the other.
  for (const std::string other : {"{a}b", "b"}) {
    Say("ACL SETUSER alice +@all allkeys");
    Say(*client, "MULTI\r\nSET a 1\r\nGET " + other + "\r\nPING\r\nECHO x\r\nSTRLEN a");
    Say("ACL SETUSER alice -get -echo resetkeys ~b ~{a}b %R~a");
    EXPECT_EQ(Say(*client, "EXEC"),
              "*5\r\n" + not_key + not_command + "+PONG\r\n" + not_command + ":0\r\n");
    EXPECT_EQ(Say(*client, "EXEC"), "-ERR EXEC without MULTI\r\n");
  }
  EXPECT_EQ(Say("EXISTS a"), ":0\r\n") << "what is denied does not run";
  EXPECT_EQ(server_->errors().counts().at("NOPERM"), 6u);
}

TEST_F(SessionAclTest, ATransactionOfWhichAllIsDeniedStillLooksAtItsWatches) {
  Say("ACL SETUSER alice on nopass +@all allkeys");
  auto client = Connect();
  Say(*client, "AUTH alice x\r\nWATCH a");
  Say(*client, "MULTI\r\nSET a 1");
  Say("ACL SETUSER alice -set");
  EXPECT_TRUE(Say(*client, "EXEC").starts_with("*1\r\n" + std::string(kNotAnyMore)));
  Say("ACL SETUSER alice +set");
  Say(*client, "WATCH a");
  Say(*client, "MULTI\r\nSET a 1");
  Say("SET a 2\r\nACL SETUSER alice -set");
  EXPECT_EQ(Say(*client, "EXEC"), "*-1\r\n");
  EXPECT_EQ(server_->errors().counts().at("NOPERM"), 1u) << "the client was not told of a second";
  ASSERT_EQ(server_->acl().log().Newest(10).size(), 1u);
  EXPECT_EQ(server_->acl().log().Newest(10)[0].count, 1u) << "nor is the second in the log";
}

TEST_F(SessionAclTest, ATransactionInSeveralGroupsLogsItsDenialsOnceIfTheWatchesHeld) {
  Say("ACL SETUSER alice on nopass +@all allkeys");
  auto client = Connect();
  for (const std::string_view changes : {"GET a", "INCR a"}) {
    Say("ACL SETUSER alice +@all\r\nACL LOG RESET");
    Say(*client,
        "AUTH alice x\r\nWATCH a\r\nMULTI\r\nGET a\r\nDBSIZE\r\nSTRLEN a\r\nDBSIZE\r\nTTL a");
    Say(changes);
    Say("ACL SETUSER alice -get -ttl");
    const bool held = changes == "GET a";
    EXPECT_EQ(Say(*client, "EXEC").starts_with("*5\r\n"), held);
    const auto log = server_->acl().log().Newest(10);
    ASSERT_EQ(log.size(), held ? 2u : 0u);
    for (const auto& entry : log) EXPECT_EQ(entry.count, 1u);
  }
}

TEST_F(SessionAclTest, WhatFollowsALoginIsAnotherUsers) {
  Say("ACL SETUSER alice on nopass +@all allkeys");
  Say("ACL SETUSER bob on >secret +@all allkeys -set");
  auto client = Connect();
  for (const std::string other : {"{a}b", "b"}) {
    for (const std::string login : {"AUTH bob secret", "HELLO 2 AUTH bob secret"}) {
      Say(*client, "AUTH alice x");
      Say(*client, "MULTI\r\nSET a 1\r\n" + login + "\r\nSET " + other + " 2");
      const std::string replies = Say(*client, "EXEC");
      EXPECT_TRUE(replies.starts_with("*3\r\n+OK\r\n")) << replies;
      EXPECT_NE(replies.find(kNotAnyMore), std::string::npos) << replies;
      EXPECT_EQ(WhoIs(*client), "$3\r\nbob\r\n");
    }
    Say(*client, "AUTH alice x");
    Say(*client, "MULTI\r\nAUTH bob wrong\r\nSET " + other + " 2");
    EXPECT_TRUE(Say(*client, "EXEC").ends_with("+OK\r\n")) << "still alice's";
  }
}

TEST_F(SessionAclTest, ASelectThatIsDeniedLeavesWhatFollowsWhereItIs) {
  Say("ACL SETUSER alice on nopass +@all allkeys");
  auto client = Connect();
  Say(*client, "AUTH alice x");
  for (const std::string other : {"{a}b", "b"}) {
    Say("ACL SETUSER alice +select");
    Say(*client, "MULTI\r\nSELECT 1\r\nSET a 1\r\nSET " + other + " 2");
    Say("ACL SETUSER alice -select");
    const std::string replies = Say(*client, "EXEC");
    EXPECT_TRUE(replies.starts_with("*3\r\n" + std::string(kNotAnyMore))) << replies;
    EXPECT_TRUE(replies.ends_with("+OK\r\n+OK\r\n")) << replies;
    EXPECT_EQ(Say("DEL a\r\nDEL " + other), ":1\r\n:1\r\n");
  }
  EXPECT_EQ(Say("SELECT 1\r\nEXISTS a"), "+OK\r\n:0\r\n");
}

TEST_F(SessionAclTest, AFlushThatIsDeniedIsNotDone) {
  Say("ACL SETUSER alice on nopass +@all allkeys");
  auto client = Connect();
  Say(*client, "AUTH alice x");
  Say(*client, "MULTI\r\nSET a 1\r\nFLUSHALL\r\nGET a");
  Say("ACL SETUSER alice -flushall");
  EXPECT_EQ(Say(*client, "EXEC"), "*3\r\n+OK\r\n" + std::string(kNotAnyMore) +
                                      "execute the command or subcommand\r\n$1\r\n1\r\n");
}

TEST_F(SessionAclTest, RulesThatATransactionChangesHoldForWhatTheSessionAnswersInIt) {
  Say("ACL SETUSER alice on nopass +@all");
  Say("AUTH alice x\r\nMULTI\r\nECHO x\r\nACL SETUSER alice -echo\r\nECHO y");
  EXPECT_EQ(Say("EXEC"), "*3\r\n$1\r\nx\r\n+OK\r\n" + std::string(kNotAnyMore) +
                             "execute the command or subcommand\r\n");
}

TEST_F(SessionAclTest, ExecThatIsDeniedEndsTheTransaction) {
  Say("ACL SETUSER alice on nopass +@all");
  auto client = Connect();
  Say(*client, "AUTH alice x\r\nMULTI\r\nPING");
  Say("ACL SETUSER alice -exec");
  const std::string denied =
      "-EXECABORT Transaction discarded because of: NOPERM User alice has no permissions to run "
      "the 'exec' command\r\n";
  EXPECT_EQ(Say(*client, "EXEC"), denied);
  EXPECT_EQ(Say(*client, "DISCARD"), "-ERR DISCARD without MULTI\r\n");
  EXPECT_EQ(Say(*client, "EXEC"), denied);
}

TEST_F(SessionAclTest, TheLogTellsWhatWasDeniedWithinATransaction) {
  Say("ACL SETUSER alice on >x +@all allkeys -get");
  auto client = Connect();
  Say(*client, "AUTH alice x\r\nGET a\r\nMULTI\r\nGET a\r\nDISCARD");
  Say(*client, "MULTI\r\nSET a 1\r\nSET {a}b 1\r\nAUTH alice wrong");
  Say("ACL SETUSER alice resetkeys ~a");
  Say(*client, "EXEC");
  const std::vector<AclLogEntry> entries = server_->acl().log().Newest(10);
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].reason, AclReason::kAuth);
  EXPECT_EQ(entries[0].context, "multi");
  EXPECT_EQ(entries[1].object, "{a}b");
  EXPECT_EQ(entries[1].context, "multi");
  EXPECT_NE(entries[1].client.find("flags=x"), std::string::npos) << entries[1].client;
  EXPECT_NE(entries[1].client.find("multi=3"), std::string::npos) << entries[1].client;
  EXPECT_NE(entries[1].client.find("cmd=exec"), std::string::npos) << entries[1].client;
  EXPECT_EQ(entries[2].object, "get");
  EXPECT_EQ(entries[2].context, "multi");
  EXPECT_EQ(entries[3].object, "get");
  EXPECT_EQ(entries[3].context, "toplevel");
}

// --- a change is durable before it is answered, and comes from others as well

TEST_F(SessionAclTest, AChangeIsAnsweredWhenItIsDurable) {
  admin_->OnBytes("ACL SETUSER alice on\r\nPING\r\n", kNowMs);
  std::string bytes;
  admin_->TakeOutput(store_.durable(), &bytes);
  EXPECT_EQ(bytes, "");
  store_.Sync();
  admin_->TakeOutput(store_.durable(), &bytes);
  EXPECT_EQ(bytes, "+OK\r\n+PONG\r\n");
}

TEST_F(SessionAclTest, UsersSurviveAStart) {
  Say("ACL SETUSER alice on >secret +@all ~*");
  Say("CONFIG SET requirepass secret");
  Start();
  EXPECT_EQ(Settle(), "");
  EXPECT_EQ(Say("PING"), kNoAuthReply);
  EXPECT_EQ(Say("AUTH alice secret"), "+OK\r\n");
}

TEST_F(SessionAclTest, AnotherNodesUsersHold) {
  Say("ACL SETUSER alice on nopass +@all ~*");
  auto client = Connect();
  Say(*client, "AUTH alice x");
  shared_->TakeRoster(Roster(shared_->roster().roster->time() + 1, "user bob on nopass +@all ~*"));
  EXPECT_EQ(Say("AUTH bob x"), "+OK\r\n");
  EXPECT_TRUE(client->Killed()) << "alice is gone";
  EXPECT_EQ(Say("ACL USERS"), "*2\r\n$3\r\nbob\r\n$7\r\ndefault\r\n");
}

TEST_F(SessionAclTest, ARefusedChangeChangesNothing) {
  const uint64_t generation = server_->acl().generation();
  EXPECT_EQ(Say("ACL SETUSER alice on nonsense"),
            "-ERR Error in ACL SETUSER modifier 'nonsense': Syntax error\r\n");
  EXPECT_EQ(Say("ACL DELUSER default"), "-ERR The 'default' user cannot be removed\r\n");
  EXPECT_EQ(Say("ACL SETUSER \"a b\" on"),
            "-ERR Usernames can't contain spaces or null characters\r\n");
  EXPECT_EQ(server_->acl().generation(), generation);
}

// --- protected mode

TEST_F(SessionAclTest, OtherMachinesNeedAPasswordToBeSet) {
  const auto admit = [this](bool loopback) { return server_->Admit(loopback).value_or(""); };
  EXPECT_EQ(admit(/*loopback=*/true), "");
  EXPECT_TRUE(admit(/*loopback=*/false).starts_with("DENIED Redis is running in protected mode"));
  Say("CONFIG SET requirepass secret");
  EXPECT_EQ(admit(/*loopback=*/false), "");
  Say("ACL SETUSER default nopass");
  EXPECT_NE(admit(/*loopback=*/false), "");
  Say("CONFIG SET protected-mode no");
  EXPECT_EQ(admit(/*loopback=*/false), "");
}

// --- the configuration

TEST_F(SessionAclTest, RequirepassOfTheConfigurationIsHeededOnce) {
  ASSERT_TRUE(config_.Set("requirepass", "first").ok());
  Start();
  EXPECT_EQ(Settle(), "the default user's password is requirepass");
  EXPECT_EQ(Say(*Connect(), "PING"), kNoAuthReply);
  EXPECT_EQ(Say("AUTH first"), "+OK\r\n");
  // It is changed while the server runs: the old one does not come back.
  Say("CONFIG SET requirepass second");
  Start();
  EXPECT_EQ(Settle(), "");
  EXPECT_EQ(Say("AUTH second"), "+OK\r\n");
  // But a new one in the configuration is meant.
  ASSERT_TRUE(config_.Set("requirepass", "third").ok());
  Start();
  Settle();
  EXPECT_EQ(Say("AUTH third"), "+OK\r\n");
  // None in the configuration leaves it.
  ASSERT_TRUE(config_.Set("requirepass", "").ok());
  Start();
  EXPECT_EQ(Settle(), "");
  EXPECT_EQ(Say("AUTH third"), "+OK\r\n");
}

TEST_F(SessionAclTest, ANodeThatJoinedLeavesTheClustersUsersAlone) {
  ASSERT_TRUE(config_.Set("requirepass", "mine").ok());
  Start();
  shared_->AdoptRoster(
      Roster(TimeOfMs(kNowMs), "user default on +@all ~* &* #" + std::string(64, 'a')));
  file() = "user alice on\n";
  const std::string note = Settle(/*joined=*/true);
  EXPECT_NE(note.find("requirepass is not the password of the cluster"), std::string::npos) << note;
  EXPECT_NE(note.find("users.acl was not loaded"), std::string::npos) << note;
  EXPECT_EQ(Say(*Connect(), "AUTH mine").substr(0, 10), "-WRONGPASS");
  Start();
  EXPECT_EQ(Settle(), "") << "nor does it at the next start";
  EXPECT_EQ(Say(*Connect(), "AUTH mine").substr(0, 10), "-WRONGPASS");
}

TEST_F(SessionAclTest, SaveAndLoad) {
  Say("ACL SETUSER alice on >secret ~a (%R~b +get)");
  EXPECT_EQ(Say("ACL SAVE"), "+OK\r\n");
  EXPECT_TRUE(file().starts_with("user alice on sanitize-payload #2")) << file();
  Say("ACL DELUSER alice");
  EXPECT_EQ(Say("ACL LOAD"), "+OK\r\n");
  EXPECT_EQ(Say("ACL USERS"), "*2\r\n$5\r\nalice\r\n$7\r\ndefault\r\n");
  // What was saved and not edited is not news at a start.
  Say("ACL DELUSER alice");
  Start();
  EXPECT_EQ(Settle(), "");
  EXPECT_EQ(Say("ACL USERS"), "*1\r\n$7\r\ndefault\r\n");
}

TEST_F(SessionAclTest, AFileThatWasEditedIsLoadedAtAStart) {
  file() = "user alice on nopass\n";
  EXPECT_NE(Settle().find("users.acl are those of the cluster"), std::string::npos);
  EXPECT_EQ(Say("ACL USERS"), "*2\r\n$5\r\nalice\r\n$7\r\ndefault\r\n");
  file() = "user alice on nonsense\n";
  Start();
  EXPECT_NE(Settle().find("users.acl:1: Syntax error. "), std::string::npos);
}

TEST_F(SessionAclTest, ABrokenOrMissingFileIsNotLoaded) {
  EXPECT_EQ(
      Say("ACL LOAD"),
      "-ERR Error loading ACLs, opening file 'data/users.acl': No such file or directory\r\n");
  file() = "user alice on nonsense\n";
  EXPECT_EQ(Say("ACL LOAD"),
            "-ERR data/users.acl:1: Syntax error. WARNING: ACL errors detected, no change to the "
            "previously active ACL rules was performed\r\n");
  EXPECT_EQ(Say("ACL USERS"), "*1\r\n$7\r\ndefault\r\n");
  host_.disk_error = "No space left on device";
  EXPECT_EQ(
      Say("ACL SAVE"),
      "-ERR There was an error trying to save the ACLs. Please check the server logs for more "
      "information (No space left on device)\r\n");
}

TEST_F(SessionAclTest, LoadEndsTheConnectionsOfUsersThatAreGone) {
  Say("ACL SETUSER alice on nopass +@all ~*");
  Say("ACL SETUSER bob on nopass +@all ~*");
  auto bob = Connect();
  Say(*bob, "AUTH bob x");
  Say("AUTH alice x");
  file() = "user carol on\n";
  EXPECT_EQ(Say("ACL LOAD"), "+OK\r\n");
  EXPECT_TRUE(bob->Killed());
  EXPECT_TRUE(admin_->CloseAfterOutput()) << "it has its answer";
}

TEST_F(SessionAclTest, InfoCountsWhatWasDenied) {
  Say("ACL SETUSER alice on nopass +get ~a +info");
  Say("AUTH alice x");
  Say("GET b");
  Say("SET a v");
  Say("AUTH nobody x");
  const std::string info = Say("INFO stats");
  for (std::string_view line : {"acl_access_denied_auth:1\r\n", "acl_access_denied_cmd:1\r\n",
                                "acl_access_denied_key:1\r\n", "acl_access_denied_channel:0\r\n"}) {
    EXPECT_NE(info.find(line), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace kindred
