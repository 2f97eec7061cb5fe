// One seed from its first fault to its last check.
#ifndef KINDRED_TESTS_SIM_RUN_H_
#define KINDRED_TESTS_SIM_RUN_H_

#include <cstdint>
#include <string>

#include "tests/sim/world.h"

namespace kindred {

struct RunResult {
  std::string violation;  // empty: the seed passed
  uint64_t trace_hash = 0;
  uint64_t answered = 0;   // requests
  uint64_t writes = 0;     // acknowledged, on linearizable keys
  bool undecided = false;  // the search for a linear order was given up
};

RunResult RunSeed(uint64_t seed, const WorldOptions& options);

}  // namespace kindred

#endif  // KINDRED_TESTS_SIM_RUN_H_
