#ifndef KINDRED_SERVER_ERROR_STATISTICS_H_
#define KINDRED_SERVER_ERROR_STATISTICS_H_

// How often clients were answered with an error of which code: the first word of the text.
//
// Any thread; one lock, as errors are rare.

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace kindred {

// Codes beyond which further ones are not told apart. All that the server itself says are fewer.
inline constexpr size_t kErrorCodesMax = 128;

class ErrorStatistics {
 public:
  // `error` without its "-": "ERR no such key".
  void Add(std::string_view error) {
    const std::string_view code = error.substr(0, error.find_first_of(" \r\n"));
    std::lock_guard lock(mutex_);
    auto found = counts_.find(code);
    if (found != counts_.end()) {
      ++found->second;
    } else if (counts_.size() < kErrorCodesMax) {
      counts_.emplace(code, 1);
    }
  }

  std::map<std::string, uint64_t, std::less<>> counts() const {
    std::lock_guard lock(mutex_);
    return counts_;
  }
  void Reset() {
    std::lock_guard lock(mutex_);
    counts_.clear();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t, std::less<>> counts_;
};

}  // namespace kindred

#endif  // KINDRED_SERVER_ERROR_STATISTICS_H_
