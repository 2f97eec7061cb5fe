#ifndef KINDRED_TESTS_GOLDEN_CONVERSATION_H_
#define KINDRED_TESTS_GOLDEN_CONVERSATION_H_

// One script's cluster and the words in which the script talks to it. README.md has the list of
// the words and what the lines mean that come back.
//
// One thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/names.h"
#include "tests/golden/small_cluster.h"

namespace kindred {

class Conversation {
 public:
  Conversation() = default;

  // Runs one line of a script. Returns what happened, each line with its end; nothing if nobody
  // said anything. A line that cannot be understood is told so in the same way.
  std::string Run(std::string_view line);

 private:
  using Words = std::vector<std::string>;

  void Obey(const Words& words, std::string_view line);
  bool ObeyOnLink(const Words& words);
  bool ObeyOnNode(const Words& words);
  void Begin(bool joined);
  void Command(size_t node, std::string_view text);
  void Advance(const std::string& duration);
  void Show(const std::string& key);
  void ChangeRoster(const std::string& name, const std::string& text);
  void ShowRosters();
  void Owners(const std::string& key);
  void Restart(size_t node);
  void OnMessage(const SmallCluster::Flying& message, bool lost);
  void Say(const std::string& line);
  void SayTime();

  Names names_;
  std::unique_ptr<SmallCluster> cluster_;
  bool heartbeats_ = false;  // whether they are shown
  bool listening_ = false;
  uint64_t said_ms_ = SmallCluster::kStartMs;  // the time that was told last
  std::string out_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_GOLDEN_CONVERSATION_H_
