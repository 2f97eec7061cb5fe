#ifndef KINDRED_COMMAND_WITH_H_
#define KINDRED_COMMAND_WITH_H_

// The words by which a client chooses how many replicas its requests wait for:
//
//   WITH [R level] [W level] [CONTEXT token] [STRICT] command ...       this one command
//   CONSISTENCY [R level] [W level]                                     this connection
//
//   level := 1..255 | ONE | QUORUM | ALL; for R also LOCAL
//
// in any case, in any order, each option at most once. The command begins at the first word that is
// no option. Pure functions, any thread.

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "command/consistency.h"
#include "command/row.h"

namespace kindred {

// Changes in `*out` what the options name, and returns the index of the inner command's name.
// Else InvalidArgument, whose message is the error for the client ("ERR ..."); then `*out` is
// anything. `args` is the whole command.
absl::StatusOr<size_t> ParseWith(Args args, Consistency* out);

// The same for CONSISTENCY. Without arguments, which asks what is set, nothing changes.
absl::Status ParseConsistency(Args args, Consistency* out);

}  // namespace kindred

#endif  // KINDRED_COMMAND_WITH_H_
