#include "load/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

extern char** environ;

namespace pim::load {
namespace {

constexpr int kExecFailed = 127;

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (auto& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::vector<std::string> all = added;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view inherited(*entry);
    const auto name = inherited.substr(0, inherited.find('=') + 1);
    bool replaced = false;
    for (const auto& text : added) replaced = replaced || text.starts_with(name);
    if (!replaced) all.emplace_back(inherited);
  }
  return all;
}

// Where execvp would find `program`: the search must not happen after the fork.
std::string find_program(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(':'), rest.size());
    const std::string candidate = std::string(rest.substr(0, end)) + "/" + program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return program;
}

Fd open_output(const std::string& file) {
  const char* path = file.empty() ? "/dev/null" : file.c_str();
  return Fd(::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
}

}  // namespace

std::string ChildExit::to_string() const {
  if (signal) return "signal " + std::to_string(*signal);
  return "exit code " + std::to_string(code.value_or(-1));
}

Result<ChildProcess, std::string> ChildProcess::start(const ChildOptions& options) {
  const std::string program = find_program(options.arguments.at(0));
  auto arguments = options.arguments;
  auto environment = merged_environment(options.environment);
  const auto argv = pointers(arguments);
  const auto envp = pointers(environment);
  const Fd out = open_output(options.stdout_file);
  const Fd err = open_output(options.stderr_file);
  if (!out || !err) return Err{system_error("output file of " + program, errno)};

  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return Err{system_error("fork", errno)};
  if (pid == 0) {
    // Only async-signal-safe calls: other threads of the parent may have held any lock.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(kExecFailed);
    ::dup2(out.get(), STDOUT_FILENO);
    ::dup2(err.get(), STDERR_FILENO);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::execve(program.c_str(), argv.data(), envp.data());
    ::_exit(kExecFailed);
  }
  ChildProcess child;
  child.pid_ = pid;
  child.pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!child.pidfd_) return Err{system_error("pidfd_open", errno)};
  return child;
}

ChildProcess::~ChildProcess() { end(); }

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      exit_(std::exchange(other.exit_, std::nullopt)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    exit_ = std::exchange(other.exit_, std::nullopt);
  }
  return *this;
}

void ChildProcess::end() {
  if (pid_ < 0 || exit_) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void ChildProcess::signal(int number) {
  if (pid_ >= 0 && !exit_) ::kill(pid_, number);
}

std::optional<ChildExit> ChildProcess::wait(Deadline deadline) {
  if (exit_ || pid_ < 0) return exit_;
  if (!wait_for(pidfd_, POLLIN, deadline)) return std::nullopt;
  int status = 0;
  if (::waitpid(pid_, &status, 0) != pid_) return std::nullopt;
  exit_.emplace();
  if (WIFSIGNALED(status)) {
    exit_->signal = WTERMSIG(status);
  } else {
    exit_->code = WEXITSTATUS(status);
  }
  return exit_;
}

Result<ChildExit, std::string> run_child(const ChildOptions& options,
                                         std::chrono::milliseconds limit) {
  auto child = ChildProcess::start(options);
  if (!child) return Err{std::move(child.error())};
  const auto exit = child->wait(Clock::now() + limit);
  if (!exit) return Err{options.arguments[0] + ": still running at its time limit"};
  return *exit;
}

}  // namespace pim::load
