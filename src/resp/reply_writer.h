#ifndef KINDRED_RESP_REPLY_WRITER_H_
#define KINDRED_RESP_REPLY_WRITER_H_

// Appends replies to a string of bytes, in RESP2 or RESP3. What RESP2 has no type for is sent as
// Redis sends it there: maps, sets and pushes as arrays, doubles, verbatim strings and big numbers
// as bulk strings, booleans as 0 or 1.
//
// A value on the stack of whoever writes one reply; it owns nothing, and allocates only by growing
// the string. Aggregates announce how many elements follow: the caller writes exactly those.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kindred {

class ReplyWriter {
 public:
  // `out` outlives the writer. `protocol` is 2 or 3.
  ReplyWriter(std::string* out, int protocol);

  // REQUIRES: no CR or LF in `text`.
  void Simple(std::string_view text);
  // `text` begins with its code word, without "-": "ERR no such key". It may hold what a client
  // sent: CR and LF become spaces.
  void Error(std::string_view text);
  void Integer(int64_t value);
  void Bulk(std::string_view bytes);
  void Nil();       // RESP2: a nil bulk string.
  void NilArray();  // RESP2: a nil array.

  void Array(size_t elements);
  void Map(size_t pairs);  // A key and a value for each; RESP2: an array of twice as many.
  void Set(size_t elements);
  void Push(size_t elements);

  void Double(double value);
  void Bool(bool value);
  // REQUIRES: `format` has three bytes.
  void Verbatim(std::string_view text, std::string_view format = "txt");
  void BigNumber(std::string_view digits);

  // Bytes that are replies already, in this writer's protocol.
  void Raw(std::string_view bytes) { out_->append(bytes); }

  int protocol() const { return protocol_; }
  std::string* out() { return out_; }

 private:
  bool resp3() const { return protocol_ == 3; }
  void Header(char type, int64_t number);
  void Line(char type, std::string_view text);

  std::string* const out_;
  const int protocol_;
};

}  // namespace kindred

#endif  // KINDRED_RESP_REPLY_WRITER_H_
