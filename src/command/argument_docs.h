#ifndef KINDRED_COMMAND_ARGUMENT_DOCS_H_
#define KINDRED_COMMAND_ARGUMENT_DOCS_H_

// A command's arguments as COMMAND DOCS describes them, for redis-cli's hints. A row has them as
// one line that reads like a manual's:
//
//   arguments := argument (" " argument)*
//   argument  := choice [repeat] | "[" choice "]" [repeat]     "[]": optional
//   repeat    := "..." | "*"                                   "*": each time with its token
//   choice    := [label "="] piece ("|" piece)*                several pieces: one of them
//   piece     := [label "="] (TOKEN | [TOKEN " "] value) | "[" piece "]"
//   value     := name [":" type] | "{" arguments "}" | "<" choice ">" [repeat]
//
// such as "key value [condition=NX|XX] [expiration=EX seconds|KEEPTTL]" or "data={key value}...".
// Words in capitals are tokens, to be typed as they stand; the others are names of what is to be
// filled in, and of Redis's types unless the name tells the type. A label names a choice or a
// block; where a choice of several begins with two, the second is its first piece's. Pure
// functions, any thread.

#include <string>
#include <string_view>
#include <vector>

#include "resp/reply_writer.h"

namespace kindred {

struct ArgumentDoc {
  std::string name;
  std::string_view type;   // "key", "string", "integer", "oneof", "block", "pure-token", ...
  std::string_view token;  // empty: none
  bool optional = false;
  bool multiple = false;
  bool multiple_token = false;     // what is repeated begins with the token each time
  std::vector<ArgumentDoc> parts;  // of a oneof or a block
};

// The views are into `line`, or of constants. REQUIRES: `line` follows the grammar.
std::vector<ArgumentDoc> ParseArgumentDocs(std::string_view line);

// The array of maps that COMMAND DOCS shows. `key_specs` is how many key specifications COMMAND
// INFO tells of the command: keys belong to them in their order, all further ones to the last.
void WriteArgumentDocs(const std::vector<ArgumentDoc>& arguments, int key_specs,
                       ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_COMMAND_ARGUMENT_DOCS_H_
