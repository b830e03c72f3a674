#include "telemetry/profiler.h"

#include <sys/prctl.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include "telemetry/current_span.h"
#include "telemetry/sample_ring.h"
#include "telemetry/stack_walk.h"
#include "telemetry/thread_name.h"

namespace pim::telemetry {
namespace {

using std::chrono::steady_clock;

// A handler can reach nothing but what is static, and a late signal may reach it at any time: so
// the ring is there for ever, and so is the handler.
constinit SampleRing<1024> profile_ring;
std::atomic<bool> profiler_exists{false};

void on_sigprof(int, siginfo_t* info, void* ucontext) {
  const int error = errno;
  profile_ring.push([&](StackSample& sample) {
    sample.depth = static_cast<std::uint32_t>(walk_stack(ucontext, sample.frames));
    sample.ticks = 1;
    if (info->si_code == SI_TIMER && info->si_overrun > 0) {
      sample.ticks += static_cast<std::uint32_t>(info->si_overrun);
    }
    sample.thread = {};
    ::prctl(PR_GET_NAME, sample.thread.data());
    sample.span = current_span();
  });
  errno = error;
}

bool install_handler() {
  struct sigaction present{};
  if (::sigaction(SIGPROF, nullptr, &present) != 0) return false;
  const bool ours = (present.sa_flags & SA_SIGINFO) != 0 && present.sa_sigaction == on_sigprof;
  if (ours) return true;
  if ((present.sa_flags & SA_SIGINFO) != 0 || present.sa_handler != SIG_DFL) return false;
  struct sigaction action{};
  action.sa_sigaction = on_sigprof;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  return ::sigaction(SIGPROF, &action, nullptr) == 0;
}

}  // namespace

std::unique_ptr<Profiler> Profiler::start(const ProfilerOptions& options) {
  if (profiler_exists.exchange(true)) return nullptr;
  if (!install_handler()) {
    profiler_exists.store(false);
    return nullptr;
  }
  find_main_stack();
  return std::unique_ptr<Profiler>(new Profiler(options));
}

Profiler::Profiler(const ProfilerOptions& options)
    : options_(options),
      period_(std::chrono::nanoseconds(1'000'000'000 / std::clamp(options.hz, 1U, 1000U))),
      timers_(period_) {
  thread_ = std::thread([this] {
    name_thread("profiler");
    run();
  });
}

Profiler::~Profiler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    timers_.disarm();
  }
  changed_.notify_all();
  thread_.join();
  profiler_exists.store(false);
}

void Profiler::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (recordings_.empty()) {
      changed_.wait(lock);
      continue;
    }
    changed_.wait_for(lock, options_.census);
    drain();
    if (!stopping_ && !recordings_.empty()) timers_.take_census();
  }
}

void Profiler::drain() {
  const auto count = [this](const StackSample& sample) {
    ++samples_;
    for (Recording* recording : recordings_) {
      const auto dropped = recording->profile_.dropped;
      recording->profile_.add(sample, options_.stacks);
      dropped_stacks_ += recording->profile_.dropped - dropped;
    }
  };
  while (profile_ring.pop(count)) {
  }
}

void Profiler::begin(Recording& recording) {
  recording.profile_ = {};
  recording.profile_.start = std::chrono::system_clock::now();
  recording.profile_.period = period_;
  recording.began_ = steady_clock::now();
}

Profiler::Stats Profiler::stats() const {
  const std::lock_guard lock(mutex_);
  return {samples_, profile_ring.dropped(), dropped_stacks_};
}

Profiler::Recording::Recording(Profiler& profiler) : profiler_(profiler) {
  const std::lock_guard lock(profiler_.mutex_);
  profiler_.drain();  // what came before it is not its own
  profiler_.begin(*this);
  profiler_.recordings_.push_back(this);
  profiler_.timers_.take_census();
  profiler_.changed_.notify_all();
}

Profiler::Recording::~Recording() {
  const std::lock_guard lock(profiler_.mutex_);
  std::erase(profiler_.recordings_, this);
  if (profiler_.recordings_.empty()) profiler_.timers_.disarm();
}

Profile Profiler::Recording::take() {
  const std::lock_guard lock(profiler_.mutex_);
  profiler_.drain();
  profile_.duration = steady_clock::now() - began_;
  Profile taken = std::move(profile_);
  profiler_.begin(*this);
  return taken;
}

}  // namespace pim::telemetry
