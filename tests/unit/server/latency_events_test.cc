#include "server/latency_events.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(LatencyEvents, KeepsTheWorstOfEachSecondAndTheLastOfThem) {
  LatencyEvents events;
  events.Add("command", {10, 5});
  events.Add("command", {10, 9});
  events.Add("command", {10, 7});
  events.Add("command", {11, 1});
  const LatencySeries series = *events.Find("command");
  ASSERT_EQ(series.samples.size(), 2u);
  EXPECT_EQ(series.samples[0].ms, 9u);
  EXPECT_EQ(series.samples[1].ms, 1u);
  EXPECT_EQ(series.max_ms, 9u);
  EXPECT_EQ(events.Find("other"), std::nullopt);
  EXPECT_EQ(events.Find("COMMAND"), std::nullopt);
  for (uint64_t s = 20; s < 300; ++s) events.Add("command", {s, 2});
  EXPECT_EQ(events.Find("command")->samples.size(), LatencyEvents::kSamplesMax);
  EXPECT_EQ(events.Find("command")->samples.back().unix_s, 299u);
  EXPECT_EQ(events.Find("command")->max_ms, 9u);
}

TEST(LatencyEvents, ResetForgetsThoseThatAreNamedOrAll) {
  LatencyEvents events;
  for (const char* name : {"a", "b", "c"}) events.Add(name, {1, 1});
  EXPECT_EQ(events.Reset({"A", "x"}), 1u);
  EXPECT_EQ(events.all().size(), 2u);
  EXPECT_EQ(events.Reset({}), 2u);
  EXPECT_TRUE(events.all().empty());
}

// As Redis draws the same samples.
TEST(LatencyEvents, AGraphHasTheNewestAtTheRightAndAgesBelow) {
  LatencyEvents events;
  events.Add("command", {97, 20});
  events.Add("command", {98, 50});
  events.Add("command", {99, 10});
  EXPECT_EQ(LatencyGraph("command", *events.Find("command"), 100),
            "command - high 50 ms, low 10 ms (all time high 50 ms)\n" + std::string(80, '-') +
                "\n # \n | \n_| \n||_\n   \n321\nsss\n");
  EXPECT_NE(LatencyGraph("command", *events.Find("command"), 100'000).find("\n111\nddd\n"),
            std::string::npos);
}

TEST(LatencyEvents, AReportSaysWhatWasSeenAndWhatMayHelp) {
  LatencyEvents events;
  EXPECT_NE(LatencyReport(events.all(), 0, 10000, 100).find("monitoring is disabled"),
            std::string::npos);
  EXPECT_NE(LatencyReport(events.all(), 5, 10000, 100).find("no latency spike was observed"),
            std::string::npos);
  events.Add("command", {97, 20});
  events.Add("command", {98, 50});
  events.Add("command", {99, 10});
  events.Add("aof-fsync-always", {99, 10});
  const std::string report = LatencyReport(events.all(), 5, 10000, 100);
  EXPECT_NE(report.find("2. command: 3 latency spikes (average 26ms, mean deviation 15ms, period "
                        "1.00 sec). Worst all time event 50ms.\n"),
            std::string::npos)
      << report;
  EXPECT_NE(report.find("CONFIG SET slowlog-log-slower-than 5000."), std::string::npos);
  EXPECT_NE(report.find("The disk takes long to sync"), std::string::npos);
}

}  // namespace
}  // namespace kindred
