// What faults are done to, as far as the injector was told: nothing is looked for.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "domain/result.h"

namespace pim::chaos {

// What a kind needs of its target.
enum class Need : std::uint8_t {
  process,  // a pid
  restart,  // a process that can be started again
  network,  // a process in a network namespace that is not ours
  disk,     // a fault disk below its data (pim chaos disk)
  proxy,    // a fault proxy before its port (pim chaos proxy)
  address,  // a port on loopback
  clock,    // a clock that can be stepped (pim-planted)
};

// How a process is started again from elsewhere: by `pim chaos undo`, after its injector has died.
struct StartCommand {
  std::vector<std::string> arguments;  // [0] is the program; empty: not from elsewhere
  std::string directory;               // to start it in
  std::string ready_file;  // JSON with its "pid", written by the process itself once it is ready
  std::string log_file;    // its output is appended to it
};

// A process under test which somebody can start again. One thread at a time.
class RestartableProcess {
 public:
  virtual ~RestartableProcess() = default;
  // While it runs.
  virtual std::optional<pid_t> pid() = 0;
  // Up to its readiness. The error says what is missing.
  virtual Result<void, std::string> start() = 0;
  virtual StartCommand command() const { return {}; }
};

struct Target {
  std::string name;                             // in reports and events: "spine"
  std::shared_ptr<RestartableProcess> process;  // null: `pid` may be set
  std::optional<pid_t> pid;                     // a process that is only known by it
  std::string disk;                             // control socket of its fault disk
  std::string proxy;                            // control socket of its fault proxy
  std::string address;                          // 127.0.0.1:8080
  std::string clock;                            // the file that PIM_PLANTED_CLOCK names

  std::optional<pid_t> running_pid() const { return process ? process->pid() : pid; }
};

}  // namespace pim::chaos
