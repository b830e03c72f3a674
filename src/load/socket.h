// File descriptors that close themselves, and non-blocking TCP sockets.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "domain/result.h"

namespace pim::load {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { reset(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

// A connected, non-blocking socket with Nagle's algorithm off.
Result<Fd, std::string> connect_tcp(const std::string& host, std::uint16_t port, Deadline deadline);

// Waits until `events` (POLLIN, POLLOUT) or an error is pending; false at the deadline.
bool wait_for(const Fd& fd, short events, Deadline deadline);

// "what: strerror(error)".
std::string system_error(const std::string& what, int error);

}  // namespace pim::load
