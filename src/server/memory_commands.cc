// MEMORY: what the whole process takes. MEMORY USAGE, of one key, is a command on keys, and stands
// with the container.
#include <algorithm>

#include "fmt/format.h"
#include "server/help.h"
#include "server/server.h"
#include "server/session.h"
#include "server/session_command.h"

namespace kindred {
namespace {

constexpr uint64_t kMiB = 1 << 20;
// Below it, figures say little.
constexpr uint64_t kLittleBytes = 5 * kMiB;

struct Figures {
  ProcessFacts process;
  uint64_t peak = 0;
  uint64_t startup = 0;
  uint64_t clients = 0;
  uint64_t keys = 0;

  uint64_t used() const { return process.used_memory_bytes; }
  uint64_t overhead() const { return std::min(used(), startup + clients); }
  uint64_t dataset() const { return used() - overhead(); }
};

Figures FiguresOf(Session& session) {
  Server& server = session.server();
  Figures figures;
  figures.process = server.Measure();
  figures.peak = server.used_memory_peak_bytes();
  figures.startup = server.startup_memory_bytes();
  figures.clients = server.clients().figures().memory_bytes;
  for (const Counts::Number& number : server.CountKeys(session.face())) {
    figures.keys += static_cast<uint64_t>(std::max<int64_t>(0, number.keys));
  }
  return figures;
}

double Ratio(uint64_t a, uint64_t b) {
  return b == 0 ? 1.0 : static_cast<double>(a) / static_cast<double>(b);
}

// Names and values of MEMORY STATS, counted as they are written.
class Stats {
 public:
  Stats& Number(std::string_view name, uint64_t value) {
    Name(name).Integer(static_cast<int64_t>(value));
    return *this;
  }
  Stats& Part(std::string_view name, double value) {
    Name(name).Double(value);
    return *this;
  }
  // The keyspace of one database, which has no tables in memory.
  Stats& Database(size_t db) {
    ReplyWriter reply = Name(fmt::format("db.{}", db));
    reply.Map(3);
    for (std::string_view table : {"main", "expires", "slot-to-keys"}) {
      reply.Bulk(fmt::format("overhead.hashtable.{}", table));
      reply.Integer(0);
    }
    return *this;
  }
  explicit Stats(int protocol) : protocol_(protocol) {}

  void Write(ReplyWriter& reply) const {
    reply.Map(pairs_);
    reply.Raw(bytes_);
  }

 private:
  ReplyWriter Name(std::string_view name) {
    ++pairs_;
    ReplyWriter writer(&bytes_, protocol_);
    writer.Bulk(name);
    return writer;
  }

