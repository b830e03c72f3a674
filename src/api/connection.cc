#include "api/connection.h"

#include <cstring>
#include <ctime>

#include "api/ascii.h"
#include "api/problem.h"

namespace pim::api {
namespace {

constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kMaxDiscarded = 1 << 20;
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::chrono::milliseconds kRest{300};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view reason_of(std::uint16_t status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "Unknown";
  }
}

// RFC 9110, 5.6.7; formatted once a second and thread.
std::string_view http_date() {
  thread_local std::time_t formatted = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != formatted) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[64];
    text.assign(buffer, std::strftime(buffer, sizeof buffer, "%a, %d %b %Y %H:%M:%S GMT", &parts));
    formatted = now;
  }
  return text;
}

}  // namespace

Connection::Connection(std::shared_ptr<IoThread> thread, std::shared_ptr<Port> port,
                       std::string peer)
    : thread_(std::move(thread)),
      port_(std::move(port)),
      rest_end_(thread_->context()),
      buffer_(kReadBytes),
      parser_(port_->limits.max_body_bytes) {
  request_.peer = std::move(peer);
}

void Connection::enter(Phase phase, std::chrono::milliseconds limit) {
  phase_ = phase;
  deadline_ = std::chrono::steady_clock::now() + limit;
}

void Connection::start() {
  thread_->add(shared_from_this());
  if (port_->draining.load()) return close();
  enter(Phase::handshake, port_->limits.header_timeout);
  begin_handshake();
}

void Connection::start_refused() {
  refused_ = true;
  thread_->add(shared_from_this());
  port_->refused.fetch_add(1, std::memory_order_relaxed);
  refuse({&problems::kTooManyConnections, "The server has as many connections as it takes."});
}

void Connection::on_handshake(Error error) {
  if (phase_ == Phase::closed) return;
  if (error) return close();
  await_request();
}

void Connection::await_request() {
  enter(Phase::idle, port_->limits.idle_timeout);
  reading_since_ = std::chrono::steady_clock::now();
  advance();
}

bool Connection::came_late() {
  const auto waited = since_last_byte();
  // While the connection rested or was served nobody wanted to read it: that is no overload.
  waited_at_rest_ =
      waited > std::chrono::steady_clock::now() - reading_since_ + IoThread::kPromptly;
  waited_ = !waited_at_rest_ && waited > IoThread::kPromptly;
  return !waited_at_rest_ && thread_->late(waited);
}

void Connection::read_more() {
  begin_read(boost::asio::mutable_buffer(buffer_.data() + filled_, buffer_.size() - filled_));
}

void Connection::on_read(Error error, std::size_t size) {
  if (phase_ == Phase::closed) return;
  if (timed_out_) {
    return refuse({&problems::kRequestTimeout, phase_ == Phase::head
                                                   ? "The head did not arrive in time."
                                                   : "The body did not arrive in time."});
  }
  if (error) return close();
  if (phase_ == Phase::lingering) {
    discarded_ += size;
    if (discarded_ > kMaxDiscarded) return close();
    return begin_read(boost::asio::mutable_buffer(buffer_.data(), buffer_.size()));
  }
  filled_ += size;
  advance();
}

void Connection::advance() {
  if (phase_ == Phase::idle) {
    if (filled_ == 0) {
      if (port_->draining.load()) return close();
      return read_more();
    }
    enter(Phase::head, port_->limits.header_timeout);
  }
  if (phase_ == Phase::head && !take_head()) return;
  if (!take_body()) return;
  phase_ = Phase::handling;
  deadline_ = Deadline::max();  // the request has its own
  counted_ = true;
  port_->in_flight.fetch_add(1, std::memory_order_relaxed);
  request_.late = came_late();
  port_->handler.handle(shared_from_this());
}

// False: more is needed, or the request was refused.
bool Connection::take_head() {
  const auto& limits = port_->limits;
  head_size_ = scanner_.scan({buffer_.data(), filled_});
  if (const auto& refusal = scanner_.refusal()) {
    refuse(*refusal);
    return false;
  }
  if (head_size_ > limits.max_header_bytes ||
      (head_size_ == 0 && filled_ >= limits.max_header_bytes)) {
    refuse({&problems::kHeadersTooLarge, "The head is larger than this server reads."});
    return false;
  }
  if (head_size_ == 0) {
    if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    read_more();
    return false;
  }
  // the parser keeps views into the head: the buffer must not move until the answer is out
  if (buffer_.size() < head_size_ + kReadBytes) buffer_.resize(head_size_ + kReadBytes);
  if (const auto refusal = parser_.begin({buffer_.data(), head_size_}, request_)) {
    refuse(*refusal);
    return false;
  }
  consumed_ = head_size_;
  enter(Phase::body, limits.body_timeout);
  if (parser_.expects_continue() && !parser_.done() && filled_ == consumed_) {
    continuing_ = true;
    begin_write({boost::asio::buffer(kContinue), boost::asio::const_buffer()});
    return false;
  }
  return true;
}

