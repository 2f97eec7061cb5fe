#include "server/clients.h"

#include "fmt/format.h"

namespace kindred {
namespace {

std::string LineOf(const Client& client, const ClientWords& words, uint64_t now_ms) {
  auto seconds_since = [now_ms](uint64_t ms) { return now_ms > ms ? (now_ms - ms) / 1000 : 0; };
  std::string flags;
  if (words.no_evict) flags += 'e';
  if (words.no_touch) flags += 'T';
  if (flags.empty()) flags = "N";
  const CommandRow* command = client.command.load(std::memory_order_relaxed);
  uint64_t buffered = client.buffered_bytes.load(std::memory_order_relaxed);
  uint64_t output = client.output_bytes.load(std::memory_order_relaxed);
  return fmt::format(
      "id={} addr={} laddr={} fd=-1 name={} age={} idle={} flags={} db={} sub=0 psub=0 ssub=0 "
      "multi=-1 qbuf={} qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl={} oll=0 omem={} "
      "tot-mem={} events=r cmd={} user={} redir=-1 resp={} lib-name={} lib-ver={}\n",
      client.id, client.address, client.local_address, words.name,
      seconds_since(client.connected_ms),
      seconds_since(client.active_ms.load(std::memory_order_relaxed)), flags,
      client.db.load(std::memory_order_relaxed), buffered, output, output,
      sizeof(Client) + buffered + output, command == nullptr ? "NULL" : command->name, words.user,
      client.protocol.load(std::memory_order_relaxed), words.library_name, words.library_version);
}

}  // namespace

void Clients::Add(Client* client) {
  std::lock_guard lock(mutex_);
  client->id = ++last_id_;
  clients_.emplace(client->id, client);
  size_.store(clients_.size(), std::memory_order_relaxed);
}

void Clients::Remove(Client* client) {
  std::lock_guard lock(mutex_);
  clients_.erase(client->id);
  size_.store(clients_.size(), std::memory_order_relaxed);
}

ClientWords Clients::WordsOf(const Client& client) const {
  std::lock_guard lock(mutex_);
  return client.words_;
}

void Clients::ChangeWords(Client& client, const std::function<void(ClientWords&)>& change) {
  std::lock_guard lock(mutex_);
  change(client.words_);
}

void Clients::KillUser(const std::string& user) {
  std::lock_guard lock(mutex_);
  for (const auto& [id, client] : clients_) {
    if (client->words_.user == user) client->kill.store(true, std::memory_order_relaxed);
  }
}

std::string Clients::Line(const Client& client, uint64_t now_ms) const {
  std::lock_guard lock(mutex_);
  return LineOf(client, client.words_, now_ms);
}

std::string Clients::All(uint64_t now_ms) const {
  std::lock_guard lock(mutex_);
  std::string lines;
  for (const auto& [id, client] : clients_) lines += LineOf(*client, client->words_, now_ms);
  return lines;
}

std::string Clients::Those(const std::vector<uint64_t>& ids, uint64_t now_ms) const {
  std::lock_guard lock(mutex_);
  std::string lines;
  for (uint64_t id : ids) {
    auto found = clients_.find(id);
    if (found == clients_.end()) continue;
    lines += LineOf(*found->second, found->second->words_, now_ms);
  }
  return lines;
}

}  // namespace kindred
