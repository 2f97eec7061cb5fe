#ifndef KINDRED_SERVER_INFO_H_
#define KINDRED_SERVER_INFO_H_

// The text of INFO, section by section, with the field names that clients parse. Pure functions of
// the facts; any thread.

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "node/settings.h"
#include "server/acl_log.h"
#include "server/clients.h"
#include "server/command_statistics.h"
#include "server/config.h"
#include "server/host.h"
#include "server/statistics.h"
#include "store/counts.h"

namespace kindred {

// The version of Redis whose replies Kindred gives.
inline constexpr std::string_view kRedisVersion = "7.2.4";

// What never changes while the process lives.
struct ProcessIdentity {
  std::string version = "0.0.0";  // Kindred's.
  int64_t pid = 0;
  std::string run_id;  // 40 hex digits, drawn at each start.
  uint64_t started_ms = 0;
  std::string executable;
  std::string config_file;
  std::string os;  // "Linux 6.1.0 x86_64"
};

struct InfoFacts {
  Face face = Face::kPlain;
  ProcessIdentity identity;
  ProcessFacts process;
  uint64_t used_memory_peak_bytes = 0;
  uint64_t startup_memory_bytes = 0;
  Totals totals;
  Statistics::Rates rates;
  Ports ports;
  std::vector<BindAddress> bind;
  uint64_t now_ms = 0;
  uint64_t wall_us = 0;
  uint64_t clients = 0;
  Clients::Figures client_figures;
  int64_t maxclients = 0;
  bool disk_failed = false;
  uint64_t expired_keys = 0;

  AclLog::Totals denied{};

  std::vector<CommandTotals> commands;
  std::map<std::string, uint64_t, std::less<>> errors;
  std::vector<double> percentiles;

  std::string node_id;
  uint64_t epoch = 0;
  uint64_t nodes = 0;
  uint64_t nodes_alive = 0;
  uint64_t vnodes = 0;
  uint64_t vnodes_held = 0;
  uint64_t vnodes_primary = 0;

  std::span<const Counts::Number> keyspace;  // By database.
};

// The sections named, in INFO's own order; "default", "all" and "everything" name many, and no
// names mean "default". Unknown names are passed over.
std::string InfoText(const InfoFacts& facts, std::span<const std::string_view> sections);

// Whether these sections show the one of this name.
bool ShowsInfo(std::span<const std::string_view> sections, std::string_view name);

// "1.50M", as Redis shows sizes.
std::string HumanBytes(uint64_t bytes);

}  // namespace kindred

#endif  // KINDRED_SERVER_INFO_H_
