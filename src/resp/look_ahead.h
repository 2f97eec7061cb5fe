#ifndef KINDRED_RESP_LOOK_AHEAD_H_
#define KINDRED_RESP_LOOK_AHEAD_H_

// What a client has sent ahead: a glance at commands that have arrived and will be parsed in their
// turn. A hint for who wants to have their keys' memory at hand; nothing depends on it.

#include <cstddef>
#include <string_view>
#include <vector>

namespace kindred {

// The first argument, most often the key, of up to `commands_max` commands at the front of `input`,
// as far as they are short arrays of bulk strings that have arrived whole. Returns how many
// commands it has passed. The views point into `input`.
size_t FirstArguments(std::string_view input, size_t commands_max,
                      std::vector<std::string_view>* arguments);

}  // namespace kindred

#endif  // KINDRED_RESP_LOOK_AHEAD_H_
