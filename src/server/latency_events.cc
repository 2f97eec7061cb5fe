#include "server/latency_events.h"

#include <algorithm>
#include <numeric>

#include "command/handler_tools.h"
#include "fmt/format.h"

namespace kindred {
namespace {

struct Figures {
  uint64_t average_ms = 0;
  uint64_t deviation_ms = 0;  // The mean distance from the average.
  double period_s = 0;        // From one sample to the next.
};

Figures FiguresOf(const LatencySeries& series, uint64_t now_s) {
  const size_t n = series.samples.size();
  Figures figures;
  for (const LatencySample& sample : series.samples) figures.average_ms += sample.ms;
  figures.average_ms /= n;
  for (const LatencySample& sample : series.samples) {
    figures.deviation_ms += sample.ms > figures.average_ms ? sample.ms - figures.average_ms
                                                           : figures.average_ms - sample.ms;
  }
  figures.deviation_ms /= n;
  const uint64_t first_s = series.samples.front().unix_s;
  const uint64_t age_s = now_s > first_s ? now_s - first_s : 1;
  figures.period_s = static_cast<double>(age_s) / static_cast<double>(n);
  return figures;
}

std::string Age(uint64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

// A row of the graph has three heights of its own.
constexpr std::string_view kHeights = "_o#";
constexpr size_t kGraphRows = 4;
constexpr size_t kGraphColumns = 80;

char CellOf(size_t height, size_t row_from_below) {
  const size_t base = row_from_below * kHeights.size();
  if (height < base) return ' ';
  const size_t within = height - base;
  return within < kHeights.size() ? kHeights[within] : '|';
}

// The ages stand on end below their columns.
void AppendAges(const std::vector<std::string>& ages, std::string* out) {
  size_t longest = 0;
  for (const std::string& age : ages) longest = std::max(longest, age.size());
  for (size_t row = 0; row < longest; ++row) {
    for (const std::string& age : ages) *out += row < age.size() ? age[row] : ' ';
    *out += '\n';
  }
}

}  // namespace

void LatencyEvents::Add(std::string_view event, LatencySample sample) {
  std::lock_guard lock(mutex_);
  auto found = series_.find(event);
  if (found == series_.end()) found = series_.emplace(event, LatencySeries()).first;
  LatencySeries& series = found->second;
  series.max_ms = std::max(series.max_ms, sample.ms);
  if (!series.samples.empty() && series.samples.back().unix_s == sample.unix_s) {
    series.samples.back().ms = std::max(series.samples.back().ms, sample.ms);
    return;
  }
  series.samples.push_back(sample);
  if (series.samples.size() > kSamplesMax) series.samples.pop_front();
}

std::map<std::string, LatencySeries, std::less<>> LatencyEvents::all() const {
  std::lock_guard lock(mutex_);
  return series_;
}

std::optional<LatencySeries> LatencyEvents::Find(std::string_view event) const {
  std::lock_guard lock(mutex_);
  const auto found = series_.find(event);
  return found == series_.end() ? std::nullopt : std::optional(found->second);
}

size_t LatencyEvents::Reset(const std::vector<std::string_view>& events) {
  std::lock_guard lock(mutex_);
  return std::erase_if(series_, [&events](const auto& entry) {
    return events.empty() ||
           std::any_of(events.begin(), events.end(),
                       [&entry](std::string_view event) { return SameWord(event, entry.first); });
  });
}

std::string LatencyReport(const std::map<std::string, LatencySeries, std::less<>>& all,
                          uint64_t threshold_ms, int64_t slower_than_us, uint64_t now_s) {
  if (all.empty() && threshold_ms == 0) {
    return "I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this Redis "
           "instance. You may use \"CONFIG SET latency-monitor-threshold <milliseconds>.\" in "
           "order to enable it. If we weren't in a deep space mission I'd suggest to take a look "
           "at https://redis.io/topics/latency-monitor.\n";
  }
  if (all.empty()) {
    return "Dave, no latency spike was observed during the lifetime of this Redis instance, not "
           "in the slightest bit. I honestly think you ought to sit down calmly, take a stress "
           "pill, and think things over.\n";
  }
  std::string report = "These latency spikes were observed:\n\n";
  size_t number = 0;
  for (const auto& [name, series] : all) {
    const Figures figures = FiguresOf(series, now_s);
    report += fmt::format(
        "{}. {}: {} latency spikes (average {}ms, mean deviation {}ms, period {:.2f} sec). Worst "
        "all time event {}ms.\n",
        ++number, name, series.samples.size(), figures.average_ms, figures.deviation_ms,
        figures.period_s, series.max_ms);
  }
  report += "\nWhat may help:\n\n";
  if (all.contains("command") || all.contains("fast-command")) {
    const auto threshold_us = static_cast<int64_t>(threshold_ms * 1000);
    if (slower_than_us < 0 || slower_than_us > threshold_us) {
      report += fmt::format(
          "- SLOWLOG GET does not show all of these commands: CONFIG SET slowlog-log-slower-than "
          "{}.\n",
          std::max<int64_t>(threshold_us, 1000));
    } else {
      report += "- SLOWLOG GET shows which commands these were.\n";
    }
    report +=
        "- A command waits for other nodes and, when it writes, for their disks and this one's: "
        "`kindred status` shows whether a node is slow or away.\n";
  }
  if (all.contains("aof-fsync-always")) {
    report +=
        "- The disk takes long to sync. A local SSD that nobody else uses is faster; appendfsync "
        "everysec does not wait for it, and may lose the last second when the power fails.\n";
  }
  if (all.contains("aof-write")) {
    report += "- The disk takes long to be written to: it may be shared, or nearly full.\n";
  }
  return report;
}

std::string LatencyGraph(std::string_view event, const LatencySeries& series, uint64_t now_s) {
  const auto [low, high] = std::minmax_element(
      series.samples.begin(), series.samples.end(),
      [](const LatencySample& a, const LatencySample& b) { return a.ms < b.ms; });
  std::string out = fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n", event,
                                high->ms, low->ms, series.max_ms);
  out.append(kGraphColumns, '-');
  out += '\n';
  const uint64_t range_ms = std::max<uint64_t>(high->ms - low->ms, 1);
  constexpr size_t kSteps = kGraphRows * kHeights.size();
  for (size_t begin = 0; begin < series.samples.size(); begin += kGraphColumns) {
    const size_t end = std::min(begin + kGraphColumns, series.samples.size());
    if (begin > 0) out += '\n';
    for (size_t row = kGraphRows; row-- > 0;) {
      for (size_t i = begin; i < end; ++i) {
        const uint64_t step = (series.samples[i].ms - low->ms) * kSteps / range_ms;
        out += CellOf(std::min<size_t>(step, kSteps - 1), row);
      }
      out += '\n';
    }
    out += std::string(end - begin, ' ') + "\n";
    std::vector<std::string> ages;
    for (size_t i = begin; i < end; ++i) {
      const uint64_t then_s = series.samples[i].unix_s;
      ages.push_back(Age(now_s > then_s ? now_s - then_s : 0));
    }
    AppendAges(ages, &out);
  }
  return out;
}

}  // namespace kindred
