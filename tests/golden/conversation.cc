#include "tests/golden/conversation.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <variant>

#include "base/bytes.h"
#include "base/check.h"
#include "base/hash.h"
#include "command/families.h"
#include "command/table.h"
#include "command/with.h"
#include "fmt/format.h"
#include "resp/inline_arguments.h"
#include "store/keys.h"
#include "topology/slot.h"

namespace kindred {
namespace {

constexpr uint64_t kTickMs = 10;
constexpr uint64_t kTimeoutMs = 1000;

const CommandTable& Commands() {
  static const CommandTable table(DataCommandFamilies());
  return table;
}

std::vector<std::string> WordsOf(std::string_view line) {
  std::string bytes;
  std::vector<ArgumentSpan> spans;
  const bool balanced = SplitInlineArguments(line, &bytes, &spans);
  std::vector<std::string> words;
  for (const ArgumentSpan& span : spans) words.push_back(bytes.substr(span.begin, span.length));
  return balanced ? words : std::vector<std::string>();
}

std::optional<size_t> NodeOf(std::string_view word) {
  if (word.size() != 1 || word[0] < 'A' || word[0] >= 'A' + int{SmallCluster::kNodes}) return {};
  return static_cast<size_t>(word[0] - 'A');
}

// "A->B" or "A-B".
struct Pair {
  size_t from = 0, to = 0;
  bool directed = false;
};
std::optional<Pair> PairOf(std::string_view word) {
  if (word.size() < 3) return {};
  const auto from = NodeOf(word.substr(0, 1)), to = NodeOf(word.substr(word.size() - 1));
  const std::string_view between = word.substr(1, word.size() - 2);
  if (!from || !to || from == to || (between != "-" && between != "->")) return {};
  return Pair{*from, *to, between == "->"};
}

bool IsHeartbeat(const Message& message) {
  return std::holds_alternative<Heartbeat>(message) ||
         std::holds_alternative<HeartbeatSeen>(message);
}

std::string RecordKey(std::string_view key) {
  return RecordKeyOf({KeySlot(key), Hash32(key), 0, key});
}

Record OnDisk(TestNode& node, const std::string& record_key) {
  std::string bytes;
  Record record;
  if (node.store().Load(Column::kRecords, record_key, &bytes) != Found::kFound) return record;
  ByteReader in(bytes);
  CHECK(Record::Decode(in, &record));
  return record;
}

Record Shown(TestNode& node, const std::string& record_key) {
  Shared& shared = node.shared();
  const uint32_t vnode = node.node().VnodeOfRecordKey(record_key);
  Stripe& stripe = shared.stripe(shared.StripeOf(vnode)).stripe;
  std::lock_guard lock(stripe.mutex());
  const CachedRecord* entry = stripe.Find(record_key);
  CHECK(entry != nullptr);
  return entry->record;
}

}  // namespace

std::string Conversation::Run(std::string_view line) {
  out_.clear();
  const Words words = WordsOf(line);
  if (!words.empty() && words[0] == "alone") {
    Begin(false);
  } else {
    if (cluster_ == nullptr) Begin(true);
    Obey(words, line);
  }
  return std::move(out_);
}

// What the nodes say to each other before the script's first word is nobody's concern.
void Conversation::Begin(bool joined) {
  CHECK(cluster_ == nullptr);
  cluster_ = std::make_unique<SmallCluster>(
      joined, [this](const SmallCluster::Flying& m, bool lost) { OnMessage(m, lost); });
  for (size_t i = 0; i < SmallCluster::kNodes; ++i) {
    names_.AddNode(i, cluster_->id(i));
    names_.AddActor(i, cluster_->node(i).shared().actor());
  }
  listening_ = true;
}

void Conversation::Say(const std::string& line) {
  SayTime();
  out_ += line + "\n";
}

void Conversation::SayTime() {
  const uint64_t now_ms = cluster_->now_ms();
  if (now_ms != said_ms_) out_ += fmt::format("at {} ms:\n", now_ms - SmallCluster::kStartMs);
  said_ms_ = now_ms;
}

void Conversation::OnMessage(const SmallCluster::Flying& flying, bool lost) {
  if (!listening_ || (IsHeartbeat(flying.message) && !heartbeats_)) return;
  Say(fmt::format("{} -> {}  {}{}", Names::Node(flying.from), Names::Node(flying.to),
                  names_.Of(flying.message), lost ? "  (lost)" : ""));
}

// --- words

void Conversation::Obey(const Words& words, std::string_view line) {
  const size_t colon = line.find(": ");
  const bool start = line.starts_with("start ");
  const auto speaker = NodeOf(line.substr(start ? 6 : 0, 1));
  if (speaker.has_value() && colon == (start ? 7 : 1)) {
    Command(*speaker, line.substr(colon + 2));
    if (!start) cluster_->RunUntilQuiet();
    return;
  }
  if (words.size() == 1 && words[0] == "run") return cluster_->RunUntilQuiet();
  if (words.size() == 1 && words[0] == "heal") return cluster_->Heal();
  if (words.size() == 1 && words[0] == "heartbeats") {
    heartbeats_ = true;
    return;
  }
  if (words.size() == 2 && words[0] == "advance") return Advance(words[1]);
  if (words.size() == 3 && words[0] == "roster") return ChangeRoster(words[1], words[2]);
  if (words.size() == 1 && words[0] == "rosters") return ShowRosters();
  if (words.size() == 2 && words[0] == "show") return Show(words[1]);
  if (words.size() == 2 && words[0] == "owners") return Owners(words[1]);
  if (!ObeyOnLink(words) && !ObeyOnNode(words)) Say(fmt::format("? {}", line));
}

bool Conversation::ObeyOnLink(const Words& words) {
  if (words.size() != 2) return false;
  const auto pair = PairOf(words[1]);
  if (!pair.has_value()) return false;
  if (words[0] == "deliver" && pair->directed) {
    cluster_->Deliver(pair->from, pair->to);
  } else if (words[0] == "drop" && pair->directed) {
    cluster_->Lose(pair->from, pair->to);
  } else if (words[0] == "cut" && !pair->directed) {
    cluster_->Cut(pair->from, pair->to);
  } else {
    return false;
  }
  return true;
}

bool Conversation::ObeyOnNode(const Words& words) {
  const auto node = words.size() >= 2 ? NodeOf(words[1]) : std::nullopt;
  if (!node.has_value()) return false;
  const auto seed = words.size() == 3 ? NodeOf(words[2]) : std::nullopt;
  if (words[0] == "join" && seed.has_value()) {
    cluster_->Join(*node, *seed);
  } else if (words.size() != 2) {
    return false;
  } else if (words[0] == "crash") {
    cluster_->Crash(*node);
  } else if (words[0] == "stop") {
    cluster_->StopCleanly(*node);
  } else if (words[0] == "restart") {
    Restart(*node);
  } else if (words[0] == "pause") {
    cluster_->Pause(*node);
  } else if (words[0] == "resume") {
    cluster_->Resume(*node);
  } else if (words[0] == "hold-sync") {
    cluster_->HoldSync(*node);
  } else if (words[0] == "sync") {
    cluster_->Sync(*node);
  } else {
    return false;
  }
  return true;
}

void Conversation::Restart(size_t node) {
  cluster_->Restart(node);
  names_.AddActor(node, cluster_->node(node).shared().actor());
  cluster_->RunUntilQuiet();
}

// `$token` stands for the context token that a reply showed last.
void Conversation::Command(size_t node, std::string_view text) {
  Words words = WordsOf(text);
  std::replace(words.begin(), words.end(), std::string("$token"), names_.last_token());
  std::vector<std::string_view> args(words.begin(), words.end());
  Consistency consistency;
  if (!args.empty() && (args[0] == "WITH" || args[0] == "with")) {
    const auto inner = ParseWith(args, &consistency);
    if (!inner.ok()) return Say("? " + std::string(inner.status().message()));
    args.erase(args.begin(), args.begin() + static_cast<ptrdiff_t>(*inner));
  }
  Request request;
  request.row = args.empty() ? nullptr : Commands().Find(args[0]);
  if (request.row == nullptr || !request.row->ArityFits(args.size())) {
    return Say(fmt::format("? {}", text));
  }
  if (!cluster_->running(node)) return Say("? the node does not run");
  request.args = args;
  request.consistency = &consistency;
  request.deadline_ms = cluster_->now_ms() + kTimeoutMs;
  cluster_->Submit(
      node, request, [this, node, asked = std::string(text)](const std::string& reply) {
        Say(fmt::format("{} answers {}: {}", Names::Node(node), asked, names_.OfReply(reply)));
      });
}

void Conversation::Advance(const std::string& duration) {
  uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(duration.data(), duration.data() + duration.size(), number);
  const std::string unit(end, duration.data() + duration.size());
  if (error != std::errc() || (unit != "ms" && unit != "s")) return Say("? advance " + duration);
  const uint64_t until_ms = cluster_->now_ms() + number * (unit == "s" ? 1000 : 1);
  while (cluster_->now_ms() < until_ms) {
    cluster_->Tick(std::min(kTickMs, until_ms - cluster_->now_ms()));
  }
}

// What each node shows of a key and, where that differs, what its disk holds. Nodes that agree
// share a line.
void Conversation::Show(const std::string& key) {
  const std::string record_key = RecordKey(key);
  std::vector<std::pair<std::string, std::string>> lines;  // nodes, what they have
  for (size_t i = 0; i < SmallCluster::kNodes; ++i) {
    TestNode& node = cluster_->node(i);
    const Record disk = OnDisk(node, record_key);
    const Record shown = node.up() ? Shown(node, record_key) : disk;
    std::string has = names_.Of(shown);
    if (shown != disk) has += "  on disk: " + names_.Of(disk);
    const std::string name = node.up() ? Names::Node(i) : Names::Node(i) + " (down)";
    const auto same = std::find_if(lines.begin(), lines.end(),
                                   [&](const auto& line) { return line.second == has; });
    if (same == lines.end()) {
      lines.emplace_back(name, has);
    } else {
      same->first += " " + name;
    }
  }
  for (const auto& [nodes, has] : lines) out_ += fmt::format("{}: {}\n", nodes, has);
}

void Conversation::ChangeRoster(const std::string& name, const std::string& text) {
  const auto node = NodeOf(name);
  if (!node.has_value() || !cluster_->running(*node)) return Say("? roster " + name);
  Shared& shared = cluster_->node(*node).shared();
  CHECK(shared.ChangeRoster(shared.roster_generation(), text, cluster_->now_ms()).has_value());
}

// What each running node has, and how its disk knows it.
void Conversation::ShowRosters() {
  for (size_t i = 0; i < SmallCluster::kNodes; ++i) {
    if (!cluster_->node(i).up()) continue;
    const auto roster = cluster_->node(i).shared().roster().roster;
    std::string disk;
    Roster stored;
    if (cluster_->node(i).store().Load(Column::kMeta, "roster", &disk) == Found::kFound) {
      CHECK(Roster::Decode(disk, &stored));
    }
    out_ += fmt::format("{}: {}{}\n", Names::Node(i), roster->time() == 0 ? "-" : roster->text(),
                        stored == *roster ? "" : "  on disk: another");
  }
}

void Conversation::Owners(const std::string& key) {
  for (size_t i = 0; i < SmallCluster::kNodes; ++i) {
    if (!cluster_->running(i)) continue;
    const Topology& topology = cluster_->node(i).node().view().topology();
    const uint32_t vnode = topology.VnodeOf(KeySlot(key));
    std::string names;
    for (uint16_t replica : topology.ReplicasOf(vnode)) {
      const std::string& id = topology.nodes()[replica].id;
      for (size_t n = 0; n < SmallCluster::kNodes; ++n) {
        if (cluster_->id(n) == id) names += " " + Names::Node(n);
      }
    }
    out_ += fmt::format("{} is in vnode {}, replicas{}\n", key, vnode, names);
    return;
  }
}

}  // namespace kindred
