#include "server/options.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/number.h"
#include "command/consistency.h"
#include "fmt/format.h"
#include "server/buffer_limits.h"
#include "server/percentiles.h"

namespace kindred {
namespace {

constexpr int64_t kKiB = 1024;
constexpr int64_t kMiB = 1024 * kKiB;
constexpr int64_t kGiB = 1024 * kMiB;
constexpr int64_t kNoMax = std::numeric_limits<int64_t>::max();

struct Bounds {
  int64_t min = 0;
  int64_t max = 0;
};

constexpr bool kRunTime = true;
constexpr bool kAtStart = false;

constexpr OptionRow Integer(std::string_view name, std::string_view default_text, Bounds bounds,
                            OptionSection section, bool run_time, std::string_view doc) {
  return {name,     "", OptionType::kInteger, default_text, bounds.min, bounds.max, "", section,
          run_time, doc};
}

constexpr OptionRow Bytes(std::string_view name, std::string_view alias,
                          std::string_view default_text, Bounds bounds, OptionSection section,
                          bool run_time, std::string_view doc) {
  return {name, alias,   OptionType::kBytes, default_text, bounds.min, bounds.max,
          "",   section, run_time,           doc};
}

constexpr OptionRow Text(std::string_view name, std::string_view default_text,
                         OptionSection section, std::string_view doc) {
  return {name, "", OptionType::kText, default_text, 0, 0, "", section, kAtStart, doc};
}

// A text that CONFIG SET may change.
constexpr OptionRow Changeable(std::string_view name, OptionSection section, std::string_view doc) {
  return {name, "", OptionType::kText, "", 0, 0, "", section, kRunTime, doc};
}

constexpr OptionRow Enum(std::string_view name, std::string_view alias,
                         std::string_view default_text, std::string_view values,
                         OptionSection section, bool run_time, std::string_view doc) {
  return {name, alias, OptionType::kEnum, default_text, 0, 0, values, section, run_time, doc};
}

constexpr OptionRow QuorumLevel(std::string_view name, std::string_view default_text,
                                std::string_view doc) {
  return {name, "", OptionType::kLevel,      default_text, 0,
          0,    "", OptionSection::kCluster, kRunTime,     doc};
}

constexpr OptionRow Special(std::string_view name, OptionType type, std::string_view default_text,
                            OptionSection section, std::string_view doc) {
  return {name, "", type, default_text, 0, 0, "", section, kRunTime, doc};
}

constexpr auto kNetwork = OptionSection::kNetwork;
constexpr auto kSecurity = OptionSection::kSecurity;
constexpr auto kTls = OptionSection::kTls;
constexpr auto kCluster = OptionSection::kCluster;
constexpr auto kStorage = OptionSection::kStorage;
constexpr auto kLog = OptionSection::kLog;

// clang-format off
constexpr std::array kRows = {
    Integer("port", "6379", {0, 65535}, kNetwork, kAtStart,
            "The plain face: looks like one standalone Redis that holds everything; 0 means that "
            "clients come by TLS only."),
    Integer("cluster-port", "0", {0, 65535}, kNetwork, kAtStart,
            "The cluster face, for cluster-aware clients; 0 means port + 100, or none if port is "
            "0."),
    Integer("peer-port", "0", {0, 65535}, kNetwork, kAtStart,
            "Where the other nodes connect to this one; 0 means port + 200, or tls-port + 200 if "
            "port is 0."),
    Integer("http-port", "0", {0, 65535}, kNetwork, kAtStart,
            "Kept for metrics and health, nothing listens on it yet; 0 means port + 300, or "
            "tls-port + 300 if port is 0."),
    Text("bind", "127.0.0.1 -::1", kNetwork,
         "Addresses to listen on, separated by spaces; one after a \"-\" may be missing on this "
         "machine."),
    Text("advertise-host", "", kNetwork,
         "The address that clients and other nodes are told; empty means the first of bind."),
    Integer("threads", "0", {0, 256}, kNetwork, kAtStart,
            "Loops that serve connections, each on its own thread; 0 means one for each core."),
    Integer("maxclients", "10000", {1, 1000000}, kNetwork, kRunTime,
            "Connections beyond this number are told so and closed."),
    Integer("timeout", "0", {0, 2147483647}, kNetwork, kRunTime,
            "Seconds after which a silent client is disconnected; 0 means never."),
    Integer("tcp-keepalive", "300", {0, 2147483647}, kNetwork, kRunTime,
            "Seconds of silence before TCP asks whether the client is still there; 0 means never."),
    Integer("tcp-backlog", "511", {1, 65535}, kNetwork, kAtStart,
            "Connections that may wait to be accepted."),
    Special("client-output-buffer-limit", OptionType::kBufferLimits,
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60", kNetwork,
            "A client for which more than the first size waits to be taken is disconnected, as is "
            "one for which more than the second waits for so many seconds; 0 means no limit. "
            "Clients are all of the class normal."),
    Bytes("client-query-buffer-limit", "", "1gb", {kMiB, kNoMax}, kNetwork, kRunTime,
          "A connection that sends a longer command is closed; holds for new connections."),
    Bytes("proto-max-bulk-len", "max-value-bytes", "512mb", {kKiB, 4 * kGiB - 1}, kNetwork,
          kAtStart, "The longest value, and the longest single argument."),

    OptionRow{"protected-mode", "", OptionType::kBool, "yes", 0, 0, "", kSecurity, kRunTime,
              "Refuse clients from other machines as long as the default user needs no password."},
    OptionRow{"requirepass", "", OptionType::kText, "", 0, 0, "", kSecurity, kRunTime,
              "The default user's password, for the whole cluster; heeded at a start if this node "
              "has not heeded it before, and empty changes nothing then."},
    Text("aclfile", "", kSecurity,
         "The file of ACL SAVE and ACL LOAD, loaded at a start if it was edited since; empty means "
         "users.acl in dir."),
    Integer("acllog-max-len", "128", {0, 100000}, kSecurity, kRunTime,
            "How many denials ACL LOG remembers."),

    Integer("tls-port", "0", {0, 65535}, kTls, kAtStart,
            "The plain face for clients that speak TLS; 0 means none."),
    Integer("tls-cluster-port", "0", {0, 65535}, kTls, kAtStart,
            "The cluster face for clients that speak TLS; 0 means none."),
    Changeable("tls-cert-file", kTls,
               "This server's certificate, and what lies between it and its CA's, as PEM; setting "
               "it, or any of the options that follow, reads all files again."),
    Changeable("tls-key-file", kTls, "The key of the certificate, as PEM."),
    Changeable("tls-key-file-pass", kTls, "The passphrase of the key, if it has one."),
    Changeable("tls-ca-cert-file", kTls,
               "The certificates of the CAs whose certificates clients and peers may come with, as "
               "PEM."),
    Changeable("tls-ca-cert-dir", kTls,
               "A directory of such certificates, named by their hashes (openssl rehash)."),
    Enum("tls-auth-clients", "", "yes", "no|yes|optional", kTls, kRunTime,
         "Whether clients need a certificate: no, yes, or only those that have one show it."),
    OptionRow{"tls-cluster", "", OptionType::kBool, "no", 0, 0, "", kTls, kAtStart,
              "Nodes speak TLS with each other on their peer ports, both with a certificate of the "
              "CA; it has to be the same on all nodes."},
    Changeable("tls-protocols", kTls,
               "Of TLSv1.2 and TLSv1.3 those that are spoken, separated by a space; empty means "
               "both."),
    Changeable("tls-ciphers", kTls, "The ciphers of TLS 1.2, as OpenSSL names them; empty means "
               "its own choice."),
    Changeable("tls-ciphersuites", kTls, "The same for TLS 1.3."),
    OptionRow{"tls-prefer-server-ciphers", "", OptionType::kBool, "no", 0, 0, "", kTls, kRunTime,
              "Of the ciphers that both sides know the server's first is taken, not the client's."},

    Text("join", "", kCluster,
         "HOST:PEERPORT of any member of the cluster that this node is to join; a member that "
         "restarts needs none."),
    Integer("replicas", "3", {1, 7}, kCluster, kAtStart,
            "N: how many nodes keep each key, as far as there are as many."),
    QuorumLevel("write-quorum", "2",
          "W: how many replicas must hold a write durably before it is answered: 1 to N, ONE, "
          "QUORUM or ALL; holds for new connections."),
    QuorumLevel("read-quorum", "2",
          "R: how many replicas a read asks: 1 to N, ONE, QUORUM or ALL; holds for new "
          "connections."),
    Integer("vnodes", "1024", {1, 16384}, kCluster, kAtStart,
            "Runs of slots that are placed as one, a power of two; fixed when the cluster is "
            "made."),
    Text("zone", "", kCluster,
         "Where this node stands; replicas of a key go to distinct zones where there are enough."),
    Integer("weight", "1", {1, 1000}, kCluster, kAtStart,
            "This node's share of the data, in relation to the others' weights."),
    Text("cluster-secret-file", "", kCluster,
         "A file with the secret that nodes prove to each other; without one, peers are accepted "
         "from this machine only."),
    Integer("request-timeout-ms", "1000", {10, 600000}, kCluster, kRunTime,
            "A request that has not reached its quorum by then is answered -NOQUORUM."),
    OptionRow{"strict-transactions", "", OptionType::kBool, "no", 0, 0, "", kCluster, kRunTime,
              "EXEC refuses transactions on keys of several slots, which would run command by "
              "command, with -CROSSSLOT."},
    Integer("heartbeat-ms", "250", {10, 60000}, kCluster, kAtStart,
            "How often nodes tell each other that they live."),
    Integer("suspect-after-ms", "600", {20, 600000}, kCluster, kAtStart,
            "A peer that has not been heard for so long is passed over."),
    Integer("grant-ms", "2000", {100, 60000}, kCluster, kAtStart,
            "How far ahead a primary asks its replicas for the right to write."),
    Integer("max-clock-drift-ms", "60000", {100, 3600000}, kCluster, kAtStart,
            "A peer whose clock is further ahead than this is not believed."),

    Text("dir", "data", kStorage, "The directory that holds everything this node keeps."),
    Enum("appendfsync", "", "always", "always|everysec|no", kStorage, kAtStart,
         "When writes are synced to disk: before they are answered, every second, or when the "
         "system likes."),
    Bytes("cache-bytes", "", "256mb", {kMiB, kNoMax}, kStorage, kAtStart,
          "Memory for decoded records of keys in use."),
    Integer("databases", "16", {16, 16}, kStorage, kAtStart,
            "Databases on the plain face; always 16."),
    Enum("appendonly", "", "yes", "yes", kStorage, kRunTime,
         "Every write is logged; always yes, for clients that ask."),
    Enum("save", "", "", "", kStorage, kRunTime,
         "There are no snapshots to be saved; always empty, for clients that ask."),
    Bytes("maxmemory", "", "0", {0, 0}, kStorage, kRunTime,
          "Data lives on disk and needs no such limit; always 0, for clients that ask."),
    Enum("maxmemory-policy", "", "noeviction", "noeviction", kStorage, kRunTime,
         "Nothing is ever evicted; always noeviction, for clients that ask."),
    Enum("replica-read-only", "slave-read-only", "yes", "yes", kStorage, kRunTime,
         "No node is a replica in Redis's sense; always yes, for clients that ask."),

    Enum("loglevel", "log-level", "notice", "debug|verbose|notice|warning", kLog, kRunTime,
         "The least important messages that are written."),
    Text("logfile", "", kLog, "Where messages go; empty means standard error."),
    Integer("slowlog-log-slower-than", "10000", {-1, kNoMax}, kLog, kRunTime,
            "Microseconds from which on a command is kept in the slow log; 0 keeps all, -1 none."),
    Integer("slowlog-max-len", "128", {0, kNoMax}, kLog, kRunTime,
            "How many commands the slow log keeps."),
    Integer("latency-monitor-threshold", "0", {0, kNoMax}, kLog, kRunTime,
            "Milliseconds from which on an event is kept for LATENCY; 0 keeps none."),
    OptionRow{"latency-tracking", "", OptionType::kBool, "yes", 0, 0, "", kLog, kRunTime,
              "Keep a histogram of each command's times."},
    Special("latency-tracking-info-percentiles", OptionType::kPercentiles, "50 99 99.9", kLog,
            "Which percentiles of each command's times INFO shows."),
    Enum("enable-debug-command", "", "local", "no|yes|local", kLog, kAtStart,
         "Who may use DEBUG, which has nothing here that harms the data: nobody, all clients, or "
         "those on this machine."),
};
// clang-format on

size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

std::string AsLower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower;
}

std::vector<std::string> ValuesOf(const OptionRow& row) {
  return absl::StrSplit(absl::string_view(row.values.data(), row.values.size()), '|');
}

std::optional<std::string> WhyOutside(const OptionRow& row, int64_t number) {
  if (number >= row.min && number <= row.max) return std::nullopt;
  return fmt::format("argument must be between {} and {} inclusive", row.min, row.max);
}

}  // namespace