bool Connection::take_body() {
  if (parser_.done()) return true;
  consumed_ += parser_.feed({buffer_.data() + consumed_, filled_ - consumed_}, request_);
  if (const auto& refusal = parser_.refusal()) {
    refuse(*refusal);
    return false;
  }
  if (parser_.done()) return true;
  // what the parser could not use yet (a part of a chunk's head) moves to the front
  std::memmove(buffer_.data() + head_size_, buffer_.data() + consumed_, filled_ - consumed_);
  filled_ -= consumed_ - head_size_;
  consumed_ = head_size_;
  if (filled_ == buffer_.size()) {
    refuse({&problems::kMalformedRequest, "A chunk's head or the trailer is too long."});
    return false;
  }
  read_more();
  return false;
}

void Connection::refuse(const Refusal& refusal) {
  Response response = port_->handler.refuse(*refusal.problem, refusal.detail, request_.peer);
  response.close = true;
  request_.method = {};
  write(std::move(response));
}

void Connection::respond(Response response) {
  if (thread_->on_this_thread()) {
    if (phase_ == Phase::handling) write(std::move(response));
    return;
  }
  thread_->post([self = shared_from_this(), response = std::move(response)]() mutable {
    self->respond(std::move(response));
  });
}

void Connection::write(Response response) {
  rests_ = response.shed && (waited_ || (rests_ && waited_at_rest_));
  // keep_alive() is false for a request that was never read whole
  close_after_ = response.close || request_.http10 || !parser_.keep_alive() ||
                 port_->draining.load(std::memory_order_relaxed);
  head_out_.clear();
  head_out_ += "HTTP/1.1 ";
  append_number(head_out_, response.status);
  head_out_ += ' ';
  head_out_ += reason_of(response.status);
  head_out_ += "\r\ndate: ";
  head_out_ += http_date();
  head_out_ += "\r\n";
  if (!response.body.empty()) {
    head_out_ += "content-type: ";
    head_out_ += response.content_type;
    head_out_ += "\r\n";
  }
  head_out_ += "content-length: ";
  append_number(head_out_, response.body.size());
  head_out_ += "\r\n";
  if (close_after_) head_out_ += "connection: close\r\n";
  head_out_ += response.headers;
  head_out_ += "\r\n";
  body_out_ = std::move(response.body);
  if (request_.method == "HEAD") body_out_.clear();
  enter(Phase::writing, port_->limits.body_timeout);
  begin_write({boost::asio::buffer(head_out_), boost::asio::buffer(body_out_)});
}

void Connection::on_written(Error error) {
  if (phase_ == Phase::closed) return;
  if (error) return close();
  if (continuing_) {
    continuing_ = false;
    return read_more();
  }
  if (counted_) {
    counted_ = false;
    port_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  }
  if (close_after_) return linger();
  std::memmove(buffer_.data(), buffer_.data() + consumed_, filled_ - consumed_);
  filled_ -= consumed_;
  consumed_ = 0;
  scanner_.reset();
  rests_ ? rest() : await_request();
}

// Refusing takes time too, and whoever is refused and comes back at once takes it from those who
// are served. So where the request had to wait for being read, nothing more is read here for a
// while; while there is time for all, no one rests.
void Connection::rest() {
  phase_ = Phase::resting;
  deadline_ = Deadline::max();
  port_->rests.fetch_add(1, std::memory_order_relaxed);
  rest_end_.expires_after(kRest);
  rest_end_.async_wait([self = shared_from_this()](Error error) {
    if (!error && self->phase_ == Phase::resting) self->await_request();
  });
}

// Closing with unread bytes makes the system send a reset, which can destroy the answer before the
// client has read it. So the rest is read and thrown away, for a moment.
void Connection::linger() {
  enter(Phase::lingering, std::min(kLinger, port_->limits.body_timeout));
  shutdown_send();
  begin_read(boost::asio::mutable_buffer(buffer_.data(), buffer_.size()));
}

void Connection::drain() {
  if (phase_ == Phase::idle && filled_ == 0) close();
  if (phase_ != Phase::resting) return;
  rest_end_.cancel();
  filled_ > 0 ? await_request() : linger();  // a request may have come meanwhile
}

void Connection::on_expiry() {
  const auto count = [&](std::size_t phase) {
    port_->timeouts[phase].fetch_add(1, std::memory_order_relaxed);
  };
  switch (phase_) {
    case Phase::handshake:
      count(0);
      return close();
    case Phase::idle:
      count(1);
      return close();
    case Phase::head:
    case Phase::body:
      if (timed_out_ || continuing_) return close();
      count(phase_ == Phase::head ? 2 : 3);
      timed_out_ = true;
      deadline_ = Deadline::max();
      if (!cancel_read()) close();
      return;
    case Phase::writing:
      count(4);
      return close();
    case Phase::handling:
    case Phase::resting:
    case Phase::lingering:
    case Phase::closed:
      return close();
  }
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  const auto self = shared_from_this();  // the thread's reference may be the last one
  phase_ = Phase::closed;
  deadline_ = Deadline::max();
  if (counted_) port_->in_flight.fetch_sub(1, std::memory_order_relaxed);
  counted_ = false;
  rest_end_.cancel();
  close_socket();
  thread_->remove(*this);
  {
    // under the lock, or a waiter could miss the last one
    const std::lock_guard lock(port_->mutex);
    (refused_ ? port_->refusing : port_->open).fetch_sub(1, std::memory_order_relaxed);
  }
  port_->closed.notify_all();
}

}  // namespace pim::api
