// A real `pim serve` as a child process, from start to readiness to its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "load/child_process.h"

namespace pim::load {

struct ServerConfig {
  std::string program;  // pim, or the test binary with planted bugs
  std::string data_directory;
  std::string keys_file;
  std::string scratch_directory;  // for the ready file and the log; must exist
  std::vector<std::string> extra_arguments;
  std::vector<std::string> environment;  // such as PIM_PLANTED_BUG=ack-early
  std::uint16_t port = 0;                // 0: the system chooses
  std::uint16_t admin_port = 0;
  std::vector<std::string> wrapper = {};  // goes before the program, and becomes it
};

class ServerProcess {
 public:
  // Returns at once; the ports are known after await_ready().
  static Result<ServerProcess, std::string> start(const ServerConfig& config);

  // Until the server says that it is ready. An error: it ended, or the limit passed.
  Result<void, std::string> await_ready(std::chrono::milliseconds limit);

  std::uint16_t port() const { return port_; }
  std::uint16_t admin_port() const { return admin_port_; }
  ChildProcess& process() { return process_; }
  // From start() to readiness.
  std::chrono::nanoseconds ready_time() const { return ready_time_; }

 private:
  ServerProcess(ChildProcess process, std::string ready_file, std::string log_file);
  bool read_ready_file();

  ChildProcess process_;
  std::string ready_file_;
  std::string log_file_;
  Deadline started_;
  std::chrono::nanoseconds ready_time_{0};
  std::uint16_t port_ = 0;
  std::uint16_t admin_port_ = 0;
};

// A lab token from `pim token`. `role` such as `loadgen`.
Result<std::string, std::string> make_token(const ServerConfig& config, const std::string& user,
                                            const std::string& role, const std::string& tenant);

}  // namespace pim::load
