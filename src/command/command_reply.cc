#include "command/command_reply.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "command/acl_categories.h"
#include "command/argument_docs.h"
#include "resp/errors.h"

namespace kindred {
namespace {

struct BitName {
  uint32_t bit;
  std::string_view name;
};

// In the order in which Redis tells them.
constexpr BitName kFlagNames[] = {
    {kFlagWrite, "write"},
    {kFlagReadonly, "readonly"},
    {kFlagDenyOom, "denyoom"},
    {kFlagAdmin, "admin"},
    {kFlagPubsub, "pubsub"},
    {kFlagNoScript, "noscript"},
    {kFlagBlocking, "blocking"},
    {kFlagLoading, "loading"},
    {kFlagStale, "stale"},
    {kFlagSkipMonitor, "skip_monitor"},
    {kFlagSkipSlowlog, "skip_slowlog"},
    {kFlagFast, "fast"},
    {kFlagNoAuth, "no_auth"},
    {kFlagNoAsyncLoading, "no_async_loading"},
    {kFlagNoMulti, "no_multi"},
    {kFlagMovableKeys, "movablekeys"},
    {kFlagAllowBusy, "allow_busy"},
};

constexpr BitName kKeyUseNames[] = {
    {kKeyReadOnly, "RO"},   {kKeyReadWrite, "RW"},  {kKeyOverwrite, "OW"},
    {kKeyRemove, "RM"},     {kKeyAccess, "access"}, {kKeyUpdate, "update"},
    {kKeyInsert, "insert"}, {kKeyDelete, "delete"}, {kKeyVariable, "variable_flags"},
};

// `names`: BitNames, or others that have a bit and a name.
void WriteBits(uint32_t bits, const auto& names, ReplyWriter& reply) {
  const auto set = [bits](const auto& name) { return (bits & name.bit) != 0; };
  reply.Set(static_cast<size_t>(std::count_if(std::begin(names), std::end(names), set)));
  for (const auto& name : names) {
    if (set(name)) reply.Simple(name.name);
  }
}

void WriteTips(std::string_view tips, ReplyWriter& reply) {
  const auto words = std::count(tips.begin(), tips.end(), ' ') + (tips.empty() ? 0 : 1);
  reply.Set(static_cast<size_t>(words));
  while (!tips.empty()) {
    const std::string_view tip = tips.substr(0, tips.find(' '));
    reply.Bulk(tip);
    tips.remove_prefix(std::min(tip.size() + 1, tips.size()));
  }
}

void WriteText(std::string_view field, std::string_view text, ReplyWriter& reply) {
  reply.Bulk(field);
  reply.Bulk(text);
}

void WriteNumber(std::string_view field, int64_t number, ReplyWriter& reply) {
  reply.Bulk(field);
  reply.Integer(number);
}

// One key specification: where to begin, and which keys follow, in the two steps of Redis 7. The
// last key is told relative to the first unless it is counted from the end.
void WriteKeySpec(KeyPositions keys, uint32_t use, std::string_view notes, ReplyWriter& reply) {
  reply.Map(notes.empty() ? 3 : 4);
  if (!notes.empty()) WriteText("notes", notes, reply);
  reply.Bulk("flags");
  WriteBits(use, kKeyUseNames, reply);
  reply.Bulk("begin_search");
  reply.Map(2);
  WriteText("type", "index", reply);
  reply.Bulk("spec");
  reply.Map(1);
  WriteNumber("index", keys.first, reply);
  reply.Bulk("find_keys");
  reply.Map(2);
  WriteText("type", "range", reply);
  reply.Bulk("spec");
  reply.Map(3);
  WriteNumber("lastkey", keys.last < 0 ? keys.last : keys.last - keys.first, reply);
  WriteNumber("keystep", keys.step, reply);
  WriteNumber("limit", 0, reply);
}

int KeySpecsOf(const CommandRow& row) {
  if (row.keys.first == 0) return 0;
  return row.rest_use == 0 ? 1 : 2;
}

void WriteKeySpecs(const CommandRow& row, ReplyWriter& reply) {
  const int specs = KeySpecsOf(row);
  reply.Set(static_cast<size_t>(specs));
  const KeyPositions keys = row.keys;
  if (specs == 1) WriteKeySpec(keys, row.key_use, row.key_notes, reply);
  if (specs < 2) return;
  WriteKeySpec({keys.first, keys.first, 1}, row.key_use, row.key_notes, reply);
  WriteKeySpec({keys.first + keys.step, keys.last, keys.step}, row.rest_use, {}, reply);
}

using Fields = std::vector<std::pair<std::string_view, std::string_view>>;

void AddUnlessEmpty(std::string_view field, std::string_view text, Fields* fields) {
  if (!text.empty()) fields->emplace_back(field, text);
}

void WriteDocs(const CommandTable& table, const CommandRow& row, ReplyWriter& reply) {
  Fields before = {{"summary", row.summary}, {"since", row.since}, {"group", row.group}};
  AddUnlessEmpty("complexity", row.complexity, &before);
  Fields after;
  AddUnlessEmpty("deprecated_since", row.deprecated_since, &after);
  AddUnlessEmpty("replaced_by", row.replaced_by, &after);
  const bool deprecated = !row.deprecated_since.empty();
  const int doc_flags = deprecated + row.is_internal;
  const bool has_arguments = !row.arguments.empty();
  const std::vector<const CommandRow*> subcommands = table.SubcommandsOf(row);

  reply.Map(before.size() + (doc_flags > 0) + after.size() + has_arguments + !subcommands.empty());
  for (const auto& [field, text] : before) WriteText(field, text, reply);
  if (doc_flags > 0) {
    reply.Bulk("doc_flags");
    reply.Set(doc_flags);
    if (deprecated) reply.Simple("deprecated");
    if (row.is_internal) reply.Simple("syscmd");
  }
  for (const auto& [field, text] : after) WriteText(field, text, reply);
  if (has_arguments) {
    reply.Bulk("arguments");
    WriteArgumentDocs(ParseArgumentDocs(row.arguments), KeySpecsOf(row), reply);
  }
  if (!subcommands.empty()) {
    reply.Bulk("subcommands");
    WriteCommandDocs(table, subcommands, reply);
  }
}

}  // namespace

void WriteCommandInfo(const CommandTable& table, const CommandRow& row, ReplyWriter& reply) {
  reply.Array(10);
  reply.Bulk(row.name);
  reply.Integer(row.arity);
  WriteBits(row.flags, kFlagNames, reply);
  reply.Integer(row.keys.first);
  reply.Integer(row.keys.last);
  reply.Integer(row.keys.step);
  WriteBits(AclCategoriesOf(row), AclCategoryNames(), reply);
  WriteTips(row.tips, reply);
  WriteKeySpecs(row, reply);
  const std::vector<const CommandRow*> subcommands = table.SubcommandsOf(row);
  if (subcommands.empty()) {
    reply.Set(0);
    return;
  }
  reply.Array(subcommands.size());
  for (const CommandRow* subcommand : subcommands) WriteCommandInfo(table, *subcommand, reply);
}

void WriteCommandDocs(const CommandTable& table, std::span<const CommandRow* const> rows,
                      ReplyWriter& reply) {
  reply.Map(rows.size());
  for (const CommandRow* row : rows) {
    reply.Bulk(row->name);
    WriteDocs(table, *row, reply);
  }
}

void WriteKeys(const CommandTable& table, Args args, bool with_use, ReplyWriter& reply) {
  const CommandRow* row = table.Find(args[0]);
  if (row != nullptr && args.size() > 1 && !table.SubcommandsOf(*row).empty()) {
    row = table.FindSubcommand(row->name, args[1]);
  }
  if (row == nullptr) return reply.Error(kGetKeysUnknown);
  if (row->keys.first == 0) return reply.Error(kGetKeysNoKeys);
  if (!row->ArityFits(args.size())) return reply.Error(kGetKeysArity);
  const KeyRange keys = KeysOf(*row, args);
  if (keys.count == 0) return reply.Error(kGetKeysArguments);
  reply.Array(keys.count);
  for (size_t i = 0; i < keys.count; ++i) {
    if (with_use) reply.Array(2);
    reply.Bulk(args[keys.At(i)]);
    if (with_use) WriteBits(KeyUseOf(*row, args, i), kKeyUseNames, reply);
  }
}

}  // namespace kindred
