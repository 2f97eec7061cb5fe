#ifndef KINDRED_TESTS_BENCH_LOAD_GENERATOR_H_
#define KINDRED_TESTS_BENCH_LOAD_GENERATOR_H_

// What redis-benchmark cannot do: SET followed by WAIT, and a load at a given rate. One thread,
// many connections on the loopback address, spread over one or more servers in turn.
//
// Without a rate each connection sends its next batch when the last one is answered, and a latency
// counts from the send. With a rate each connection has a timetable, and a latency counts from the
// moment at which the batch was due: a server that stalls is charged for all that had to wait.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/latency_histogram.h"
#include "tests/bench/load_connection.h"

namespace kindred {

// Keys are `key_prefix` and twelve digits.
struct LoadTarget {
  int port = 0;
  std::string key_prefix = "key:";
};

struct LoadPlan {
  std::vector<LoadTarget> targets;
  LoadBatch batch;
  int connections = 50;
  uint64_t keys = 100'000;  // of each prefix
  double seconds = 5;
  double rate = 0;    // commands a second over all connections; 0 means as fast as it goes
  bool fill = false;  // each key of each target once, in order, instead of random ones for a time
};

struct LoadResult {
  LatencyHistogram latencies;
  LoadFaults faults;
  double seconds = 0;  // from the first batch to the last reply
};

// Throws std::runtime_error when a server cannot be reached, closes a connection, does not answer
// for long, or does not speak RESP. Error replies are in the result.
LoadResult RunLoad(const LoadPlan& plan);

}  // namespace kindred

#endif  // KINDRED_TESTS_BENCH_LOAD_GENERATOR_H_
