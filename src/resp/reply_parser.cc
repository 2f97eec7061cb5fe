#include "resp/reply_parser.h"

#include <charconv>

#include "base/number.h"

namespace kindred {
namespace {

using Type = ReplyNode::Type;

enum class Outcome { kDone, kNeedMore, kMalformed };

// Reads replies from left to right. Every `node` may be null: then the reply is only passed over.
class Reader {
 public:
  explicit Reader(std::string_view input) : input_(input) {}

  size_t at() const { return at_; }
  const char* problem() const { return problem_; }

  Outcome Read(ReplyNode* node, int depth) {
    if (depth > kReplyDepthMax) return Malformed("reply nested too deeply");
    std::string_view line;
    const Outcome outcome = ReadLine(&line);
    if (outcome != Outcome::kDone) return outcome;
    if (line.empty()) return Malformed("reply without a type");

    const char type = line[0];
    const std::string_view rest = line.substr(1);
    switch (type) {
      case '+':
        return Text(node, Type::kSimple, rest);
      case '-':
        return Text(node, Type::kError, rest);
      case '(':
        return Text(node, Type::kBigNumber, rest);
      case '_':
        return Nil(node, rest);
      case ':':
        return Integer(node, rest);
      case ',':
        return Double(node, rest);
      case '#':
        return Bool(node, rest);
      case '$':
        return Bulk(node, Type::kBulk, rest);
      case '!':
        return Bulk(node, Type::kError, rest);
      case '=':
        return Bulk(node, Type::kVerbatim, rest);
      default:
        return Aggregate(node, type, rest, depth);
    }
  }

 private:
  Outcome Malformed(const char* problem) {
    problem_ = problem;
    return Outcome::kMalformed;
  }

  Outcome ReadLine(std::string_view* line) {
    const size_t end = input_.find_first_of("\r\n", at_);
    if (end == std::string_view::npos) return Outcome::kNeedMore;
    if (input_[end] == '\n') return Malformed("line feed inside a line");
    if (end + 1 == input_.size()) return Outcome::kNeedMore;
    if (input_[end + 1] != '\n') return Malformed("carriage return inside a line");
    *line = input_.substr(at_, end - at_);
    at_ = end + 2;
    return Outcome::kDone;
  }

  static Outcome Text(ReplyNode* node, Type type, std::string_view text) {
    if (node != nullptr) {
      node->type = type;
      node->text = text;
    }
    return Outcome::kDone;
  }

  Outcome Nil(ReplyNode* node, std::string_view rest) {
    if (!rest.empty()) return Malformed("invalid null");
    if (node != nullptr) node->type = Type::kNil;
    return Outcome::kDone;
  }

  Outcome Integer(ReplyNode* node, std::string_view text) {
    const std::optional<int64_t> value = ParseInt64(text);
    if (!value) return Malformed("invalid integer");
    if (node != nullptr) {
      node->type = Type::kInteger;
      node->integer = *value;
    }
    return Outcome::kDone;
  }

  Outcome Double(ReplyNode* node, std::string_view text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stopped != end) return Malformed("invalid double");
    if (node != nullptr) {
      node->type = Type::kDouble;
      node->number = value;
    }
    return Outcome::kDone;
  }

  Outcome Bool(ReplyNode* node, std::string_view text) {
    if (text != "t" && text != "f") return Malformed("invalid boolean");
    if (node != nullptr) {
      node->type = Type::kBool;
      node->integer = text == "t" ? 1 : 0;
    }
    return Outcome::kDone;
  }

  Outcome Bulk(ReplyNode* node, Type type, std::string_view length_text) {
    const std::optional<int64_t> length = ParseInt64(length_text);
    if (type == Type::kBulk && length == -1) return Nil(node, "");
    if (!length || *length < 0 || *length > kReplyBulkBytesMax) {
      return Malformed("invalid bulk length");
    }
    const size_t bytes = static_cast<size_t>(*length);
    if (input_.size() - at_ < bytes + 2) return Outcome::kNeedMore;
    std::string_view text = input_.substr(at_, bytes);
    if (input_.substr(at_ + bytes, 2) != "\r\n") return Malformed("bulk without its line end");
    at_ += bytes + 2;
    if (type == Type::kVerbatim) {
      if (text.size() < 4 || text[3] != ':') return Malformed("verbatim string without a format");
      text.remove_prefix(4);
    }
    return Text(node, type, text);
  }

  Outcome Aggregate(ReplyNode* node, char mark, std::string_view count_text, int depth) {
    const std::optional<Type> type = AggregateType(mark);
    if (!type && mark != '|') return Malformed("unknown reply type");
    const std::optional<int64_t> count = ParseInt64(count_text);
    if (mark == '*' && count == -1) return Nil(node, "");
    if (!count || *count < 0 || *count > kReplyElementsMax) {
      return Malformed("invalid element count");
    }
    const int64_t replies = mark == '%' || mark == '|' ? 2 * *count : *count;
    if (!type) return SkipAttributes(node, replies, depth);
    if (node != nullptr) node->type = *type;
    return Elements(node, replies, depth);
  }

  static std::optional<Type> AggregateType(char mark) {
    switch (mark) {
      case '*':
        return Type::kArray;
      case '%':
        return Type::kMap;
      case '~':
        return Type::kSet;
      case '>':
        return Type::kPush;
      default:
        return std::nullopt;
    }
  }

  // The number announced is not believed: memory is taken element by element.
  Outcome Elements(ReplyNode* node, int64_t count, int depth) {
    for (int64_t i = 0; i < count; ++i) {
      ReplyNode* const item = node == nullptr ? nullptr : &node->items.emplace_back();
      const Outcome outcome = Read(item, depth + 1);
      if (outcome != Outcome::kDone) return outcome;
    }
    return Outcome::kDone;
  }

  // The reply that they belong to comes right behind; it counts as one level deeper, so that a
  // chain of attributes ends, too.
  Outcome SkipAttributes(ReplyNode* node, int64_t replies, int depth) {
    const Outcome outcome = Elements(nullptr, replies, depth);
    return outcome == Outcome::kDone ? Read(node, depth + 1) : outcome;
  }

  const std::string_view input_;
  size_t at_ = 0;
  const char* problem_ = "";
};

absl::StatusOr<std::optional<size_t>> ReadOne(std::string_view input, ReplyNode* reply) {
  Reader reader(input);
  switch (reader.Read(reply, 0)) {
    case Outcome::kDone:
      return std::optional<size_t>(reader.at());
    case Outcome::kNeedMore:
      return std::optional<size_t>();
    case Outcome::kMalformed:
      break;
  }
  return absl::InvalidArgumentError(reader.problem());
}

}  // namespace

absl::StatusOr<std::optional<size_t>> ParseReply(std::string_view input, ReplyNode* reply) {
  *reply = ReplyNode();
  return ReadOne(input, reply);
}

absl::StatusOr<std::optional<size_t>> ReplyLength(std::string_view input) {
  return ReadOne(input, nullptr);
}

}  // namespace kindred
