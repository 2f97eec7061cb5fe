#ifndef KINDRED_COMMAND_SCAN_OPTIONS_H_
#define KINDRED_COMMAND_SCAN_OPTIONS_H_

// The arguments of SCAN. What is refused, and in which order, is as in Redis 7.2. Pure function,
// any thread.

#include <cstdint>
#include <string_view>

#include "command/row.h"

namespace kindred {

// The views are into the command's arguments.
struct ScanOptions {
  uint64_t cursor = 0;
  std::string_view pattern = "*";
  int64_t count = 10;     // at least 1
  std::string_view type;  // as it was typed; empty: any
};

// `args` is the whole command. False, and one error is written, if it cannot be run.
bool ParseScan(Args args, ScanOptions* out, ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_COMMAND_SCAN_OPTIONS_H_
