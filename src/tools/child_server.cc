#include "tools/child_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "fmt/format.h"

namespace kindred {
namespace {

constexpr const char* kSelf = "/proc/self/exe";

}  // namespace

ChildServer::ChildServer(std::string name, std::vector<std::string> args, std::string log)
    : name_(std::move(name)), args_(std::move(args)), log_(std::move(log)) {}

std::optional<std::string> ChildServer::Start() {
  const int log = open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log < 0) return fmt::format("{} cannot be opened: {}", log_, std::strerror(errno));
  log_start_ = lseek(log, 0, SEEK_END);

  std::vector<std::string> words = {"kindred", "server"};
  words.insert(words.end(), args_.begin(), args_.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  std::error_code error;
  const std::string executable = std::filesystem::read_symlink(kSelf, error).string();
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ < 0) return fmt::format("no new process can be made: {}", std::strerror(errno));
  if (pid_ == 0) {
    // Ctrl-C goes to the parent, which tells the children in its own order.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    // By its own name, which `ps` shows; by the other it is found even if it was moved.
    execv(executable.c_str(), argv.data());
    execv(kSelf, argv.data());
    _exit(127);
  }
  close(log);
  return std::nullopt;
}

bool ChildServer::Running() {
  if (pid_ == 0) return false;
  if (waitpid(pid_, &status_, WNOHANG) == 0) return true;
  pid_ = 0;
  return false;
}

std::string ChildServer::Ending() const {
  if (WIFSIGNALED(status_)) return fmt::format("signal {}", WTERMSIG(status_));
  return fmt::format("exit code {}", WEXITSTATUS(status_));
}

void ChildServer::Signal(int signal) {
  if (pid_ != 0) kill(pid_, signal);
}

std::string ChildServer::LastWords() const {
  std::ifstream file(log_);
  file.seekg(log_start_);
  std::string last;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

}  // namespace kindred
