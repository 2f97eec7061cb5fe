#ifndef KINDRED_COMMAND_ACL_CATEGORIES_H_
#define KINDRED_COMMAND_ACL_CATEGORIES_H_

// The names of the ACL categories, for COMMAND INFO, ACL and whoever else speaks of them. Constant
// data and pure functions, any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace kindred {

struct AclCategoryName {
  uint32_t bit;  // An AclCategory; 0: Redis has the category, and no command here is in it.
  std::string_view name;  // "@keyspace"
};

// In Redis's order.
std::span<const AclCategoryName> AclCategoryNames();

// The bit of a category, typed in any case without the "@"; nothing if there is none.
std::optional<uint32_t> AclCategoryByName(std::string_view name);

}  // namespace kindred

#endif  // KINDRED_COMMAND_ACL_CATEGORIES_H_
