#include "server/clients.h"

#include <algorithm>

#include "command/handler_tools.h"
#include "fmt/format.h"

namespace kindred {
namespace {

template <typename T>
T Load(const std::atomic<T>& number) {
  return number.load(std::memory_order_relaxed);
}

std::string FlagsOf(const Client& client, const ClientWords& words) {
  std::string flags;
  if (Load(client.monitor)) flags += 'O';
  if (Load(client.queued) >= 0) flags += 'x';
  if (Load(client.blocked)) flags += 'b';
  if (Load(client.kill)) flags += 'A';
  if (words.no_evict) flags += 'e';
  if (words.no_touch) flags += 'T';
  return flags.empty() ? "N" : flags;
}

uint64_t OutputBytes(const Client& client) {
  return Load(client.output_bytes) + Load(client.unsent_bytes);
}

uint64_t InputBytes(const Client& client) {
  return Load(client.buffered_bytes) + Load(client.buffer_free_bytes);
}

uint64_t MemoryBytes(const Client& client) {
  return sizeof(Client) + InputBytes(client) + Load(client.queued_bytes) + OutputBytes(client);
}

// Arguments are views into the input, so they have no memory of their own (argv-mem); replies are
// kept in one string (obl, rbs), those that wait behind others in a list (oll).
std::string LineOf(const Client& client, const ClientWords& words, uint64_t now_ms) {
  auto seconds_since = [now_ms](uint64_t ms) { return now_ms > ms ? (now_ms - ms) / 1000 : 0; };
  const CommandRow* command = Load(client.command);
  const uint64_t unsent = Load(client.unsent_bytes);
  return fmt::format(
      "id={} addr={} laddr={} fd={} name={} age={} idle={} flags={} db={} sub=0 psub=0 ssub=0 "
      "multi={} qbuf={} qbuf-free={} argv-mem=0 multi-mem={} rbs={} rbp={} obl={} oll={} omem={} "
      "tot-mem={} events={} cmd={} user={} redir=-1 resp={} lib-name={} lib-ver={}\n",
      client.id, client.address, client.local_address, client.fd, words.name,
      seconds_since(client.connected_ms), seconds_since(Load(client.active_ms)),
      FlagsOf(client, words), Load(client.db), Load(client.queued), Load(client.buffered_bytes),
      Load(client.buffer_free_bytes), Load(client.queued_bytes), Load(client.output_bytes),
      Load(client.output_bytes), Load(client.output_bytes), Load(client.replies_waiting),
      OutputBytes(client), MemoryBytes(client), unsent > 0 ? "rw" : "r",
      command == nullptr ? "NULL" : command->name, words.user, Load(client.protocol),
      words.library_name, words.library_version);
}

bool Fits(const ClientFilter& filter, const Client& client, const ClientWords& words) {
  if (filter.id && *filter.id != client.id) return false;
  if (filter.address && *filter.address != client.address) return false;
  if (filter.local_address && *filter.local_address != client.local_address) return false;
  if (filter.user && *filter.user != words.user) return false;
  return !filter.type || *filter.type == ClientType::kNormal;
}

}  // namespace

std::optional<ClientType> ParseClientType(std::string_view word) {
  if (SameWord(word, "normal")) return ClientType::kNormal;
  if (SameWord(word, "master")) return ClientType::kMaster;
  if (SameWord(word, "replica") || SameWord(word, "slave")) return ClientType::kReplica;
  if (SameWord(word, "pubsub")) return ClientType::kPubsub;
  return std::nullopt;
}

bool Clients::Enter(size_t max) {
  size_t entered = entered_.load(std::memory_order_relaxed);
  do {
    if (entered >= max) return false;
  } while (!entered_.compare_exchange_weak(entered, entered + 1, std::memory_order_relaxed));
  return true;
}

void Clients::Leave() { entered_.fetch_sub(1, std::memory_order_relaxed); }

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

std::string Clients::Line(const Client& client, uint64_t now_ms) const {
  std::lock_guard lock(mutex_);
  return LineOf(client, client.words_, now_ms);
}

std::string Clients::All(std::optional<ClientType> type, uint64_t now_ms) const {
  ClientFilter filter;
  filter.type = type;
  std::lock_guard lock(mutex_);
  std::string lines;
  for (const auto& [id, client] : clients_) {
    if (Fits(filter, *client, client->words_)) lines += LineOf(*client, client->words_, now_ms);
  }
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

Clients::Killed Clients::Kill(const ClientFilter& filter, const Client* self) {
  Killed killed;
  std::lock_guard lock(mutex_);
  for (const auto& [id, client] : clients_) {
    if (!Fits(filter, *client, client->words_)) continue;
    if (client == self) {
      killed.self = true;
      continue;
    }
    ++killed.others;
    client->kill.store(true, std::memory_order_relaxed);
    if (client->wake) client->wake();
  }
  return killed;
}

Clients::Figures Clients::figures() const {
  Figures figures;
  std::lock_guard lock(mutex_);
  for (const auto& [id, client] : clients_) {
    figures.input_bytes_max = std::max(figures.input_bytes_max, InputBytes(*client));
    figures.output_bytes_max = std::max(figures.output_bytes_max, OutputBytes(*client));
    figures.memory_bytes += MemoryBytes(*client);
    figures.blocked += Load(client->blocked) ? 1 : 0;
  }
  return figures;
}

}  // namespace kindred
