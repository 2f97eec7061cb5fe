#ifndef KINDRED_MEMBERSHIP_ROSTER_H_
#define KINDRED_MEMBERSHIP_ROSTER_H_

// Who may do what in the cluster (its users, their passwords and permissions), as one versioned
// value that the core carries without reading it; server/acl_users.h knows what the text says.
//
// Every member keeps a copy. Whoever changes it makes a version that is later than the one it knew,
// stores it and tells the others; whoever hears of a later version takes it and stores it. The
// later of two wins as a whole: of two changes that were made on two nodes at the same moment only
// one remains, so that all nodes have users that somebody has really set up.
//
// A plain value.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "message/message.h"

namespace kindred {

class Roster {
 public:
  // The first version, which every node begins with: nobody has said anything.
  Roster() = default;
  // `time`: a hybrid clock time above 0.
  Roster(uint64_t time, std::string text);

  const RosterVersion& version() const { return version_; }
  uint64_t time() const { return version_.time; }
  const std::string& text() const { return text_; }

  // [1][time u64][text]
  std::string Encode() const;
  static bool Decode(std::string_view bytes, Roster* roster);

  bool operator==(const Roster&) const = default;

 private:
  RosterVersion version_;
  std::string text_;
};

}  // namespace kindred

#endif  // KINDRED_MEMBERSHIP_ROSTER_H_
