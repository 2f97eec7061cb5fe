#ifndef KINDRED_IO_PROCESS_FACTS_H_
#define KINDRED_IO_PROCESS_FACTS_H_

// What the system tells about this process: memory and processor time for INFO, and limits. Blocks
// for some microseconds; called by the main thread only.

#include "server/info.h"

namespace kindred {

// All but disk_bytes, which the store knows.
ProcessFacts MeasureProcess();

// "Linux 6.1.0 x86_64"
std::string SystemName();
std::string ExecutablePath();

// As many open files as the system allows. Returns how many that are.
uint64_t RaiseOpenFilesLimit();

}  // namespace kindred

#endif  // KINDRED_IO_PROCESS_FACTS_H_
