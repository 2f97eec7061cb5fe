#include "server/toml_line.h"

#include "absl/strings/ascii.h"

namespace kindred {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r'; }

void SkipSpace(std::string_view* rest) {
  while (!rest->empty() && IsSpace(rest->front())) rest->remove_prefix(1);
}

bool IsNameByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

std::string_view TakeWhile(std::string_view* rest, bool (*accepts)(char)) {
  size_t size = 0;
  while (size < rest->size() && accepts((*rest)[size])) ++size;
  std::string_view taken = rest->substr(0, size);
  rest->remove_prefix(size);
  return taken;
}

// The character that a backslash and `c` stand for; 0 if nothing.
char Escaped(char c) {
  switch (c) {
    case '"':
    case '\\':
      return c;
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    default:
      return 0;
  }
}

// REQUIRES: `rest` begins with a quote.
std::string TakeQuoted(std::string_view* rest, std::string* value) {
  char quote = rest->front();
  rest->remove_prefix(1);
  while (!rest->empty()) {
    char c = rest->front();
    rest->remove_prefix(1);
    if (c == quote) return "";
    if (c == '\\' && quote == '"') {
      if (rest->empty()) break;
      c = Escaped(rest->front());
      if (c == 0) return std::string("there is no escape \\") + rest->front();
      rest->remove_prefix(1);
    }
    *value += c;
  }
  return "a string lacks its closing quote";
}

}  // namespace

std::string ParseTomlLine(std::string_view text, TomlLine* line) {
  *line = TomlLine();
  std::string_view rest = text;
  SkipSpace(&rest);
  if (rest.empty() || rest.front() == '#') return "";
  if (rest.front() == '[') return "sections are not used here: write `name = value`";
  line->empty = false;
  line->name = TakeWhile(&rest, IsNameByte);
  SkipSpace(&rest);
  if (line->name.empty() || rest.empty() || rest.front() != '=') {
    return "this is not a line `name = value`";
  }
  rest.remove_prefix(1);
  SkipSpace(&rest);
  if (rest.empty() || rest.front() == '#') return line->name + " has no value";
  if (rest.front() == '"' || rest.front() == '\'') {
    if (std::string trouble = TakeQuoted(&rest, &line->value); !trouble.empty()) return trouble;
  } else {
    line->value = TakeWhile(&rest, [](char c) { return !IsSpace(c) && c != '#'; });
  }
  SkipSpace(&rest);
  if (!rest.empty() && rest.front() != '#') {
    return "text with spaces needs quotes, and one line holds one option";
  }
  line->comment = rest;
  return "";
}

std::string TomlString(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

}  // namespace kindred
