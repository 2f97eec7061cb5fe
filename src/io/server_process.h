#ifndef KINDRED_IO_SERVER_PROCESS_H_
#define KINDRED_IO_SERVER_PROCESS_H_

// `kindred server`: puts one node together, runs it until a signal, and takes it apart again.
//
// The start refuses with one sentence before anything is changed: a port is taken, the directory
// belongs to another process or to other data. SIGTERM and SIGINT end it: no command is read any
// more, what is in flight is answered, what is queued is synced, and the mark of a clean shutdown
// is written.
//
// Runs on the main thread, which has no other work than to wait for signals and to measure the
// process once a second.

#include <string>

#include "absl/status/status.h"
#include "server/config.h"

namespace kindred {

// What is in flight when the end comes has so long to finish.
inline constexpr int kDrainMsMax = 3000;
// How long a node that is to join tries to reach the member that it was told, and to be taken in.
inline constexpr int kJoinMsMax = 60000;

// Returns when the process is to end; an error is one sentence for the user.
// REQUIRES: config.Check() is OK, and no other thread runs yet.
absl::Status RunServer(const Config& config, const std::string& config_file,
                       const std::string& version);

}  // namespace kindred

#endif  // KINDRED_IO_SERVER_PROCESS_H_
