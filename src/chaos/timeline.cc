#include "chaos/timeline.h"

#include <csignal>
#include <map>
#include <utility>

namespace pim::chaos {
namespace {

using Time = std::chrono::steady_clock::time_point;

// Signals are for the threads that wait for them.
void block_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace

Timeline::Timeline(std::vector<PlannedFault> plan, std::function<void(const FaultNews&)> tell)
    : plan_(std::move(plan)), tell_(std::move(tell)), truths_(plan_.size()) {}

Timeline::~Timeline() { stop(); }

void Timeline::start(Time start) {
  over_ = false;
  thread_ = std::jthread([this, start](const std::stop_token& stopping) { run(stopping, start); });
}

void Timeline::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

bool Timeline::wait_until(Time time) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, time, [this] { return over_; });
}

void Timeline::run(const std::stop_token& stopping, Time start) {
  block_signals();
  struct Step {
    std::size_t index;
    bool is_end;
  };
  std::multimap<Time, Step> steps;
  for (std::size_t i = 0; i < plan_.size(); ++i) steps.emplace(start + plan_[i].at, Step{i, false});
  while (!steps.empty()) {
    const auto [time, step] = *steps.begin();
    {
      std::unique_lock lock(mutex_);
      changed_.wait_until(lock, stopping, time, [] { return false; });
    }
    if (stopping.stop_requested()) break;
    steps.erase(steps.begin());
    if (step.is_end) {
      end(step.index);
    } else {
      begin(step.index);
      // its length counts from here, however late it could be begun
      steps.emplace(std::chrono::steady_clock::now() + plan_[step.index].length,
                    Step{step.index, true});
    }
  }
  for (std::size_t i = plan_.size(); i-- > 0;) end(i);
  const std::lock_guard lock(mutex_);
  over_ = true;
  changed_.notify_all();
}

void Timeline::begin(std::size_t index) {
  auto& fault = plan_[index].fault;
  const auto injected = fault.inject();
  note(index, injected ? Phase::began : Phase::failed, injected ? nullptr : &injected.error());
}

void Timeline::end(std::size_t index) {
  auto& fault = plan_[index].fault;
  if (!fault.in_force()) return;
  const auto undone = fault.undo();
  note(index, undone ? Phase::ended : Phase::failed, undone ? nullptr : &undone.error());
}

void Timeline::note(std::size_t index, Phase phase, const FaultError* error) {
  FaultNews news{phase, plan_[index].fault.truth(), error == nullptr ? "" : error->message};
  {
    const std::lock_guard lock(mutex_);
    truths_[index] = news.truth;
    if (error != nullptr) errors_.push_back(*error);
  }
  if (tell_) tell_(news);
}

std::vector<GroundTruth> Timeline::truths() const {
  auto truths = truths_by_place();
  std::erase_if(truths, [](const GroundTruth& truth) { return !truth.from; });
  return truths;
}

std::vector<GroundTruth> Timeline::truths_by_place() const {
  const std::lock_guard lock(mutex_);
  return truths_;
}

std::vector<FaultError> Timeline::errors() const {
  const std::lock_guard lock(mutex_);
  return errors_;
}

}  // namespace pim::chaos