std::span<const OptionRow> OptionRows() { return kRows; }

const OptionRow* FindOption(std::string_view name) {
  std::string lower = AsLower(name);
  for (const OptionRow& row : kRows) {
    if (row.name == lower || (!row.alias.empty() && row.alias == lower)) return &row;
  }
  return nullptr;
}

std::string_view NearestOption(std::string_view name) {
  // A bound on the work, not on names: none is as long.
  std::string lower = AsLower(name.substr(0, 64));
  std::string_view nearest;
  // Of what differs by more nobody would think that it was meant.
  size_t least = 2 + lower.size() / 3;
  for (const OptionRow& row : kRows) {
    for (std::string_view candidate : {row.name, row.alias}) {
      if (candidate.empty()) continue;
      size_t distance = EditDistance(lower, candidate);
      if (distance < least) {
        least = distance;
        nearest = candidate;
      }
    }
  }
  return nearest;
}

std::string_view SectionTitle(OptionSection section) {
  switch (section) {
    case OptionSection::kNetwork:
      return "Network";
    case OptionSection::kSecurity:
      return "Security";
    case OptionSection::kTls:
      return "TLS";
    case OptionSection::kCluster:
      return "Cluster";
    case OptionSection::kStorage:
      return "Storage";
    case OptionSection::kLog:
      return "Log";
  }
  return "";
}

