// Replays every script of this folder and compares what happens with what is recorded. With
// --update, or UPDATE_GOLDEN in the environment, the scripts are recorded anew instead.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/golden/conversation.h"
#include "tests/golden/script.h"

namespace kindred {
namespace {

bool update = false;

std::vector<std::string> Scripts() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(KINDRED_GOLDEN_FOLDER)) {
    if (file.path().extension() == ".txt" && file.path().filename() != "CMakeLists.txt") {
      names.push_back(file.path().stem());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string ReadFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, HappensAsRecorded) {
  const std::string path = std::string(KINDRED_GOLDEN_FOLDER) + "/" + GetParam() + ".txt";
  const std::string recorded = ReadFile(path);
  const std::string now = Replay(recorded);
  EXPECT_EQ(now.find("\n? "), std::string::npos) << path << " has a line that is not understood";
  if (update) {
    std::ofstream(path) << now;
  } else {
    const std::string diff = Diff(recorded, now);
    EXPECT_TRUE(diff.empty()) << path << " (- recorded, + now):\n" << diff;
  }
}

INSTANTIATE_TEST_SUITE_P(Scripts, Golden, testing::ValuesIn(Scripts()), [](const auto& script) {
  std::string name = script.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
});

TEST(Script, ReplayKeepsCommentsAndCommands) {
  const std::string script = "# A story.\n\n# of one key\nshow k\n----\nA B C: {}\n";
  EXPECT_EQ(Replay(script), script);
  EXPECT_EQ(Replay("# A story.\n\n# of one key\nshow k\n"), script);
}

TEST(Script, SaysWhatItDoesNotUnderstand) {
  EXPECT_EQ(Conversation().Run("dance A"), "? dance A\n");
  EXPECT_EQ(Conversation().Run("A: NOSUCHCOMMAND"), "? NOSUCHCOMMAND\n");
}

TEST(Script, DiffTellsOnlyWhatChanged) {
  EXPECT_EQ(Diff("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(Diff("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c\n");
}

}  // namespace
}  // namespace kindred

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  kindred::update = std::getenv("UPDATE_GOLDEN") != nullptr ||
                    (argc > 1 && std::string_view(argv[1]) == "--update");
  return RUN_ALL_TESTS();
}
