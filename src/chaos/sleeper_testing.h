// A real process for faults of processes: it can be started again and says when it is ready.
#pragma once

#include <memory>
#include <string>

#include "chaos/process/command_process.h"

namespace pim::chaos {

// Started, and ended with its scope.
class Sleeper {
 public:
  explicit Sleeper(const std::string& directory);
  ~Sleeper();
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  Target target() const;
  // Of the process that runs now; the test fails where none does.
  ProcessId process() const;

 private:
  std::shared_ptr<CommandProcess> process_;
};

}  // namespace pim::chaos
