#include "node/keyspace.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "node/error_reply.h"
#include "node/keyspace_job.h"
#include "node/node.h"
#include "resp/errors.h"

namespace kindred {
namespace {
constexpr uint64_t kFlushRoomMs =
    10;  // how far ahead of the wall clock a flush's time is at first,
constexpr uint32_t kFlushStepsMax = 5;  // and how often it gets four times as much
constexpr uint32_t kStepShift = 58;     // a round is a job's number with the step above it
}  // namespace

Keyspace::Keyspace(Node& node, Shared& shared, uint64_t seed)
    : node_(node), shared_(shared), random_(seed) {}
Keyspace::~Keyspace() = default;

Submitted Keyspace::Submit(const Request& request, const Turn& turn) {
  // Numbers of jobs are apart from the coordinator's: they have the top bit.
  const uint64_t id = (++last_id_ << 13) | node_.loop() | (1ull << 63);
  auto& slot = jobs_[id];
  slot = std::make_unique<Job>();
  Job& job = *slot;
  job.id = id;
  job.db = request.db;
  job.protocol = request.protocol;
  job.cluster_face = request.cluster_face;
  job.deadline_ms = request.deadline_ms;
  job.page_ms = request.deadline_ms - std::min(request.deadline_ms, turn.now_ms);
  const std::string_view name = request.row->name;
  if (name == "dbsize") {
    job.what = Job::What::kCount;
    StartCount(job, turn);
  } else if (name == "flushdb" || name == "flushall") {
    job.what = Job::What::kFlush;
    job.dbs = name == "flushall" ? UINT16_MAX : static_cast<uint16_t>(1u << request.db);
    StartFlush(job, turn);
  } else {
    std::string error;
    if (StartScan(request, &job, &error)) {
      ScanStep(job, turn);
    } else {
      Finish(job, std::move(error), 0, turn);
    }
  }
  return {false, 0, id};
}

Keyspace::Job* Keyspace::JobOf(uint64_t id) {
  for (auto& [number, job] : jobs_) {
    if (job->round == id || number == id) return job.get();
  }
  return nullptr;
}

void Keyspace::Abandon(uint64_t id) {
  const auto found = jobs_.find(id);
  if (found != jobs_.end()) found->second->wanted = false;
}

void Keyspace::Finish(Job& job, std::string bytes, uint64_t after, const Turn& turn) {
  if (job.wanted) turn.out->replies.push_back({job.id, after, std::move(bytes)});
  jobs_.erase(job.id);
}

void Keyspace::Fail(Job& job, const Turn& turn) {
  const int need = static_cast<int>(turn.view->Majority());
  const int got = std::min(need - 1, static_cast<int>(job.answered.size()));
  const std::string error = job.what != Job::What::kFlush ? NoQuorumRead(got, need)
                            : job.flush_time != 0         ? NoQuorumUnknown(got, need)
                                                          : NoQuorumRefused(got, need);
  Finish(job, ErrorReply(error, job.protocol), 0, turn);
}

// --- counts

void Keyspace::StartCount(Job& job, const Turn& turn) {
  std::map<Peer, std::vector<uint32_t>> vnodes;
  for (uint32_t vnode = 0; vnode < turn.view->topology().vnode_count(); ++vnode) {
    const std::optional<Peer> alive = turn.view->FirstAliveOf(vnode);
    if (!alive.has_value()) return Fail(job, turn);
    if (!job.cluster_face || *alive == kSelf) vnodes[*alive].push_back(vnode);
  }
  job.round = job.id;
  for (auto& [peer, list] : vnodes) {
    if (peer == kSelf) {
      job.total += shared_.CountKeys(list)[job.db].keys;
    } else {
      job.open.insert(peer);
      turn.out->sends.push_back({peer, node_.loop(), CountAsk{job.round, std::move(list)}});
    }
  }
  if (!job.open.empty()) return;
  std::string bytes;
  ReplyWriter(&bytes, job.protocol).Integer(job.total);
  Finish(job, std::move(bytes), 0, turn);
}

void Keyspace::OnCountAsk(LinkId link, const CountAsk& ask, const Turn& turn) {
  CountTell tell;
  tell.id = ask.id;
  for (const Counts::Number& number : shared_.CountKeys(ask.vnodes)) {
    tell.by_db.emplace_back(number.keys, number.with_expiry);
  }
  turn.out->answers.push_back({link, 0, std::move(tell)});
}

void Keyspace::OnCountTell(Peer from, const CountTell& tell, const Turn& turn) {
  Job* job = JobOf(tell.id);
  if (job == nullptr || job->what != Job::What::kCount || job->open.erase(from) == 0) return;
  if (job->db < tell.by_db.size()) job->total += tell.by_db[job->db].first;
  if (!job->open.empty()) return;
  std::string bytes;
  ReplyWriter(&bytes, job->protocol).Integer(job->total);
  Finish(*job, std::move(bytes), 0, turn);
}

// --- flushes

// Names a watermark that is a little ahead of all clocks, and raises it everywhere. A node whose
// clock was further already when it heard of it may have taken something later that was computed
// from what was to be flushed: then the watermark goes above that, too, with more room.
void Keyspace::StartFlush(Job& job, const Turn& turn) {
  if (turn.view->frozen()) {
    return Finish(
        job, ErrorReply("TRYAGAIN a node is joining the cluster; nothing was done", job.protocol),
        0, turn);
  }
  std::set<Peer> reachable;
  for (Peer peer : turn.view->members()) {
    if (peer == kSelf || turn.view->link_up(peer)) reachable.insert(peer);
  }
  if (!MajorityEverywhere(reachable, turn)) return Fail(job, turn);
  FlushStep(job, turn);
}

// A node that is alone names it, as the dot of a write: it may be ahead of a wall clock that was
// set back, and what is written later has to be above it.
//
// Else at first ahead of the wall clock, which everybody's follows, and a little of what was named
// and heard: were it more, flushes that follow each other at once would drive the clocks further
// and further ahead of the wall's, until nobody believes them.
uint64_t Keyspace::FlushTime(const Job& job, const Turn& turn) {
  if (turn.view->members().size() == 1) return shared_.clock().Name(turn.now_ms);
  const uint64_t next = shared_.clock().Peek(turn.now_ms);
  if (job.steps > 0) return next + TimeOfMs(kFlushRoomMs << (2 * job.steps));
  return std::max(next + TimeOfMs(1), TimeOfMs(turn.now_ms + kFlushRoomMs));
}

void Keyspace::FlushStep(Job& job, const Turn& turn) {
  job.flush_time = FlushTime(job, turn);
  const bool alone = turn.view->members().size() == 1;
  if (!alone && !shared_.clock().MayHear(job.flush_time, turn.now_ms)) {
    // Nobody would believe it, and this node's own clock would stay below it.
    if (job.steps > 0) return Fail(job, turn);
    return Finish(job,
                  ErrorReply("TRYAGAIN times are too far ahead; nothing was done", job.protocol), 0,
                  turn);
  }
  job.round = job.id + (uint64_t{++job.steps} << kStepShift);
  job.latest = 0;
  job.deadline_ms = turn.now_ms + job.page_ms;  // each step has its time
  job.answered.clear();
  job.open.clear();
  for (Peer peer : turn.view->members()) {
    if (peer == kSelf || !turn.view->link_up(peer)) continue;
    job.open.insert(peer);
    turn.out->sends.push_back({peer, node_.loop(), Flush{job.round, job.dbs, job.flush_time}});
  }
  const Shared::FlushedUpTo own = shared_.Flush(job.dbs, job.flush_time, turn.now_ms);
  job.after = own.after;
  OnFlushed(kSelf, Flushed{job.round, own.clock}, turn);
}

void Keyspace::OnFlush(LinkId link, const Flush& flush, const Turn& turn) {
  if (shared_.disk_failed() || !shared_.clock().MayHear(flush.time, turn.now_ms)) return;
  const Shared::FlushedUpTo here = shared_.Flush(flush.dbs, flush.time, turn.now_ms);
  turn.out->answers.push_back({link, here.after, Flushed{flush.id, here.clock}});
}

void Keyspace::OnFlushed(Peer from, const Flushed& flushed, const Turn& turn) {
  Job* job = JobOf(flushed.id);
  if (job == nullptr || job->what != Job::What::kFlush || job->round != flushed.id) return;
  if (from != kSelf && job->open.erase(from) == 0) return;
  job->answered.insert(from);
  job->latest = std::max(job->latest, flushed.clock);
  shared_.clock().Hear(flushed.clock, turn.now_ms);
  // Everybody who can be reached is waited for: a flush that one of them has not heard of would
  // show old values there.
  const bool all =
      std::none_of(job->open.begin(), job->open.end(), [&](Peer p) { return turn.view->alive(p); });
  if (!all) return;
  if (!MajorityEverywhere(job->answered, turn)) return Fail(*job, turn);
  if (job->latest > job->flush_time && job->steps < kFlushStepsMax) return FlushStep(*job, turn);
  if (job->latest > job->flush_time) return Fail(*job, turn);
  std::string bytes;
  ReplyWriter(&bytes, job->protocol).Simple("OK");
  Finish(*job, std::move(bytes), job->after, turn);
}

bool Keyspace::MajorityEverywhere(const std::set<Peer>& peers, const Turn& turn) const {
  for (uint32_t vnode = 0; vnode < turn.view->topology().vnode_count(); ++vnode) {
    const auto replicas = turn.view->ReplicasOf(vnode);
    const auto got =
        std::count_if(replicas.begin(), replicas.end(), [&](Peer p) { return peers.contains(p); });
    if (got < turn.view->Majority()) return false;
  }
  return true;
}

// --- faults

void Keyspace::OnLinkDown(Peer peer, const Turn& turn) {
  std::vector<uint64_t> scans, others;
  for (auto& [id, job] : jobs_) {
    if (!job->open.contains(peer)) continue;
    const bool scan = job->what != Job::What::kCount && job->what != Job::What::kFlush;
    (scan ? scans : others).push_back(id);
  }
  for (uint64_t id : scans) ScanStep(*jobs_[id], turn);  // reads the range again, from who is left
  for (uint64_t id : others) {
    Job& job = *jobs_[id];
    if (job.what == Job::What::kCount) {
      Fail(job, turn);
    } else {
      job.open.erase(peer);
      OnFlushed(kSelf, Flushed{job.round, 0}, turn);  // whoever is left may be enough
    }
  }
}

void Keyspace::OnTick(const Turn& turn) {
  std::vector<uint64_t> late;
  for (auto& [id, job] : jobs_) {
    if (job->deadline_ms <= turn.now_ms) late.push_back(id);
  }
  for (uint64_t id : late) Fail(*jobs_[id], turn);
}

}  // namespace kindred
