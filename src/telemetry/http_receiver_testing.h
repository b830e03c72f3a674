// The HTTP side of a back end for tests: one request a connection, on a loopback port.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

namespace pim::telemetry {

class HttpReceiver {
 public:
  // `take` is called with the head (its last line feed included) and the body of each request that
  // will be answered 200; on the receiver's thread. Port 0: any free one.
  using Take = std::function<void(const std::string& head, const std::string& body)>;
  HttpReceiver(std::uint16_t port, Take take);
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  std::uint16_t port() const { return port_; }
  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void answer_with(int status) { status_ = status; }
  std::uint64_t requests() const { return requests_; }

 private:
  void run();
  void serve(int connection);

  const Take take_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> status_{200};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace pim::telemetry
