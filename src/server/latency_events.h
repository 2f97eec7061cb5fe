#ifndef KINDRED_SERVER_LATENCY_EVENTS_H_
#define KINDRED_SERVER_LATENCY_EVENTS_H_

// What took longer than the option latency-monitor-threshold allows, for LATENCY: of each kind of
// event the worst of each second, the last 160 of them.
//
//   command, fast-command   one command, until its answer could leave
//   aof-fsync-always        the disk, writing and syncing a group of writes
//   aof-write               the disk, writing a group that is synced later (appendfsync)
//
// Any thread; one lock.

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kindred {

struct LatencySample {
  uint64_t unix_s = 0;
  uint64_t ms = 0;
};

struct LatencySeries {
  std::deque<LatencySample> samples;  // The oldest first, each of another second, never empty.
  uint64_t max_ms = 0;                // Ever.
};

class LatencyEvents {
 public:
  static constexpr size_t kSamplesMax = 160;

  void Add(std::string_view event, LatencySample sample);

  std::map<std::string, LatencySeries, std::less<>> all() const;
  // Nothing if there is no such event.
  std::optional<LatencySeries> Find(std::string_view event) const;
  // How many were forgotten; the names in any case, none of them mean all.
  size_t Reset(const std::vector<std::string_view>& events);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, LatencySeries, std::less<>> series_;
};

// LATENCY DOCTOR: what has been seen, and what may help. `threshold_ms` 0: nothing is looked at.
std::string LatencyReport(const std::map<std::string, LatencySeries, std::less<>>& all,
                          uint64_t threshold_ms, int64_t slower_than_us, uint64_t now_s);

// LATENCY GRAPH: the samples as columns, the newest at the right, with their ages below.
std::string LatencyGraph(std::string_view event, const LatencySeries& series, uint64_t now_s);

}  // namespace kindred

#endif  // KINDRED_SERVER_LATENCY_EVENTS_H_
