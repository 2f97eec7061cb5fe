#include <gtest/gtest.h>

#include "base/hybrid_clock.h"
#include "causal/token.h"
#include "tests/unit/command/fake_keyspace.h"

namespace kindred {
namespace {

constexpr uint64_t kActor = 0x0123abcd'00000007;

class SiblingsTest : public KeyspaceTest {
 protected:
  // Nobody has seen anybody: each write becomes a sibling.
  void Write(uint64_t actor, uint64_t written_ms, std::string payload, uint64_t expires_ms,
             Kind kind = Kind::kString) {
    Version version;
    version.dot = {actor, TimeOfMs(written_ms)};
    version.kind = kind;
    version.payload = std::move(payload);
    version.expires_ms = expires_ms;
    record_ = Put(record_, Context(), std::move(version));
  }
  std::string Token() const { return EncodeToken(record_.context); }
  std::string Head() const { return "*2 $" + std::to_string(Token().size()) + " " + Token() + " "; }

  Record record_;
};

TEST_F(SiblingsTest, AMissingKeyIsAnEmptyTokenAndNothing) {
  EXPECT_EQ(RunOn(record_, {"siblings", "k"}), "*2 $0  *0");
  EXPECT_EQ(RunOn(record_, {"siblings", "k", "withmeta"}), "*2 $0  *0");
}

TEST_F(SiblingsTest, ValuesComeNewestFirst) {
  Write(1, 100, "old", kNever);
  Write(2, 200, "new", kNever);
  EXPECT_EQ(RunOn(record_, {"siblings", "k"}), Head() + "*2 $3 new $3 old");
}

TEST_F(SiblingsTest, DeletedAndExpiredAreNil) {
  Write(1, 100, "old", kNever);
  Write(2, 200, "expired", now_ms);
  Write(3, 300, "", kNever, Kind::kTombstone);
  EXPECT_EQ(RunOn(record_, {"siblings", "k"}), Head() + "*3 $-1 $-1 $3 old");
}

TEST_F(SiblingsTest, WithmetaTellsTimeExpiryAndNode) {
  NodeInfo node;
  node.id = "0123abcd" + std::string(32, 'f');
  const Topology one(1, 1, 1, {node}, {0});
  topology = &one;
  Write(kActor, 5000, "v", now_ms + 1);
  EXPECT_EQ(RunOn(record_, {"siblings", "k", "WITHMETA"}),
            Head() + "*1 *8 $5 value $1 v $7 written :5000 $7 expires :" +
                std::to_string(now_ms + 1) + " $4 node $40 " + node.id);
  protocol = 3;
  now_ms += 1;
  EXPECT_EQ(RunOn(record_, {"siblings", "k", "WITHMETA"}),
            Head() + "*1 %4 $5 value _ $7 written :5000 $7 expires :-1 $4 node $40 " + node.id);
}

TEST_F(SiblingsTest, ANodeThatIsNoMemberHasNoName) {
  Write(kActor, 5000, "v", kNever);
  EXPECT_EQ(RunOn(record_, {"siblings", "k", "withmeta"}),
            Head() + "*1 *8 $5 value $1 v $7 written :5000 $7 expires :-1 $4 node $0 ");
}

TEST_F(SiblingsTest, OtherOptionsAreRefused) {
  EXPECT_EQ(RunOn(record_, {"siblings", "k", "meta"}), "-ERR syntax error");
  EXPECT_EQ(RunOn(record_, {"siblings", "k", "withmeta", "x"}), "-ERR syntax error");
}

}  // namespace
}  // namespace kindred
