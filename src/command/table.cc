#include "command/table.h"

#include <bit>

#include "base/check.h"
#include "base/hash.h"

namespace kindred {
namespace {

constexpr size_t kNameBytesMax = 64;
constexpr size_t kBucketsPerRow = 4;

// A name in lower case, on the stack.
class FoldedName {
 public:
  // False, and nothing is added, if it would be longer than any command's name.
  bool Add(std::string_view text) {
    if (text.size() > kNameBytesMax - size_) return false;
    for (const char c : text) {
      bytes_[size_++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return true;
  }
  std::string_view view() const { return {bytes_, size_}; }

 private:
  char bytes_[kNameBytesMax];
  size_t size_ = 0;
};

}  // namespace

CommandTable::CommandTable(const std::vector<std::span<const CommandRow>>& families) {
  for (const std::span<const CommandRow>& family : families) {
    for (const CommandRow& row : family) {
      rows_.push_back(&row);
      if (!row.IsSubcommand()) commands_.push_back(&row);
    }
  }
  buckets_.resize(std::bit_ceil(rows_.size() * kBucketsPerRow + 1));
  for (const CommandRow* row : rows_) Insert(row);
  for (const CommandRow* row : rows_) {
    CHECK(!row->IsSubcommand() || Lookup(row->name.substr(0, row->name.find('|'))) != nullptr);
  }
}

void CommandTable::Insert(const CommandRow* row) {
  FoldedName folded;
  CHECK(folded.Add(row->name));
  CHECK(folded.view() == row->name);
  CHECK(Lookup(row->name) == nullptr);
  const size_t mask = buckets_.size() - 1;
  size_t i = Hash64(row->name) & mask;
  while (buckets_[i] != nullptr) i = (i + 1) & mask;
  buckets_[i] = row;
}

const CommandRow* CommandTable::Lookup(std::string_view lower_case_name) const {
  const size_t mask = buckets_.size() - 1;
  for (size_t i = Hash64(lower_case_name) & mask; buckets_[i] != nullptr; i = (i + 1) & mask) {
    if (buckets_[i]->name == lower_case_name) return buckets_[i];
  }
  return nullptr;
}

const CommandRow* CommandTable::Find(std::string_view name) const {
  const CommandRow* row = FindFullName(name);
  return row != nullptr && !row->IsSubcommand() ? row : nullptr;
}

const CommandRow* CommandTable::FindSubcommand(std::string_view parent,
                                               std::string_view sub) const {
  FoldedName folded;
  if (!folded.Add(parent) || !folded.Add("|") || !folded.Add(sub)) return nullptr;
  return Lookup(folded.view());
}

const CommandRow* CommandTable::FindFor(Args args) const {
  const CommandRow* row = Find(args[0]);
  if (row == nullptr || row->kind != RowKind::kContainer || args.size() == 1) return row;
  return FindSubcommand(row->name, args[1]);
}

const CommandRow* CommandTable::FindFullName(std::string_view name) const {
  FoldedName folded;
  return folded.Add(name) ? Lookup(folded.view()) : nullptr;
}

std::vector<const CommandRow*> CommandTable::SubcommandsOf(const CommandRow& command) const {
  std::vector<const CommandRow*> found;
  for (const CommandRow* row : rows_) {
    const size_t parent = command.name.size();
    if (row->name.size() > parent && row->name[parent] == '|' &&
        row->name.starts_with(command.name)) {
      found.push_back(row);
    }
  }
  return found;
}

}  // namespace kindred
