// Describe: a message as one line for people. The numbers of requests are left out, and so is what
// says nothing: flags that are not set, times and counts of 0, empty texts.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/hex.h"
#include "base/hybrid_clock.h"
#include "fmt/format.h"
#include "message/field_codec.h"
#include "message/message_codec.h"
#include "message/message_fields.h"

namespace kindred {
namespace {

// In the order of Message.
constexpr std::array<std::string_view, std::variant_size_v<Message>> kNames = {
    "Ask",         "Tell",         "Prepare",      "Prepared",  "Guarded",    "Replicate",
    "Ack",         "Nack",         "Forward",      "Forwarded", "ScanAsk",    "ScanTell",
    "CountAsk",    "CountTell",    "Flush",        "Flushed",   "Heartbeat",  "HeartbeatSeen",
    "DecidedNews", "TopologyAsk",  "TopologyTell", "JoinAsk",   "JoinTell",   "Freeze",
    "Frozen",      "Install",      "Installed",    "RosterAsk", "RosterTell", "AskGroup",
    "TellGroup",   "GuardedGroup", "ForwardGroup", "VouchAsk",  "Vouch",      "GroupDecided"};
static_assert(!kNames.back().empty(), "a message has no name");

// A longer text is cut, so that a line stays a line.
constexpr size_t kShownBytesMax = 64;

// A record key is slot, place and database, then the client's key (store/keys.h).
constexpr size_t kKeyPrefixBytes = 7;

// Neither quotes nor escapes needed.
bool IsWord(std::string_view text) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("_-+.:/{}*").find(c) != std::string_view::npos;
  };
  return !text.empty() && text.size() <= kShownBytesMax &&
         std::all_of(text.begin(), text.end(), plain);
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text.substr(0, kShownBytesMax)) {
    if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (c == '\r') {
      quoted += "\\r";
    } else if (c == '\n') {
      quoted += "\\n";
    } else if (c >= ' ' && c <= '~') {
      quoted += c;
    } else {
      quoted += "\\x" + HexEncode({&c, 1});
    }
  }
  quoted += '"';
  if (text.size() > kShownBytesMax) quoted += fmt::format("+{}B", text.size() - kShownBytesMax);
  return quoted;
}

std::string TextOf(std::string_view text) {
  return IsWord(text) ? std::string(text) : Quoted(text);
}

// The client's key, with the database unless that is 0. A key that is only a bound of a range is
// shown in hex.
std::string KeyText(std::string_view record_key) {
  if (record_key.size() <= kKeyPrefixBytes) return "0x" + HexEncode(record_key);
  const int db = static_cast<uint8_t>(record_key[kKeyPrefixBytes - 1]);
  const std::string key = TextOf(record_key.substr(kKeyPrefixBytes));
  return db == 0 ? key : fmt::format("{}@{}", key, db);
}

// Small numbers, as tests draw them, are one letter: 10 is A.
std::string WordText(uint64_t word) { return fmt::format("{:X}", word); }

// Milliseconds and count; just the count in the first millisecond.
std::string TimeText(uint64_t time) {
  const uint64_t ms = MsOfTime(time);
  const uint64_t count = time - TimeOfMs(ms);
  return ms == 0 ? fmt::format("{}", count) : fmt::format("{}.{}", ms, count);
}

std::string DotText(Dot dot) { return WordText(dot.actor) + ":" + TimeText(dot.time); }

std::string BodyText(const Version& version) {
  std::string text;
  switch (version.kind) {
    case Kind::kTombstone:
      text = "tombstone";
      break;
    case Kind::kString:
      text = "string " + Quoted(version.payload);
      break;
  }
  if (version.expires_ms != kNever) text += fmt::format(" expires={}", version.expires_ms);
  if (!version.guarded) text += " unguarded";
  return text;
}

std::string ObjectText(const Context& context) {
  std::string text;
  for (const Dot& dot : context) text += (text.empty() ? "" : ", ") + DotText(dot);
  return "{" + text + "}";
}

std::string ObjectText(const Version& version) {
  return "dot=" + DotText(version.dot) + " " + BodyText(version);
}

std::string ObjectText(const Record& record) {
  std::string text;
  for (const Version& version : record.versions) {
    text += (text.empty() ? "" : ", ") + DotText(version.dot) + " " + BodyText(version);
  }
  return ObjectText(record.context) + (text.empty() ? "" : "[" + text + "]");
}

std::string ChoiceText(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "done";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kNotHere:
      return "not-here";
  }
  return "?";
}

class Describer {
 public:
  explicit Describer(std::string* out) : out_(out) {}

  void Id(uint64_t) {}
  void Number(std::string_view label, auto value) { Add(label, fmt::format("{}", value)); }
  void Count(std::string_view label, uint64_t value) {
    if (value != 0) Number(label, value);
  }
  void Db(std::string_view label, uint8_t value) { Count(label, value); }
  void Word(std::string_view label, uint64_t value) { Add(label, WordText(value)); }
  void Time(std::string_view label, uint64_t value) {
    if (value != 0 || label.empty()) Add(label, TimeText(value));
  }
  void Flag(std::string_view label, bool value) {
    if (value) Add("", std::string(label));
  }
  void Key(std::string_view label, std::string_view value) {
    if (!value.empty()) Add(label, KeyText(value));
  }
  void Text(std::string_view label, std::string_view value) {
    if (!value.empty() || label.empty()) Add(label, TextOf(value));
  }
  void Blob(std::string_view label, std::string_view value) {
    if (!value.empty()) Add(label, fmt::format("{}B", value.size()));
  }
  template <typename Enum>
  void Choice(std::string_view label, Enum value, Enum /*last*/) {
    Add(label, ChoiceText(value));
  }
  void Object(std::string_view label, const auto& value) { Add(label, ObjectText(value)); }
  void Group(std::string_view label, const auto& value) {
    std::string inner;
    Describer describer(&inner);
    Fields(describer, value);
    if (!label.empty()) inner = "{" + inner + "}";
    if (!inner.empty()) Add(label, inner);
  }
  template <typename T, typename Element>
  void Maybe(std::string_view label, const std::optional<T>& value, Element element) {
    if (!value.has_value()) return;
    std::string inner;
    Describer describer(&inner);
    element(describer, *value);
    if (!inner.empty()) Add(label, inner);
  }
  template <typename T, typename Element>
  void List(std::string_view label, const std::vector<T>& list, Element element) {
    std::string inner;
    for (const T& value : list) {
      std::string text;
      Describer describer(&text);
      element(describer, value);
      inner += (inner.empty() ? "" : ", ") + text;
    }
    if (!list.empty()) Add(label, "[" + inner + "]");
  }

 private:
  void Add(std::string_view label, const std::string& text) {
    if (!out_->empty()) *out_ += ' ';
    *out_ += label;
    if (!label.empty()) *out_ += '=';
    *out_ += text;
  }

  std::string* out_;
};

}  // namespace

std::string Describe(const Message& message) {
  std::string line(kNames[message.index()]);
  Describer describer(&line);
  std::visit([&describer](const auto& alternative) { Fields(describer, alternative); }, message);
  return line;
}

}  // namespace kindred
