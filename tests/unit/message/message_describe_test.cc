#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/hybrid_clock.h"
#include "message/message_codec.h"

namespace kindred {
namespace {

constexpr uint64_t kA = 0xA;
constexpr uint64_t kB = 0xB;

// A record key of some slot and place.
std::string Key(std::string_view key, char db = 0) {
  return std::string("\x12\x34\x01\x02\x03\x04", 6) + db + std::string(key);
}

Version String(Dot dot, std::string_view payload) {
  Version version;
  version.dot = dot;
  version.kind = Kind::kString;
  version.guarded = true;
  version.payload = payload;
  return version;
}

Version Tombstone(Dot dot) {
  Version version;
  version.dot = dot;
  version.guarded = true;
  return version;
}

Record RecordOf(std::initializer_list<Version> versions) {
  Record record;
  for (const Version& version : versions) record = Put(record, Context(), version);
  return record;
}

Context ContextOf(std::initializer_list<Dot> dots) {
  Context context;
  for (Dot dot : dots) context.Add(dot);
  return context;
}

TEST(Describe, Records) {
  const Record one = RecordOf({String({kA, 5}, "v")});
  EXPECT_EQ(Describe(Ask{1, Key("k"), std::nullopt}), "Ask k");
  EXPECT_EQ(Describe(Ask{1, Key("k"), 0xbeef}), "Ask k digest=BEEF");
  EXPECT_EQ(Describe(Tell{1, false, one}), R"(Tell {A:5}[A:5 string "v"])");
  EXPECT_EQ(Describe(Tell{1, true, {}}), "Tell same {}");
  EXPECT_EQ(Describe(Tell{1, true, {}, 3, 7}), "Tell same {} db=3 flushed=7");
  EXPECT_EQ(Describe(Replicate{1, Key("k"), one}), R"(Replicate k {A:5}[A:5 string "v"])");
  EXPECT_EQ(Describe(Ack{7}), "Ack");
}

TEST(Describe, GuardedWrites) {
  const Context base = ContextOf({{kA, 5}});
  EXPECT_EQ(Describe(Guarded{1, Key("k"), base, String({kA, 7}, "v"), {}, 0}),
            R"(Guarded k base={A:5} dot=A:7 string "v")");
  EXPECT_EQ(Describe(Guarded{1, Key("k"), base, String({kA, 7}, "v"), {Tombstone({kB, 3})}, 2}),
            R"(Guarded k base={A:5} dot=A:7 string "v" kept=[dot=B:3 tombstone] flushed=2)");
  EXPECT_EQ(Describe(Nack{1, true, 9, 3, 2, RecordOf({Tombstone({kB, 8})})}),
            "Nack holder-is-another clock=9 db=3 flushed=2 {B:8}[B:8 tombstone]");
  EXPECT_EQ(Describe(Prepare{1, kA, {{3, 10, 20}, {4, 10, 20}}}),
            "Prepare actor=A [vnode=3 from=10 until=20, vnode=4 from=10 until=20]");
  EXPECT_EQ(Describe(Prepared{1, {{3, 10, 0}, {4, 0, 30}}}),
            "Prepared [vnode=3 since=10, vnode=4 refused-below=30]");
}

TEST(Describe, WholeRequests) {
  Forward forward;
  forward.deadline_in_ms = 900;
  forward.args = {"SET", "k", "two words"};
  EXPECT_EQ(Describe(forward), R"(Forward deadline-ms=900 db=0 protocol=2 [SET, k, "two words"])");
  forward.confirm = true;
  forward.strict = true;
  forward.read_level = "QUORUM";
  forward.write_level = "ALL";
  forward.context = ContextOf({{kA, 5}, {kB, 6}});
  forward.args = {"DEL", ""};
  EXPECT_EQ(Describe(forward),
            "Forward deadline-ms=900 db=0 protocol=2 confirm r=QUORUM w=ALL strict "
            R"(context={A:5, B:6} [DEL, ""])");
  EXPECT_EQ(Describe(Forwarded{1, Outcome::kDone, "+OK\r\n"}), R"(Forwarded done reply="+OK\r\n")");
  EXPECT_EQ(Describe(Forwarded{1, Outcome::kDone, ":1\r\n", 0, {2, 1}}),
            R"(Forwarded done reply=":1\r\n" hits=2 misses=1)");
  EXPECT_EQ(Describe(Forwarded{1, Outcome::kRefused, ""}), "Forwarded refused");
  EXPECT_EQ(Describe(Forwarded{1, Outcome::kUnknown, ""}), "Forwarded unknown");
  EXPECT_EQ(Describe(Forwarded{1, Outcome::kNotHere, "", 7}), "Forwarded not-here clock=7");
  forward.once = {9, true};
  EXPECT_TRUE(Describe(forward).starts_with("Forward deadline-ms=900 sent=9 second db=0"));
}

TEST(Describe, ManyKeys) {
  EXPECT_EQ(Describe(ScanAsk{1, 2, Key(""), Key("z", 2), 10}),
            "ScanAsk db=2 from=0x12340102030400 until=z@2 max=10");
  EXPECT_EQ(Describe(ScanTell{1, {{Key("k"), RecordOf({String({kA, 5}, "")})}}, Key("l")}),
            R"(ScanTell [k {A:5}[A:5 string ""]] next=l)");
  EXPECT_EQ(Describe(ScanTell()), "ScanTell");
  EXPECT_EQ(Describe(CountAsk{1, {1, 2}}), "CountAsk vnodes=[1, 2]");
  EXPECT_EQ(Describe(CountTell{1, {{5, 1}, {-1, 0}}}),
            "CountTell [keys=5 expiring=1, keys=-1 expiring=0]");
  EXPECT_EQ(Describe(Flush{1, 3, 9}), "Flush dbs=3 time=9");
  EXPECT_EQ(Describe(Flushed{1, 9}), "Flushed clock=9");
}

TEST(Describe, Nodes) {
  const Decided decided{kA, 1, 9, {7, 8}};
  EXPECT_EQ(Describe(Heartbeat{1, 2, 10, decided, {0, 5}, {}}),
            "Heartbeat epoch=2 clock=10 decided={actor=A from=1 below=9 except=[7, 8]} "
            "flushed=[0, 5]");
  EXPECT_EQ(Describe(HeartbeatSeen{1, 2, 10, {kB, 0, 9, {}}, {}, RosterVersion{7, 0xabc}}),
            "HeartbeatSeen epoch=2 clock=10 decided={actor=B below=9} roster=7 digest=ABC");
  EXPECT_EQ(Describe(DecidedNews{decided}), "DecidedNews actor=A from=1 below=9 except=[7, 8]");
}

TEST(Describe, Membership) {
  const NodeInfo node{"aa", "127.0.0.1", 7001, 7101, 7201, 7301, 7401, 7501, "east", 2};
  EXPECT_EQ(Describe(TopologyAsk{1}), "TopologyAsk");
  EXPECT_EQ(Describe(TopologyTell{1, "0123456789"}), "TopologyTell topology=10B");
  EXPECT_EQ(Describe(JoinAsk{1, node}),
            "JoinAsk id=aa host=127.0.0.1 port=7001 cluster-port=7101 peer-port=7201 "
            "http-port=7301 tls-port=7401 tls-cluster-port=7501 zone=east weight=2");
  EXPECT_EQ(Describe(JoinTell{1, "there are keys", "", ""}), R"(JoinTell error="there are keys")");
  EXPECT_EQ(Describe(Freeze{1, true}), "Freeze on");
  EXPECT_EQ(Describe(Frozen{1, 2, 3}), "Frozen epoch=2 keys=3");
  EXPECT_EQ(Describe(Install{1, "0123"}), "Install topology=4B");
  EXPECT_EQ(Describe(Installed{1, 2}), "Installed epoch=2");
}

TEST(Describe, TimesOfRealClocksAreMillisecondsAndCount) {
  EXPECT_EQ(Describe(Flushed{1, TimeOfMs(1700000000000) + 3}), "Flushed clock=1700000000000.3");
}

TEST(Describe, WhatIsUnusualAboutAVersionIsSaid) {
  Version version = String({kA, 5}, "v");
  version.expires_ms = 99;
  version.guarded = false;
  EXPECT_EQ(Describe(Replicate{0, Key("k"), RecordOf({version})}),
            R"(Replicate k {A:5}[A:5 string "v" expires=99 unguarded])");
}

TEST(Describe, ForeignBytesAreEscapedAndLongTextsCut) {
  EXPECT_EQ(Describe(Ask{1, Key("\"\x01\xff\n"), std::nullopt}), R"(Ask "\"\x01\xff\n")");
  EXPECT_EQ(Describe(Forwarded{1, Outcome::kDone, std::string(100, 'a')}),
            "Forwarded done reply=\"" + std::string(64, 'a') + "\"+36B");
}

}  // namespace
}  // namespace kindred
