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
    Repeat(&argument);
    return argument;
  }

  void Repeat(ArgumentDoc* what) {
    if (Skip("*")) what->multiple = what->multiple_token = true;
    if (Skip("...")) what->multiple = true;
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
    CHECK(!rest_.empty());
    if (Skip("[")) {
      ArgumentDoc piece = Piece();
      piece.optional = true;
      CHECK(Skip("]"));
      return piece;
    }
    const std::string_view label = Label();
    const std::string_view token = IsCapital(rest_[0]) ? Word() : std::string_view();
    ArgumentDoc piece;
    if (token.empty() || TakesValue()) {
      if (!token.empty()) CHECK(Skip(" "));
      piece = Value();
    } else {
      piece.type = "pure-token";
      piece.name = LowerCase(token);
    }
    piece.token = token;
    if (!label.empty()) piece.name = label;
    return piece;
  }

  // Whether a blank and a value of its own follow a token, rather than the next token or the end.
  bool TakesValue() const {
    return rest_.size() > 1 && rest_[0] == ' ' && rest_[1] != '[' && !IsCapital(rest_[1]);
  }

  ArgumentDoc Value() {
    ArgumentDoc value;
    if (Skip("{")) {
      value.type = "block";
      value.parts = Arguments();
      value.name = value.parts[0].name;
      CHECK(Skip("}"));
    } else if (Skip("<")) {
      value = Choice();
      CHECK(Skip(">"));
      Repeat(&value);
    } else {
      const std::string_view name = Word();
      value.name = name;
      value.type = Skip(":") ? Word() : TypeOf(name);
    }
    return value;
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
    return std::string_view(" |[]{}<>=:.*").find(c) == std::string_view::npos;
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
  reply.Set(argument.optional + argument.multiple + argument.multiple_token);
  if (argument.optional) reply.Simple("optional");
  if (argument.multiple) reply.Simple("multiple");
  if (argument.multiple_token) reply.Simple("multiple_token");
}

// Counts the keys as it comes to them.
class Writer {
 public:
  Writer(int key_specs, ReplyWriter& reply) : key_specs_(key_specs), reply_(reply) {}

  void Write(const std::vector<ArgumentDoc>& arguments) {
    reply_.Array(arguments.size());
    for (const ArgumentDoc& argument : arguments) Write(argument);
  }

 private:
  void Write(const ArgumentDoc& argument) {
    const bool is_key = argument.type == "key";
    const bool has_token = !argument.token.empty();
    const bool has_flags = argument.optional || argument.multiple;
    const bool has_parts = !argument.parts.empty();
    reply_.Map(2 + !has_parts + is_key + has_token + has_flags + has_parts);
    WriteText("name", argument.name, reply_);
    WriteText("type", argument.type, reply_);
    if (!has_parts) WriteText("display_text", argument.name, reply_);
    if (is_key) {
      reply_.Bulk("key_spec_index");
      reply_.Integer(std::min(keys_++, std::max(key_specs_ - 1, 0)));
    }
    if (has_token) WriteText("token", argument.token, reply_);
    if (has_flags) WriteFlags(argument, reply_);
    if (has_parts) {
      reply_.Bulk("arguments");
      Write(argument.parts);
    }
  }

  const int key_specs_;
  ReplyWriter& reply_;
  int keys_ = 0;
};

}  // namespace

std::vector<ArgumentDoc> ParseArgumentDocs(std::string_view line) {
  if (line.empty()) return {};
  Parser parser(line);
  std::vector<ArgumentDoc> arguments = parser.Arguments();
  CHECK(parser.AtEnd());
  return arguments;
}

void WriteArgumentDocs(const std::vector<ArgumentDoc>& arguments, int key_specs,
                       ReplyWriter& reply) {
  Writer(key_specs, reply).Write(arguments);
}

}  // namespace kindred
