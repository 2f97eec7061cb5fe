// SCAN, KEYS, CLUSTER GETKEYSINSLOT and RANDOMKEY: ranges of the ring, read at a majority of their
// replicas, page by page.
#include <algorithm>
#include <cctype>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "base/glob.h"
#include "base/number.h"
#include "command/scan_options.h"
#include "node/keyspace.h"
#include "node/keyspace_job.h"
#include "node/node.h"
#include "resp/errors.h"
#include "store/keys.h"
#include "topology/slot.h"

namespace kindred {
namespace {

constexpr uint32_t kPageEntriesMin = 32;  // the first page's; each further one is twice as long
constexpr uint32_t kPageEntries = 500;    // until they are that long
constexpr uint32_t kPageEntriesMax = 10000;
constexpr size_t kRandomSample = 64;

// A cursor is a place: the slot and, below it, the 32 bits of the place hash.
std::string PositionOf(uint64_t cursor) {
  return RecordKeyOf(
      {static_cast<uint16_t>((cursor >> 32) & (kSlots - 1)), static_cast<uint32_t>(cursor), 0, {}});
}

uint64_t CursorOf(std::string_view record_key) {
  const auto parts = SplitRecordKey(record_key);
  CHECK(parts.has_value());
  return (static_cast<uint64_t>(parts->slot) << 32) | parts->place;
}

std::string_view PlaceOf(std::string_view record_key) {
  return record_key.substr(0, kRecordKeyPrefixBytes - 1);
}

bool IsPosition(const std::string& record_key) {
  return record_key == PositionOf(CursorOf(record_key));
}

std::string SlotStart(uint32_t slot) {
  std::string key;
  ByteWriter(&key).U16(static_cast<uint16_t>(slot));
  return key;
}

Record WithoutPayloads(Record record) {
  for (Version& version : record.versions) version.payload.clear();
  return record;
}

// Whether the store stopped at one of a page's bounds (ScanRequest), so that more may follow.
bool IsFull(const std::vector<Entry>& entries, size_t entries_max) {
  size_t bytes = 0;
  for (const Entry& entry : entries) bytes += entry.key.size() + entry.value.size();
  return entries.size() >= entries_max || bytes > ScanRequest().bytes_max;
}

Peer FirstLive(uint32_t vnode, const Turn& turn) {
  const auto replicas = turn.view->ReplicasOf(vnode);
  const auto found =
      std::find_if(replicas.begin(), replicas.end(), [&](Peer p) { return turn.view->alive(p); });
  return found == replicas.end() ? replicas[0] : *found;
}

bool TypeFits(Kind kind, std::string_view type) {
  if (type.empty()) return true;
  return kind == Kind::kString && type == "string";
}

}  // namespace

bool Keyspace::StartScan(const Request& request, Job* job, std::string* error) {
  ReplyWriter reply(error, request.protocol);
  const std::string_view name = request.row->name;
  job->from = PositionOf(0);
  if (name == "scan") {
    ScanOptions options;
    if (!ParseScan(request.args, &options, reply)) return false;
    job->what = Job::What::kScan;
    job->from = PositionOf(options.cursor);
    job->pattern = std::string(options.pattern);
    job->type = std::string(options.type);
    std::transform(job->type.begin(), job->type.end(), job->type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    job->count = static_cast<uint32_t>(std::clamp<int64_t>(options.count, 1, kPageEntriesMax));
  } else if (name == "keys") {
    job->what = Job::What::kKeys;
    job->pattern = std::string(request.args[1]);
  } else if (name == "cluster|getkeysinslot") {
    // The row has seen that these are numbers, and the first one a slot.
    const auto slot = static_cast<uint64_t>(ParseInt64(request.args[2]).value());
    job->what = Job::What::kSlot;
    job->from = PositionOf(slot << 32);
    job->slot_end = SlotStart(static_cast<uint32_t>(slot) + 1);
    job->count = static_cast<uint32_t>(
        std::clamp<int64_t>(ParseInt64(request.args[3]).value(), 0, UINT32_MAX));
  } else {
    job->what = Job::What::kRandom;
    job->from = PositionOf(random_.Below(static_cast<uint64_t>(kSlots) << 32));
    job->count = kRandomSample;
  }
  // Twice what is wanted, because some entries may be deleted, or of other databases.
  job->page_entries =
      std::clamp(2 * std::min(job->count, kPageEntriesMax), kPageEntriesMin, kPageEntriesMax);
  return true;
}

// Whom to ask, and how far the same can be asked: the range of neighbouring slots that all of them
// hold.
bool Keyspace::PickRange(Job& job, const Turn& turn) {
  const Topology& topology = turn.view->topology();
  const auto ours = [&](uint32_t vnode) {
    return !job.cluster_face || !job.slot_end.empty() || FirstLive(vnode, turn) == kSelf;
  };
  uint32_t vnode = topology.VnodeOf(static_cast<uint16_t>(CursorOf(job.from) >> 32));
  const uint32_t vnodes = topology.vnode_count();
  while (vnode < vnodes && !ours(vnode)) {
    if (++vnode < vnodes)
      job.from = PositionOf(static_cast<uint64_t>(topology.SlotsOf(vnode).first) << 32);
  }
  if (vnode == vnodes) {
    job.until.clear();
    job.open.clear();
    return true;  // nothing is left
  }
  job.open.clear();
  for (const bool suspects : {false, true}) {
    for (Peer peer : turn.view->ReplicasOf(vnode)) {
      const bool fits = turn.view->link_up(peer) && turn.view->alive(peer) != suspects;
      if (fits && job.open.size() < turn.view->Majority()) job.open.insert(peer);
    }
  }
  if (job.open.size() < turn.view->Majority()) return false;
  const auto all_hold = [&](uint32_t v) {
    const auto replicas = turn.view->ReplicasOf(v);
    return std::all_of(job.open.begin(), job.open.end(), [&](Peer p) {
      return std::find(replicas.begin(), replicas.end(), p) != replicas.end();
    });
  };
  uint32_t last = vnode;
  while (last + 1 < vnodes && ours(last + 1) && all_hold(last + 1)) ++last;
  job.until = job.slot_end.empty() ? SlotStart(topology.SlotsOf(last).second + 1u) : job.slot_end;
  return true;
}

void Keyspace::ScanStep(Job& job, const Turn& turn) {
  job.items.clear();
  job.next.clear();
  if (!PickRange(job, turn)) return Fail(job, turn);
  if (job.open.empty()) {
    job.from.clear();
    return FinishScan(job, turn);
  }
  job.round = (++last_id_ << 13) | node_.loop() | (1ull << 63);
  const uint32_t entries = job.page_entries;
  for (Peer peer : job.open) {
    if (peer != kSelf) {
      turn.out->sends.push_back(
          {peer, node_.loop(), ScanAsk{job.round, job.db, job.from, job.until, entries}});
      continue;
    }
    const uint64_t ticket = (++last_ticket_ << 1);
    own_scans_[ticket] = job.round;
    peer_scans_[ticket].ask = {job.round, job.db, job.from, job.until, entries};
    turn.out->scans.push_back(
        {ticket, shared_.last_sequence(), false, job.from, job.until, entries});
  }
}

void Keyspace::OnScanAsk(LinkId link, ScanAsk ask, const Turn& turn) {
  ask.entries_max = std::clamp(ask.entries_max, 1u, kPageEntriesMax);
  const uint64_t ticket = (++last_ticket_ << 1);
  turn.out->scans.push_back(
      {ticket, shared_.last_sequence(), false, ask.from, ask.until, ask.entries_max});
  peer_scans_[ticket] = {link, std::move(ask)};
}

void Keyspace::OnScanned(uint64_t ticket, std::vector<Entry> entries, const Turn& turn) {
  const auto found = peer_scans_.find(ticket);
  if (found == peer_scans_.end()) return;
  const PeerScan scan = std::move(found->second);
  peer_scans_.erase(found);
  ScanTell page = PageOf(scan.ask, std::move(entries));
  const auto own = own_scans_.find(ticket);
  if (own == own_scans_.end()) {
    turn.out->answers.push_back({scan.link, 0, std::move(page)});
    return;
  }
  const uint64_t round = own->second;
  own_scans_.erase(own);
  Job* job = JobOf(round);
  if (job == nullptr || job->round != round || job->open.erase(kSelf) == 0) return;
  OnPage(*job, std::move(page), turn);
}

ScanTell Keyspace::PageOf(const ScanAsk& ask, std::vector<Entry> entries) {
  ScanTell page;
  page.id = ask.id;
  if (IsFull(entries, ask.entries_max)) {
    // Pages end between two places, because that is what a cursor can say; a place with a page's
    // worth of keys is cut.
    const std::string last = std::string(PlaceOf(entries.back().key));
    if (PlaceOf(entries.front().key) == last) {
      page.next = entries.back().key + '\0';
    } else {
      page.next = PositionOf(CursorOf(entries.back().key));
      while (PlaceOf(entries.back().key) == last) entries.pop_back();
    }
  }
  for (Entry& entry : entries) {
    const auto parts = SplitRecordKey(entry.key);
    if (!parts.has_value() || parts->db != ask.db) continue;
    Record record;
    ByteReader in(entry.value);
    const bool decoded = Record::Decode(in, &record);
    CHECK(decoded);
    page.items.push_back({std::move(entry.key), WithoutPayloads(std::move(record))});
  }
  AddUndecided(ask, &page);
  return page;
}

// What this replica keeps without showing it may be decided already. Who puts the pages of several
// replicas together tells which version is the newest.
void Keyspace::AddUndecided(const ScanAsk& ask, ScanTell* page) {
  for (uint32_t i = 0; i < shared_.stripes(); ++i) {
    Stripe& stripe = shared_.stripe(i).stripe;
    std::lock_guard lock(stripe.mutex());
    stripe.undecided().ForRange(
        ask.from, page->next.empty() ? ask.until : page->next,
        [&](const std::string& key, const std::vector<UndecidedGroup>& groups) {
          if (DbOf(key) != ask.db) return;
          for (const UndecidedGroup& group : groups) {
            page->items.push_back({key, WithoutPayloads(RecordOf(*ItemOf(*group, key)))});
          }
        });
  }
}

void Keyspace::OnScanTell(Peer from, ScanTell tell, const Turn& turn) {
  Job* job = JobOf(tell.id);
  if (job == nullptr || job->round != tell.id || job->open.erase(from) == 0) return;
  OnPage(*job, std::move(tell), turn);
}

void Keyspace::OnPage(Job& job, ScanTell page, const Turn& turn) {
  for (ScanTell::Item& item : page.items) {
    Record& record = job.items[item.key];
    record = record.empty() ? std::move(item.record) : Merge(record, item.record);
  }
  if (!page.next.empty() && (job.next.empty() || page.next < job.next)) job.next = page.next;
  if (job.open.empty()) OnPages(job, turn);
}

// All have told their page: what lies before the shortest one's end is known.
void Keyspace::OnPages(Job& job, const Turn& turn) {
  if (!job.wanted) return Finish(job, {}, 0, turn);
  job.deadline_ms = turn.now_ms + job.page_ms;
  job.looked_at += job.next.empty() ? job.items.size() : job.page_entries;
  job.page_entries = std::max(job.page_entries, std::min(2 * job.page_entries, kPageEntries));
  TakeItems(job, job.next.empty() ? job.until : job.next, turn);
  const bool range_done = job.next.empty();
  const bool last_range =
      !job.slot_end.empty() || job.until.size() != 2 || job.until >= SlotStart(kSlots);
  const bool ring_done = range_done && last_range;
  job.from = range_done ? job.until : job.next;
  if (range_done && !ring_done) {
    ByteReader in(job.until);
    job.from = PositionOf(static_cast<uint64_t>(in.U16()) << 32);
  }
  if (ring_done) job.from.clear();
  // A place that was cut is read to its end, as no cursor says how far in it we are.
  const bool enough = !ring_done && IsPosition(job.from) && Enough(job);
  if (ring_done && job.what == Job::What::kRandom && job.keys.empty() && !job.wrapped) {
    job.wrapped = true;
    job.from = PositionOf(0);
    return ScanStep(job, turn);
  }
  if (ring_done || enough) return FinishScan(job, turn);
  ScanStep(job, turn);
}

// SCAN's COUNT is how much work a call may be, whatever then matches; but some is little anyway.
bool Keyspace::Enough(const Job& job) {
  if (job.what == Job::What::kRandom) return !job.keys.empty();
  if (job.what == Job::What::kSlot) return job.keys.size() >= job.count;
  return job.what == Job::What::kScan &&
         (job.keys.size() >= job.count || job.looked_at >= std::max(job.count, kPageEntries));
}

void Keyspace::TakeItems(Job& job, const std::string& end, const Turn& turn) {
  const uint64_t flushed = shared_.flushed(job.db);
  std::string_view place = PlaceOf(job.from);
  for (auto& [key, record] : job.items) {
    if (!end.empty() && key >= end) break;
    if (job.what == Job::What::kSlot && job.keys.size() >= job.count) break;
    if (job.what == Job::What::kScan && job.keys.size() >= job.count && PlaceOf(key) != place) {
      job.next = PositionOf(
          CursorOf(key));  // as much as was asked for: the rest of the page is for the next call
      return;
    }
    place = PlaceOf(key);
    const Record rest = DropUpTo(std::move(record), flushed);
    const Version* newest = NewestLive(rest, turn.now_ms);
    const auto parts = SplitRecordKey(key);
    if (newest == nullptr || !TypeFits(newest->kind, job.type) ||
        !GlobMatch(job.pattern, parts->key))
      continue;
    job.keys.emplace_back(parts->key);
  }
}

void Keyspace::FinishScan(Job& job, const Turn& turn) {
  std::string bytes;
  ReplyWriter reply(&bytes, job.protocol);
  switch (job.what) {
    case Job::What::kScan:
      reply.Array(2);
      reply.Bulk(job.from.empty() ? "0" : std::to_string(CursorOf(job.from)));
      [[fallthrough]];
    case Job::What::kKeys:
    case Job::What::kSlot:
      reply.Array(job.keys.size());
      for (const std::string& key : job.keys) reply.Bulk(key);
      break;
    case Job::What::kRandom:
      if (job.keys.empty()) {
        reply.Nil();
      } else {
        reply.Bulk(job.keys[random_.Below(job.keys.size())]);
      }
      break;
    case Job::What::kCount:
    case Job::What::kFlush:
      CHECK(false);
  }
  Finish(job, std::move(bytes), 0, turn);
}

}  // namespace kindred
