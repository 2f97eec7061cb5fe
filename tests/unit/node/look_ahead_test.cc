#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

class LookingAhead : public NodeFixture {
 protected:
  void LookAhead(const Words& keys) {
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    node_->LookAhead(views, 0);
  }
};

// Nothing can be seen of it but how long things take.
TEST_F(LookingAhead, ChangesNothingWhateverTheKeysAre) {
  Start(1);
  Run({"SET", "here", "v"});
  Run({"SET", "gone", "v"});
  Run({"DEL", "gone"});
  Words keys = {"here", "gone", "missing", "here", ""};
  while (keys.size() < 2 * Node::kKeysAheadMax) keys.push_back("k" + std::to_string(keys.size()));
  LookAhead({});
  LookAhead(keys);
  EXPECT_TRUE(node_->outbox().empty());
  EXPECT_EQ(Run({"GET", "here"}).text, "v");
  EXPECT_EQ(Run({"EXISTS", "gone", "missing"}).integer, 0);
}

// It lets go of all locks, and takes those of several stripes in the order in which a flush does.
TEST_F(LookingAhead, LeavesAllStripesFree) {
  Start(1);
  Words keys;
  for (size_t i = 0; i < Node::kKeysAheadMax; ++i) keys.push_back("k" + std::to_string(i));
  LookAhead(keys);
  Run({"SET", "k1", "v"});
  Run({"FLUSHALL"});
  EXPECT_EQ(Run({"EXISTS", "k1"}).integer, 0);
}

}  // namespace
}  // namespace kindred
