#include "io/wall_clock.h"

#include <ctime>
#include <mutex>

namespace kindred {
namespace {

uint64_t Microseconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000 + static_cast<uint64_t>(now.tv_nsec) / 1000;
}

std::mutex mutex;
uint64_t told_us = 0;         // Guarded by mutex: the last time that was told,
uint64_t told_steady_us = 0;  // and when that was, on a clock that cannot be set.

}  // namespace

uint64_t WallClockMs() { return WallClockUs() / 1000; }

uint64_t WallClockUs() {
  std::lock_guard lock(mutex);
  const uint64_t wall_us = Microseconds(CLOCK_REALTIME);
  const uint64_t steady_us = Microseconds(CLOCK_MONOTONIC);
  if (wall_us >= told_us) {
    told_us = wall_us;
  } else {
    told_us += (steady_us - told_steady_us) / 2;
  }
  told_steady_us = steady_us;
  return told_us;
}

}  // namespace kindred
