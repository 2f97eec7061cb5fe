#ifndef KINDRED_IO_WALL_CLOCK_H_
#define KINDRED_IO_WALL_CLOCK_H_

// The process's wall clock in milliseconds or microseconds, which never goes back. When the
// system's clock is set back, this one goes on at half speed until the other has caught up, so that
// deadlines and heartbeats go on too.
//
// Threads: any. A loop reads it once a turn.

#include <cstdint>

namespace kindred {

uint64_t WallClockMs();
uint64_t WallClockUs();

}  // namespace kindred

#endif  // KINDRED_IO_WALL_CLOCK_H_
