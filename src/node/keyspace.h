// The commands over many keys: SCAN, KEYS, RANDOMKEY, DBSIZE, FLUSHDB and FLUSHALL, for the whole
// cluster; and this node's part in those of other nodes.
//
// A scan reads each range of slots at a majority of its replicas and merges what they tell, so that
// a replica that has missed something hides no key and revives none. Its cursor is a place,
// [slot][place hash], and may be taken to another node. A flush raises a watermark, a time above
// all that any quorum has acknowledged (docs/architecture.md).
//
// Owned by its loop's Node.
#ifndef KINDRED_NODE_KEYSPACE_H_
#define KINDRED_NODE_KEYSPACE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "node/operation.h"
#include "node/request.h"
#include "store/store.h"

namespace kindred {

class Node;
class Shared;

class Keyspace {
 public:
  Keyspace(Node& node, Shared& shared, uint64_t seed);
  ~Keyspace();

  Submitted Submit(const Request& request, const Turn& turn);
  void Abandon(uint64_t id);

  void OnScanAsk(LinkId link, ScanAsk ask, const Turn& turn);
  void OnScanTell(Peer from, ScanTell tell, const Turn& turn);
  void OnCountAsk(LinkId link, const CountAsk& ask, const Turn& turn);
  void OnCountTell(Peer from, const CountTell& tell, const Turn& turn);
  void OnFlush(LinkId link, const Flush& flush, const Turn& turn);
  void OnFlushed(Peer from, const Flushed& flushed, const Turn& turn);
  // A page of our own store: for a job of ours, or for a peer that asked.
  void OnScanned(uint64_t ticket, std::vector<Entry> entries, const Turn& turn);
  void OnLinkDown(Peer peer, const Turn& turn);
  void OnTick(const Turn& turn);

 private:
  struct Job;
  struct PeerScan {  // a page that a peer waits for
    LinkId link = 0;
    ScanAsk ask;
  };

  Job* JobOf(uint64_t id);
  // --- scans (keyspace_scan.cc)
  bool StartScan(const Request& request, Job* job, std::string* error);
  void ScanStep(Job& job, const Turn& turn);
  bool PickRange(Job& job, const Turn& turn);
  void OnPage(Job& job, ScanTell page, const Turn& turn);
  void OnPages(Job& job, const Turn& turn);
  static bool Enough(const Job& job);
  void TakeItems(Job& job, const std::string& end, const Turn& turn);
  void FinishScan(Job& job, const Turn& turn);
  ScanTell PageOf(const ScanAsk& ask, std::vector<Entry> entries);
  void AddUndecided(const ScanAsk& ask, ScanTell* page);
  // --- counts and flushes (keyspace.cc)
  void StartCount(Job& job, const Turn& turn);
  void StartFlush(Job& job, const Turn& turn);
  uint64_t FlushTime(const Job& job, const Turn& turn);
  void FlushStep(Job& job, const Turn& turn);
  bool MajorityEverywhere(const std::set<Peer>& peers, const Turn& turn) const;
  void Finish(Job& job, std::string bytes, uint64_t after, const Turn& turn);
  void Fail(Job& job, const Turn& turn);

  Node& node_;
  Shared& shared_;
  Random random_;
  uint64_t last_id_ = 0;
  uint64_t last_ticket_ = 0;
  std::map<uint64_t, std::unique_ptr<Job>> jobs_;
  std::map<uint64_t, PeerScan> peer_scans_;  // by ticket
  std::map<uint64_t, uint64_t> own_scans_;   // ticket -> job
};

}  // namespace kindred

#endif  // KINDRED_NODE_KEYSPACE_H_
