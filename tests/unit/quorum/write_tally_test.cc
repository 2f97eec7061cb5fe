#include "quorum/write_tally.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace kindred {
namespace {

// What happens to a write, a letter each: a or n, an ack or a nack from the next peer that has not
// answered; o, the writer's own copy.
struct Row {
  const char* what;
  uint32_t others;
  uint32_t majority;
  std::string_view events;
  uint32_t total;
  bool own_would_do;
  bool decided;
  bool all_answered;
  bool nobody_took;
};

TEST(WriteTally, Table) {
  const std::vector<Row> rows = {
      // three replicas
      {"nothing yet", 2, 2, "", 0, false, false, false, false},
      {"one ack: with our own it would be a majority", 2, 2, "a", 1, true, false, false, false},
      {"one ack and our own", 2, 2, "ao", 2, true, true, false, false},
      {"both others, without our own", 2, 2, "aa", 2, true, true, true, false},
      {"all", 2, 2, "aao", 3, true, true, true, false},
      {"one refusal", 2, 2, "n", 0, false, false, false, false},
      {"a refusal, then an ack", 2, 2, "na", 1, true, false, true, false},
      {"a refusal, an ack and our own", 2, 2, "nao", 2, true, true, true, false},
      {"both refuse: it may be run again", 2, 2, "nn", 0, false, false, true, true},
      {"our own alone, unguarded", 2, 2, "o", 1, false, false, false, false},
      {"our own, and both refuse", 2, 2, "onn", 1, false, false, true, false},
      // five replicas
      {"one of four is not enough", 4, 3, "a", 1, false, false, false, false},
      {"two of four: our own decides", 4, 3, "aa", 2, true, false, false, false},
      {"two and our own", 4, 3, "aao", 3, true, true, false, false},
      {"two took it, two refused", 4, 3, "aann", 2, true, false, true, false},
      {"one took it: it is not known", 4, 3, "annn", 1, false, false, true, false},
      // alone
      {"nobody else", 0, 1, "", 0, true, false, true, true},
      {"our own is all", 0, 1, "o", 1, true, true, true, false},
  };
  for (const Row& row : rows) {
    WriteTally tally(row.others, row.majority);
    Peer next = 1;
    for (char event : row.events) {
      if (event == 'a') tally.AddAck(next++);
      if (event == 'n') tally.AddNack(next++);
      if (event == 'o') tally.AddOwn();
    }
    EXPECT_EQ(tally.total(), row.total) << row.what;
    EXPECT_EQ(tally.OwnWouldDo(), row.own_would_do) << row.what;
    EXPECT_EQ(tally.Decided(), row.decided) << row.what;
    EXPECT_EQ(tally.AllAnswered(), row.all_answered) << row.what;
    if (!tally.Decided()) {
      EXPECT_EQ(tally.NobodyTook(), row.nobody_took) << row.what;
    }
  }
}

TEST(WriteTally, APeersFirstAnswerCounts) {
  WriteTally tally(2, 2);
  tally.AddAck(1);
  tally.AddAck(1);
  tally.AddNack(1);
  EXPECT_EQ(tally.acks(), 1u);
  EXPECT_FALSE(tally.AllAnswered());
  tally.AddNack(2);
  tally.AddAck(2);
  EXPECT_EQ(tally.acks(), 1u);
  EXPECT_TRUE(tally.AllAnswered());
  EXPECT_FALSE(tally.NobodyTook());
}

}  // namespace
}  // namespace kindred
