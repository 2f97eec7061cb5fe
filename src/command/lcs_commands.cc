#include "command/families.h"
#include "command/handler_tools.h"
#include "command/lcs.h"

namespace kindred {
namespace {

struct LcsOptions {
  bool length = false;   // LEN
  bool indexes = false;  // IDX
  bool with_match_length = false;
  int64_t match_length_min = 0;
};

bool ParseLcsOptions(Args options, LcsOptions* out, ReplyWriter& reply) {
  for (size_t i = 0; i < options.size(); ++i) {
    if (SameWord(options[i], "len")) {
      out->length = true;
    } else if (SameWord(options[i], "idx")) {
      out->indexes = true;
    } else if (SameWord(options[i], "withmatchlen")) {
      out->with_match_length = true;
    } else if (SameWord(options[i], "minmatchlen") && i + 1 < options.size()) {
      if (!ExpectInteger(options[++i], &out->match_length_min, reply)) return false;
    } else {
      reply.Error(kSyntax);
      return false;
    }
  }
  if (out->length && out->indexes) {
    reply.Error(kLcsLenAndIdx);
    return false;
  }
  return true;
}

void WriteRange(IndexRange range, ReplyWriter& reply) {
  reply.Array(2);
  reply.Integer(static_cast<int64_t>(range.first));
  reply.Integer(static_cast<int64_t>(range.last));
}

void WriteIndexes(Lcs lcs, const LcsOptions& options, ReplyWriter& reply) {
  std::erase_if(lcs.matches, [&options](const Lcs::Match& match) {
    return static_cast<int64_t>(match.a.Count()) < options.match_length_min;
  });
  reply.Map(2);
  reply.Bulk("matches");
  reply.Array(lcs.matches.size());
  for (const Lcs::Match& match : lcs.matches) {
    reply.Array(options.with_match_length ? 3 : 2);
    WriteRange(match.a, reply);
    WriteRange(match.b, reply);
    if (options.with_match_length) reply.Integer(static_cast<int64_t>(match.a.Count()));
  }
  reply.Bulk("len");
  reply.Integer(static_cast<int64_t>(lcs.text.size()));
}

void LcsCommand(std::span<const ValueView* const> values, Args args, const Call& call,
                ReplyWriter& reply, std::span<Next>) {
  for (const ValueView* value : values) CountLookup(value, call);
  std::string_view texts[2];  // a missing key is the empty string
  for (size_t i = 0; i < 2; ++i) {
    if (values[i] == nullptr) continue;
    if (values[i]->kind != Kind::kString) return reply.Error(kLcsWrongType);
    texts[i] = values[i]->payload;
  }
  LcsOptions options;
  if (!ParseLcsOptions(args.subspan(3), &options, reply)) return;
  if (LcsTableBytes(texts[0], texts[1]) > call.value_bytes_max) return reply.Error(kLcsMemory);
  Lcs lcs = FindLcs(texts[0], texts[1]);
  if (options.indexes) return WriteIndexes(std::move(lcs), options, reply);
  if (options.length) return reply.Integer(static_cast<int64_t>(lcs.text.size()));
  reply.Bulk(lcs.text);
}

constexpr CommandRow kRows[] = {
    {.name = "lcs",
     .arity = -3,
     .flags = kFlagReadonly,
     .acl = kAclString,
     .keys = {1, 2, 1},
     .key_use = kKeyReadOnly | kKeyAccess,
     .kind = RowKind::kManyKeys,
     .many = LcsCommand,
     .summary = "Finds the longest common substring.",
     .since = "7.0.0",
     .group = "string",
     .complexity = "O(N*M) where N and M are the lengths of s1 and s2, respectively",
     .arguments = "key1:key key2:key [LEN] [IDX] [MINMATCHLEN min-match-len:integer] "
                  "[WITHMATCHLEN]"},
};

}  // namespace

std::span<const CommandRow> LcsCommands() { return kRows; }

}  // namespace kindred
