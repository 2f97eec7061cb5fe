#include "resp/reply_writer.h"

#include <charconv>

#include "base/check.h"
#include "resp/double_text.h"

namespace kindred {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

}  // namespace

ReplyWriter::ReplyWriter(std::string* out, int protocol) : out_(out), protocol_(protocol) {
  CHECK(protocol == 2 || protocol == 3);
}

void ReplyWriter::Simple(std::string_view text) { Line('+', text); }

void ReplyWriter::Error(std::string_view text) {
  const size_t begin = out_->size() + 1;
  Line('-', text);
  for (size_t i = begin; i < begin + text.size(); ++i) {
    char& c = (*out_)[i];
    if (c == '\r' || c == '\n') c = ' ';
  }
}

void ReplyWriter::Integer(int64_t value) { Header(':', value); }

void ReplyWriter::Bulk(std::string_view bytes) {
  Header('$', static_cast<int64_t>(bytes.size()));
  out_->append(bytes);
  out_->append(kLineEnd);
}

void ReplyWriter::Nil() { out_->append(resp3() ? "_\r\n" : "$-1\r\n"); }

void ReplyWriter::NilArray() { out_->append(resp3() ? "_\r\n" : "*-1\r\n"); }

void ReplyWriter::Array(size_t elements) { Header('*', static_cast<int64_t>(elements)); }

void ReplyWriter::Map(size_t pairs) {
  if (resp3()) {
    Header('%', static_cast<int64_t>(pairs));
  } else {
    Array(2 * pairs);
  }
}

void ReplyWriter::Set(size_t elements) {
  Header(resp3() ? '~' : '*', static_cast<int64_t>(elements));
}

void ReplyWriter::Push(size_t elements) {
  Header(resp3() ? '>' : '*', static_cast<int64_t>(elements));
}

void ReplyWriter::Double(double value) {
  char buffer[kDoubleTextMax];
  const std::string_view text = DoubleText(value, buffer);
  if (resp3()) {
    Line(',', text);
  } else {
    Bulk(text);
  }
}

void ReplyWriter::Bool(bool value) {
  if (resp3()) {
    out_->append(value ? "#t\r\n" : "#f\r\n");
  } else {
    Integer(value ? 1 : 0);
  }
}

void ReplyWriter::Verbatim(std::string_view text, std::string_view format) {
  if (!resp3()) {
    Bulk(text);
    return;
  }
  CHECK(format.size() == 3);
  Header('=', static_cast<int64_t>(format.size() + 1 + text.size()));
  out_->append(format);
  out_->push_back(':');
  out_->append(text);
  out_->append(kLineEnd);
}

void ReplyWriter::BigNumber(std::string_view digits) {
  if (resp3()) {
    Line('(', digits);
  } else {
    Bulk(digits);
  }
}

void ReplyWriter::Header(char type, int64_t number) {
  char buffer[32];
  buffer[0] = type;
  char* end = std::to_chars(buffer + 1, buffer + sizeof(buffer) - kLineEnd.size(), number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out_->append(buffer, static_cast<size_t>(end - buffer));
}

void ReplyWriter::Line(char type, std::string_view text) {
  out_->push_back(type);
  out_->append(text);
  out_->append(kLineEnd);
}

}  // namespace kindred
