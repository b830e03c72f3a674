#include "telemetry/pyroscope.h"

#include "telemetry/pprof.h"
#include "telemetry/thread_name.h"

namespace pim::telemetry {

using std::chrono::steady_clock;

ProfilePush::ProfilePush(Profiler& profiler, std::unique_ptr<ProfileSender> sender,
                         const ProfilePushOptions& options)
    : profiler_(profiler), sender_(std::move(sender)), options_(options) {
  thread_ = std::thread([this] {
    name_thread("profile-push");
    be_nice(10);
    run();
  });
}

ProfilePush::~ProfilePush() {
  close();
  thread_.join();
}

void ProfilePush::close() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void ProfilePush::run() {
  Profiler::Recording recording(profiler_);
  auto next = steady_clock::now() + options_.window;
  for (bool stopping = false; !stopping;) {
    {
      std::unique_lock lock(mutex_);
      stopping = changed_.wait_until(lock, next, [this] { return stopping_; });
    }
    next = steady_clock::now() + options_.window;
    keep(recording.take());
    send_waiting();
  }
  dropped_refused_ += waiting_.size();
}

void ProfilePush::keep(const Profile& profile) {
  const auto end = profile.start + std::chrono::duration_cast<std::chrono::system_clock::duration>(
                                       profile.duration);
  if (profile.ticks.empty()) return;  // nothing ran
  waiting_.push_back(
      {profile.start, end, encode_pprof(profile, symbolizer_, {.trace_ids = false})});
  waiting_bytes_ += waiting_.back().pprof.size();
  make_room();
  queued_ = waiting_.size();
}

void ProfilePush::make_room() {
  while (waiting_.size() > options_.buffer || waiting_bytes_ > options_.buffer_bytes) {
    waiting_bytes_ -= waiting_.front().pprof.size();
    waiting_.pop_front();
    ++dropped_full_;
  }
}

// Once a window: so what waits is tried again every window, the oldest first.
void ProfilePush::send_waiting() {
  while (!waiting_.empty()) {
    switch (sender_->send(waiting_.front())) {
      case ProfileSender::Outcome::taken:
        ++sent_;
        break;
      case ProfileSender::Outcome::refused:
        ++failures_;
        ++dropped_refused_;
        break;
      case ProfileSender::Outcome::unavailable:
        ++failures_;
        return;
    }
    waiting_bytes_ -= waiting_.front().pprof.size();
    waiting_.pop_front();
    queued_ = waiting_.size();
  }
}

ProfilePush::Stats ProfilePush::stats() const {
  return {sent_, dropped_full_, dropped_refused_, failures_, queued_};
}

}  // namespace pim::telemetry
