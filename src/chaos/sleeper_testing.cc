#include "chaos/sleeper_testing.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

#include "chaos/process/process_id.h"

namespace pim::chaos {
namespace {

// A `sleep` for ever. The directory in it tells it from those of other tests.
StartCommand sleep_command(const std::string& directory) {
  StartCommand command;
  command.arguments = {"sh",
                       "-c",
                       "echo \"{\\\"pid\\\":$$}\" > ready.half && mv ready.half ready.json && "
                       "exec \"$@\"",
                       "sh",
                       "tail",
                       "-f",
                       "/dev/null",
                       directory + "/sleeper"};
  command.directory = directory;
  command.ready_file = directory + "/ready.json";
  command.log_file = directory + "/sleeper.log";
  return command;
}

}  // namespace

Sleeper::Sleeper(const std::string& directory)
    : process_(std::make_shared<CommandProcess>(sleep_command(directory))) {
  const auto started = process_->start();
  EXPECT_TRUE(started.ok()) << started.error();
}

Sleeper::~Sleeper() {
  const auto pid = process_->pid();
  const auto process = pid ? identify(*pid) : std::nullopt;
  if (!process) return;
  static_cast<void>(send_signal(*process, SIGKILL));
  wait_for_end(*process, std::chrono::seconds(10));
}

Target Sleeper::target() const {
  Target target;
  target.name = "sleeper";
  target.process = process_;
  return target;
}

ProcessId Sleeper::process() const {
  const auto pid = process_->pid();
  const auto process = pid ? identify(*pid) : std::nullopt;
  EXPECT_TRUE(process.has_value()) << "the sleeper does not run";
  return process.value_or(ProcessId{});
}

}  // namespace pim::chaos
