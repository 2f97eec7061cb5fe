// A command over many keys that is not answered yet; private to keyspace*.cc.
#ifndef KINDRED_NODE_KEYSPACE_JOB_H_
#define KINDRED_NODE_KEYSPACE_JOB_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "node/keyspace.h"

namespace kindred {

struct Keyspace::Job {
  enum class What : uint8_t { kScan, kKeys, kSlot, kRandom, kCount, kFlush };
  uint64_t id = 0;
  uint64_t round = 0;  // what answers name: a new one for each step
  What what = What::kScan;
  uint8_t db = 0;
  int protocol = 2;
  bool wanted = true;  // the client is still there
  bool cluster_face = false;
  uint64_t deadline_ms = 0;
  uint64_t page_ms = 0;  // each page of a scan has that long: the whole ring takes as it takes
  std::set<Peer> open;   // who has been asked and has not answered

  // Scans.
  std::string pattern = "*";
  std::string type;  // lower case; empty: any
  uint32_t count = 10;
  std::string from, until;              // the range that is being read; record keys
  std::string slot_end;                 // of the slot that is asked for; else empty
  bool wrapped = false;                 // RANDOMKEY came to the end and began again
  std::map<std::string, Record> items;  // what replicas told of it
  std::string next;  // the least of where their pages end; empty: they all reach `until`
  std::vector<std::string> keys;
  uint32_t page_entries = 0;  // of the next page: they grow as long as little is found
  size_t looked_at = 0;       // entries, also those that do not match

  // Counts and flushes.
  int64_t total = 0;
  uint16_t dbs = 0;
  uint64_t flush_time = 0;
  uint32_t steps = 0;   // how often a flush has named its time
  uint64_t latest = 0;  // of the clocks of those who heard it
  uint64_t after = 0;
  std::set<Peer> answered;
};

}  // namespace kindred

#endif  // KINDRED_NODE_KEYSPACE_JOB_H_
