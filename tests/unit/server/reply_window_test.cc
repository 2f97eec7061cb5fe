#include "server/reply_window.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

TEST(ReplyWindow, BeginsWithAFewAndGrowsByOneWithEachReply) {
  ReplyWindow window;
  EXPECT_EQ(window.replies(), ReplyWindow::kRepliesMin);
  for (int i = 0; i < 10; ++i) window.OnReply(100);
  EXPECT_EQ(window.replies(), ReplyWindow::kRepliesMin + 10);
  for (int i = 0; i < 2000; ++i) window.OnReply(100);
  EXPECT_EQ(window.replies(), ReplyWindow::kRepliesMax);
}

TEST(ReplyWindow, LargeRepliesMakeItSmallAtOnceAndSmallOnesLargeByAndBy) {
  ReplyWindow window;
  for (int i = 0; i < 2000; ++i) window.OnReply(100);
  window.OnReply(1 << 20);
  EXPECT_EQ(window.replies(), 16u);
  window.OnReply(size_t{1} << 30);
  EXPECT_EQ(window.replies(), 1u);
  for (int i = 0; i < 300; ++i) window.OnReply(100);
  EXPECT_EQ(window.replies(), ReplyWindow::kRepliesMax);
}

}  // namespace
}  // namespace kindred
