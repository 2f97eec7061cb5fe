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
  EXPECT_EQ(Text({"default"}), Text());
  EXPECT_EQ(Text({"default", "commandstats", "latencystats"}), Text({"everything"}));
  EXPECT_EQ(Text().find("# Commandstats"), std::string::npos);
  EXPECT_EQ(Text({"all"}).find("# Modules"), std::string::npos);
  EXPECT_NE(Text({"everything"}).find("# Modules\r\n\r\n# Commandstats\r\n"), std::string::npos);
  EXPECT_TRUE(ShowsInfo(std::vector<std::string_view>{"ALL"}, "latencystats"));
  EXPECT_FALSE(ShowsInfo({}, "latencystats"));
}

TEST_F(InfoTest, SizesAreReadable) {
  EXPECT_EQ(HumanBytes(100), "100B");
  EXPECT_EQ(HumanBytes(1536), "1.50K");
  EXPECT_EQ(HumanBytes(uint64_t{3} << 30), "3.00G");
  EXPECT_EQ(HumanBytes(uint64_t{3000} << 40), "3000.00T");
}

TEST_F(InfoTest, CommandsAndErrorsHaveTheirFigures) {
  constexpr CommandRow kGet = {.name = "get"};
  constexpr CommandRow kId = {.name = "client|id"};
  constexpr CommandRow kNever = {.name = "never"};
  LatencyHistogram times;
  for (uint64_t ns : {1500, 2500}) times.Add(ns);
  facts_.commands.resize(3);
  facts_.commands[0] = {&kGet, 2, 4000, 1, 1, {}};
  facts_.commands[0].times.Add(times);
  facts_.commands[1] = {&kId, 0, 0, 3, 0, {}};
  facts_.commands[2].row = &kNever;
  facts_.errors = {{"ERR", 2}, {"WRONGTYPE", 1}};
  facts_.percentiles = {50, 99.9};
  EXPECT_EQ(Text({"commandstats"}),
            "# Commandstats\r\n"
            "cmdstat_get:calls=2,usec=4,usec_per_call=2.00,rejected_calls=1,failed_calls=1\r\n"
            "cmdstat_client|id:calls=0,usec=0,usec_per_call=0.00,rejected_calls=3,failed_calls=0"
            "\r\n");
  EXPECT_EQ(Text({"errorstats"}),
            "# Errorstats\r\nerrorstat_ERR:count=2\r\nerrorstat_WRONGTYPE:count=1\r\n");
  EXPECT_EQ(Text({"latencystats"}),
            "# Latencystats\r\nlatency_percentiles_usec_get:p50=1.503,p99.9=2.511\r\n");
}

TEST_F(InfoTest, MemoryIsWhatTheAllocatorAndTheSystemSay) {
  facts_.process.used_memory_bytes = 3 << 20;
  facts_.process.active_bytes = 4 << 20;
  facts_.process.resident_bytes = 6 << 20;
  facts_.process.rss_bytes = 9 << 20;
  facts_.used_memory_peak_bytes = 6 << 20;
  facts_.startup_memory_bytes = 1 << 20;
  for (std::string_view line :
       {"used_memory:3145728", "used_memory_human:3.00M", "used_memory_rss:9437184",
        "used_memory_peak:6291456", "used_memory_peak_perc:50.00%", "used_memory_dataset:2097152",
        "used_memory_dataset_perc:100.00%", "allocator_frag_ratio:1.33",
        "allocator_frag_bytes:1048576", "mem_fragmentation_ratio:3.00", "maxmemory:0"}) {
    EXPECT_TRUE(Has(line, {"memory"})) << line << "\n" << Text({"memory"});
  }
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
