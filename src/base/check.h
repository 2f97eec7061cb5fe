#ifndef KINDRED_BASE_CHECK_H_
#define KINDRED_BASE_CHECK_H_

// CHECK(condition): what cannot happen. It is on in every build: a node that finds one of its own
// invariants broken stops at once, because what it would write next cannot be trusted. It says
// where and what, and aborts. Any thread may use it.

#include <cstdio>
#include <cstdlib>

namespace kindred {

[[noreturn]] inline void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace kindred

#define CHECK(condition)                                      \
  do {                                                        \
    if (!(condition)) [[unlikely]] {                          \
      ::kindred::CheckFailed(#condition, __FILE__, __LINE__); \
    }                                                         \
  } while (false)

#endif  // KINDRED_BASE_CHECK_H_
