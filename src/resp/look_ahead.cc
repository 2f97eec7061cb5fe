#include "resp/look_ahead.h"

namespace kindred {
namespace {

// A glance is no reading: the arguments of a long command are looked at once, by the parser,
// however often more of them arrives.
constexpr size_t kArgumentsMax = 8;
// A longer number is none that is worth a glance.
constexpr size_t kDigitsMax = 6;

// Takes `kind`, a number, and the end of its line from the front of `input`.
bool TakeNumber(char kind, std::string_view* input, size_t* number) {
  if (input->empty() || input->front() != kind) return false;
  *number = 0;
  for (size_t i = 1; i < input->size() && i <= kDigitsMax + 1; ++i) {
    const char c = (*input)[i];
    if (c == '\r') {
      if (i == 1 || input->size() < i + 2) return false;
      input->remove_prefix(i + 2);
      return true;
    }
    if (c < '0' || c > '9') return false;
    *number = *number * 10 + static_cast<size_t>(c - '0');
  }
  return false;
}

bool TakeBulk(std::string_view* input, std::string_view* bulk) {
  size_t size = 0;
  if (!TakeNumber('$', input, &size) || input->size() < size + 2) return false;
  *bulk = input->substr(0, size);
  input->remove_prefix(size + 2);
  return true;
}

}  // namespace

size_t FirstArguments(std::string_view input, size_t commands_max,
                      std::vector<std::string_view>* arguments) {
  size_t commands = 0;
  while (commands < commands_max) {
    size_t count = 0;
    std::string_view first, bulk;
    if (!TakeNumber('*', &input, &count) || count > kArgumentsMax) break;
    size_t taken = 0;
    while (taken < count && TakeBulk(&input, &bulk)) {
      if (taken++ == 1) first = bulk;
    }
    if (taken < count) break;
    if (count > 1) arguments->push_back(first);
    ++commands;
  }
  return commands;
}

}  // namespace kindred
