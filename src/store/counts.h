// How many live keys there are, by slot and database. The store keeps them beside the records: each
// batch brings its changes, which are logged with it in one small entry and folded into a snapshot
// now and then, so that after any crash the numbers fit the records without counting again.
#ifndef KINDRED_STORE_COUNTS_H_
#define KINDRED_STORE_COUNTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kindred {

struct CountChange {
  uint16_t slot = 0;
  uint8_t db = 0;
  int32_t keys = 0;         // difference in live keys
  int32_t with_expiry = 0;  // difference in live keys that expire
  bool reset = false;       // sets both numbers to zero first (a flush)
};

class Counts {
 public:
  struct Number {
    int64_t keys = 0;
    int64_t with_expiry = 0;
    bool operator==(const Number&) const = default;
  };

  void Apply(const CountChange& change);
  Number Of(uint16_t slot, uint8_t db) const;
  const std::map<std::pair<uint16_t, uint8_t>, Number>& all() const { return numbers_; }

  std::string Encode() const;
  static bool Decode(std::string_view bytes, Counts* counts);

 private:
  std::map<std::pair<uint16_t, uint8_t>, Number> numbers_;  // only those that are not zero
};

std::string EncodeCountChanges(const std::vector<CountChange>& changes);
bool DecodeCountChanges(std::string_view bytes, std::vector<CountChange>* changes);

}  // namespace kindred

#endif  // KINDRED_STORE_COUNTS_H_
