#include "server/monitors.h"

#include <gtest/gtest.h>

#include "tests/unit/server/session_world.h"

namespace kindred {
namespace {

TEST(Monitors, QuotesAsRedisDoes) {
  EXPECT_EQ(Quoted(""), "\"\"");
  EXPECT_EQ(Quoted("it's \"x\" \\"), "\"it's \\\"x\\\" \\\\\"");
  EXPECT_EQ(Quoted(std::string_view("\n\r\t\a\b\0\xff\x7f", 8)),
            "\"\\n\\r\\t\\a\\b\\x00\\xff\\x7f\"");
}

class MonitorTest : public testing::Test, protected World {
 protected:
  MonitorTest() {
    Session::Peername names{"127.0.0.1:6", "127.0.0.1:7001"};
    names.wake = [this] { ++woken_; };
    listener_ = NewSession(Face::kPlain, std::move(names));
  }

  // What has been told since the last call, without the time and the address.
  std::string Told() {
    std::string lines = OutputOf(*listener_);
    for (const std::string_view part : {"+1700000000.000007 ", " 127.0.0.1:5"}) {
      for (size_t at = 0; (at = lines.find(part)) != lines.npos;) lines.erase(at, part.size());
    }
    return lines;
  }

  int woken_ = 0;
  std::unique_ptr<Session> listener_;
};

TEST_F(MonitorTest, TellsTheCommandsOfAllClients) {
  EXPECT_EQ(Say(*listener_, "MONITOR\r\n"), "+OK\r\n");
  Say("SELECT 3\r\nset k \"a b\"\r\n");
  EXPECT_EQ(woken_, 1);
  EXPECT_EQ(OutputOf(*listener_),
            "+1700000000.000007 [3 127.0.0.1:5] \"SELECT\" \"3\"\r\n"
            "+1700000000.000007 [3 127.0.0.1:5] \"set\" \"k\" \"a b\"\r\n");
  EXPECT_EQ(Say(*listener_, "PING\r\n"),
            "+PONG\r\n+1700000000.000007 [0 127.0.0.1:6] \"PING\"\r\n");
}

TEST_F(MonitorTest, TellsNothingOfAdministratorsAndOfWhatDidNotRun) {
  Say(*listener_, "MONITOR\r\n");
  Say("CONFIG GET timeout\r\nCLIENT LIST\r\nnosuch\r\nGET\r\n");
  EXPECT_EQ(OutputOf(*listener_), "");
  Say("AUTH secret\r\nHELLO 2 AUTH default secret\r\n");
  const std::string lines = OutputOf(*listener_);
  EXPECT_EQ(lines.find("secret"), std::string::npos) << lines;
  EXPECT_NE(lines.find("\"AUTH\" \"(redacted)\"\r\n"), std::string::npos);
  EXPECT_NE(lines.find("\"AUTH\" \"(redacted)\" \"(redacted)\"\r\n"), std::string::npos);
}

TEST_F(MonitorTest, TellsWhatATransactionRanInItsOrderAndThenExec) {
  Say(*listener_, "MONITOR\r\n");
  // As one group, and one after the other.
  for (const std::string other : {"{k}b", "b"}) {
    Say("MULTI\r\nPING\r\nset k 1\r\nCONFIG GET timeout\r\nSELECT 3\r\nGET " + other +
        "\r\nAUTH secret\r\nSELECT 0\r\n");
    EXPECT_EQ(Told(), "[0] \"MULTI\"\r\n");
    Say("exec\r\n");
    EXPECT_EQ(Told(),
              "[0] \"PING\"\r\n[0] \"set\" \"k\" \"1\"\r\n[3] \"SELECT\" \"3\"\r\n"
              "[3] \"GET\" \"" +
                  other +
                  "\"\r\n[3] \"AUTH\" \"(redacted)\"\r\n[0] \"SELECT\" \"0\"\r\n"
                  "[0] \"exec\"\r\n");
  }
}

TEST_F(MonitorTest, TellsNothingOfWhatIsDeniedAtExec) {
  Say(*listener_, "ACL SETUSER alice on nopass +@all allkeys\r\nMONITOR\r\n");
  Say("AUTH alice x\r\nMULTI\r\nSELECT 3\r\nSET a 1\r\nSET b 1\r\n");
  auto admin = NewSession(Face::kPlain, {"127.0.0.1:7", "127.0.0.1:7001"});
  Say(*admin, "ACL SETUSER alice -select\r\n");
  Told();
  Say("EXEC\r\n");
  EXPECT_EQ(Told(), "[0] \"SET\" \"a\" \"1\"\r\n[0] \"SET\" \"b\" \"1\"\r\n[0] \"EXEC\"\r\n");
}

TEST_F(MonitorTest, TellsOfExecHoweverItEnds) {
  Say(*listener_, "MONITOR\r\n");
  Say("EXEC\r\nexec x\r\n");
  EXPECT_EQ(Told(), "[0] \"EXEC\"\r\n[0] \"exec\" \"x\"\r\n");
  for (const std::string wrong : {"nosuch", "GET", "WATCH k\r\nSAVE"}) {
    Say("MULTI\r\nSET k 1\r\n");
    Say(wrong + "\r\n");
    Told();
    Say("EXEC\r\n");
    EXPECT_EQ(Told(), "[0] \"EXEC\"\r\n") << wrong;
  }
  Say("WATCH k\r\nSET k 2\r\nMULTI\r\nSET k 3\r\n");
  Told();
  Say("EXEC\r\n");
  EXPECT_EQ(Told(), "[0] \"EXEC\"\r\n") << "of what a watched key forbade nothing ran";
}

TEST_F(MonitorTest, EndsWithResetAndWithTheConnection) {
  Say(*listener_, "MONITOR\r\n");
  EXPECT_NE(server_->clients().All({}, now_).find("flags=O"), std::string::npos);
  Say(*listener_, "RESET\r\n");
  EXPECT_FALSE(server_->monitors().any());
  Say("PING\r\n");
  EXPECT_EQ(OutputOf(*listener_), "");
  Say(*listener_, "MONITOR\r\n");
  EXPECT_TRUE(server_->monitors().any());
  listener_.reset();
  EXPECT_FALSE(server_->monitors().any());
}

TEST_F(MonitorTest, WhoeverTakesNothingIsDisconnectedAtTheBound) {
  Say(*listener_, "MONITOR\r\n");
  const std::string echo = "*2\r\n$4\r\nECHO\r\n$1048576\r\n" + std::string(1 << 20, 'x') + "\r\n";
  for (int i = 0; i < 60; ++i) Say(echo);
  EXPECT_FALSE(listener_->Killed());
  for (int i = 0; i < 5; ++i) Say(echo);
  EXPECT_TRUE(listener_->Killed());
  EXPECT_EQ(woken_, 3);  // for the first line, and for each that did not fit
}

}  // namespace
}  // namespace kindred
