#include "server/info.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

class InfoTest : public testing::Test {
 protected:
  InfoTest() {
    facts_.identity.version = "0.1.0";
    facts_.identity.run_id = std::string(40, 'a');
    facts_.identity.started_ms = 1000;
    facts_.now_ms = 91'000;
    facts_.ports = {7001, 7101, 7201, 7301};
    keyspace_.resize(16);
    keyspace_[0] = {3, 1};
    keyspace_[2] = {1, 0};
    facts_.keyspace = keyspace_;
  }
  std::string Text(std::vector<std::string_view> sections = {}) {
    return InfoText(facts_, sections);
  }
  bool Has(std::string_view line, std::vector<std::string_view> sections = {}) {
    return ("\r\n" + Text(sections)).find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
  }

  InfoFacts facts_;
  std::vector<Counts::Number> keyspace_;
};

TEST_F(InfoTest, HasWhatClientsParse) {
  for (std::string_view line :
       {"redis_version:7.2.4", "kindred_version:0.1.0", "redis_mode:standalone", "role:master",
        "loading:0", "maxmemory_policy:noeviction", "cluster_enabled:0", "tcp_port:7001",
        "uptime_in_seconds:90", "connected_clients:0", "blocked_clients:0", "used_memory:0",
        "instantaneous_ops_per_sec:0", "keyspace_hits:0", "keyspace_misses:0",
        "total_commands_processed:0", "total_connections_received:0",
        "db0:keys=3,expires=1,avg_ttl=0", "db2:keys=1,expires=0,avg_ttl=0"}) {
    EXPECT_TRUE(Has(line)) << line;
  }
  EXPECT_FALSE(Has("db1:keys=0,expires=0,avg_ttl=0"));
}

TEST_F(InfoTest, TheClusterFaceSaysThatItIsACluster) {
  facts_.face = Face::kCluster;
  EXPECT_TRUE(Has("redis_mode:cluster"));
  EXPECT_TRUE(Has("cluster_enabled:1"));
  EXPECT_TRUE(Has("tcp_port:7101"));
}

TEST_F(InfoTest, SectionsAreChosenByNameInAnyCase) {
  EXPECT_EQ(Text({"KEYSPACE"}),
            "# Keyspace\r\ndb0:keys=3,expires=1,avg_ttl=0\r\ndb2:keys=1,expires=0,avg_ttl=0\r\n");
  EXPECT_EQ(Text({"keyspace", "cluster"}).substr(0, 36),
            "# Cluster\r\ncluster_enabled:0\r\n\r\n# Ke");
  EXPECT_EQ(Text({"nonsense"}), "");
  EXPECT_EQ(Text({"everything"}), Text());
  EXPECT_EQ(Text({"default"}), Text());
}

TEST_F(InfoTest, SizesAreReadable) {
  EXPECT_EQ(HumanBytes(100), "100B");
  EXPECT_EQ(HumanBytes(1536), "1.50K");
  EXPECT_EQ(HumanBytes(uint64_t{3} << 30), "3.00G");
  EXPECT_EQ(HumanBytes(uint64_t{3000} << 40), "3000.00T");
}

TEST(Statistics, LoopsAreAddedUpAndAResetStartsFromZero) {
  Statistics statistics;
  statistics.OfLoop(0).Add(Counter::kCommands, 3);
  statistics.OfLoop(1).Add(Counter::kCommands);
  EXPECT_EQ(statistics.total()[Counter::kCommands], 4u);
  statistics.Reset();
  statistics.OfLoop(1).Add(Counter::kCommands);
  EXPECT_EQ(statistics.total()[Counter::kCommands], 1u);
}

TEST(Statistics, RatesAreThoseOfTheLastSecond) {
  Statistics statistics;
  statistics.OnSecond(1000);
  statistics.OfLoop(0).Add(Counter::kCommands, 50);
  statistics.OnSecond(1500);
  EXPECT_DOUBLE_EQ(statistics.rates().commands, 100);
}

TEST(Clients, ListShowsWhatClientsSaidAboutThemselves) {
  Clients clients;
  Client client;
  client.address = "127.0.0.1:50312";
  client.local_address = "127.0.0.1:7001";
  client.connected_ms = 1000;
  client.active_ms = 5000;
  clients.Add(&client);
  clients.ChangeWords(client, [](ClientWords& words) {
    words.name = "me";
    words.library_name = "redis-py";
  });
  EXPECT_EQ(clients.All({}, 11'000),
            "id=1 addr=127.0.0.1:50312 laddr=127.0.0.1:7001 fd=-1 name=me age=10 idle=6 flags=N "
            "db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 "
            "rbp=0 obl=0 oll=0 omem=0 tot-mem=" +
                std::to_string(sizeof(Client)) +
                " events=r cmd=NULL user=default redir=-1 resp=2 lib-name=redis-py lib-ver=\n");
  EXPECT_EQ(clients.Those({2}, 11'000), "");
  EXPECT_EQ(clients.size(), 1u);
  clients.Remove(&client);
  EXPECT_EQ(clients.All({}, 11'000), "");
}

}  // namespace
}  // namespace kindred
