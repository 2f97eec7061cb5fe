#include "tests/sim/siblings.h"

#include <algorithm>

#include "causal/token.h"

namespace kindred {

uint64_t SiblingsCheck::OnWrite(const std::string& key, const std::string& value,
                                const Context& token) {
  events_.push_back({key, value, token, Outcome::kUnknown, std::nullopt});
  by_value_[value] = events_.size() - 1;
  return events_.size();
}

void SiblingsCheck::OnWriteReply(uint64_t event, Outcome outcome) {
  events_[event - 1].outcome = outcome;
}

void SiblingsCheck::OnMessage(const Message& message) {
  if (const auto* replicate = std::get_if<Replicate>(&message)) {
    for (const Version& version : replicate->record.versions) OnVersion(version);
  } else if (const auto* tell = std::get_if<Tell>(&message)) {
    for (const Version& version : tell->record.versions) OnVersion(version);
  } else if (const auto* guarded = std::get_if<Guarded>(&message)) {
    OnVersion(guarded->version);
    for (const Version& version : guarded->kept) OnVersion(version);
  }
}

void SiblingsCheck::OnVersion(const Version& version) {
  if (version.kind == Kind::kTombstone) return;
  const auto [known, is_new] = by_dot_.emplace(version.dot, version.payload);
  if (!is_new && known->second != version.payload) {
    wrong_dot_ = "one dot names two values: " + known->second + " and " + version.payload;
  }
  const auto found = by_value_.find(version.payload);
  if (found != by_value_.end() && !version.guarded) events_[found->second].dot = version.dot;
}

bool SiblingsCheck::Saw(const Event& later, const Event& earlier) const {
  return later.key == earlier.key && earlier.dot.has_value() && later.token.Covers(*earlier.dot);
}

void SiblingsCheck::OnRead(const std::string& key, const ReplyNode& reply, std::string* wrong) {
  const auto token = DecodeToken(reply.items[0].text);
  if (!token.ok()) {
    *wrong = "a token that cannot be read";
    return;
  }
  std::vector<std::string> shown;
  for (const ReplyNode& value : reply.items[1].items) shown.push_back(value.text);
  for (const Event& event : events_) {
    if (event.key != key || !event.dot.has_value() || !token->Covers(*event.dot)) continue;
    const bool is_shown = std::find(shown.begin(), shown.end(), event.value) != shown.end();
    const bool replaced = std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
      return other.dot.has_value() && token->Covers(*other.dot) && Saw(other, event);
    });
    if (!is_shown && !replaced)
      *wrong = "a token of " + key + " covers " + event.value + ", which was not shown";
  }
}

std::string SiblingsCheck::OnEnd(const std::string& key,
                                 const std::vector<std::string>& live) const {
  if (!wrong_dot_.empty()) return wrong_dot_;
  const auto is_live = [&](const Event& event) {
    return std::find(live.begin(), live.end(), event.value) != live.end();
  };
  for (const Event& event : events_) {
    if (event.key != key) continue;
    const auto seen_by = [&](bool acknowledged_only) {
      return std::any_of(events_.begin(), events_.end(), [&](const Event& other) {
        const bool exists = acknowledged_only ? other.outcome == Outcome::kDone
                                              : other.outcome != Outcome::kRefused;
        return &other != &event && exists && Saw(other, event);
      });
    };
    if (event.outcome == Outcome::kDone && !is_live(event) && !seen_by(false)) {
      return "acknowledged and lost: " + event.value;
    }
    if (is_live(event) && seen_by(true)) return "resurrected: " + event.value;
    if (is_live(event) && event.outcome == Outcome::kRefused)
      return "refused, but there: " + event.value;
  }
  return {};
}

}  // namespace kindred
