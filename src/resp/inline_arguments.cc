#include "resp/inline_arguments.h"

namespace kindred {
namespace {

// The C locale's isspace(), which separates words.
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// What ends a word that is not quoted. Redis leaves vertical tab and form feed out here: they
// may stand inside a word, though not at its beginning.
bool EndsPlainWord(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// -1: not a hexadecimal digit.
int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

char Unescape(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'a':
      return '\a';
    default:
      return c;
  }
}

// Reads one line from left to right.
class LineReader {
 public:
  LineReader(std::string_view line, std::string* bytes) : line_(line), bytes_(bytes) {}

  // True when another word begins.
  bool SkipSpace() {
    while (at_ < line_.size() && IsSpace(line_[at_])) ++at_;
    return at_ < line_.size();
  }

  // A word may begin plain and go on in quotes; the closing quote ends it.
  bool ReadWord() {
    while (at_ < line_.size() && !EndsPlainWord(line_[at_])) {
      const char c = line_[at_++];
      if (c == '"') return ReadDoubleQuoted();
      if (c == '\'') return ReadSingleQuoted();
      bytes_->push_back(c);
    }
    return true;
  }

 private:
  bool ReadDoubleQuoted() {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '"') return AtWordEnd();
      if (c == '\\' && at_ < line_.size()) {
        ReadEscape();
      } else {
        bytes_->push_back(c);
      }
    }
    return false;
  }

  void ReadEscape() {
    const int high = at_ + 2 < line_.size() ? HexDigit(line_[at_ + 1]) : -1;
    const int low = at_ + 2 < line_.size() ? HexDigit(line_[at_ + 2]) : -1;
    if (line_[at_] == 'x' && high >= 0 && low >= 0) {
      bytes_->push_back(static_cast<char>(high * 16 + low));
      at_ += 3;
    } else {
      bytes_->push_back(Unescape(line_[at_++]));
    }
  }

  bool ReadSingleQuoted() {
    while (at_ < line_.size()) {
      const char c = line_[at_++];
      if (c == '\'') return AtWordEnd();
      if (c == '\\' && at_ < line_.size() && line_[at_] == '\'') {
        bytes_->push_back(line_[at_++]);
      } else {
        bytes_->push_back(c);
      }
    }
    return false;
  }

  bool AtWordEnd() const { return at_ == line_.size() || IsSpace(line_[at_]); }

  const std::string_view line_;
  std::string* const bytes_;
  size_t at_ = 0;
};

}  // namespace

bool SplitInlineArguments(std::string_view line, std::string* bytes,
                          std::vector<ArgumentSpan>* spans) {
  LineReader reader(line, bytes);
  while (reader.SkipSpace()) {
    const size_t begin = bytes->size();
    if (!reader.ReadWord()) return false;
    spans->push_back({begin, bytes->size() - begin});
  }
  return true;
}

}  // namespace kindred
