// The register that histories are checked against: one function per question.

#include <charconv>

#include "tests/sim/lincheck.h"

namespace kindred {
namespace {

std::optional<int64_t> ToNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Content> RunIncr(const Content& content, const Op& op, bool done) {
  const std::optional<int64_t> before = ToNumber(content.value_or("0"));
  const std::optional<int64_t> delta = ToNumber(op.arg);
  int64_t after = 0;
  if (!before || !delta || __builtin_add_overflow(*before, *delta, &after)) return std::nullopt;
  const std::string text = std::to_string(after);
  if (done && op.value != text) return std::nullopt;
  return Content(text);
}

// An operation that either writes `next` and says true, or leaves all as it is and says false.
std::optional<Content> RunIf(bool condition, const Content& content, const Content& next,
                             const Op& op, bool done) {
  if (done && op.flag != condition) return std::nullopt;
  return condition ? next : content;
}

std::string Quoted(const Content& content) {
  return content ? "\"" + *content + "\"" : std::string("nil");
}

std::string Answer(const Op& op) {
  switch (op.kind) {
    case OpKind::kRead:
    case OpKind::kGetSet:
    case OpKind::kIncr:
    case OpKind::kAppend:
    case OpKind::kGroup:
      return Quoted(op.value);
    case OpKind::kIfEq:
    case OpKind::kSetNx:
    case OpKind::kDel:
      return op.flag ? "true" : "false";
    case OpKind::kWrite:
      break;
  }
  return "OK";
}

std::string Request(const Op& op) {
  switch (op.kind) {
    case OpKind::kRead:
      return "read";
    case OpKind::kWrite:
      return "write " + Quoted(op.arg);
    case OpKind::kIfEq:
      return "ifeq " + Quoted(op.arg) + " " + Quoted(op.arg2);
    case OpKind::kSetNx:
      return "setnx " + Quoted(op.arg);
    case OpKind::kGetSet:
      return "getset " + Quoted(op.arg);
    case OpKind::kDel:
      return "del";
    case OpKind::kIncr:
      return "incr " + op.arg;
    case OpKind::kAppend:
      return "append " + Quoted(op.arg);
    case OpKind::kGroup:
      return "group " + Quoted(op.arg);
  }
  return "?";
}

}  // namespace

std::optional<Content> RunOn(const Content& content, const Op& op) {
  const bool done = op.outcome == OpOutcome::kDone;
  switch (op.kind) {
    case OpKind::kRead:
      if (done && op.value != content) return std::nullopt;
      return content;
    case OpKind::kWrite:
      return Content(op.arg);
    case OpKind::kIfEq:
      return RunIf(content == op.arg, content, op.arg2, op, done);
    case OpKind::kSetNx:
      return RunIf(!content.has_value(), content, op.arg, op, done);
    case OpKind::kGetSet:
      if (done && op.value != content) return std::nullopt;
      return Content(op.arg);
    case OpKind::kDel:
      return RunIf(content.has_value(), content, std::nullopt, op, done);
    case OpKind::kIncr:
      return RunIncr(content, op, done);
    case OpKind::kAppend: {
      std::string next = content.value_or("") + op.arg;
      if (done && op.value != std::to_string(next.size())) return std::nullopt;
      return Content(std::move(next));
    }
    case OpKind::kGroup:
      return RunGroupOn(content, op);
  }
  return std::nullopt;
}

std::string ToString(const Op& op) {
  const std::string start = "[" + std::to_string(op.start) + ", ";
  switch (op.outcome) {
    case OpOutcome::kDone:
      return Request(op) + " -> " + Answer(op) + " " + start + std::to_string(op.end) + "]";
    case OpOutcome::kRefused:
      return Request(op) + " -> refused " + start + std::to_string(op.end) + "]";
    case OpOutcome::kUnknown:
      return Request(op) + " -> unknown " + start + "...]";
  }
  return "?";
}

}  // namespace kindred
