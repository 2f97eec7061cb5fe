#ifndef KINDRED_IO_PROCESS_FACTS_H_
#define KINDRED_IO_PROCESS_FACTS_H_

// What the system and the allocator tell about this process: memory and processor time for INFO,
// and limits. Takes some microseconds. Any thread.

#include <cstdint>
#include <string>

#include "server/host.h"

namespace kindred {

// All but disk_bytes, which the store knows.
ProcessFacts MeasureProcess();

// What the allocator tells about itself, in many lines.
std::string AllocatorReport();
// Gives what it keeps for later back to the system.
void ReleaseMemory();

// From now on what is freed goes back to the system after some seconds, also when nothing else
// happens. Once, before there are other threads.
void ReleaseMemoryInBackground();

// "Linux 6.1.0 x86_64"
std::string SystemName();
std::string ExecutablePath();

// As many open files as the system allows. Returns how many that are.
uint64_t RaiseOpenFilesLimit();

}  // namespace kindred

#endif  // KINDRED_IO_PROCESS_FACTS_H_
