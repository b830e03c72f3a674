// A Pyroscope for tests: takes POST /ingest on a loopback port and keeps what came.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "telemetry/http_receiver_testing.h"

namespace pim::telemetry {

struct ReceivedProfile {
  std::string target;  // /ingest?name=...
  std::string pprof;
};

class ProfileReceiver {
 public:
  std::string endpoint() const { return http_.endpoint(); }
  void answer_with(int status) { http_.answer_with(status); }
  // Waits until so many were taken, for at most 30 s; whatever has come.
  std::vector<ReceivedProfile> wait_for(std::size_t count);

 private:
  void take(const std::string& head, const std::string& body);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ReceivedProfile> profiles_;  // guarded by mutex_
  HttpReceiver http_{0, [this](const auto& head, const auto& body) { take(head, body); }};
};

}  // namespace pim::telemetry
