#include "command/argument_docs.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace kindred {
namespace {

bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (IsCapital(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view TypeOf(std::string_view name) {
  if (name == "key" || name == "pattern") return name;
  if (name == "seconds" || name == "milliseconds" || name == "count" || name == "cursor") {
    return "integer";
  }
  return name.starts_with("unix-time") ? "unix-time" : "string";
}

// One method for each rule of the grammar.
class Parser {
 public:
  explicit Parser(std::string_view line) : rest_(line) {}

  std::vector<ArgumentDoc> Arguments() {
    std::vector<ArgumentDoc> arguments;
    do {
      arguments.push_back(Argument());
    } while (Skip(" "));
    return arguments;
  }
  bool AtEnd() const { return rest_.empty(); }

 private:
  ArgumentDoc Argument() {
    const bool optional = Skip("[");
    ArgumentDoc argument = Choice();
    if (optional) CHECK(Skip("]"));
    argument.optional = optional;
    argument.multiple = Skip("...");
    return argument;
  }

  ArgumentDoc Choice() {
    const std::string_view label = Label();
    std::vector<ArgumentDoc> pieces;
    do {
      pieces.push_back(Piece());
    } while (Skip("|"));
    ArgumentDoc choice;
    if (pieces.size() == 1) {
      choice = std::move(pieces[0]);
    } else {
      choice.type = "oneof";
      choice.name = pieces[0].name;
      choice.parts = std::move(pieces);
    }
    if (!label.empty()) choice.name = label;
    return choice;
  }

  ArgumentDoc Piece() {
    ArgumentDoc piece;
    if (Skip("{")) {
      piece.type = "block";
      piece.parts = Arguments();
      piece.name = piece.parts[0].name;
      CHECK(Skip("}"));
      return piece;
    }
    CHECK(!rest_.empty());
    if (IsCapital(rest_[0])) {
      piece.token = Word();
      const bool takes_value =
          rest_.size() > 1 && rest_[0] == ' ' && IsWordChar(rest_[1]) && !IsCapital(rest_[1]);
      if (!takes_value) {
        piece.type = "pure-token";
        piece.name = LowerCase(piece.token);
        return piece;
      }
      CHECK(Skip(" "));
    }
    const std::string_view name = Word();
    piece.name = name;
    piece.type = Skip(":") ? Word() : TypeOf(name);
    return piece;
  }

  // Looks ahead for the "=" behind a word, and takes both.
  std::string_view Label() {
    const size_t end = WordEnd();
    if (end == rest_.size() || rest_[end] != '=') return {};
    const std::string_view label = Word();
    CHECK(Skip("="));
    return label;
  }

  std::string_view Word() {
    const std::string_view word = rest_.substr(0, WordEnd());
    CHECK(!word.empty());
    rest_.remove_prefix(word.size());
    return word;
  }

  size_t WordEnd() const {
    return static_cast<size_t>(std::find_if_not(rest_.begin(), rest_.end(), IsWordChar) -
                               rest_.begin());
  }

  static bool IsWordChar(char c) {
    return std::string_view(" |[]{}=:.").find(c) == std::string_view::npos;
  }

  bool Skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  std::string_view rest_;
};

void WriteText(std::string_view field, std::string_view text, ReplyWriter& reply) {
  reply.Bulk(field);
  reply.Bulk(text);
}

void WriteFlags(const ArgumentDoc& argument, ReplyWriter& reply) {
  reply.Bulk("flags");
  reply.Set(argument.optional + argument.multiple);
  if (argument.optional) reply.Simple("optional");
  if (argument.multiple) reply.Simple("multiple");
}

void WriteArgument(const ArgumentDoc& argument, ReplyWriter& reply) {
  const bool is_key = argument.type == "key";
  const bool has_token = !argument.token.empty();
  const bool has_flags = argument.optional || argument.multiple;
  const bool has_parts = !argument.parts.empty();
  reply.Map(2 + !has_parts + is_key + has_token + has_flags + has_parts);
  WriteText("name", argument.name, reply);
  WriteText("type", argument.type, reply);
  if (!has_parts) WriteText("display_text", argument.name, reply);
  if (is_key) {
    reply.Bulk("key_spec_index");
    reply.Integer(0);
  }
  if (has_token) WriteText("token", argument.token, reply);
  if (has_flags) WriteFlags(argument, reply);
  if (has_parts) {
    reply.Bulk("arguments");
    WriteArgumentDocs(argument.parts, reply);
  }
}

}  // namespace

std::vector<ArgumentDoc> ParseArgumentDocs(std::string_view line) {
  if (line.empty()) return {};
  Parser parser(line);
  std::vector<ArgumentDoc> arguments = parser.Arguments();
  CHECK(parser.AtEnd());
  return arguments;
}

void WriteArgumentDocs(const std::vector<ArgumentDoc>& arguments, ReplyWriter& reply) {
  reply.Array(arguments.size());
  for (const ArgumentDoc& argument : arguments) WriteArgument(argument, reply);
}

}  // namespace kindred
