#include <gtest/gtest.h>

#include <set>

#include "tests/unit/server/session_world.h"
#include "topology/slot.h"

namespace kindred {
namespace {

class ClusterCommandsTest : public testing::Test, protected World {
 protected:
  ClusterCommandsTest() { Open(Face::kCluster); }
};

TEST_F(ClusterCommandsTest, KeysOfASlotAndNoMoreThanWasAskedFor) {
  const std::string slot = std::to_string(KeySlot("{tag}"));
  Say("MSET {tag}a 1 {tag}b 2 {tag}c 3 other 4\r\nDEL {tag}b\r\n");
  EXPECT_EQ(Say("CLUSTER COUNTKEYSINSLOT " + slot + "\r\n"), ":2\r\n");
  const std::string all = Say("CLUSTER GETKEYSINSLOT " + slot + " 100\r\n");
  EXPECT_TRUE(all.starts_with("*2\r\n")) << all;
  EXPECT_NE(all.find("{tag}a"), std::string::npos);
  EXPECT_NE(all.find("{tag}c"), std::string::npos);
  EXPECT_TRUE(Say("CLUSTER GETKEYSINSLOT " + slot + " 1\r\n").starts_with("*1\r\n"));
  EXPECT_EQ(Say("CLUSTER GETKEYSINSLOT " + slot + " 0\r\n"), "*0\r\n");
  EXPECT_EQ(Say("CLUSTER GETKEYSINSLOT 16383 10\r\n"), "*0\r\n");
}

TEST_F(ClusterCommandsTest, AllSlotsTogetherHoldAllKeys) {
  std::string keys;
  std::set<uint16_t> slots;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "key" + std::to_string(i);
    keys += " " + key + " " + std::to_string(i);
    slots.insert(KeySlot(key));
  }
  Say("MSET" + keys + "\r\n");
  size_t found = 0;
  for (uint16_t slot : slots) {
    const std::string reply = Say("CLUSTER GETKEYSINSLOT " + std::to_string(slot) + " 10\r\n");
    found += static_cast<size_t>(reply[1] - '0');
  }
  EXPECT_EQ(found, 300u);
}

TEST_F(ClusterCommandsTest, WhatIsNoSlotOrNoNumber) {
  for (const char* arguments : {"x 1", "1 x"}) {
    EXPECT_EQ(Say(std::string("CLUSTER GETKEYSINSLOT ") + arguments + "\r\n"),
              "-ERR value is not an integer or out of range\r\n");
  }
  for (const char* arguments : {"16384 1", "-1 1", "1 -1"}) {
    EXPECT_EQ(Say(std::string("CLUSTER GETKEYSINSLOT ") + arguments + "\r\n"),
              "-ERR Invalid slot or number of keys\r\n");
  }
}

TEST_F(ClusterCommandsTest, OnThePlainFaceAllOfThemSayThatThereIsNoCluster) {
  Open(Face::kPlain);
  for (const char* command :
       {"CLUSTER INFO", "CLUSTER GETKEYSINSLOT 1 1", "CLUSTER MEET a 1", "CLUSTER HELP",
        "CLUSTER ADDSLOTS 1", "CLUSTER LINKS", "READONLY", "READWRITE", "ASKING"}) {
    EXPECT_EQ(Say(std::string(command) + "\r\n"),
              "-ERR This instance has cluster support disabled\r\n")
        << command;
  }
  EXPECT_EQ(Say("CLUSTER NOSUCH\r\n"), "-ERR unknown subcommand 'NOSUCH'. Try CLUSTER HELP.\r\n");
  EXPECT_EQ(Say("CLUSTER KEYSLOT\r\n"),
            "-ERR wrong number of arguments for 'cluster|keyslot' command\r\n");
}

TEST_F(ClusterCommandsTest, NobodyDealsOutSlotsByHand) {
  EXPECT_TRUE(
      Say("CLUSTER MEET 127.0.0.1 7000\r\n").starts_with("-ERR CLUSTER MEET is not supported: "));
  EXPECT_TRUE(
      Say("cluster setslot 1 stable\r\n").starts_with("-ERR CLUSTER SETSLOT is not supported: "));
}

TEST_F(ClusterCommandsTest, ANodeAloneHasNoLinksAndNoReplicas) {
  EXPECT_EQ(Say("CLUSTER LINKS\r\n"), "*0\r\n");
  EXPECT_EQ(Say("CLUSTER REPLICAS " + shared_.self_id() + "\r\n"), "*0\r\n");
  EXPECT_EQ(Say("CLUSTER SLAVES x\r\n"), "-ERR Unknown node x\r\n");
  EXPECT_EQ(Say("CLUSTER COUNT-FAILURE-REPORTS " + shared_.self_id() + "\r\n"), ":0\r\n");
}

}  // namespace
}  // namespace kindred
