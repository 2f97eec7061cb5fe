#ifndef KINDRED_BASE_RANDOM_H_
#define KINDRED_BASE_RANDOM_H_

// Seeded random numbers: the only randomness that the core knows. The same seed gives the same
// numbers on every machine, which the standard library's distributions do not promise. The
// generator is xoshiro256** (Blackman, Vigna 2018), its state filled by splitmix64. Not for
// secrets. A generator has one owner and no lock.

#include <cstdint>

namespace kindred {

class Random {
 public:
  explicit Random(uint64_t seed);

  // Any 64 bits.
  uint64_t Next();
  // One of 0 .. n - 1, each equally likely. REQUIRES: n > 0
  uint64_t Below(uint64_t n);
  // One of low .. high, both included. REQUIRES: low <= high
  int64_t Between(int64_t low, int64_t high);
  // True with this probability; never at 0 or less, always at 1 or more.
  bool Chance(double probability);
  // In [0, 1), in steps of 2^-53.
  double UniformDouble();

 private:
  uint64_t state_[4];
};

}  // namespace kindred

#endif  // KINDRED_BASE_RANDOM_H_
