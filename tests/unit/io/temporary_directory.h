#ifndef KINDRED_TESTS_UNIT_IO_TEMPORARY_DIRECTORY_H_
#define KINDRED_TESTS_UNIT_IO_TEMPORARY_DIRECTORY_H_

// A directory of a test's own, which goes with it.

#include <cstdlib>
#include <filesystem>
#include <string>

namespace kindred {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = std::filesystem::temp_directory_path() / "kindred-test-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TemporaryDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_IO_TEMPORARY_DIRECTORY_H_
