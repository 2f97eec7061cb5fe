#ifndef KINDRED_TESTS_BENCH_LOAD_CONNECTION_H_
#define KINDRED_TESTS_BENCH_LOAD_CONNECTION_H_

// One client of the load generator: a non-blocking connection that sends one batch of commands,
// takes all of its replies, and is then idle again. The bytes of a batch are made once; only the
// digits of the keys change, as in redis-benchmark. One thread.

#include <hiredis/read.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace kindred {

enum class LoadCommand { kGet, kSet, kSetWait };

// What a batch holds: `pipeline` times GET, SET, or SET followed by WAIT 1.
struct LoadBatch {
  LoadCommand command = LoadCommand::kGet;
  int pipeline = 1;
  int value_bytes = 100;
};

// What was wrong with replies, summed over all connections.
struct LoadFaults {
  uint64_t errors = 0;
  std::string first_error;
  uint64_t misses = 0;        // GETs that were answered nil
  uint64_t unreplicated = 0;  // WAITs that were answered 0
};

class LoadConnection {
 public:
  // Connects to the loopback address. Throws std::runtime_error if that fails, as all other methods
  // do when the connection does.
  LoadConnection(int port, const std::string& key_prefix, const LoadBatch& batch,
                 LoadFaults* faults);
  ~LoadConnection();
  LoadConnection(const LoadConnection&) = delete;
  LoadConnection& operator=(const LoadConnection&) = delete;

  int fd() const { return fd_; }
  bool idle() const { return outstanding_ == 0; }
  // Bytes of the batch did not fit the socket's buffer: OnWritable has to be called.
  bool wants_to_write() const { return written_ < bytes_.size() && !idle(); }

  // Sends a batch with the keys that `next_key` names. REQUIRES: idle()
  void Send(const std::function<uint64_t()>& next_key);
  void OnWritable();

  // Takes what has come; returns how many commands of the batch are now done, a SET with its WAIT
  // counted as one.
  int OnReadable();

 private:
  void Write();

  const LoadBatch batch_;
  LoadFaults* const faults_;
  int fd_ = -1;
  std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
  std::string bytes_;
  std::vector<size_t> digits_;  // where in bytes_ each key's digits begin
  size_t written_ = 0;
  int outstanding_ = 0;  // replies that are still to come
};

}  // namespace kindred

#endif  // KINDRED_TESTS_BENCH_LOAD_CONNECTION_H_
