// A Pyroscope for tests: takes POST /ingest on a loopback port and keeps what came.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace pim::telemetry {

struct ReceivedProfile {
  std::string target;  // /ingest?name=...
  std::string pprof;
};

class ProfileReceiver {
 public:
  ProfileReceiver();
  ~ProfileReceiver();
  ProfileReceiver(const ProfileReceiver&) = delete;
  ProfileReceiver& operator=(const ProfileReceiver&) = delete;

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void answer_with(int status) { status_ = status; }
  // Waits until so many were taken, for at most 30 s; whatever has come.
  std::vector<ReceivedProfile> wait_for(std::size_t count);

 private:
  void run();
  void serve(int connection);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> status_{200};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ReceivedProfile> profiles_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace pim::telemetry
