#include "membership/liveness.h"

#include <gtest/gtest.h>

namespace kindred {
namespace {

constexpr Peer kPeer = 3;
constexpr uint64_t kSuspectAfterMs = 600;

TEST(Liveness, APeerIsUnknownUntilItsLinkIsUp) {
  Liveness liveness(1, kSuspectAfterMs);
  EXPECT_FALSE(liveness.alive(kPeer));
  EXPECT_FALSE(liveness.link_up(kPeer));
  EXPECT_TRUE(liveness.OnUp(kPeer, 0, 1000));
  EXPECT_TRUE(liveness.alive(kPeer));
  EXPECT_TRUE(liveness.link_up(kPeer));
  EXPECT_FALSE(liveness.alive(kPeer - 1));
  EXPECT_FALSE(liveness.alive(kPeer + 1));
}

TEST(Liveness, EveryLaneHasToBeUp) {
  Liveness liveness(3, kSuspectAfterMs);
  liveness.OnUp(kPeer, 0, 1000);
  liveness.OnUp(kPeer, 2, 1000);
  EXPECT_FALSE(liveness.link_up(kPeer));
  liveness.OnUp(kPeer, 1, 1000);
  EXPECT_TRUE(liveness.link_up(kPeer));
  EXPECT_TRUE(liveness.alive(kPeer));
  EXPECT_TRUE(liveness.OnDown(kPeer, 1));
  EXPECT_FALSE(liveness.alive(kPeer));
  EXPECT_FALSE(liveness.link_up(kPeer));
}

TEST(Liveness, ASilentPeerIsSuspectButItsLinkIsUp) {
  Liveness liveness(2, kSuspectAfterMs);
  liveness.OnUp(kPeer, 0, 1000);
  liveness.OnUp(kPeer, 1, 1000);
  liveness.OnHeard(kPeer, 0, 1500);
  EXPECT_FALSE(liveness.OnTick(1000 + kSuspectAfterMs)) << "it may be late by that much";
  EXPECT_TRUE(liveness.alive(kPeer));
  EXPECT_TRUE(liveness.OnTick(1001 + kSuspectAfterMs)) << "lane 1 has said nothing";
  EXPECT_FALSE(liveness.alive(kPeer));
  EXPECT_TRUE(liveness.link_up(kPeer));
  EXPECT_FALSE(liveness.OnTick(1002 + kSuspectAfterMs)) << "that is known already";
}

TEST(Liveness, AWordBringsASilentPeerBack) {
  Liveness liveness(1, kSuspectAfterMs);
  liveness.OnUp(kPeer, 0, 1000);
  liveness.OnTick(5000);
  ASSERT_FALSE(liveness.alive(kPeer));
  EXPECT_TRUE(liveness.OnHeard(kPeer, 0, 5001));
  EXPECT_TRUE(liveness.alive(kPeer));
  EXPECT_FALSE(liveness.OnHeard(kPeer, 0, 5002));
  EXPECT_FALSE(liveness.OnTick(5002 + kSuspectAfterMs));
}

TEST(Liveness, AWordOnALinkThatIsDownChangesNothing) {
  Liveness liveness(1, kSuspectAfterMs);
  liveness.OnUp(kPeer, 0, 1000);
  liveness.OnDown(kPeer, 0);
  EXPECT_FALSE(liveness.OnHeard(kPeer, 0, 1001));
  EXPECT_FALSE(liveness.alive(kPeer));
  EXPECT_FALSE(liveness.OnTick(9000)) << "a link that is down cannot become silent";
}

TEST(Liveness, ANewLinkForgetsTheOldOnesSilence) {
  Liveness liveness(1, kSuspectAfterMs);
  liveness.OnUp(kPeer, 0, 1000);
  liveness.OnTick(5000);
  EXPECT_TRUE(liveness.OnDown(kPeer, 0));
  EXPECT_FALSE(liveness.OnDown(kPeer, 0));
  EXPECT_TRUE(liveness.OnUp(kPeer, 0, 6000));
  EXPECT_TRUE(liveness.alive(kPeer));
}

}  // namespace
}  // namespace kindred
