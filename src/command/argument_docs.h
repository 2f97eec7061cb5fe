#ifndef KINDRED_COMMAND_ARGUMENT_DOCS_H_
#define KINDRED_COMMAND_ARGUMENT_DOCS_H_

// A command's arguments as COMMAND DOCS describes them, for redis-cli's hints. A row has them as
// one line that reads like a manual's:
//
//   arguments := argument (" " argument)*
//   argument  := choice ["..."] | "[" choice "]" ["..."]       "[]": optional; "...": repeated
//   choice    := [label "="] piece ("|" piece)*                several pieces: one of them
//   piece     := TOKEN | [TOKEN " "] name [":" type] | "{" arguments "}"
//
// such as "key value [condition=NX|XX] [expiration=EX seconds|KEEPTTL]" or "data={key value}...".
// Words in capitals are tokens, to be typed as they stand; the others are names of what is to be
// filled in, and of Redis's types unless the name tells the type. A label names a choice or a
// block. Pure functions, any thread.

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
  std::vector<ArgumentDoc> parts;  // of a oneof or a block
};

// The views are into `line`, or of constants. REQUIRES: `line` follows the grammar.
std::vector<ArgumentDoc> ParseArgumentDocs(std::string_view line);

// The array of maps that COMMAND DOCS shows.
void WriteArgumentDocs(const std::vector<ArgumentDoc>& arguments, ReplyWriter& reply);

}  // namespace kindred

#endif  // KINDRED_COMMAND_ARGUMENT_DOCS_H_
