#ifndef KINDRED_TOOLS_CHILD_SERVER_H_
#define KINDRED_TOOLS_CHILD_SERVER_H_

// A `kindred server` as a child process, whose messages go to a log file. It is told to stop when
// this process dies. One thread.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace kindred {

class ChildServer {
 public:
  // `args` come after "kindred server". Appends to the file `log`.
  ChildServer(std::string name, std::vector<std::string> args, std::string log);

  // An error as one sentence.
  std::optional<std::string> Start();

  // Whether the process lives; collects it if it does not.
  bool Running();
  // REQUIRES: Running()
  pid_t pid() const { return pid_; }
  // How it has ended: "exit code 1", "signal 9". REQUIRES: started, and !Running()
  std::string Ending() const;

  void Signal(int signal);

  const std::string& name() const { return name_; }
  const std::string& log() const { return log_; }
  // The last line that it has written since it was started: why it has refused to.
  std::string LastWords() const;

 private:
  const std::string name_;
  const std::vector<std::string> args_;
  const std::string log_;
  off_t log_start_ = 0;
  pid_t pid_ = 0;
  int status_ = 0;
};

}  // namespace kindred

#endif  // KINDRED_TOOLS_CHILD_SERVER_H_
