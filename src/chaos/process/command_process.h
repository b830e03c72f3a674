// A process that is started by a command and lives on without who started it; its ready file says
// which one it is.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "chaos/footprint.h"
#include "chaos/target.h"

namespace pim::chaos {

class CommandProcess final : public RestartableProcess {
 public:
  explicit CommandProcess(StartCommand command,
                          std::chrono::milliseconds limit = std::chrono::seconds(60))
      : command_(std::move(command)), limit_(limit) {}

  // By the ready file, and only if that process's command line is the end of ours (a wrapper's part
  // goes before it).
  std::optional<pid_t> pid() override;
  Result<void, std::string> start() override;
  StartCommand command() const override { return command_; }

 private:
  StartCommand command_;
  std::chrono::milliseconds limit_;  // from the start to readiness
};

// To a footprint and back.
void add_command(const StartCommand& command, Footprint& footprint);
StartCommand command_of(const Footprint& footprint);

}  // namespace pim::chaos
