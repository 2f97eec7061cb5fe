#include "server/config.h"

#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "base/check.h"
#include "base/number.h"
#include "fmt/format.h"
#include "server/percentiles.h"
#include "server/toml_line.h"

namespace kindred {
namespace {

absl::Status Invalid(const std::string& sentence) { return absl::InvalidArgumentError(sentence); }

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

std::string TomlValue(const OptionRow& row, const std::string& text) {
  switch (row.type) {
    case OptionType::kInteger:
      return text;
    case OptionType::kBool:
      return text == "yes" ? "true" : "false";
    case OptionType::kBytes:
    case OptionType::kEnum:
    case OptionType::kLevel:
    case OptionType::kText:
    case OptionType::kPercentiles:
    case OptionType::kBufferLimits:
      return ParseInt64(text) ? text : TomlString(text);
  }
  return text;
}

// Wraps a sentence into comment lines of at most 100 columns.
void AppendComment(std::string_view sentence, std::string* out) {
  constexpr size_t kColumns = 100;
  std::string line = "#";
  for (absl::string_view word : absl::StrSplit(Abseil(sentence), ' ')) {
    if (line.size() + 1 + word.size() > kColumns) {
      *out += line + "\n";
      line = "#";
    }
    line += ' ';
    line.append(word.data(), word.size());
  }
  *out += line + "\n";
}

// `text` as the table keeps it, so that whoever reads compares once. REQUIRES: it is not refused
std::string Normalized(const OptionRow& row, const std::string& old, std::string_view text) {
  switch (row.type) {
    case OptionType::kEnum:
    case OptionType::kBool:
      return absl::AsciiStrToLower(Abseil(text));
    case OptionType::kPercentiles: {
      std::vector<double> percentiles;
      ParsePercentiles(text, &percentiles);
      return PercentilesText(percentiles);
    }
    case OptionType::kBufferLimits: {
      BufferLimits limits;
      limits.Change(old);
      limits.Change(text);
      return limits.ToString();
    }
    case OptionType::kInteger:
    case OptionType::kBytes:
    case OptionType::kLevel:
    case OptionType::kText:
      break;
  }
  return std::string(text);
}

bool IsHostAndPort(std::string_view text) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  std::optional<int64_t> port = ParseInt64(text.substr(colon + 1));
  return port && *port >= 1 && *port <= 65535;
}

}  // namespace

Config::Config() {
  for (const OptionRow& row : OptionRows()) texts_.emplace_back(row.default_text);
}

absl::Status Config::Set(std::string_view name, std::string_view text) {
  const OptionRow* row = FindOption(name);
  if (row == nullptr) {
    const std::string_view nearest = NearestOption(name);
    const std::string hint = nearest.empty() ? "; `kindred server --help` lists all"
                                             : fmt::format(" (did you mean '{}'?)", nearest);
    return Invalid(fmt::format("unknown option '{}'{}", name.substr(0, 128), hint));
  }
  if (std::optional<std::string> why = WhyRefused(*row, text)) {
    return Invalid(fmt::format("{} cannot be '{}': {}", row->name, text.substr(0, 128), *why));
  }
  std::string& value = texts_[static_cast<size_t>(row - OptionRows().data())];
  value = Normalized(*row, value, text);
  return absl::OkStatus();
}

size_t Config::IndexOf(std::string_view name) const {
  const OptionRow* row = FindOption(name);
  CHECK(row != nullptr);
  return static_cast<size_t>(row - OptionRows().data());
}

const std::string& Config::GetText(std::string_view name) const { return texts_[IndexOf(name)]; }

int64_t Config::GetNumber(std::string_view name) const {
  size_t index = IndexOf(name);
  return OptionNumber(OptionRows()[index], texts_[index]);
}

bool Config::GetBool(std::string_view name) const { return GetNumber(name) != 0; }

const std::string& Config::TextOf(const OptionRow& row) const {
  return texts_[static_cast<size_t>(&row - OptionRows().data())];
}

std::string Config::ShownValueOf(const OptionRow& row) const {
  if (row.type != OptionType::kBytes) return TextOf(row);
  return std::to_string(OptionNumber(row, TextOf(row)));
}

absl::Status Config::LoadFile(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  // To copy nothing would be a failure, and an empty file is a good one.
  if (file.peek() != std::ifstream::traits_type::eof()) bytes << file.rdbuf();
  if (!file.is_open() || file.bad()) {
    return absl::NotFoundError(fmt::format("cannot read the configuration file {}: {}", path,
                                           std::generic_category().message(errno)));
  }
  return LoadText(bytes.str(), path);
}

absl::Status Config::LoadText(std::string_view text, std::string_view file_name) {
  size_t number = 0;
  for (absl::string_view piece : absl::StrSplit(Abseil(text), '\n')) {
    ++number;
    TomlLine line;
    std::string trouble = ParseTomlLine({piece.data(), piece.size()}, &line);
    if (trouble.empty() && !line.empty) {
      if (const OptionRow* row = FindOption(line.name); row && row->type == OptionType::kBool) {
        if (line.value == "true") line.value = "yes";
        if (line.value == "false") line.value = "no";
      }
      absl::Status set = Set(line.name, line.value);
      trouble = std::string(set.message());
    }
    if (!trouble.empty()) return Invalid(fmt::format("{}:{}: {}", file_name, number, trouble));
  }
  return absl::OkStatus();
}

