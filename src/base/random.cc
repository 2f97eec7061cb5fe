#include "base/random.h"

#include <bit>
#include <limits>

#include "base/check.h"

namespace kindred {

namespace {

uint64_t SplitMix64(uint64_t* state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(uint64_t seed) {
  for (uint64_t& word : state_) word = SplitMix64(&seed);
}

uint64_t Random::Next() {
  uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

uint64_t Random::Below(uint64_t n) {
  CHECK(n > 0);
  // 2^64 mod n numbers at the low end would make some remainders likelier than others; they are
  // drawn again. Even at the worst n the chance of that is below one half per draw.
  uint64_t too_low = (0 - n) % n;
  uint64_t drawn = Next();
  while (drawn < too_low) drawn = Next();
  return drawn % n;
}

int64_t Random::Between(int64_t low, int64_t high) {
  CHECK(low <= high);
  uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  uint64_t offset = span == std::numeric_limits<uint64_t>::max() ? Next() : Below(span + 1);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

bool Random::Chance(double probability) { return UniformDouble() < probability; }

double Random::UniformDouble() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

}  // namespace kindred