std::optional<std::string> WhyRefused(const OptionRow& row, std::string_view text) {
  switch (row.type) {
    case OptionType::kInteger: {
      std::optional<int64_t> number = ParseInt64(text);
      if (!number) return "argument couldn't be parsed into an integer";
      return WhyOutside(row, *number);
    }
    case OptionType::kBytes: {
      std::optional<int64_t> number = ParseBytes(text);
      if (!number) return "argument must be a memory value";
      return WhyOutside(row, *number);
    }
    case OptionType::kBool: {
      std::string lower = AsLower(text);
      if (lower == "yes" || lower == "no") return std::nullopt;
      return "argument must be 'yes' or 'no'";
    }
    case OptionType::kEnum: {
      std::vector<std::string> values = ValuesOf(row);
      if (std::find(values.begin(), values.end(), AsLower(text)) != values.end()) {
        return std::nullopt;
      }
      return fmt::format("argument(s) must be one of the following: {}", fmt::join(values, ", "));
    }
    case OptionType::kLevel:
      if (Level::Parse(text, /*local_allowed=*/false)) return std::nullopt;
      return "argument must be a number of replicas from 1, or one of ONE, QUORUM, ALL";
    case OptionType::kText:
      if (text.find_first_of(std::string_view("\0\r\n", 3)) == std::string_view::npos) {
        return std::nullopt;
      }
      return "argument must be one line";
    case OptionType::kPercentiles: {
      std::vector<double> percentiles;
      return ParsePercentiles(text, &percentiles);
    }
    case OptionType::kBufferLimits:
      return BufferLimits().Change(text);
  }
  return std::nullopt;
}

