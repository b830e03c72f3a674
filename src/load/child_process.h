// A child process that does not outlive its owner: killed and reaped by the destructor, and by the
// kernel where the thread that started it dies first (so start children on a thread that stays).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "domain/result.h"
#include "load/socket.h"

namespace pim::load {

struct ChildOptions {
  std::vector<std::string> arguments;    // [0] is the program, looked up in PATH
  std::vector<std::string> environment;  // NAME=value, added to this process's
  std::string stdout_file;               // appended to; empty: /dev/null
  std::string stderr_file;               // the same
};

// How a child ended: one of the two is set.
struct ChildExit {
  std::optional<int> code;
  std::optional<int> signal;
  bool clean() const { return code == 0; }
  std::string to_string() const;  // "exit code 3", "signal 9"
};

class ChildProcess {
 public:
  static Result<ChildProcess, std::string> start(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;

  pid_t pid() const { return pid_; }
  // Becomes readable when the child has ended.
  const Fd& pidfd() const { return pidfd_; }
  // No effect once wait() has returned the exit.
  void signal(int number);
  // Reaps the child; nullopt: it runs on at the deadline. May be called again.
  std::optional<ChildExit> wait(Deadline deadline);

 private:
  ChildProcess() = default;
  void end();

  pid_t pid_ = -1;
  Fd pidfd_;
  std::optional<ChildExit> exit_;
};

// Runs a program to its end, at most `limit` long.
Result<ChildExit, std::string> run_child(const ChildOptions& options,
                                         std::chrono::milliseconds limit);

}  // namespace pim::load
