// A connection as a small state machine. Internal to the listener.
//
//   handshake -> idle -> head -> body -> handling -> writing -> idle ...
//                                             any -> lingering -> closed
//                                         writing -> resting -> idle
//
// Requests are answered one at a time, in order: while one is handled nothing more is read, so
// pipelined requests wait in the buffer or in the kernel.
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/io_thread.h"
#include "api/listener.h"
#include "api/request_head.h"
#include "api/request_parser.h"

namespace pim::api {

// What the connections of one port share.
struct Port {
  Port(HttpHandler& http_handler, const ConnectionLimits& connection_limits)
      : handler(http_handler), limits(connection_limits) {}

  HttpHandler& handler;
  const ConnectionLimits limits;
  std::atomic<std::uint64_t> open{0};
  std::atomic<std::uint64_t> refusing{0};  // told that there are too many; not in `open`
  std::atomic<std::uint64_t> in_flight{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<std::uint64_t> rests{0};
  std::array<std::atomic<std::uint64_t>, kTimeoutPhases.size()> timeouts{};
  std::atomic<bool> draining{false};

  std::mutex mutex;
  std::condition_variable closed;  // signalled when a connection has closed
};

using Deadline = std::chrono::steady_clock::time_point;

class Connection : public Exchange, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<IoThread> thread, std::shared_ptr<Port> port, std::string peer);

  // On the connection's thread only.
  void start();
  void start_refused();  // one too many: says so and ends
  void drain();          // ends it as soon as nothing is under way
  void close();
  bool expired(Deadline now) const { return now >= deadline_; }
  void on_expiry();

  const Request& request() const override { return request_; }
  void respond(Response response) override;
  void post(std::function<void()> work) override { thread_->post(std::move(work)); }

 protected:
  using Error = boost::system::error_code;
  using Buffers = std::array<boost::asio::const_buffer, 2>;

  // The transport. Each begins one operation whose end is reported by the method named.
  virtual void begin_handshake() = 0;                               // on_handshake()
  virtual void begin_read(boost::asio::mutable_buffer buffer) = 0;  // on_read()
  virtual void begin_write(const Buffers& buffers) = 0;             // on_written()
  // Ends a read with an error and leaves the connection usable; false where it cannot.
  virtual bool cancel_read() = 0;
  virtual void shutdown_send() = 0;
  // How long ago the system received the last byte; zero where it does not tell.
  virtual std::chrono::milliseconds since_last_byte() = 0;
  virtual void close_socket() = 0;

  void on_handshake(Error error);
  void on_read(Error error, std::size_t size);
  void on_written(Error error);

 private:
  enum class Phase { handshake, idle, head, body, handling, writing, resting, lingering, closed };

  void enter(Phase phase, std::chrono::milliseconds limit);
  void await_request();
  void read_more();
  void advance();
  bool take_head();
  bool take_body();
  void refuse(const Refusal& refusal);
  void write(Response response);
  std::chrono::milliseconds waited_to_be_read();
  void rest();
  void linger();

  std::shared_ptr<IoThread> thread_;
  std::shared_ptr<Port> port_;

  Phase phase_ = Phase::handshake;
  Deadline deadline_ = Deadline::max();
  std::chrono::steady_clock::time_point reading_since_;  // the connection is ready for a request
  bool timed_out_ = false;   // the read under way was cancelled to answer 408
  bool continuing_ = false;  // the write under way is a 100 Continue
  bool refused_ = false;     // one too many: in port_->refusing, not in port_->open
  bool counted_ = false;     // in port_->in_flight
  bool close_after_ = false;
  std::size_t discarded_ = 0;
  std::chrono::milliseconds waited_{0};  // the request under way, to be read
  std::chrono::milliseconds rest_{0};    // after the write under way
  boost::asio::steady_timer rest_end_;

  std::vector<char> buffer_;
  std::size_t filled_ = 0;    // bytes in buffer_
  std::size_t consumed_ = 0;  // of these, how many the request under way has used
  std::size_t head_size_ = 0;
  HeadScanner scanner_;
  RequestParser parser_;
  Request request_;

  std::string head_out_;
  std::string body_out_;
};

}  // namespace pim::api
