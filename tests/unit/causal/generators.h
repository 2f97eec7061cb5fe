#ifndef KINDRED_TESTS_UNIT_CAUSAL_GENERATORS_H_
#define KINDRED_TESTS_UNIT_CAUSAL_GENERATORS_H_

// Random contexts and records for the property tests, from few actors and times so that they
// overlap. All records agree on what a dot names, as the records of one key do.

#include <rapidcheck.h>

#include <algorithm>
#include <string>

#include "causal/record.h"

namespace kindred {

inline constexpr uint64_t kActorsMax = 5;
inline constexpr uint64_t kTimesMax = 6;

inline Dot AnyDot() {
  return {*rc::gen::inRange<uint64_t>(1, kActorsMax + 1),
          *rc::gen::inRange<uint64_t>(1, kTimesMax + 1)};
}

inline Context AnyContext() {
  Context context;
  const int entries = *rc::gen::inRange(0, 6);
  for (int i = 0; i < entries; ++i) context.Add(AnyDot());
  return context;
}

// What `dot` names. Some are deletions, some expire at a time below 100.
inline Version VersionOf(Dot dot) {
  const uint64_t mix = dot.actor * 31 + dot.time * 17;
  Version version;
  version.dot = dot;
  version.guarded = mix % 2 == 0;
  if (mix % 5 == 0) return version;
  version.kind = Kind::kString;
  version.payload = std::string(mix % 40, 'x') + std::to_string(mix);
  if (mix % 3 == 0) version.expires_ms = 1 + mix % 100;
  return version;
}

inline Record AnyRecord() {
  Record record;
  record.context = AnyContext();
  for (const Dot& entry : record.context) {
    for (uint64_t time = 1; time <= entry.time; ++time) {
      if (*rc::gen::inRange(0, 3) == 0) record.versions.push_back(VersionOf({entry.actor, time}));
    }
  }
  std::sort(record.versions.begin(), record.versions.end(),
            [](const Version& a, const Version& b) { return NewerThan(a.dot, b.dot); });
  if (*rc::gen::arbitrary<bool>()) BuryExpired(&record, *rc::gen::inRange<uint64_t>(0, 100));
  return record;
}

inline bool Holds(const Record& record, Dot dot) {
  return std::any_of(record.versions.begin(), record.versions.end(),
                     [dot](const Version& version) { return version.dot == dot; });
}

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_CAUSAL_GENERATORS_H_
