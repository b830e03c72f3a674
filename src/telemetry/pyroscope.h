// Pushes profiles to Pyroscope: one a window, kept for some minutes where it does not take them.
// Nothing waits for it; what is dropped is counted.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "telemetry/profiler.h"
#include "telemetry/symbolizer.h"

namespace pim::telemetry {

struct EncodedProfile {
  std::chrono::system_clock::time_point start;
  std::chrono::system_clock::time_point end;
  std::string pprof;
};

// The port to a back end. Used by one thread at a time.
class ProfileSender {
 public:
  virtual ~ProfileSender() = default;
  enum class Outcome : std::uint8_t {
    taken,
    refused,      // for good: the same bytes would be refused again
    unavailable,  // may be tried again
  };
  // Returns within a few seconds.
  virtual Outcome send(const EncodedProfile& profile) = 0;
};

// Files, PEM, for an endpoint that is https://. They are read anew for each profile, so that what
// was rotated holds with the next.
struct ClientTls {
  std::string authorities;  // that the server's certificate must be of; empty: the system's
  std::string certificate;  // shown to the server, and its key; empty: none
  std::string key;
};

// POST /ingest, as https://grafana.com/docs/pyroscope/latest/reference-server-api/ has it. `labels`
// become those of the series; the endpoint is http://127.0.0.1:4040.
std::unique_ptr<ProfileSender> pyroscope_sender(
    const std::string& endpoint, const std::string& service,
    const std::vector<std::pair<std::string, std::string>>& labels, const ClientTls& tls = {});

struct ProfilePushOptions {
  std::chrono::milliseconds window{10'000};
  std::size_t buffer = 24;  // profiles that wait; beyond it the oldest is dropped
  std::size_t buffer_bytes = 16 * 1024 * 1024;  // of all that wait
};

// Thread-safe.
class ProfilePush {
 public:
  // `profiler` must outlive it.
  ProfilePush(Profiler& profiler, std::unique_ptr<ProfileSender> sender,
              const ProfilePushOptions& options = {});
  // Sends the window that has begun and what waits, up to the first failure.
  ~ProfilePush();
  ProfilePush(const ProfilePush&) = delete;
  ProfilePush& operator=(const ProfilePush&) = delete;

  // Begins to send what is left; the destructor waits for it.
  void close();

  struct Stats {
    std::uint64_t sent = 0;
    std::uint64_t dropped_full = 0;     // the oldest gave way to a new one
    std::uint64_t dropped_refused = 0;  // the back end will not have it, or the end came first
    std::uint64_t failures = 0;         // attempts that failed
    std::uint64_t waiting = 0;
  };
  Stats stats() const;

 private:
  void run();
  void keep(const Profile& profile);
  void send_waiting();  // up to the first that is not taken
  void make_room();

  Profiler& profiler_;
  const std::unique_ptr<ProfileSender> sender_;
  const ProfilePushOptions options_;
  Symbolizer symbolizer_{{.keep_open = true}};
  std::deque<EncodedProfile> waiting_;  // of the thread alone
  std::size_t waiting_bytes_ = 0;       // likewise

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;  // guarded by mutex_
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> dropped_full_{0};
  std::atomic<std::uint64_t> dropped_refused_{0};
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<std::uint64_t> queued_{0};
  std::thread thread_;
};

}  // namespace pim::telemetry
