// A back end for tests: takes OTLP/HTTP on a loopback port and keeps spans and log records.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "telemetry/http_receiver_testing.h"

namespace pim::telemetry {

struct ReceivedSpan {
  std::string trace_id;   // hex
  std::string span_id;    // hex
  std::string parent_id;  // hex; empty: none
  std::string trace_state;
  std::string name;
  std::uint64_t kind = 0;
  std::uint64_t start_ns = 0;
  std::uint64_t end_ns = 0;
  std::map<std::string, std::string> attributes;  // values as text
  std::vector<std::string> links;                 // span ids, hex
  std::uint64_t status = 0;                       // 2: error
  std::string failure;
  std::map<std::string, std::string> resource;
};

struct ReceivedLog {
  std::uint64_t time_ns = 0;
  std::uint64_t severity = 0;  // 9: info, 13: warn, 17: error
  std::string severity_text;
  std::string body;
  std::string trace_id;  // hex; empty: none
  std::string span_id;
  std::uint64_t flags = 0;
  std::map<std::string, std::string> attributes;  // values as text
  std::map<std::string, std::string> resource;
};

class OtlpReceiver {
 public:
  explicit OtlpReceiver(std::uint16_t port = 0)  // 0: any free one
      : http_(port, [this](const auto& head, const auto& body) { take(head, body); }) {}

  std::uint16_t port() const { return http_.port(); }
  std::string endpoint() const { return http_.endpoint(); }
  void answer_with(int status) { http_.answer_with(status); }

  // Waits until so many spans have come, for at most 30 s; whatever has come.
  std::vector<ReceivedSpan> wait_for(std::size_t count);
  std::vector<ReceivedSpan> spans() const;
  std::vector<ReceivedLog> wait_for_logs(std::size_t count);
  std::vector<ReceivedLog> logs() const;
  std::string bodies() const;  // of all requests, as they came
  std::uint64_t requests() const { return http_.requests(); }

 private:
  void take(const std::string& head, const std::string& body);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ReceivedSpan> spans_;  // guarded by mutex_, as below
  std::vector<ReceivedLog> logs_;
  std::string bodies_;
  HttpReceiver http_;  // ends before what it fills
};

}  // namespace pim::telemetry
