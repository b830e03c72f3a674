#include "chaos/process/server_unit.h"

#include <csignal>
#include <utility>

namespace pim::chaos {

ServerUnit::ServerUnit(load::ServerConfig config, std::chrono::milliseconds limit)
    : limit_(limit), config_(std::move(config)), starter_([this] { keep_starting(); }) {}

ServerUnit::~ServerUnit() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  starter_.join();
}

std::optional<pid_t> ServerUnit::pid() {
  const std::lock_guard lock(mutex_);
  if (!server_ || server_->process().wait(load::Clock::now())) return std::nullopt;
  return server_->process().pid();
}

Result<void, std::string> ServerUnit::start() {
  std::unique_lock lock(mutex_);
  outcome_.reset();
  wanted_ = true;
  changed_.notify_all();
  changed_.wait(lock, [this] { return outcome_.has_value(); });
  return outcome_.value_or(Err{std::string("not started")});
}

std::uint16_t ServerUnit::port() const {
  const std::lock_guard lock(mutex_);
  return config_.port;
}

std::uint16_t ServerUnit::admin_port() const {
  const std::lock_guard lock(mutex_);
  return config_.admin_port;
}

void ServerUnit::keep_starting() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);  // signals are for other threads
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) break;
    wanted_ = false;
    outcome_ = start_now();
    changed_.notify_all();
  }
  server_.reset();
}

// With the lock held: who asks for the pid meanwhile waits for it.
Result<void, std::string> ServerUnit::start_now() {
  server_.reset();
  auto started = load::ServerProcess::start(config_);
  if (!started) return Err{std::move(started.error())};
  server_.emplace(std::move(*started));
  if (auto ready = server_->await_ready(limit_); !ready) return ready;
  config_.port = server_->port();
  config_.admin_port = server_->admin_port();
  return {};
}

}  // namespace pim::chaos
