#ifndef KINDRED_BASE_LZF_H_
#define KINDRED_BASE_LZF_H_

// LZF, in which Redis compresses long strings where they are stored or dumped. Only the way back:
// what we write ourselves is not compressed. Pure functions.
//
//   compressed := piece*
//   piece      := n:u8 (n+1)*octet             n < 32: octets as they stand
//               | a:u8 [more:u8] b:u8          a copy of what came before: len = a >> 5, plus
//                                              `more`, which is there if that is 7; len + 2 octets
//                                              from (a & 31) * 256 + b + 1 back

#include <cstddef>
#include <string>
#include <string_view>

namespace kindred {

// False, and `*out` is anything, unless `compressed` stands for exactly `size` bytes. Never takes
// more memory than `size`, nor more than what so much compressed input can stand for.
bool LzfDecompress(std::string_view compressed, size_t size, std::string* out);

}  // namespace kindred

#endif  // KINDRED_BASE_LZF_H_
