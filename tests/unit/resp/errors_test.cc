#include "resp/errors.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace kindred {
namespace {

std::string Unknown(const std::vector<std::string_view>& args) { return UnknownCommand(args); }

// The expected texts of this file were taken from a running redis-server.

TEST(Errors, UnknownCommandQuotesItsArguments) {
  EXPECT_EQ(Unknown({"nosuch"}), "ERR unknown command 'nosuch', with args beginning with: ");
  EXPECT_EQ(Unknown({"X", "a", "b"}),
            "ERR unknown command 'X', with args beginning with: 'a' 'b' ");
  EXPECT_EQ(Unknown({"X", ""}), "ERR unknown command 'X', with args beginning with: '' ");
}

TEST(Errors, UnknownCommandIsCutAt128Bytes) {
  const std::string prefix = "ERR unknown command 'X', with args beginning with: ";
  const std::string a100(100, 'a');
  const std::string a200(200, 'a');
  const std::string b100(100, 'b');
  EXPECT_EQ(Unknown({a200}),
            "ERR unknown command '" + std::string(128, 'a') + "', with args beginning with: ");
  EXPECT_EQ(Unknown({"X", a200, "b"}), prefix + "'" + std::string(128, 'a') + "' ");
  EXPECT_EQ(Unknown({"X", a100, b100, "c"}),
            prefix + "'" + a100 + "' '" + std::string(25, 'b') + "' ");
  EXPECT_EQ(Unknown({"X", std::string(125, 'a'), "b"}),
            prefix + "'" + std::string(125, 'a') + "' ");
  EXPECT_EQ(Unknown({"X", std::string(124, 'a'), "bc"}),
            prefix + "'" + std::string(124, 'a') + "' 'b' ");
}

TEST(Errors, QuotingStopsAtAZeroByte) {
  EXPECT_EQ(Unknown({std::string_view("no\0such", 7), std::string_view("a\0b", 3)}),
            "ERR unknown command 'no', with args beginning with: 'a' ");
}

TEST(Errors, UnknownSubcommandNamesTheCommandInUpperCase) {
  EXPECT_EQ(UnknownSubcommand("nosuch", "CliEnt"),
            "ERR unknown subcommand 'nosuch'. Try CLIENT HELP.");
  EXPECT_EQ(UnknownSubcommand(std::string(200, 'L'), "client"),
            "ERR unknown subcommand '" + std::string(128, 'L') + "'. Try CLIENT HELP.");
}

TEST(Errors, NameTheCommandOrTheOption) {
  EXPECT_EQ(WrongArity("client|setname"),
            "ERR wrong number of arguments for 'client|setname' command");
  EXPECT_EQ(InvalidExpire("set"), "ERR invalid expire time in 'set' command");
  EXPECT_EQ(UnsupportedOption("foo"), "ERR Unsupported option foo");
  EXPECT_EQ(HelloOption("foo"), "ERR Syntax error in HELLO option 'foo'");
  EXPECT_EQ(UnrecognizedOption("foo"), "ERR Unrecognized option 'foo'");
  EXPECT_EQ(InvalidClientAttribute("lib-name"),
            "ERR lib-name cannot contain spaces, newlines or special characters.");
  EXPECT_EQ(ProtocolError("Protocol error: invalid bulk length"),
            "ERR Protocol error: invalid bulk length");
}

TEST(Errors, NoQuorumTellsUnknownFromRefused) {
  EXPECT_EQ(NoQuorumRefused(1, 2), "NOQUORUM 1 of 2 replicas answered; nothing was done");
  EXPECT_EQ(NoQuorumUnknown(1, 2),
            "NOQUORUM 1 of 2 replicas answered in time; the write may still take effect");
  EXPECT_EQ(NoQuorumRead(0, 2), "NOQUORUM 0 of 2 replicas answered in time");
}

}  // namespace
}  // namespace kindred
