#ifndef KINDRED_TESTS_UNIT_IO_CHILD_TEST_H_
#define KINDRED_TESTS_UNIT_IO_CHILD_TEST_H_

// Runs one test of this binary in a process of its own, which can then be killed. Such a test is
// named DISABLED_, so that it runs in no other way. It finds its argument in ChildArgument and
// tells its parent numbers. (A child that is only forked would lack the threads that RocksDB
// believes to have.)

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/check.h"

namespace kindred {

inline std::string ChildArgument() {
  const char* argument = std::getenv("KINDRED_TEST_ARGUMENT");
  return argument == nullptr ? "" : argument;
}

class ChildTest {
 public:
  ChildTest(const std::string& test, const std::string& argument) {
    int input[2];
    int output[2];
    CHECK(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
    std::string filter = "--gtest_filter=" + test;
    pid_ = fork();
    if (pid_ == 0) {
      dup2(input[0], 0);
      dup2(output[1], 3);
      setenv("KINDRED_TEST_ARGUMENT", argument.c_str(), 1);
      execl("/proc/self/exe", "child", filter.c_str(), "--gtest_also_run_disabled_tests",
            "--gtest_brief=1", nullptr);
      _exit(1);
    }
    close(input[0]);
    close(output[1]);
    write_end_ = input[1];
    read_end_ = output[0];
  }
  ~ChildTest() {
    Kill();
    close(write_end_);
    close(read_end_);
    waitpid(pid_, nullptr, 0);
  }
  ChildTest(const ChildTest&) = delete;
  ChildTest& operator=(const ChildTest&) = delete;

  void Kill() { kill(pid_, SIGKILL); }
  // False when the child is gone and all that it said has been read.
  bool Read(uint64_t* number) {
    return read(read_end_, number, sizeof(*number)) == sizeof(*number);
  }

  // For the child: tells its parent a number, and waits until it is killed.
  static void Tell(uint64_t number) { CHECK(write(3, &number, sizeof(number)) == sizeof(number)); }
  static void WaitForTheEnd() {
    char byte = 0;
    CHECK(read(0, &byte, 1) == 0);
  }

 private:
  pid_t pid_ = 0;
  int write_end_ = -1;
  int read_end_ = -1;
};

}  // namespace kindred

#endif  // KINDRED_TESTS_UNIT_IO_CHILD_TEST_H_
