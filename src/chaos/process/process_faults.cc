#include "chaos/process/process_faults.h"

#include <csignal>
#include <utility>

#include "chaos/lasting_effect.h"
#include "chaos/process/command_process.h"
#include "chaos/process/process_id.h"
#include "chaos/restore.h"

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;

constexpr auto kLongestStop = 10s;
constexpr auto kLongestEnd = 10s;  // of a killed process: what it waits for in the kernel

FaultError not_running(const Target& target) {
  return {Trouble::environment, "'" + target.name + "' does not run"};
}

class Stopped final : public LastingEffect {
 public:
  Stopped(const Target& target, Footprints* footprints)
      : LastingEffect(footprints), target_(target) {}

 protected:
  Result<Footprint, FaultError> prepare() override {
    const auto process = running_process(target_);
    if (!process) return Err{not_running(target_)};
    return process_footprint("continue", target_.name, *process);
  }
  FaultResult act(const Footprint& footprint) override {
    const auto process = process_of(footprint);
    if (const auto sent = send_signal(process, SIGSTOP); !sent) {
      return Err{FaultError{Trouble::usage, sent.error()}};
    }
    if (!wait_until_so(kLongestStop, [&] { return is_stopped(process); })) {
      return Err{FaultError{Trouble::not_in_effect, "'" + target_.name + "' did not stop"}};
    }
    return {};
  }

 private:
  const Target target_;
};

// Ended by a signal, down until it is undone, and then started again.
class Ended final : public Effect {
 public:
  Ended(const Target& target, int signal, std::chrono::milliseconds grace, Footprints* footprints)
      : target_(target), signal_(signal), grace_(grace), footprints_(footprints) {}

  FaultResult begin() override {
    const auto process = running_process(target_);
    if (!process) return Err{not_running(target_)};
    if (auto kept = keep(*process); !kept) return kept;
    begun_ = true;
    if (const auto sent = send_signal(*process, signal_); !sent) {
      return Err{FaultError{Trouble::usage, sent.error()}};
    }
    if (signal_ != SIGKILL && !wait_for_end(*process, grace_)) {
      static_cast<void>(send_signal(*process, SIGKILL));  // as an orchestrator does
    }
    if (!wait_for_end(*process, kLongestEnd)) {
      return Err{FaultError{Trouble::not_in_effect, "'" + target_.name + "' did not end"}};
    }
    return {};
  }

  FaultResult end() override {
    if (!begun_) return {};
    if (!target_.process->pid()) {
      if (auto started = target_.process->start(); !started) {
        return Err{FaultError{Trouble::not_undone, std::move(started.error())}};
      }
    }
    if (!file_.empty()) footprints_->forget(file_);
    file_.clear();
    begun_ = false;
    return {};
  }

 private:
  FaultResult keep(const ProcessId& process) {
    const auto command = target_.process->command();
    if (footprints_ == nullptr || command.arguments.empty()) return {};
    auto footprint = process_footprint("start", target_.name, process);
    add_command(command, footprint);
    auto file = footprints_->keep(footprint);
    if (!file) return Err{FaultError{Trouble::environment, std::move(file.error())}};
    file_ = std::move(*file);
    return {};
  }

  const Target target_;
  const int signal_;
  const std::chrono::milliseconds grace_;
  Footprints* const footprints_;
  std::string file_;
  bool begun_ = false;
};

}  // namespace

std::optional<ProcessId> running_process(const Target& target) {
  const auto pid = target.running_pid();
  return pid ? identify(*pid) : std::nullopt;
}

std::unique_ptr<Effect> make_sigstop(const FaultOrder& order) {
  return std::make_unique<Stopped>(order.target, order.footprints);
}

std::unique_ptr<Effect> make_sigkill(const FaultOrder& order) {
  return std::make_unique<Ended>(order.target, SIGKILL, 0ms, order.footprints);
}

std::unique_ptr<Effect> make_sigterm(const FaultOrder& order) {
  const auto grace =
      std::chrono::duration_cast<std::chrono::milliseconds>(order.parameters.duration("grace"));
  return std::make_unique<Ended>(order.target, SIGTERM, grace, order.footprints);
}

Restored continue_process(const Footprint& footprint) {
  const auto process = process_of(footprint);
  if (!is_alive(process)) return {};
  if (const auto sent = send_signal(process, SIGCONT); !sent && is_alive(process)) {
    return Err{sent.error()};
  }
  if (!wait_until_so(kLongestStop, [&] { return !is_stopped(process); })) {
    return Err{"process " + std::to_string(process.pid) + " is still stopped"};
  }
  return {};
}

}  // namespace pim::chaos
