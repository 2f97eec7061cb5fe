#include "server/session.h"

#include <gtest/gtest.h>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

class SessionTest : public testing::Test, protected World {};

// --- parsing and order

TEST_F(SessionTest, WhatSpeaksHttpIsClosedBeforeItsBodyIsReached) {
  for (const char* request : {"POST / HTTP/1.1\r\nHost: a\r\n\r\nSET k v\r\n",
                              "host: a\r\nSET k v\r\n", "MULTI\r\npost\r\nSET k v\r\n"}) {
    Open(Face::kPlain);
    const std::string reply = Say(request);
    EXPECT_TRUE(reply.empty() || reply == "+OK\r\n") << reply;
    EXPECT_TRUE(session_->heard_http());
    EXPECT_TRUE(session_->CloseAfterOutput());
  }
  Open(Face::kPlain);
  EXPECT_EQ(Say("ECHO POST\r\nEXISTS k\r\n"), "$4\r\nPOST\r\n:0\r\n");
  EXPECT_FALSE(session_->heard_http());
}

TEST_F(SessionTest, AnswersCommandsInTheirOrderHoweverTheyArrive) {
  EXPECT_EQ(Say("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*2\r\n$3\r\nGET\r\n$1\r\nk\r\nPING\r\n"),
            "+OK\r\n$1\r\nv\r\n+PONG\r\n");
  std::string all = "*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n";
  for (char byte : all.substr(0, all.size() - 1)) EXPECT_EQ(Say(std::string(1, byte)), "");
  EXPECT_EQ(Say("\n"), "$2\r\nhi\r\n");
}

TEST_F(SessionTest, AWriteIsAnsweredWhenItIsDurableAndNothingBehindItSooner) {
  Say("SET warm 1\r\n");
  Send("PING\r\nSET warm 2\r\nPING\r\n");
  for (int i = 0; i < 3; ++i) Work();
  EXPECT_EQ(Output(), "+PONG\r\n");
  EXPECT_GT(session_->WaitsFor(), store_.durable());
  EXPECT_FALSE(session_->Idle());
  EXPECT_EQ(Say(""), "+OK\r\n+PONG\r\n");
  EXPECT_TRUE(session_->Idle());
}

TEST_F(SessionTest, ACommandWaitsForAnEarlierOneOnItsKeyAndOthersDoNot) {
  store_.set_not_in_memory_chance(1);
  Send("GET a\r\nGET b\r\nPING\r\n");
  EXPECT_EQ(session_->TakeNewRequests().size(), 2u);
  Send("SET a 1\r\nGET c\r\n");
  EXPECT_TRUE(session_->TakeNewRequests().empty());  // SET a waits, and GET c behind it.
  EXPECT_EQ(Say(""), "$-1\r\n$-1\r\n+PONG\r\n+OK\r\n$-1\r\n");
}

TEST_F(SessionTest, ACommandOverTheWholeKeyspaceWaitsForAllAndAllWaitForIt) {
  store_.set_not_in_memory_chance(1);
  Send("SET a 1\r\nDBSIZE\r\nSET b 2\r\nDBSIZE\r\n");
  EXPECT_EQ(session_->TakeNewRequests().size(), 1u);
  EXPECT_EQ(Say(""), "+OK\r\n:1\r\n+OK\r\n:2\r\n");
}

TEST_F(SessionTest, InfoWaitsForTheCommandsBeforeIt) {
  store_.set_not_in_memory_chance(1);
  std::string reply = Say("SET a 1\r\nINFO keyspace\r\n");
  EXPECT_NE(reply.find("db0:keys=1,expires=0"), std::string::npos) << reply;
}

TEST_F(SessionTest, InfoCountsTheKeysThatAreElsewhereToo) {
  std::vector<Counts::Number> elsewhere(Stripe::kDatabases);
  elsewhere[0] = {4, 2};
  shared_.set_far_keys(elsewhere);
  EXPECT_NE(Say("SET a 1\r\nINFO keyspace\r\n").find("db0:keys=5,expires=2"), std::string::npos);
  Open(Face::kCluster);
  EXPECT_NE(Say("INFO keyspace\r\n").find("db0:keys=1,expires=0"), std::string::npos);
}

