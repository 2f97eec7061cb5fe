#include "tests/unit/command/fake_keyspace.h"

#include <vector>

#include "base/check.h"
#include "command/families.h"
#include "resp/errors.h"

namespace kindred {
namespace {

std::string Readable(std::string_view bytes) {
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes.substr(i, 2) == "\r\n") {
      text += ' ';
      ++i;
    } else {
      text += bytes[i];
    }
  }
  CHECK(text.ends_with(' '));
  text.pop_back();
  return text;
}

std::string Joined(const CommandRow& row, const std::vector<std::string>& parts, int protocol) {
  std::string out;
  ReplyWriter reply(&out, protocol);
  int64_t sum = 0;
  if (row.join == Join::kArray) reply.Array(parts.size());
  for (const std::string& part : parts) {
    switch (row.join) {
      case Join::kOneKey:
        CHECK(parts.size() == 1);
        return part;
      case Join::kArray:
        out += part;
        break;
      case Join::kSum:
        CHECK(part[0] == ':');
        sum += std::stoll(part.substr(1));
        break;
      case Join::kAllOk:
        if (part != "+OK\r\n") return part;
        break;
    }
  }
  if (row.join == Join::kSum) reply.Integer(sum);
  if (row.join == Join::kAllOk) reply.Simple("OK");
  return out;
}

}  // namespace

FakeKeyspace::FakeKeyspace() : table_(DataCommandFamilies()) {}

Call FakeKeyspace::MakeCall() {
  return {.now_ms = now_ms,
          .db = db,
          .value_bytes_max = value_bytes_max,
          .topology = topology,
          .lookups = &lookups};
}

std::string FakeKeyspace::Run(std::initializer_list<std::string_view> command) {
  const Args args(command.begin(), command.size());
  std::string out;
  ReplyWriter reply(&out, protocol);
  const CommandRow* row = table_.FindFor(args);
  CHECK(row != nullptr);
  if (!row->ArityFits(args.size())) {
    reply.Error(WrongArity(row->name));
  } else if (row->check == nullptr || row->check(args, reply)) {
    out = row->kind == RowKind::kManyKeys ? RunMany(*row, args) : RunParts(*row, args);
  }
  return Readable(out);
}

std::string FakeKeyspace::RunOn(const Record& record,
                                std::initializer_list<std::string_view> command) {
  const Args args(command.begin(), command.size());
  std::string out;
  ReplyWriter reply(&out, protocol);
  table_.Find(args[0])->read_record(record, args, MakeCall(), reply);
  return Readable(out);
}

std::string FakeKeyspace::RunParts(const CommandRow& row, Args args) {
  const KeyRange range = KeysOf(row, args);
  std::vector<std::string> parts(range.count);
  for (size_t i = 0; i < range.count; ++i) {
    const std::string_view key = args[range.At(i)];
    if (row.join == Join::kOneKey) {
      RunPart(row, args, key, &parts[i]);
      continue;
    }
    std::vector<std::string_view> part = {args[0]};
    for (size_t j = 0; j < range.step; ++j) part.push_back(args[range.At(i) + j]);
    RunPart(row, part, key, &parts[i]);
  }
  return parts.empty() ? std::string() : Joined(row, parts, protocol);
}

void FakeKeyspace::RunPart(const CommandRow& row, Args args, std::string_view key,
                           std::string* out) {
  ReplyWriter reply(out, protocol);
  const std::optional<ValueView> found = Find(db, key);
  const ValueView* value = found ? &*found : nullptr;
  if (row.kind == RowKind::kRead) return row.read(value, args, MakeCall(), reply);
  if (row.kind == RowKind::kRecordRead) {
    Record record;
    if (found) {
      const std::string payload(found->payload);
      record = Put(record, {}, {{1, 1}, found->expires_ms, found->kind, false, payload});
    }
    return row.read_record(record, args, MakeCall(), reply);
  }
  CHECK(row.kind == RowKind::kWrite);
  Apply(db, key, row.write(value, args, MakeCall(), reply));
}

std::string FakeKeyspace::RunMany(const CommandRow& row, Args args) {
  const KeyRange range = KeysOf(row, args);
  const auto db_of = [&](size_t i) { return row.db_of_key ? row.db_of_key(args, i, db) : db; };
  std::vector<std::optional<ValueView>> views(range.count);
  std::vector<const ValueView*> values(range.count);
  for (size_t i = 0; i < range.count; ++i) {
    views[i] = Find(db_of(i), args[range.At(i)]);
    values[i] = views[i] ? &*views[i] : nullptr;
  }
  std::vector<Next> nexts(range.count);
  std::string out;
  ReplyWriter reply(&out, protocol);
  row.many(values, args, MakeCall(), reply, nexts);
  for (size_t i = 0; i < range.count; ++i) {
    CHECK(nexts[i].what == Next::What::kUnchanged || (row.flags & kFlagWrite) != 0);
    Apply(db_of(i), args[range.At(i)], std::move(nexts[i]));
  }
  return out;
}

std::optional<ValueView> FakeKeyspace::Find(uint8_t which, std::string_view key) {
  const Keys& in = KeysIn(which);
  const auto found = in.find(key);
  if (found == in.end()) return std::nullopt;
  const bool expired = found->second.expires_ms != kNever && found->second.expires_ms <= now_ms;
  return expired ? std::nullopt : std::optional(found->second.view());
}

void FakeKeyspace::Apply(uint8_t which, std::string_view key, Next next) {
  Keys& in = KeysIn(which);
  if (next.what == Next::What::kDelete) in.erase(std::string(key));
  if (next.what == Next::What::kPut) in.insert_or_assign(std::string(key), std::move(next.value));
}

}  // namespace kindred
