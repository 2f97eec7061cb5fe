#ifndef KINDRED_SERVER_CONFIG_H_
#define KINDRED_SERVER_CONFIG_H_

// The values of all options (server/options.h). Filled by the defaults, then the file, then the
// command line; whoever comes later wins. A plain value without locks: before the server starts it
// belongs to main, afterwards server/server.h keeps one behind its lock.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "command/consistency.h"
#include "node/settings.h"
#include "server/buffer_limits.h"
#include "server/options.h"

namespace kindred {

// What a face or the peers listen on, with the offsets of DESIGN's ports filled in; 0: nothing
// does.
struct Ports {
  int plain = 0;
  int cluster = 0;
  int peer = 0;
  int http = 0;
  int tls = 0;  // the plain face by TLS
  int tls_cluster = 0;
};

// In the node's directory.
inline constexpr std::string_view kAclFileName = "users.acl";

struct BindAddress {
  std::string host;       // An address, or "*" and "::*" for all of IPv4 and of IPv6.
  bool optional = false;  // It may be missing on this machine.
};

class Config {
 public:
  Config();  // All defaults.

  // By name or alias. InvalidArgument with one sentence: no such option (with the nearest one), or
  // no value for it.
  absl::Status Set(std::string_view name, std::string_view text);

  // REQUIRES: FindOption(name)
  const std::string& GetText(std::string_view name) const;
  int64_t GetNumber(std::string_view name) const;  // Integers and sizes.
  bool GetBool(std::string_view name) const;
  // The same for a row of OptionRows().
  const std::string& TextOf(const OptionRow& row) const;

  // As CONFIG GET shows it: sizes in bytes.
  std::string ShownValueOf(const OptionRow& row) const;

  // Reads a file of lines `name = value` (a part of TOML: strings in quotes, numbers, true and
  // false, comments after #). InvalidArgument names the file and the line; NotFound if it cannot
  // be read.
  absl::Status LoadFile(const std::string& path);
  absl::Status LoadText(std::string_view text, std::string_view file_name);

  // What no single option can tell: quorums against replicas, ports against each other.
  absl::Status Check() const;

  // The value as a configuration file has it: `"64mb"`, `true`.
  std::string FileValueOf(const OptionRow& row) const;

  // A configuration file with these values and each option's sentence; of a Config() with all
  // defaults it is conf/kindred.toml.
  std::string Describe() const;

  // Several options in the form that their user needs.
  Ports ports() const;
  bool uses_tls() const;  // for clients or for peers
  std::vector<BindAddress> bind() const;
  std::string advertised_host() const;  // advertise-host, or the first of bind.
  std::string acl_file() const;         // aclfile, or the one in dir.
  Consistency consistency() const;      // read-quorum and write-quorum.
  BufferLimits buffer_limits() const;
  std::vector<double> percentiles() const;
  // What the core works with; `loops` is the number of threads, which only the edge can count.
  Settings settings(uint32_t loops) const;

 private:
  size_t IndexOf(std::string_view name) const;

  std::vector<std::string> texts_;  // In the order of OptionRows().
};

}  // namespace kindred

#endif  // KINDRED_SERVER_CONFIG_H_
