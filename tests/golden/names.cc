#include "tests/golden/names.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "absl/strings/str_replace.h"
#include "base/check.h"
#include "causal/token.h"
#include "fmt/format.h"
#include "message/message_codec.h"
#include "tests/golden/small_cluster.h"

namespace kindred {
namespace {

constexpr size_t kMsDigits = 13;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Milliseconds of the wall clock, wherever they stand, become milliseconds of the script.
std::string WithSmallTimes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    size_t digits = 0;
    while (digits < text.size() && IsDigit(text[digits])) ++digits;
    uint64_t ms = 0;
    std::from_chars(text.data(), text.data() + digits, ms);
    const bool is_time = digits == kMsDigits && ms >= SmallCluster::kStartMs;
    const size_t taken = std::max<size_t>(digits, 1);
    out += is_time ? fmt::format("{}", ms - SmallCluster::kStartMs)
                   : std::string(text.substr(0, taken));
    text.remove_prefix(taken);
  }
  return out;
}

std::string Quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

}  // namespace

void Names::AddNode(size_t node, const std::string& id) {
  replacements_.push_back({id, Node(node)});
}

void Names::AddActor(size_t node, uint64_t actor) {
  if (actors_.size() <= node) actors_.resize(node + 1);
  std::vector<uint64_t>& actors = actors_[node];
  if (std::find(actors.begin(), actors.end(), actor) != actors.end()) return;
  replacements_.push_back(
      {fmt::format("{:X}", actor), Node(node) + std::string(actors.size(), '\'')});
  actors.push_back(actor);
}

std::string Names::Shortened(std::string text) {
  for (const Replacement& each : replacements_) {
    absl::StrReplaceAll({{each.what, each.name}}, &text);
  }
  return WithSmallTimes(WithDigests(text));
}

std::string Names::WithDigests(const std::string& text) {
  constexpr std::string_view kLabel = "digest=";
  std::string named;
  for (size_t done = 0;;) {
    const size_t at = text.find(kLabel, done);
    if (at == std::string::npos) return named + text.substr(done);
    const size_t begin = at + kLabel.size();
    const size_t end = std::min(text.find_first_of(" ,]", begin), text.size());
    const auto [digest, is_new] =
        digests_.try_emplace(text.substr(begin, end - begin), digests_.size() + 1);
    named += fmt::format("{}#{}", text.substr(done, begin - done), digest->second);
    done = end;
  }
}

std::string Names::Of(const Message& message) {
  // What is the same in nearly every line is left out.
  return absl::StrReplaceAll(Shortened(Describe(message)), {{" deadline-ms=1000", ""},
                                                            {" db=0 protocol=2", ""},
                                                            {" r=QUORUM w=QUORUM", ""},
                                                            {" protocol=2 w=QUORUM", ""},
                                                            {"same {}", "same"},
                                                            {", keys=0 expiring=0", ""}});
}

std::string Names::Of(const Record& record) {
  constexpr std::string_view kName = "Tell ";
  return Of(Message(Tell{0, false, record})).substr(kName.size());
}

std::string Names::OfReply(std::string_view bytes) {
  ReplyNode reply;
  const auto length = ParseReply(bytes, &reply);
  CHECK(length.ok() && *length == bytes.size());  // one whole reply, and nothing behind it
  return Shortened(Of(reply));
}

std::string Names::Of(const ReplyNode& reply) {
  switch (reply.type) {
    case ReplyNode::Type::kNil:
      return "(nil)";
    case ReplyNode::Type::kError:
      return "(error) " + reply.text;
    case ReplyNode::Type::kInteger:
    case ReplyNode::Type::kBool:
      return fmt::format("(integer) {}", reply.integer);
    case ReplyNode::Type::kDouble:
      return fmt::format("(double) {}", reply.number);
    case ReplyNode::Type::kBulk: {
      const auto context = DecodeToken(reply.text);
      if (reply.text.empty() || !context.ok()) return Quoted(reply.text);
      last_token_ = reply.text;
      return "token " + Of(Record{*context, {}});
    }
    case ReplyNode::Type::kArray:
    case ReplyNode::Type::kSet:
    case ReplyNode::Type::kPush:
      return "[" + OfItems(reply, 1) + "]";
    case ReplyNode::Type::kMap:
      return "{" + OfItems(reply, 2) + "}";
    case ReplyNode::Type::kSimple:
    case ReplyNode::Type::kVerbatim:
    case ReplyNode::Type::kBigNumber:
      return reply.text;
  }
  return {};
}

std::string Names::OfItems(const ReplyNode& reply, size_t together) {
  std::string text;
  for (size_t i = 0; i < reply.items.size(); ++i) {
    if (i > 0) text += i % together == 0 ? ", " : ": ";
    text += Of(reply.items[i]);
  }
  return text;
}

}  // namespace kindred
