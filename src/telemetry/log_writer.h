// Log lines on a file descriptor: JSON, or readable text on a terminal. A flood is cut, and a
// reader that does not read stops nobody; what is not written is counted.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>

#include "telemetry/log_record.h"

namespace pim::telemetry {

inline constexpr int kLinesPerSecond = 200;  // of each level: a flood of one must not hide another

// Thread-safe; lines are never mixed. Only one of over 4 KiB may be written in part, where its
// reader stops reading in the middle of it; it is counted as unread, and the next one begins a
// line.
class LogWriter {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit LogWriter(int descriptor) { write_to(descriptor); }

  void write_to(int descriptor);
  // False: cut from a flood. The next line that passes says how many there were.
  bool write(const LogRecord& record, Time now = std::chrono::steady_clock::now());

  std::uint64_t dropped_in_floods() const { return flood_.load(std::memory_order_relaxed); }
  std::uint64_t dropped_unread() const { return unread_.load(std::memory_order_relaxed); }

 private:
  struct Second {
    Time began{};
    int lines = 0;
    std::uint64_t dropped = 0;  // not told yet
  };
  bool admit(Second& second, Time now);
  void put(const LogRecord& record);

  std::mutex mutex_;
  int descriptor_ = -1;                    // guarded by mutex_
  bool terminal_ = false;                  // guarded by mutex_
  bool torn_ = false;                      // the last line has no end; guarded by mutex_
  std::array<Second, kLevels> seconds_{};  // by level; guarded by mutex_
  std::atomic<std::uint64_t> flood_{0};
  std::atomic<std::uint64_t> unread_{0};
};

}  // namespace pim::telemetry