TEST_F(SessionTest, ReadingPausesWhenTooManyRepliesAreInFlight) {
  store_.set_not_in_memory_chance(1);
  std::string commands;
  for (size_t i = 0; i < ReplyWindow::kRepliesMin + 10; ++i) {
    commands += "GET k" + std::to_string(i) + "\r\n";
  }
  Send(commands);
  EXPECT_EQ(session_->TakeNewRequests().size(), ReplyWindow::kRepliesMin);
  EXPECT_TRUE(session_->ReadingPaused());
  EXPECT_EQ(Say("").size(), 5 * (ReplyWindow::kRepliesMin + 10));
  EXPECT_FALSE(session_->ReadingPaused());
}

TEST_F(SessionTest, RunningPausesWhenTooMuchOutputWaits) {
  Say("SET k " + std::string(60'000, 'x') + "\r\n");
  std::string commands;
  for (int i = 0; i < 100; ++i) commands += "GET k\r\n";
  Send(commands);
  EXPECT_TRUE(session_->ReadingPaused());
  EXPECT_FALSE(session_->WantsToRun());
  size_t taken = Output().size();
  EXPECT_LT(taken, 2 * kOutputWaitingBytesMax);
  while (session_->WantsToRun()) {
    session_->OnBytes({}, kNow);
    taken += Output().size();
  }
  EXPECT_EQ(taken, 100 * (60'000 + 10u));
}

TEST_F(SessionTest, ACommandThatIsCompletedWhileOutputWaitsRunsAfterwards) {
  Say("SET k " + std::string(60'000, 'x') + "\r\n");
  for (size_t sent = 0; sent < kOutputWaitingBytesMax; sent += 60'000) Send("GET k\r\n");
  Send("PI");
  ASSERT_TRUE(session_->ReadingPaused());
  Send("NG\r\n");
  Output();
  ASSERT_TRUE(session_->WantsToRun());
  session_->OnBytes({}, kNow);
  EXPECT_EQ(Output(), "+PONG\r\n");
  EXPECT_FALSE(session_->WantsToRun());
}

TEST_F(SessionTest, ATurnHasABound) {
  std::string commands;
  for (size_t i = 0; i < 2 * kCommandsPerTurn + 1; ++i) commands += "PING\r\n";
  Send(commands);
  EXPECT_EQ(Output().size(), 7 * kCommandsPerTurn);
  EXPECT_TRUE(session_->WaitsForTurn());
  EXPECT_FALSE(session_->WantsToRun());
  EXPECT_TRUE(session_->Idle());
  EXPECT_FALSE(session_->Done());
  Send("PING\r\n");  // more may arrive meanwhile; its turn comes behind the others
  EXPECT_EQ(Output(), "");
  session_->BeginTurn();
  session_->OnBytes({}, kNow);
  EXPECT_EQ(Output().size(), 7 * kCommandsPerTurn);
  EXPECT_TRUE(session_->WaitsForTurn());
  session_->BeginTurn();
  session_->OnBytes({}, kNow);
  EXPECT_EQ(Output(), "+PONG\r\n+PONG\r\n");
  EXPECT_FALSE(session_->WaitsForTurn());
  EXPECT_TRUE(session_->Done());
}

std::string RandomCommand(Random& random) {
  std::string key = std::to_string(random.Below(3));
  std::string other = std::to_string(random.Below(3));
  switch (random.Below(8)) {
    case 0:
      return "SET " + key + " " + std::to_string(random.Below(100)) + "\r\n";
    case 1:
      return "INCR " + key + "\r\n";
    case 2:
      return "DEL " + key + " " + other + "\r\n";
    case 3:
      return "MGET " + key + " " + other + "\r\n";
    case 4:
      return "MSET " + key + " 1 " + other + " 2\r\n";
    case 5:
      return "DBSIZE\r\n";
    case 6:
      return "SELECT " + other + "\r\n";
    default:
      return "GET " + key + "\r\n";
  }
}

TEST_F(SessionTest, APipelineIsAnsweredAsIfItsCommandsCameOneByOne) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    World one_by_one;
    World piped;
    piped.store_.set_not_in_memory_chance(0.5);
    std::string commands;
    std::string expected;
    for (int i = 0; i < 40; ++i) {
      std::string command = RandomCommand(random);
      commands += command;
      expected += one_by_one.Say(command);
    }
    std::string answered;
    for (std::string_view rest = commands; !rest.empty();) {
      size_t size = 1 + random.Below(rest.size());
      piped.Send(rest.substr(0, size));
      rest.remove_prefix(size);
      if (random.Chance(0.5)) piped.Work();
      if (random.Chance(0.5)) piped.store_.Sync();
      answered += piped.Output();
    }
    for (int i = 0; i < 10; ++i) answered += piped.Say("");
    ASSERT_EQ(answered, expected) << "seed " << seed << "\n" << commands;
  }
}

TEST_F(SessionTest, AnEndedSessionAbandonsWhatIsInFlight) {
  store_.set_not_in_memory_chance(1);
  Send("GET a\r\n");
  EXPECT_EQ(node_.pending(), 1u);
  session_.reset();
  EXPECT_EQ(server_->clients().size(), 0u);
  Open(Face::kPlain);
  EXPECT_EQ(Say("PING\r\n"), "+PONG\r\n");
}

// --- what is refused

TEST_F(SessionTest, RefusesAsRedisDoes) {
  EXPECT_EQ(Say("foo 1 2\r\n"),
            "-ERR unknown command 'foo', with args beginning with: '1' '2' \r\n");
  EXPECT_EQ(Say("get\r\n"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_EQ(Say("client nope\r\n"), "-ERR unknown subcommand 'nope'. Try CLIENT HELP.\r\n");
  EXPECT_EQ(Say("client\r\n"), "-ERR wrong number of arguments for 'client' command\r\n");
  EXPECT_EQ(Say("client id 1\r\n"), "-ERR wrong number of arguments for 'client|id' command\r\n");
  EXPECT_EQ(Say("\r\n*0\r\n"), "");
  EXPECT_FALSE(session_->CloseAfterOutput());
}

TEST_F(SessionTest, AProtocolErrorIsToldAndEndsTheConversation) {
  EXPECT_EQ(Say("PING\r\n*x\r\nPING\r\n"),
            "+PONG\r\n-ERR Protocol error: invalid multibulk length\r\n");
  EXPECT_TRUE(session_->CloseAfterOutput());
  EXPECT_EQ(Say("PING\r\n"), "");
}

TEST_F(SessionTest, QuitIsAnsweredAndNothingBehindIt) {
  EXPECT_EQ(Say("PING\r\nQUIT\r\nPING\r\n"), "+PONG\r\n+OK\r\n");
  EXPECT_TRUE(session_->CloseAfterOutput());
}

// --- connection

TEST_F(SessionTest, HelloSwitchesTheProtocol) {
  EXPECT_EQ(Say("HELLO 3\r\n"),
            "%7\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.2.4\r\n$5\r\nproto\r\n"
            ":3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster"
            "\r\n$7\r\nmodules\r\n*0\r\n");
  EXPECT_EQ(Say("GET nothing\r\n"), "_\r\n");
  EXPECT_EQ(Say("HELLO 2 SETNAME me\r\n").substr(0, 5), "*14\r\n");
  EXPECT_EQ(Say("CLIENT GETNAME\r\n"), "$2\r\nme\r\n");
  EXPECT_EQ(Say("HELLO 4\r\n"), "-NOPROTO unsupported protocol version\r\n");
  EXPECT_EQ(Say("HELLO x\r\n"), "-ERR Protocol version is not an integer or out of range\r\n");
  EXPECT_EQ(Say("HELLO 3 AUTH default any\r\n").substr(0, 3), "%7\r");
  EXPECT_EQ(Say("HELLO 3 AUTH me any\r\n"),
            "-WRONGPASS invalid username-password pair or user is disabled.\r\n");
  EXPECT_EQ(Say("HELLO 3 SETNAME\r\n"), "-ERR Syntax error in HELLO option 'SETNAME'\r\n");
}

TEST_F(SessionTest, PingEchoAndSelect) {
  EXPECT_EQ(Say("PING\r\nping hi\r\nECHO x\r\n"), "+PONG\r\n$2\r\nhi\r\n$1\r\nx\r\n");
  EXPECT_EQ(Say("PING a b\r\n"), "-ERR wrong number of arguments for 'ping' command\r\n");
  EXPECT_EQ(Say("SET k 0\r\nSELECT 15\r\nGET k\r\nSELECT 0\r\nGET k\r\n"),
            "+OK\r\n+OK\r\n$-1\r\n+OK\r\n$1\r\n0\r\n");
  EXPECT_EQ(Say("SELECT 16\r\n"), "-ERR DB index is out of range\r\n");
  EXPECT_EQ(Say("SELECT x\r\n"), "-ERR value is not an integer or out of range\r\n");
}

TEST_F(SessionTest, ResetForgetsWhatTheConnectionHasSet) {
  Say("HELLO 3 SETNAME me\r\nSELECT 3\r\nCONSISTENCY R ALL\r\n");
  EXPECT_EQ(Say("RESET\r\nCLIENT GETNAME\r\nCONSISTENCY\r\n"),
            "+RESET\r\n$-1\r\n*4\r\n$1\r\nR\r\n$1\r\n2\r\n$1\r\nW\r\n$1\r\n2\r\n");
  EXPECT_EQ(session_->db(), 0);
}

TEST_F(SessionTest, ClientSetsAndTellsWhatIsKnownOfIt) {
  EXPECT_EQ(Say("CLIENT ID\r\nCLIENT GETNAME\r\nCLIENT SETNAME me\r\n"), ":1\r\n$-1\r\n+OK\r\n");
  EXPECT_EQ(Say("CLIENT SETINFO lib-name redis-py\r\nCLIENT SETINFO LIB-VER 8\r\n"),
            "+OK\r\n+OK\r\n");
  EXPECT_EQ(Say("CLIENT SETINFO a b\r\n"), "-ERR Unrecognized option 'a'\r\n");
  EXPECT_EQ(Say("CLIENT NO-EVICT on\r\nCLIENT NO-TOUCH off\r\nCLIENT NO-TOUCH x\r\n"),
            "+OK\r\n+OK\r\n-ERR syntax error\r\n");
  std::string list = Say("CLIENT LIST\r\n");
  EXPECT_NE(list.find("id=1 addr=127.0.0.1:5 laddr=127.0.0.1:7001"), std::string::npos) << list;
  EXPECT_NE(list.find("name=me"), std::string::npos);
  EXPECT_NE(list.find("flags=e"), std::string::npos);
  EXPECT_NE(list.find("cmd=client|list"), std::string::npos);
  EXPECT_NE(list.find("lib-name=redis-py lib-ver=8"), std::string::npos);
  EXPECT_EQ(Say("CLIENT LIST ID 1\r\n"), Say("CLIENT LIST TYPE normal\r\n"));
  EXPECT_EQ(Say("CLIENT LIST TYPE x\r\n"), "-ERR Unknown client type 'x'\r\n");
  EXPECT_EQ(Say("CLIENT LIST ID x\r\n"), "-ERR Invalid client ID\r\n");
  EXPECT_EQ(Say("CLIENT MAINT_NOTIFICATIONS ON\r\n"),
            "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n");
}

// --- server

TEST_F(SessionTest, ConfigIsReadByPatternsAndChangedAllOrNothing) {
  EXPECT_EQ(Say("CONFIG GET max-value-* timeout\r\n"),
            "*4\r\n$7\r\ntimeout\r\n$1\r\n0\r\n$15\r\nmax-value-bytes\r\n$9\r\n536870912\r\n");
  EXPECT_EQ(Say("CONFIG GET nothing\r\n"), "*0\r\n");
  EXPECT_EQ(Say("CONFIG SET timeout 5 request-timeout-ms 2000\r\n"), "+OK\r\n");
  EXPECT_EQ(server_->idle_timeout_s(), 5u);
  EXPECT_EQ(server_->request_timeout_ms(), 2000u);
  EXPECT_EQ(Say("CONFIG SET timeout 6 maxclients 0\r\n"),
            "-ERR CONFIG SET failed (possibly related to argument 'maxclients') - argument must be "
            "between 1 and 1000000 inclusive\r\n");
  EXPECT_EQ(server_->idle_timeout_s(), 5u);
  EXPECT_EQ(Say("CONFIG SET port 1\r\n"),
            "-ERR CONFIG SET failed (possibly related to argument 'port') - can't set immutable "
            "config\r\n");
  EXPECT_EQ(Say("CONFIG SET foo 1\r\n"),
            "-ERR Unknown option or number of arguments for CONFIG SET - 'foo'\r\n");
  EXPECT_EQ(Say("CONFIG SET timeout\r\n"),
            "-ERR wrong number of arguments for 'config|set' command\r\n");
  EXPECT_EQ(Say("CONFIG SET timeout 1 timeout 2\r\n"),
            "-ERR CONFIG SET failed (possibly related to argument 'timeout') - duplicate "
            "parameter\r\n");
}

TEST_F(SessionTest, StatisticsCountAndStartAnew) {
  Say("SET k v\r\nGET k\r\nGET nothing\r\nnonsense\r\n");
  Totals totals = server_->statistics().total();
  EXPECT_EQ(totals[Counter::kHits], 1u);
  EXPECT_EQ(totals[Counter::kMisses], 1u);
  EXPECT_EQ(totals[Counter::kErrors], 1u);
  EXPECT_EQ(totals[Counter::kCommands], 3u);
  EXPECT_EQ(Say("CONFIG RESETSTAT\r\n"), "+OK\r\n");
  EXPECT_EQ(server_->statistics().total()[Counter::kHits], 0u);
}

TEST_F(SessionTest, LookupsCountAtOnceAndLaterAndInATransaction) {
  const auto lookups_of = [this](const std::string& commands) {
    server_->ResetStatistics();
    Say(commands);
    const Totals totals = server_->statistics().total();
    return Lookups{totals[Counter::kHits], totals[Counter::kMisses]};
  };
  Say("SET k v\r\n");
  EXPECT_EQ(lookups_of("STRLEN k\r\nTTL nothing\r\nMGET k nothing k\r\n"), (Lookups{3, 2}));
  EXPECT_EQ(lookups_of("EXISTS k nothing k\r\n"), (Lookups{2, 1}));  // in parts
  EXPECT_EQ(lookups_of("LCS k {k}nothing\r\n"), (Lookups{1, 1}));    // as a group
  EXPECT_EQ(lookups_of("BITOP AND {k}x k {k}nothing\r\n"), (Lookups{1, 1}));
  EXPECT_EQ(lookups_of("COPY k nothing\r\nLCS k other\r\n"), (Lookups{2, 1}));  // in steps
  EXPECT_EQ(lookups_of("GETDEL k\r\nGETEX k\r\n"), (Lookups{1, 1}));
  Say("SET k v\r\n");
  for (const std::string other : {"{k}none", "none"}) {
    EXPECT_EQ(lookups_of("MULTI\r\nSTRLEN k\r\nINCR k\r\nTYPE " + other + "\r\nEXEC\r\n"),
              (Lookups{1, 1}));
  }
  EXPECT_EQ(lookups_of("MULTI\r\nGET k\r\nDBSIZE\r\nMGET k {k}none\r\nDBSIZE\r\nTTL k\r\nEXEC\r\n"),
            (Lookups{3, 1}));  // in several groups
  EXPECT_EQ(lookups_of("WATCH k\r\nSET k w\r\nMULTI\r\nGET k\r\nEXEC\r\n"), Lookups());
}

TEST_F(SessionTest, CommandTellsEveryRow) {
  EXPECT_EQ(Say("COMMAND COUNT\r\n"),
            ":" + std::to_string(server_->commands().commands().size()) + "\r\n");
  EXPECT_EQ(Say("COMMAND INFO nothing\r\n"), "*1\r\n$-1\r\n");
  EXPECT_EQ(Say("COMMAND\r\n"), Say("COMMAND INFO\r\n"));
  EXPECT_FALSE(Say("COMMAND DOCS\r\n").empty());  // Every row's arguments can be read.
  EXPECT_EQ(Say("COMMAND LIST FILTERBY PATTERN client|i*\r\n"),
            "*2\r\n$9\r\nclient|id\r\n$11\r\nclient|info\r\n");
  EXPECT_EQ(Say("COMMAND LIST FILTERBY MODULE x\r\n"), "*0\r\n");
  EXPECT_NE(Say("COMMAND LIST FILTERBY ACLCAT connection\r\n").find("echo"), std::string::npos);
  EXPECT_EQ(Say("COMMAND LIST FILTERBY x y\r\n"), "-ERR syntax error\r\n");
}

TEST_F(SessionTest, ContainersRunTheirSubcommands) {
  Say("SET k hello\r\n");
  EXPECT_EQ(Say("OBJECT ENCODING k\r\n"), "$6\r\nembstr\r\n");
  EXPECT_EQ(Say("object refcount none\r\n"), "$-1\r\n");
  EXPECT_EQ(Say("MEMORY USAGE k\r\n").substr(0, 1), ":");
  EXPECT_EQ(Say("WITH R 1 OBJECT ENCODING k\r\n"), "$6\r\nembstr\r\n");
  EXPECT_TRUE(Say("OBJECT HELP\r\n").starts_with("*15\r\n+OBJECT <subcommand>"));
  EXPECT_EQ(Say("OBJECT What k\r\n"), "-ERR unknown subcommand 'What'. Try OBJECT HELP.\r\n");
  EXPECT_EQ(Say("OBJECT\r\n"), "-ERR wrong number of arguments for 'object' command\r\n");
}

TEST_F(SessionTest, CommandGetkeysKnowsEveryCommand) {
  EXPECT_EQ(Say("COMMAND GETKEYS MSET a 1 b 2\r\n"), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(Say("COMMAND GETKEYSANDFLAGS GET a\r\n"),
            "*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n");
  EXPECT_EQ(Say("COMMAND GETKEYS WITH R 1 GET a\r\n"), "*1\r\n$1\r\na\r\n");
  EXPECT_EQ(Say("COMMAND GETKEYS WITH R\r\n"), "-ERR Invalid arguments specified for command\r\n");
  EXPECT_EQ(Say("COMMAND GETKEYS CLIENT ID\r\n"), "-ERR The command has no key arguments\r\n");
  EXPECT_EQ(Say("COMMAND GETKEYS CLIENT WHAT\r\n"), "-ERR Invalid command specified\r\n");
}

TEST_F(SessionTest, EveryRowOfASessionCommandIsWhole) {
  for (std::span<const SessionCommand> family : SessionCommandFamilies()) {
    for (const SessionCommand& command : family) {
      const bool by_the_node = command.row.kind == RowKind::kKeyspace;
      EXPECT_TRUE(by_the_node || command.row.kind == RowKind::kSession) << command.row.name;
      EXPECT_TRUE(by_the_node || command.run != nullptr || command.has_subcommands ||
                  &command.row == server_->with_row() || command.row.name == "exec" ||
                  command.row.name == "watch")
          << command.row.name;
      EXPECT_FALSE(command.row.summary.empty()) << command.row.name;
      EXPECT_EQ(server_->SessionCommandOf(&command.row), &command) << command.row.name;
    }
  }
}

// --- faces

TEST_F(SessionTest, ThePlainFaceIsNoCluster) {
  for (std::string_view command :
       {"CLUSTER INFO", "CLUSTER SLOTS", "CLUSTER KEYSLOT k", "READONLY", "READWRITE", "ASKING"}) {
    EXPECT_EQ(Say(std::string(command) + "\r\n"),
              "-ERR This instance has cluster support disabled\r\n");
  }
}

TEST_F(SessionTest, NothingIsCopiedOutOfTheClusterFace) {
  Open(Face::kCluster);
  Say("SET foo 1\r\n");
  const std::string refused = "-ERR Copying to another database is not allowed in cluster mode\r\n";
  EXPECT_EQ(Say("COPY foo {foo}b DB 3\r\n"), refused);
  EXPECT_EQ(Say("COPY foo foo REPLACE DB 1\r\n"), refused);
  EXPECT_EQ(Say("COPY foo {foo}b DB 3 X\r\n"), "-ERR syntax error\r\n");
  EXPECT_EQ(Say("COPY foo {foo}b DB 0\r\n"), ":1\r\n");
  Open(Face::kPlain);
  EXPECT_EQ(Say("SELECT 3\r\nDBSIZE\r\n"), "+OK\r\n:0\r\n");
}

TEST_F(SessionTest, AClientsLastCommandIsTheOneThatItQueued) {
  auto other = NewSession(Face::kPlain, {"127.0.0.1:6", "127.0.0.1:7001"});
  Say(*other, "MULTI\r\nGET k\r\n");
  EXPECT_NE(Say("CLIENT LIST\r\n").find("cmd=get user=default"), std::string::npos);
}

TEST_F(SessionTest, TheClusterFaceHasOneDatabaseAndTheRing) {
  Open(Face::kCluster);
  EXPECT_EQ(Say("SELECT 1\r\n"), "-ERR SELECT is not allowed in cluster mode\r\n");
  EXPECT_EQ(Say("SELECT 0\r\nREADONLY\r\nASKING\r\n"), "+OK\r\n+OK\r\n+OK\r\n");
  EXPECT_EQ(Say("CLUSTER KEYSLOT foo\r\n"), ":12182\r\n");
  EXPECT_EQ(Say("SET foo 1\r\nCLUSTER COUNTKEYSINSLOT 12182\r\n"), "+OK\r\n:1\r\n");
  EXPECT_EQ(Say("CLUSTER COUNTKEYSINSLOT 16384\r\n"), "-ERR Invalid slot\r\n");
  EXPECT_EQ(Say("CLUSTER MYID\r\n"), "$40\r\n" + shared_.self_id() + "\r\n");
  EXPECT_EQ(Say("CLUSTER SLOTS\r\n"),
            "*1\r\n*3\r\n:0\r\n:16383\r\n*4\r\n$9\r\n127.0.0.1\r\n:7101\r\n$40\r\n" +
                shared_.self_id() + "\r\n*0\r\n");
  EXPECT_NE(Say("CLUSTER INFO\r\n").find("cluster_state:ok"), std::string::npos);
  EXPECT_NE(Say("CLUSTER NODES\r\n").find("myself,master"), std::string::npos);
}

// --- extensions

TEST_F(SessionTest, WithRunsOneCommandWithItsOwnConsistency) {
  EXPECT_EQ(Say("WITH W ALL R 1 STRICT SET k v\r\nWITH R LOCAL GET k\r\n"), "+OK\r\n$1\r\nv\r\n");
  EXPECT_EQ(Say("WITH W ALL PING\r\n"), "-ERR WITH needs a command on keys\r\n");
  EXPECT_EQ(Say("WITH W ALL nothing k\r\n"),
            "-ERR unknown command 'nothing', with args beginning with: 'k' \r\n");
  EXPECT_EQ(Say("WITH W ALL GET\r\n"), "-ERR wrong number of arguments for 'get' command\r\n");
  EXPECT_TRUE(Say("WITH W NOPE GET k\r\n").starts_with("-ERR W takes"));
}

TEST_F(SessionTest, ConsistencyHoldsForTheConnection) {
  EXPECT_EQ(Say("CONSISTENCY R LOCAL W ALL\r\nCONSISTENCY\r\n"),
            "+OK\r\n*4\r\n$1\r\nR\r\n$5\r\nLOCAL\r\n$1\r\nW\r\n$3\r\nALL\r\n");
  EXPECT_TRUE(Say("CONSISTENCY X\r\n").starts_with("-ERR "));
}

TEST_F(SessionTest, OwnersTellsWhoHoldsAKey) {
  EXPECT_EQ(Say("OWNERS foo\r\n"),
            "*6\r\n$4\r\nslot\r\n:12182\r\n$5\r\nvnode\r\n:761\r\n$8\r\nreplicas\r\n*1\r\n*8\r\n"
            "$2\r\nid\r\n$40\r\n" +
                shared_.self_id() +
                "\r\n$4\r\nhost\r\n$9\r\n127.0.0.1\r\n$4\r\nport\r\n:7001\r\n$5\r\nstate\r\n$5\r\n"
                "alive\r\n");
}

TEST_F(SessionTest, ConnectionsAreRefusedBeyondTheirNumberAndFromOutside) {
  EXPECT_EQ(server_->Admit(/*loopback=*/true), std::nullopt);
  EXPECT_TRUE(server_->Admit(/*loopback=*/false)->starts_with("DENIED "));
  Say("CONFIG SET maxclients 2 protected-mode no\r\n");
  EXPECT_EQ(server_->Admit(false), std::nullopt);
  EXPECT_EQ(server_->Admit(false), "ERR max number of clients reached");
  server_->clients().Leave();
  EXPECT_EQ(server_->Admit(false), std::nullopt);
}

TEST_F(SessionTest, ATransactionOfOneSlotIsOneGroup) {
  EXPECT_EQ(
      Say("MULTI\r\nINCR {t}a\r\nRENAME {t}a {t}b\r\nPING\r\nGET {t}b\r\nEXEC\r\nGET {t}b\r\n"),
      "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n"
      "*4\r\n:1\r\n+OK\r\n+PONG\r\n$1\r\n1\r\n$1\r\n1\r\n");
}

TEST_F(SessionTest, AWatchedKeyThatWasWrittenEndsTheTransaction) {
  const std::string nil = "+OK\r\n+OK\r\n+OK\r\n+QUEUED\r\n*-1\r\n";
  EXPECT_EQ(Say("WATCH {t}a\r\nSET {t}a 1\r\nMULTI\r\nINCR {t}a\r\nEXEC\r\n"), nil);
  EXPECT_EQ(Say("WATCH b c\r\nSET c 1\r\nMULTI\r\nINCR d\r\nEXEC\r\n"), nil);
  EXPECT_EQ(Say("WATCH {t}a\r\nFLUSHALL\r\nMULTI\r\nINCR {t}a\r\nEXEC\r\n"), nil);
  EXPECT_EQ(Say("MULTI\r\nINCR {t}a\r\nEXEC\r\n"), "+OK\r\n+QUEUED\r\n*1\r\n:1\r\n");
}

TEST_F(SessionTest, WhatCannotBeOneIsRefusedWhereThatIsAsked) {
  const std::string_view two = "MULTI\r\nSET a 1\r\nSET b 2\r\nEXEC\r\n";
  const std::string queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n";
  EXPECT_EQ(Say(two), queued + "*2\r\n+OK\r\n+OK\r\n");
  Say("CONFIG SET strict-transactions yes\r\n");
  EXPECT_EQ(Say(two), queued + "-CROSSSLOT Keys in request don't hash to the same slot\r\n");
  EXPECT_EQ(Say("EXEC\r\n"), "-ERR EXEC without MULTI\r\n");
}

TEST_F(SessionTest, WhatDoesNotBelongInATransaction) {
  const std::string refused =
      "+OK\r\n-ERR Command not allowed inside a transaction\r\n+QUEUED\r\n"
      "-EXECABORT Transaction discarded because of previous errors.\r\n";
  for (const std::string_view command : {"CONSISTENCY W ALL", "SAVE", "SHUTDOWN"}) {
    EXPECT_EQ(Say("MULTI\r\n" + std::string(command) + "\r\nSET a 1\r\nEXEC\r\n"), refused)
        << command;
  }
  EXPECT_EQ(Say("MULTI\r\nMONITOR\r\nEXEC\r\n"),
            "+OK\r\n+QUEUED\r\n*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n");
}

TEST_F(SessionTest, ExecThatIsWrongEndsTheTransaction) {
  const std::string wrong =
      "-EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' "
      "command\r\n";
  EXPECT_EQ(Say("MULTI\r\nEXEC x\r\nDISCARD\r\n"),
            "+OK\r\n" + wrong + "-ERR DISCARD without MULTI\r\n");
  EXPECT_EQ(Say("EXEC x\r\n"), wrong);
}

TEST_F(SessionTest, ClientsAreListedWithTheirTransactions) {
  auto other = NewSession(Face::kPlain, {"127.0.0.1:6", "127.0.0.1:7001"});
  auto listed = [&](std::string_view what) {
    return Say(*other, "CLIENT LIST ID 1\r\n").find(what) != std::string::npos;
  };
  for (const std::string end : {"EXEC", "DISCARD", "RESET", "EXEC x"}) {
    EXPECT_TRUE(listed(" flags=N ") && listed(" multi=-1 ") && listed(" multi-mem=0 ")) << end;
    Say("MULTI\r\n");
    EXPECT_TRUE(listed(" flags=x ") && listed(" multi=0 ") && listed(" multi-mem=0 ")) << end;
    Say("PING\r\nECHO abc\r\nMULTI\r\n");
    EXPECT_TRUE(listed(" flags=x ") && listed(" multi=2 ") && listed(" multi-mem=11 ")) << end;
    Say(end + "\r\n");
  }
  EXPECT_TRUE(listed(" flags=N ") && listed(" multi=-1 ") && listed(" multi-mem=0 "));
}

TEST_F(SessionTest, ATransactionHasABound) {
  std::string many = "MULTI\r\n";
  for (int i = 0; i < 16385; ++i) many += "PING\r\n";
  const std::string replies = Say(many);
  EXPECT_TRUE(replies.ends_with("commands, bytes or watched keys\r\n")) << replies.substr(0, 100);
  EXPECT_TRUE(Say("EXEC\r\n")
                  .ends_with("-EXECABORT Transaction discarded because of previous errors.\r\n"));
}

}  // namespace
}  // namespace kindred