absl::Status Config::Check() const {
  int64_t replicas = GetNumber("replicas");
  for (std::string_view name : {"write-quorum", "read-quorum"}) {
    std::optional<int64_t> number = ParseInt64(GetText(name));
    if (number && *number > replicas) {
      return Invalid(
          fmt::format("{} is {}, but there are only {} replicas to answer: lower it, or "
                      "say QUORUM",
                      name, *number, replicas));
    }
  }

  Ports all = ports();
  const std::pair<std::string_view, int> named[] = {
      {"port", all.plain},     {"cluster-port", all.cluster},
      {"peer-port", all.peer}, {"http-port", all.http},
      {"tls-port", all.tls},   {"tls-cluster-port", all.tls_cluster}};
  if (all.plain == 0 && all.tls == 0) {
    return Invalid("port is 0, and so is tls-port: one of the two is needed for clients");
  }
  for (size_t i = 0; i < std::size(named); ++i) {
    if (named[i].second > 65535) {
      return Invalid(fmt::format("{} would be {}, beyond 65535: set it, or choose a lower port",
                                 named[i].first, named[i].second));
    }
    for (size_t j = 0; j < i; ++j) {
      if (named[i].second != named[j].second || named[i].second == 0) continue;
      return Invalid(fmt::format("{} and {} are both {}: each needs a port of its own",
                                 named[j].first, named[i].first, named[i].second));
    }
  }

  int64_t vnodes = GetNumber("vnodes");
  if ((vnodes & (vnodes - 1)) != 0) {
    return Invalid(fmt::format("vnodes is {}, but has to be a power of two", vnodes));
  }
  if (GetNumber("suspect-after-ms") <= GetNumber("heartbeat-ms")) {
    return Invalid("suspect-after-ms has to be longer than heartbeat-ms");
  }
  if (const std::string& join = GetText("join"); !join.empty() && !IsHostAndPort(join)) {
    return Invalid(fmt::format("join is '{}', but has to be HOST:PEERPORT of a member", join));
  }
  if (bind().empty()) return Invalid("bind needs at least one address");
  if (GetText("dir").empty()) return Invalid("dir needs a directory");
  return absl::OkStatus();
}

std::string Config::FileValueOf(const OptionRow& row) const { return TomlValue(row, TextOf(row)); }

std::string Config::Describe() const {
  std::string out =
      "# Kindred's options, each with its default. Every one is also a flag of `kindred server`:\n"
      "# --port 7001 goes before port = 6379 here. Sizes may be written as \"64mb\".\n";
  std::optional<OptionSection> section;
  for (const OptionRow& row : OptionRows()) {
    if (section != row.section) {
      section = row.section;
      out += fmt::format("\n# --- {} ---\n", SectionTitle(row.section));
    }
    out += "\n";
    AppendComment(row.doc, &out);
    out += fmt::format("{} = {}\n", row.name, FileValueOf(row));
  }
  return out;
}

Ports Config::ports() const {
  auto port = [this](std::string_view name) { return static_cast<int>(GetNumber(name)); };
  Ports all;
  all.plain = port("port");
  all.cluster = port("cluster-port");
  all.peer = port("peer-port");
  all.http = port("http-port");
  all.tls = port("tls-port");
  all.tls_cluster = port("tls-cluster-port");
  if (all.cluster == 0 && all.plain != 0) all.cluster = all.plain + 100;
  const int first = all.plain != 0 ? all.plain : all.tls;
  if (all.peer == 0 && first != 0) all.peer = first + 200;
  if (all.http == 0 && first != 0) all.http = first + 300;
  return all;
}

bool Config::uses_tls() const {
  return GetNumber("tls-port") != 0 || GetNumber("tls-cluster-port") != 0 || GetBool("tls-cluster");
}

std::vector<BindAddress> Config::bind() const {
  std::vector<BindAddress> addresses;
  for (absl::string_view word : absl::StrSplit(GetText("bind"), ' ', absl::SkipEmpty())) {
    bool optional = word.size() > 1 && word[0] == '-';
    if (optional) word.remove_prefix(1);
    addresses.push_back({std::string(word), optional});
  }
  return addresses;
}

std::string Config::advertised_host() const {
  if (const std::string& host = GetText("advertise-host"); !host.empty()) return host;
  std::vector<BindAddress> addresses = bind();
  if (addresses.empty() || addresses[0].host == "*" || addresses[0].host == "::*" ||
      addresses[0].host == "0.0.0.0" || addresses[0].host == "::") {
    return "127.0.0.1";
  }
  return addresses[0].host;
}

std::string Config::acl_file() const {
  if (const std::string& file = GetText("aclfile"); !file.empty()) return file;
  return fmt::format("{}/{}", GetText("dir"), kAclFileName);
}

BufferLimits Config::buffer_limits() const {
  BufferLimits limits;
  limits.Change(GetText("client-output-buffer-limit"));
  return limits;
}

std::vector<double> Config::percentiles() const {
  std::vector<double> percentiles;
  ParsePercentiles(GetText("latency-tracking-info-percentiles"), &percentiles);
  return percentiles;
}

Consistency Config::consistency() const {
  Consistency consistency;
  consistency.read = Level::Parse(GetText("read-quorum"), false).value();
  consistency.write = Level::Parse(GetText("write-quorum"), false).value();
  return consistency;
}

Settings Config::settings(uint32_t loops) const {
  auto number = [this](std::string_view name) { return static_cast<uint64_t>(GetNumber(name)); };
  Settings settings;
  settings.loops = loops;
  settings.cache_bytes = number("cache-bytes");
  settings.value_bytes_max = number("proto-max-bulk-len");
  settings.request_timeout_ms = number("request-timeout-ms");
  settings.heartbeat_ms = number("heartbeat-ms");
  settings.suspect_after_ms = number("suspect-after-ms");
  settings.grant_ms = number("grant-ms");
  settings.max_clock_drift_ms = number("max-clock-drift-ms");
  return settings;
}

}  // namespace kindred
