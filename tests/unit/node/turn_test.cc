// A turn has one view of the cluster, whatever other loops do meanwhile.
#include <functional>
#include <memory>

#include "tests/unit/node/node_fixture.h"

namespace kindred {
namespace {

std::function<void()> meanwhile;

TEST_F(NodeFixture, AViewLivesAsLongAsTheTurnThatBeganWithIt) {
  Start(1);
  static const CommandTable table(DataCommandFamilies());
  CommandRow row = *table.Find("mget");
  row.read = [](const ValueView*, Args, const Call&, ReplyWriter& reply) {
    meanwhile();
    reply.Integer(1);
  };
  const std::weak_ptr<const ClusterView> view = shared_->view();
  node_->OnTick(now_ms_);
  int calls = 0;
  // Between one key and the next another loop replaces the view.
  meanwhile = [&] {
    EXPECT_FALSE(view.expired());
    if (++calls == 1) shared_->SetFrozen(true);
  };
  const std::vector<std::string_view> args = {"mget", "a", "b", "c"};
  Request request;
  request.row = &row;
  request.args = args;
  request.consistency = &consistency_;
  request.deadline_ms = now_ms_ + 1000;
  std::string reply;
  EXPECT_TRUE(node_->Submit(request, &reply, now_ms_).done);
  EXPECT_EQ(reply, "*3\r\n:1\r\n:1\r\n:1\r\n");
  EXPECT_EQ(calls, 3);
  node_->OnTick(now_ms_);
  EXPECT_TRUE(view.expired());
}

}  // namespace
}  // namespace kindred
