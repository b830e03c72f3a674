// Syncs an open database file from a thread of its own, so that its owner can write on meanwhile.
#pragma once

#include <sqlite3.h>

#include <atomic>
#include <thread>

#include "telemetry/histogram.h"

namespace pim::store::sqlite {

// Of one thread, its owner's.
class BackgroundSync {
 public:
  // `file`: SQLite's own handle. A descriptor of our own would, when closed, take every POSIX lock
  // of this process on the file away with it. It must stay open until this is gone.
  // `in_place`: start() itself syncs; for tests whose every step is to be repeatable. `syncs` is
  // told how long each one took.
  BackgroundSync(sqlite3_file* file, bool in_place, telemetry::Histogram& syncs)
      : file_(file), in_place_(in_place), syncs_(syncs) {}
  ~BackgroundSync() { wait(); }
  BackgroundSync(const BackgroundSync&) = delete;
  BackgroundSync& operator=(const BackgroundSync&) = delete;

  void start();
  bool under_way() const { return under_way_; }
  void wait();
  // Has any sync failed since the beginning? Then nothing that was written is certain.
  bool failed() const { return failed_; }

 private:
  void sync();

  sqlite3_file* const file_;
  const bool in_place_;
  telemetry::Histogram& syncs_;
  std::thread thread_;
  std::atomic<bool> under_way_{false};
  std::atomic<bool> failed_{false};
};

}  // namespace pim::store::sqlite
