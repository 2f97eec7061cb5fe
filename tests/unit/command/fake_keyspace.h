#ifndef KINDRED_TESTS_UNIT_COMMAND_FAKE_KEYSPACE_H_
#define KINDRED_TESTS_UNIT_COMMAND_FAKE_KEYSPACE_H_

// One node's worth of Redis for the tests of handlers: a map of keys, a clock that stands still,
// and the coordinator's part (arity, check, splitting by key, joining) in its simplest form.

#include <gtest/gtest.h>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "command/table.h"

namespace kindred {

class FakeKeyspace {
 public:
  FakeKeyspace();

  // Runs one command and returns its reply's bytes, each line end as a space: "+OK", ":1", "$-1",
  // "$5 hello", "*2 :1 :2".
  std::string Run(std::initializer_list<std::string_view> command);

  // A Kindred record read, which the map cannot have: the handler on `record`.
  std::string RunOn(const Record& record, std::initializer_list<std::string_view> command);

  uint64_t now_ms = 1'700'000'000'000;
  int protocol = 2;
  size_t value_bytes_max = 1000;
  const Topology* topology = nullptr;
  uint8_t db = 0;  // the session's
  using Keys = std::map<std::string, Value, std::less<>>;
  Keys keys;                          // of database 0
  std::map<uint8_t, Keys> other_dbs;  // the others
  Lookups lookups;                    // of all commands so far

 private:
  Keys& KeysIn(uint8_t which) { return which == 0 ? keys : other_dbs[which]; }
  std::optional<ValueView> Find(uint8_t which, std::string_view key);
  void Apply(uint8_t which, std::string_view key, Next next);
  std::string RunMany(const CommandRow& row, Args args);
  std::string RunParts(const CommandRow& row, Args args);
  void RunPart(const CommandRow& row, Args args, std::string_view key, std::string* out);
  Call MakeCall();

  CommandTable table_;
};

// The base of the fixtures; testing::Test has a Run of its own.
class KeyspaceTest : public testing::Test, public FakeKeyspace {
 public:
  using FakeKeyspace::Run;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_COMMAND_FAKE_KEYSPACE_H_
