#include "node/operation.h"

#include <cstring>

namespace kindred {

OwnedArgs::OwnedArgs(Args args) {
  size_t bytes = 0;
  for (std::string_view arg : args) bytes += arg.size();
  bytes_ = std::make_unique<char[]>(bytes);
  views_.reserve(args.size());
  char* next = bytes_.get();
  for (std::string_view arg : args) {
    if (!arg.empty()) std::memcpy(next, arg.data(), arg.size());
    views_.emplace_back(next, arg.size());
    next += arg.size();
  }
}

}  // namespace kindred
