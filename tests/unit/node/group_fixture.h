// Groups of writes at a node of three; the test is the other two.
#ifndef KINDRED_TESTS_UNIT_NODE_GROUP_FIXTURE_H_
#define KINDRED_TESTS_UNIT_NODE_GROUP_FIXTURE_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/node/node_fixture.h"

namespace kindred {

inline Record StringRecord(const std::string& value, uint64_t time) {
  Version version;
  version.dot = {1, time};
  version.kind = Kind::kString;
  version.payload = value;
  return Put(Record(), Context(), std::move(version));
}

class ThreeNodesGroups : public NodeFixture {
 protected:
  void SetUp() override { StartWithTagOf(kSelf); }
  // `tag_` is one whose slot's primary is `primary`.
  void StartWithTagOf(Peer primary) {
    Start(3);
    for (int i = 0; tag_.empty(); ++i) {
      const std::string tag = "{" + std::to_string(i) + "}";
      if (node_->RouteOf(tag) == primary) tag_ = tag;
    }
  }
  void GrantAll() {
    for (auto& [peer, prepare] : Sent<Prepare>()) {
      Prepared prepared{prepare.id, {}};
      for (const auto& item : prepare.items) prepared.items.push_back({item.vnode, 1, 0});
      Answer(peer, prepared);
    }
  }
  // Of two keys another replica has "v" of the first, and of the second what this node has.
  static TellGroup BaseFor(const AskGroup& ask) {
    TellGroup tell{ask.id, {Tell(), Tell()}, {}};
    tell.items[0].record = StringRecord("v", TimeOfMs(kStartMs - 1000));
    tell.items[1].same = true;
    return tell;
  }
  // Runs a command on two keys as far as its writes, which are returned.
  std::vector<std::pair<Peer, GuardedGroup>> Write(const Words& words) {
    std::string reply;
    Submit(words, &reply);
    GrantAll();
    Answer(1, BaseFor(Sent<AskGroup>().at(0).second));
    return Sent<GuardedGroup>();
  }
  std::string tag_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_NODE_GROUP_FIXTURE_H_