int64_t OptionNumber(const OptionRow& row, std::string_view text) {
  switch (row.type) {
    case OptionType::kInteger:
      return ParseInt64(text).value();
    case OptionType::kBytes:
      return ParseBytes(text).value();
    case OptionType::kBool:
      return AsLower(text) == "yes" ? 1 : 0;
    case OptionType::kEnum:
    case OptionType::kLevel:
    case OptionType::kText:
    case OptionType::kPercentiles:
    case OptionType::kBufferLimits:
      return 0;
  }
  return 0;
}

std::optional<int64_t> ParseBytes(std::string_view text) {
  size_t digits = 0;
  while (digits < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[digits]))) {
    ++digits;
  }
  std::optional<int64_t> number = ParseInt64(text.substr(0, digits));
  if (!number) return std::nullopt;
  std::string unit = AsLower(text.substr(digits));
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {{"", 1},
                                                             {"b", 1},
                                                             {"k", 1000},
                                                             {"kb", kKiB},
                                                             {"m", 1000 * 1000},
                                                             {"mb", kMiB},
                                                             {"g", 1000 * 1000 * 1000},
                                                             {"gb", kGiB}};
  for (const auto& [name, bytes] : kUnits) {
    if (unit != name) continue;
    if (*number > kNoMax / bytes) return std::nullopt;
    return *number * bytes;
  }
  return std::nullopt;
}

}  // namespace kindred