  const int protocol_;
  size_t pairs_ = 0;
  std::string bytes_;
};

void WriteStats(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const Figures f = FiguresOf(session);
  const ProcessFacts& p = f.process;
  Stats stats(reply.protocol());
  stats.Number("peak.allocated", f.peak).Number("total.allocated", f.used());
  stats.Number("startup.allocated", f.startup).Number("replication.backlog", 0);
  stats.Number("clients.slaves", 0).Number("clients.normal", f.clients);
  stats.Number("cluster.links", 0).Number("aof.buffer", 0).Number("lua.caches", 0);
  stats.Number("functions.caches", 0);
  const std::vector<Counts::Number> databases = session.server().CountKeys(session.face());
  for (size_t db = 0; db < databases.size(); ++db) {
    if (databases[db].keys > 0) stats.Database(db);
  }
  stats.Number("overhead.total", f.overhead()).Number("keys.count", f.keys);
  stats.Number("keys.bytes-per-key", f.keys == 0 ? 0 : f.dataset() / f.keys);
  stats.Number("dataset.bytes", f.dataset());
  const uint64_t after_startup = f.used() - std::min(f.used(), f.startup);
  stats.Part("dataset.percentage", 100 * Ratio(f.dataset(), after_startup));
  stats.Part("peak.percentage", 100 * Ratio(f.used(), f.peak));
  stats.Number("allocator.allocated", f.used()).Number("allocator.active", p.active_bytes);
  stats.Number("allocator.resident", p.resident_bytes);
  stats.Part("allocator-fragmentation.ratio", Ratio(p.active_bytes, f.used()));
  stats.Number("allocator-fragmentation.bytes", p.active_bytes - f.used());
  stats.Part("allocator-rss.ratio", Ratio(p.resident_bytes, p.active_bytes));
  stats.Number("allocator-rss.bytes", p.resident_bytes - p.active_bytes);
  stats.Part("rss-overhead.ratio", Ratio(p.rss_bytes, p.resident_bytes));
  stats.Number("rss-overhead.bytes", p.rss_bytes - p.resident_bytes);
  stats.Part("fragmentation", Ratio(p.rss_bytes, f.used()));
  stats.Number("fragmentation.bytes", p.rss_bytes - f.used());
  stats.Write(reply);
}

void Doctor(Session& session, Args, ReplyWriter& reply, uint64_t) {
  const Figures f = FiguresOf(session);
  if (f.used() < kLittleBytes) {
    return reply.Verbatim(
        "Hi Sam, this instance is empty or is using very little memory, my issues detector can't "
        "be used in these conditions. Please, leave for your mission on Earth and fill it with "
        "some data. The new Sam and I will be back to our programming as soon as I finished "
        "rebooting.\n");
  }
  std::string report;
  if (Ratio(f.peak, f.used()) > 1.5) {
    report += fmt::format(
        " * Peak memory: at most {} were in use, now it is {}. MEMORY PURGE gives what is left "
        "over back to the system.\n",
        HumanBytes(f.peak), HumanBytes(f.used()));
  }
  if (Ratio(f.process.rss_bytes, f.used()) > 1.4 && f.process.rss_bytes > f.used() + 10 * kMiB) {
    report += fmt::format(
        " * Fragmentation: the process has {} of memory for {} that are in use. MEMORY PURGE may "
        "give some of it back.\n",
        HumanBytes(f.process.rss_bytes), HumanBytes(f.used()));
  }
  if (f.clients > f.used() / 4) {
    report += fmt::format(
        " * Clients: {} hold what clients have sent or not yet taken. CLIENT LIST shows which, and "
        "client-output-buffer-limit bounds it.\n",
        HumanBytes(f.clients));
  }
  if (report.empty()) {
    return reply.Verbatim(
        "Hi Sam, I can't find any memory issue in your instance. I can only account for what "
        "occurs on this base.\n");
  }
  reply.Verbatim("Sam, I detected a few issues in this instance's memory:\n\n" + report);
}

void Purge(Session& session, Args, ReplyWriter& reply, uint64_t) {
  session.server().host().ReleaseMemory();
  reply.Simple("OK");
}

void MallocStats(Session& session, Args, ReplyWriter& reply, uint64_t) {
  reply.Verbatim(session.server().host().AllocatorReport());
}

constexpr std::string_view kHelp[] = {
    "DOCTOR",
    "    Return memory problems reports.",
    "MALLOC-STATS",
    "    Return internal statistics report from the memory allocator.",
    "PURGE",
    "    Attempt to purge dirty pages for reclamation by the allocator.",
    "STATS",
    "    Return information about the memory usage of the server.",
    "USAGE <key> [SAMPLES <count>]",
    "    Return memory in bytes used by <key> and its value. Nested values are",
    "    sampled up to <count> times (default: 5, 0 means sample all).",
};

void Help(Session&, Args args, ReplyWriter& reply, uint64_t) { WriteHelp(args[0], kHelp, reply); }

constexpr std::string_view kTips =
    "nondeterministic_output request_policy:all_shards response_policy:special";

constexpr SessionCommand kCommands[] = {
    {.row = {.name = "memory|doctor",
             .arity = 2,
             .summary = "Outputs a memory problems report.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(1)",
             .tips = kTips},
     .run = Doctor},
    {.row = {.name = "memory|malloc-stats",
             .arity = 2,
             .summary = "Returns the allocator statistics.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "Depends on how much memory is allocated, could be slow",
             .tips = kTips},
     .run = MallocStats},
    {.row = {.name = "memory|purge",
             .arity = 2,
             .summary = "Asks the allocator to release memory.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "Depends on how much memory is allocated, could be slow",
             .tips = "request_policy:all_shards response_policy:all_succeeded"},
     .run = Purge},
    {.row = {.name = "memory|stats",
             .arity = 2,
             .summary = "Returns details about memory usage.",
             .since = "4.0.0",
             .group = "server",
             .complexity = "O(1)",
             .tips = kTips},
     .run = WriteStats},
    {.row = HelpRow("memory|help", "4.0.0", "server"), .run = Help},
};

}  // namespace

std::span<const SessionCommand> MemoryCommands() { return kCommands; }

}  // namespace kindred
