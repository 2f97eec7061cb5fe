// hiredis's blocking interface, which most C and C++ programs use: one command at a time,
// pipelines, binary data, errors, connections that end and come back. hiredis 0.14, Debian's,
// speaks RESP2.

#include <set>
#include <string>
#include <thread>

#include "compat.h"

namespace kindred::compat {
namespace {

constexpr size_t kMegabyte = 1 << 20;

std::string Quoted(const std::string& text) { return '"' + text + '"'; }

void FormattedCommands() {
  Connection ask;
  const std::string key = Key("k");
  const auto command = [&](auto... arguments) {
    return Show(*Reply(static_cast<redisReply*>(redisCommand(ask.context(), arguments...)),
                       &freeReplyObject));
  };
  Equal(command("SET %s %s", key.c_str(), "some value"), "OK");
  Equal(command("GET %s", key.c_str()), "\"some value\"");
  Equal(command("SET %b %b EX %d", key.data(), key.size(), "a\0b", size_t{3}, 100), "OK");
  Equal(command("STRLEN %s", key.c_str()), "(integer) 3");
  Equal(command("TTL %s", key.c_str()), "(integer) 100");
  Equal(command("INCRBY %s:n %lld", key.c_str(), 1LL << 60), "(integer) 1152921504606846976");
  Equal(command("SET %s:empty %s", key.c_str(), ""), "OK");
  Equal(command("GET %s:empty", key.c_str()), "\"\"");
}

void TypesOfReplies() {
  Connection ask;
  const std::string key = Key("{k}");
  Equal(ask({"PING"}), "PONG");
  Equal(ask({"PING", "hello"}), "\"hello\"");
  Equal(ask({"GET", key}), "(nil)");
  Equal(ask({"INCR", key}), "(integer) 1");
  Equal(ask({"DECRBY", key, "11"}), "(integer) -10");
  Equal(ask({"MGET", key, key + "none", key}), "[\"-10\", (nil), \"-10\"]");
  Equal(ask({"COMMAND", "GETKEYS", "MSET", "a", "1", "b", "2"}), "[\"a\", \"b\"]");
  Equal(ask({"KEYS", key + "nosuch*"}), "[]");
  Equal(ask({"ROLE"}).substr(0, 9), "[\"master\"");
}

void BinaryData() {
  Connection ask;
  const std::string bytes = EachByte();
  const std::string key = Key("k") + bytes;
  Equal(ask({"SET", key, bytes}), "OK");
  Equal(ask({"GET", key}), Quoted(bytes));
  Equal(ask({"APPEND", key, std::string("\r\n\0", 3)}), "(integer) 259");
  Equal(ask({"GETRANGE", key, "254", "-1"}), Quoted(std::string("\xfe\xff\r\n\0", 5)));
  Equal(ask({"ECHO", bytes}), Quoted(bytes));
  Equal(ask({"SET", "", "the empty key"}), "OK");
  Equal(ask({"GETDEL", ""}), "\"the empty key\"");
}

void Errors() {
  Connection ask;
  const std::string key = Key("k");
  Equal(ask({"NOSUCH", "a", "b"}),
        "(error) ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' ");
  Equal(ask({"GET"}), "(error) ERR wrong number of arguments for 'get' command");
  Equal(ask({"SET", key, "word"}), "OK");
  Equal(ask({"INCR", key}), "(error) ERR value is not an integer or out of range");
  Equal(ask({"SET", key, "v", "NX", "XX"}), "(error) ERR syntax error");
  // The connection outlives errors.
  Equal(ask({"GET", key}), "\"word\"");
  Holds(ask.context()->err == 0, "the context is in good order");
}

void Hello() {
  Connection ask;
  Equal(ask({"HELLO", "4"}), "(error) NOPROTO unsupported protocol version");
  const std::string hello = ask({"HELLO", "2", "SETNAME", "hiredis"});
  Holds(hello.starts_with("[\"server\", \"redis\", \"version\", \"7."), hello);
  Holds(hello.find("\"proto\", (integer) 2") != std::string::npos, hello);
  Equal(ask({"CLIENT", "GETNAME"}), "\"hiredis\"");
}

void Expiry() {
  Connection ask;
  const std::string key = Key("k");
  Equal(ask({"SET", key, "v", "PX", "30"}), "OK");
  for (int tries = 0; ask({"GET", key}) != "(nil)"; ++tries) {
    Holds(tries < 2000, "the key expires");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  Equal(ask({"TTL", key}), "(integer) -2");
}

void LargeValues() {
  Connection ask;
  const std::string key = Key("k");
  std::string value;
  while (value.size() < 8 * kMegabyte) value += EachByte();
  Equal(ask({"SET", key, value}), "OK");
  Holds(ask({"GET", key}) == Quoted(value), "8 MB come back as they were");
  Equal(ask({"STRLEN", key}), "(integer) " + std::to_string(value.size()));
  Equal(ask({"UNLINK", key}), "(integer) 1");
}

void Pipeline() {
  constexpr int kCommands = 10'000;
  Connection ask;
  const std::string key = Key("k");
  for (int i = 0; i < kCommands; ++i) ask.Append({"SET", key + std::to_string(i), "v"});
  for (int i = 0; i < kCommands; ++i) Equal(Show(*ask.Next()), "OK");
  for (int i = 0; i < kCommands; ++i) ask.Append({"INCR", key});
  for (int i = 1; i <= kCommands; ++i) {
    Equal(Show(*ask.Next()), "(integer) " + std::to_string(i));
  }
}

void PipelineWithErrors() {
  Connection ask;
  const std::string key = Key("k");
  ask.Append({"SET", key, "word"});
  ask.Append({"INCR", key});
  ask.Append({"NOSUCH"});
  ask.Append({"APPEND", key, "s"});
  ask.Append({"GET", key});
  Equal(Show(*ask.Next()), "OK");
  Equal(Show(*ask.Next()), "(error) ERR value is not an integer or out of range");
  Equal(Show(*ask.Next()).substr(0, 28), "(error) ERR unknown command ");
  Equal(Show(*ask.Next()), "(integer) 5");
  Equal(Show(*ask.Next()), "\"words\"");
}

void PipelineOfLargeReplies() {
  constexpr int kCommands = 50;
  Connection ask;
  const std::string key = Key("k");
  const std::string value(kMegabyte, 'x');
  Equal(ask({"SET", key, value}), "OK");
  for (int i = 0; i < kCommands; ++i) ask.Append({"GET", key});
  for (int i = 0; i < kCommands; ++i) Holds(ask.Next()->len == kMegabyte, "it is the value");
}

void InlineCommands() {
  Connection ask;
  const std::string lines = "PING\r\nECHO \"two words\"\n";
  Holds(redisAppendFormattedCommand(ask.context(), lines.data(), lines.size()) == REDIS_OK, "sent");
  Equal(Show(*ask.Next()), "PONG");
  Equal(Show(*ask.Next()), "\"two words\"");
}

void RepliesThatAreNotWanted() {
  Connection ask;
  ask.Append({"CLIENT", "REPLY", "OFF"});
  ask.Append({"SET", Key("k"), "unheard"});
  ask.Append({"CLIENT", "REPLY", "ON"});
  ask.Append({"GET", Key("k")});
  Equal(Show(*ask.Next()), "OK");
  Equal(Show(*ask.Next()), "\"unheard\"");
}

void Databases() {
  Connection ask;
  const std::string key = Key("k");
  Equal(ask({"SELECT", "9"}), "OK");
  Equal(ask({"SET", key, "in the ninth"}), "OK");
  Equal(ask({"SELECT", "0"}), "OK");
  Equal(ask({"EXISTS", key}), "(integer) 0");
  Equal(ask({"SELECT", "16"}), "(error) ERR DB index is out of range");
}

void Scan() {
  constexpr int kKeys = 500;
  Connection ask;
  const std::string key = Key("scanned:");
  for (int i = 0; i < kKeys; ++i) ask.Append({"SET", key + std::to_string(i), "v"});
  for (int i = 0; i < kKeys; ++i) Equal(Show(*ask.Next()), "OK");
  std::set<std::string> found;
  std::string cursor = "0";
  do {
    ask.Append({"SCAN", cursor, "MATCH", key + "*", "COUNT", "50"});
    const Reply page = ask.Next();
    Holds(page->elements == 2, "a page is a cursor and keys");
    cursor = {page->element[0]->str, page->element[0]->len};
    const redisReply& keys = *page->element[1];
    for (size_t i = 0; i < keys.elements; ++i) {
      found.emplace(keys.element[i]->str, keys.element[i]->len);
    }
  } while (cursor != "0");
  Equal(std::to_string(found.size()), std::to_string(kKeys));
}

void QuitAndReconnect() {
  Connection ask;
  const std::string key = Key("k");
  Equal(ask({"SET", key, "v"}), "OK");
  Equal(ask({"CLIENT", "SETNAME", "before"}), "OK");
  Equal(ask({"QUIT"}), "OK");
  ask.ExpectEnd();
  ask.Reconnect();
  Equal(ask({"CLIENT", "GETNAME"}), "(nil)");
  Equal(ask({"GET", key}), "\"v\"");
}

void KilledAndReconnected() {
  Connection ask, other;
  ask.Append({"CLIENT", "ID"});
  const std::string id = std::to_string(ask.Next()->integer);
  Equal(other({"CLIENT", "KILL", "ID", id}), "(integer) 1");
  ask.ExpectEnd();
  ask.Reconnect();
  Equal(ask({"PING"}), "PONG");
  Holds(ask({"CLIENT", "ID"}) != "(integer) " + id, "ids are not used again");
}

void ProtocolErrors() {
  for (const std::string broken : {"*1\r\n$x\r\n", "*1\r\n:1\r\n", "*x\r\n"}) {
    Connection ask;
    Holds(redisAppendFormattedCommand(ask.context(), broken.data(), broken.size()) == REDIS_OK,
          "sent");
    const std::string reply = Show(*ask.Next());
    Holds(reply.starts_with("(error) ERR Protocol error: "), reply);
    ask.ExpectEnd();
  }
}

void Monitor() {
  Connection ask, watcher;
  const std::string key = Key("k");
  Equal(watcher({"MONITOR"}), "OK");
  Equal(ask({"GET", key}), "(nil)");
  // Somebody else may be at work, too.
  for (int lines = 0;; ++lines) {
    Holds(lines < 1000, "the command is told");
    const std::string line = Show(*watcher.Next());
    if (line.ends_with("\"GET\" \"" + key + "\"")) break;
  }
}

void Transactions() {
  Connection ask;
  const std::string key = Key("{k}");
  ask.Append({"MULTI"});
  ask.Append({"SET", key, "1"});
  ask.Append({"INCR", key});
  ask.Append({"GET", key + "none"});
  ask.Append({"EXEC"});
  for (const char* reply : {"OK", "QUEUED", "QUEUED", "QUEUED", "[OK, (integer) 2, (nil)]"}) {
    Equal(Show(*ask.Next()), reply);
  }
  Equal(ask({"MULTI"}), "OK");
  Equal(ask({"SET", key, "never"}), "QUEUED");
  Equal(ask({"DISCARD"}), "OK");
  Equal(ask({"GET", key}), "\"2\"");
  Equal(ask({"EXEC"}), "(error) ERR EXEC without MULTI");
}

void WatchedTransactions() {
  Connection ask, other;
  const std::string key = Key("k");
  Equal(ask({"SET", key, "1"}), "OK");
  Equal(ask({"WATCH", key}), "OK");
  Equal(other({"SET", key, "2"}), "OK");
  Equal(ask({"MULTI"}), "OK");
  Equal(ask({"SET", key, "3"}), "QUEUED");
  Equal(ask({"EXEC"}), "(nil)");
  Equal(ask({"GET", key}), "\"2\"");
}

}  // namespace
}  // namespace kindred::compat

int main() {
  using namespace kindred::compat;
  return Run({
      {"commands from a format", FormattedCommands},
      {"types of replies", TypesOfReplies},
      {"binary keys and values", BinaryData},
      {"errors leave the connection as it was", Errors},
      {"HELLO in RESP2", Hello},
      {"a key expires", Expiry},
      {"a value of 8 MB", LargeValues},
      {"pipelines of 10,000 commands", Pipeline},
      {"errors inside a pipeline", PipelineWithErrors},
      {"a pipeline of 50 replies of 1 MB", PipelineOfLargeReplies},
      {"inline commands", InlineCommands},
      {"CLIENT REPLY OFF", RepliesThatAreNotWanted},
      {"databases", Databases},
      {"SCAN finds all", Scan},
      {"QUIT and redisReconnect", QuitAndReconnect},
      {"CLIENT KILL and redisReconnect", KilledAndReconnected},
      {"protocol errors close the connection", ProtocolErrors},
      {"MONITOR", Monitor},
      {"MULTI and EXEC", Transactions},
      {"WATCH", WatchedTransactions},
  });
}
