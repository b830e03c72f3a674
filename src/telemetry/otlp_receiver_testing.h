// A back end for tests: takes OTLP/HTTP on a loopback port and keeps spans and log records.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

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
  explicit OtlpReceiver(std::uint16_t port = 0);  // 0: any free one
  ~OtlpReceiver();
  OtlpReceiver(const OtlpReceiver&) = delete;
  OtlpReceiver& operator=(const OtlpReceiver&) = delete;

  std::uint16_t port() const { return port_; }
  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void answer_with(int status) { status_ = status; }

  // Waits until so many spans have come, for at most 30 s; whatever has come.
  std::vector<ReceivedSpan> wait_for(std::size_t count);
  std::vector<ReceivedSpan> spans() const;
  std::vector<ReceivedLog> wait_for_logs(std::size_t count);
  std::vector<ReceivedLog> logs() const;
  std::string bodies() const;  // of all requests, as they came
  std::uint64_t requests() const { return requests_; }

 private:
  void run();
  void serve(int connection);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> status_{200};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ReceivedSpan> spans_;
  std::vector<ReceivedLog> logs_;
  std::string bodies_;
  std::thread thread_;
};

}  // namespace pim::telemetry
