#include "server/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace kindred {
namespace {

std::string ErrorOf(const absl::Status& status) { return std::string(status.message()); }

TEST(Options, DefaultsAreAccepted) {
  for (const OptionRow& row : OptionRows()) {
    EXPECT_EQ(WhyRefused(row, row.default_text), std::nullopt) << row.name;
    EXPECT_FALSE(row.doc.empty()) << row.name;
    EXPECT_EQ(row.doc.back(), '.') << row.name;
  }
  EXPECT_TRUE(Config().Check().ok());
}

TEST(Options, NamesAndAliasesAreDistinct) {
  std::set<std::string_view> names;
  for (const OptionRow& row : OptionRows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    if (row.alias.empty()) continue;
    EXPECT_TRUE(names.insert(row.alias).second) << row.alias;
  }
}

TEST(Options, SizesAreReadAsRedisReadsThem) {
  EXPECT_EQ(ParseBytes("100"), 100);
  EXPECT_EQ(ParseBytes("1k"), 1000);
  EXPECT_EQ(ParseBytes("1kb"), 1024);
  EXPECT_EQ(ParseBytes("64MB"), 64 << 20);
  EXPECT_EQ(ParseBytes("1Gb"), 1 << 30);
  EXPECT_EQ(ParseBytes("9223372036854775807gb"), std::nullopt);
  EXPECT_EQ(ParseBytes("1tb"), std::nullopt);
  EXPECT_EQ(ParseBytes("-1"), std::nullopt);
  EXPECT_EQ(ParseBytes("kb"), std::nullopt);
  EXPECT_EQ(ParseBytes(""), std::nullopt);
}

TEST(Options, TheNearestNameIsSuggested) {
  EXPECT_EQ(NearestOption("prot"), "port");
  EXPECT_EQ(NearestOption("write-quorom"), "write-quorum");
  EXPECT_EQ(NearestOption("max-value-byte"), "max-value-bytes");
  EXPECT_EQ(NearestOption("foo"), "");
}

TEST(Config, SetTakesNamesInAnyCaseAndAliases) {
  Config config;
  EXPECT_TRUE(config.Set("PORT", "7001").ok());
  EXPECT_EQ(config.GetNumber("port"), 7001);
  EXPECT_TRUE(config.Set("max-value-bytes", "1mb").ok());
  EXPECT_EQ(config.GetNumber("proto-max-bulk-len"), 1 << 20);
  EXPECT_TRUE(config.Set("appendfsync", "EVERYSEC").ok());
  EXPECT_EQ(config.GetText("appendfsync"), "everysec");
}

TEST(Config, RefusalsAreOneSentenceThatNamesTheOption) {
  Config config;
  EXPECT_EQ(ErrorOf(config.Set("port", "70000")),
            "port cannot be '70000': argument must be between 0 and 65535 inclusive");
  EXPECT_EQ(ErrorOf(config.Set("replica", "3")),
            "unknown option 'replica' (did you mean 'replicas'?)");
  EXPECT_EQ(ErrorOf(config.Set("maxmemory-samples", "5")),
            "unknown option 'maxmemory-samples'; `kindred server --help` lists all");
  EXPECT_FALSE(config.Set("port", "7001 ").ok());
  EXPECT_FALSE(config.Set("appendfsync", "sometimes").ok());
  EXPECT_FALSE(config.Set("protected-mode", "maybe").ok());
  EXPECT_FALSE(config.Set("write-quorum", "LOCAL").ok());
  EXPECT_FALSE(config.Set("save", "900 1").ok());
  EXPECT_EQ(config.GetNumber("port"), 6379);
}

TEST(Config, QuorumsMayBeNamesOrNumbersUpToTheReplicas) {
  Config config;
  for (const char* level : {"1", "3", "ONE", "quorum", "ALL"}) {
    EXPECT_TRUE(config.Set("write-quorum", level).ok()) << level;
    EXPECT_TRUE(config.Check().ok()) << level;
  }
  EXPECT_TRUE(config.Set("write-quorum", "4").ok());
  EXPECT_EQ(ErrorOf(config.Check()),
            "write-quorum is 4, but there are only 3 replicas to answer: lower it, or say QUORUM");
}

TEST(Config, ReadsItsFile) {
  Config config;
  absl::Status status = config.LoadText(
      "# a comment\n"
      "\n"
      "port = 7001   # the plain face\n"
      "bind = \"127.0.0.1 ::1\"\r\n"
      "zone = 'a\\b'\n"
      "protected-mode = false\n"
      "cache-bytes = \"64mb\"\n",
      "kindred.toml");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(config.GetNumber("port"), 7001);
  EXPECT_EQ(config.GetText("bind"), "127.0.0.1 ::1");
  EXPECT_EQ(config.GetText("zone"), "a\\b");
  EXPECT_FALSE(config.GetBool("protected-mode"));
  EXPECT_EQ(config.GetNumber("cache-bytes"), 64 << 20);
}

TEST(Config, AFileWithAMistakeIsRefusedWithItsPlace) {
  Config config;
  auto error = [&config](std::string_view text) {
    return ErrorOf(config.LoadText(text, "k.toml"));
  };
  EXPECT_EQ(error("\nprot = 1\n"), "k.toml:2: unknown option 'prot' (did you mean 'port'?)");
  EXPECT_EQ(error("port 7001"), "k.toml:1: this is not a line `name = value`");
  EXPECT_EQ(error("port ="), "k.toml:1: port has no value");
  EXPECT_EQ(error("[server]"), "k.toml:1: sections are not used here: write `name = value`");
  EXPECT_EQ(error("dir = \"x"), "k.toml:1: a string lacks its closing quote");
  EXPECT_EQ(error("dir = a b"),
            "k.toml:1: text with spaces needs quotes, and one line holds one option");
}

TEST(Config, AnEmptyFileSetsNothing) { EXPECT_EQ(ErrorOf(Config().LoadFile("/dev/null")), ""); }

TEST(Config, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(Config().LoadFile("/nonexistent/kindred.toml").code(), absl::StatusCode::kNotFound);
}

TEST(Config, PortsFollowThePlainOneAndMustDiffer) {
  Config config;
  ASSERT_TRUE(config.Set("port", "7001").ok());
  ASSERT_TRUE(config.Set("http-port", "8000").ok());
  Ports ports = config.ports();
  EXPECT_EQ(ports.cluster, 7101);
  EXPECT_EQ(ports.peer, 7201);
  EXPECT_EQ(ports.http, 8000);
  ASSERT_TRUE(config.Set("peer-port", "7001").ok());
  EXPECT_EQ(ErrorOf(config.Check()),
            "port and peer-port are both 7001: each needs a port of its own");
  ASSERT_TRUE(config.Set("peer-port", "0").ok());
  ASSERT_TRUE(config.Set("port", "65500").ok());
  EXPECT_EQ(ErrorOf(config.Check()),
            "cluster-port would be 65600, beyond 65535: set it, or choose a lower port");
}

TEST(Config, WithoutAPlainPortTheOthersFollowThatOfTls) {
  Config config;
  ASSERT_TRUE(config.Set("port", "0").ok());
  EXPECT_EQ(ErrorOf(config.Check()),
            "port is 0, and so is tls-port: one of the two is needed for clients");
  ASSERT_TRUE(config.Set("tls-port", "7001").ok());
  EXPECT_TRUE(config.Check().ok());
  Ports ports = config.ports();
  EXPECT_EQ(ports.plain, 0);
  EXPECT_EQ(ports.cluster, 0);
  EXPECT_EQ(ports.tls, 7001);
  EXPECT_EQ(ports.tls_cluster, 0);
  EXPECT_EQ(ports.peer, 7201);
  EXPECT_EQ(ports.http, 7301);
  ASSERT_TRUE(config.Set("tls-cluster-port", "7201").ok());
  EXPECT_EQ(ErrorOf(config.Check()),
            "peer-port and tls-cluster-port are both 7201: each needs a port of its own");
  EXPECT_TRUE(config.uses_tls());
  EXPECT_FALSE(Config().uses_tls());
}

TEST(Config, CrossChecksNameWhatIsWrong) {
  Config config;
  ASSERT_TRUE(config.Set("join", "localhost").ok());
  EXPECT_EQ(ErrorOf(config.Check()),
            "join is 'localhost', but has to be HOST:PEERPORT of a member");
  ASSERT_TRUE(config.Set("join", "[::1]:7201").ok());
  EXPECT_TRUE(config.Check().ok());
  ASSERT_TRUE(config.Set("vnodes", "1000").ok());
  EXPECT_EQ(ErrorOf(config.Check()), "vnodes is 1000, but has to be a power of two");
}

TEST(Config, BindAddressesMayBeOptional) {
  Config config;
  std::vector<BindAddress> addresses = config.bind();
  ASSERT_EQ(addresses.size(), 2u);
  EXPECT_EQ(addresses[0].host, "127.0.0.1");
  EXPECT_FALSE(addresses[0].optional);
  EXPECT_EQ(addresses[1].host, "::1");
  EXPECT_TRUE(addresses[1].optional);
  EXPECT_EQ(config.advertised_host(), "127.0.0.1");
}

TEST(Config, WhatItDescribesItReadsBack) {
  Config config;
  ASSERT_TRUE(config.Set("zone", "a \"b\" \\c").ok());
  ASSERT_TRUE(config.Set("write-quorum", "ALL").ok());
  ASSERT_TRUE(config.Set("protected-mode", "no").ok());
  Config copy;
  ASSERT_TRUE(copy.LoadText(config.Describe(), "described").ok());
  for (const OptionRow& row : OptionRows()) EXPECT_EQ(copy.TextOf(row), config.TextOf(row));
}

// conf/kindred.toml is made from the table: KINDRED_WRITE=1 unit_server writes it anew.
TEST(Config, TheFileInConfHoldsEveryOption) {
  auto path = std::filesystem::path(__FILE__).parent_path() / "../../../conf/kindred.toml";
  if (std::getenv("KINDRED_WRITE") != nullptr) std::ofstream(path) << Config().Describe();
  std::ostringstream bytes;
  bytes << std::ifstream(path).rdbuf();
  EXPECT_EQ(bytes.str(), Config().Describe());
}

}  // namespace
}  // namespace kindred
