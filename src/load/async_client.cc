#include "load/async_client.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <deque>
#include <vector>

#include "load/http_reply.h"
#include "load/socket.h"

namespace pim::load {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kTimer = ~0ULL;
constexpr auto kConnectTimeout = std::chrono::seconds(2);
constexpr auto kReconnectPause = std::chrono::milliseconds(20);

nanoseconds thread_cpu() {
  timespec spent{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + nanoseconds(spent.tv_nsec);
}

struct Connection {
  Fd socket;
  std::string out;
  std::size_t written = 0;
  std::string in;
  std::size_t used = 0;  // bytes of `in` that are valid
  bool busy = false;
  bool wants_write = false;  // registered for EPOLLOUT
  Deadline due;              // when its request was due
  Deadline sent_at;
};

class Driver {
 public:
  Driver(Traffic& traffic, const DriveOptions& options)
      : traffic_(traffic),
        options_(options),
        connections_(options.connections),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

  Result<DriveReport, std::string> run();

 private:
  bool open_loop() const { return options_.rate > 0; }
  Deadline due_time(std::uint64_t index) const {
    return started_ +
           nanoseconds(static_cast<std::int64_t>(static_cast<double>(index) * 1e9 / options_.rate));
  }
  Result<void, std::string> open(std::size_t index);
  void start_request(std::size_t index, Deadline due, Deadline now);
  void flush(std::size_t index, Deadline now);
  void read_ready(std::size_t index, Deadline now);
  void finish(std::size_t index, const ReplyScan& scan, Deadline now);
  void fail(std::size_t index, const TransportError& error, Deadline now);
  void release(std::size_t index, Deadline now);
  void start_due(Deadline now);
  void sweep(Deadline now);
  void set_timer(Deadline now);
  bool measures(Deadline when) const { return when >= measure_from_ && when < stop_; }

  Traffic& traffic_;
  const DriveOptions& options_;
  std::vector<Connection> connections_;
  Fd epoll_;
  Fd timer_;
  std::deque<std::size_t> idle_;  // open loop: connected and waiting for work
  std::vector<std::size_t> broken_;
  std::size_t busy_ = 0;
  std::uint64_t issued_ = 0;  // open loop: requests handed to a connection
  Deadline started_;
  Deadline measure_from_;
  Deadline stop_;
  Deadline last_reply_;
  Deadline next_sweep_;
  DriveReport report_;
};

Result<void, std::string> Driver::open(std::size_t index) {
  auto socket = connect_tcp(options_.host, options_.port, Clock::now() + kConnectTimeout);
  if (!socket) return Err{std::move(socket.error())};
  Connection& connection = connections_[index];
  connection.socket = std::move(socket).value();
  connection.used = 0;
  connection.wants_write = false;
  epoll_event event{EPOLLIN, {}};
  event.data.u64 = index;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, connection.socket.get(), &event);
  return {};
}

void Driver::start_request(std::size_t index, Deadline due, Deadline now) {
  Connection& connection = connections_[index];
  connection.busy = true;
  ++busy_;
  connection.due = due;
  connection.sent_at = now;
  connection.out.clear();
  connection.written = 0;
  traffic_.next(index, connection.out);
  flush(index, now);
}

void Driver::flush(std::size_t index, Deadline now) {
  Connection& connection = connections_[index];
  while (connection.written < connection.out.size()) {
    const auto wrote =
        ::send(connection.socket.get(), connection.out.data() + connection.written,
               connection.out.size() - connection.written, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (wrote >= 0) {
      connection.written += static_cast<std::size_t>(wrote);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
      return fail(index, {connection.written > 0, system_error("send", errno)}, now);
    }
    break;
  }
  const bool wants_write = connection.written < connection.out.size();
  if (wants_write == connection.wants_write) return;
  connection.wants_write = wants_write;
  epoll_event event{EPOLLIN | (wants_write ? static_cast<std::uint32_t>(EPOLLOUT) : 0U), {}};
  event.data.u64 = index;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.socket.get(), &event);
}

void Driver::read_ready(std::size_t index, Deadline now) {
  constexpr std::size_t kRoom = 16UL * 1024;
  Connection& connection = connections_[index];
  if (connection.in.size() < connection.used + kRoom) connection.in.resize(connection.used + kRoom);
  const auto got = ::recv(connection.socket.get(), connection.in.data() + connection.used,
                          connection.in.size() - connection.used, MSG_DONTWAIT);
  if (got < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return;
    return fail(index, {true, system_error("receive", errno)}, now);
  }
  connection.used += static_cast<std::size_t>(got);
  const bool ended = got == 0;
  if (ended && connection.used == 0) {
    return fail(index, {true, "receive: the connection ended before a reply"}, now);
  }
  const auto scan =
      scan_reply(std::string_view(connection.in).substr(0, connection.used), false, ended);
  if (scan.state == ReplyScan::State::more) return;
  if (scan.state == ReplyScan::State::malformed || !connection.busy) {
    return fail(index, {true, "receive: not one reply to one request"}, now);
  }
  finish(index, scan, now);
}

void Driver::finish(std::size_t index, const ReplyScan& scan, Deadline now) {
  Connection& connection = connections_[index];
  if (measures(connection.due)) {
    ++report_.answered;
    if (scan.status < 300) ++report_.ok;
    if (scan.status >= 400 && scan.status < 500) ++report_.client_error;
    if (scan.status >= 500) ++report_.server_error;
    report_.reply_bytes += scan.bytes;
    report_.latency.record(now - connection.due);
    last_reply_ = now;
  }
  const std::string content = scan.chunked ? unchunk(scan.body) : std::string();
  traffic_.answered(index, {scan.status, scan.head, scan.chunked ? content : scan.body});
  const bool keep = scan.keep_alive && scan.bytes == connection.used;
  connection.used = 0;
  connection.busy = false;
  --busy_;
  if (!keep) {
    connection.socket.reset();
    broken_.push_back(index);
    return;
  }
  release(index, now);
}

// The connection is free: closed loop sends the next request at once.
void Driver::release(std::size_t index, Deadline now) {
  if (open_loop()) {
    idle_.push_back(index);
  } else if (now < stop_) {
    start_request(index, now, now);
  }
}

void Driver::fail(std::size_t index, const TransportError& error, Deadline now) {
  Connection& connection = connections_[index];
  connection.socket.reset();
  if (connection.busy) {
    connection.busy = false;
    --busy_;
    if (measures(connection.due)) {
      ++report_.failed;
      report_.latency.record(now - connection.due);
    }
    traffic_.failed(index, error);
  } else {
    std::erase(idle_, index);
  }
  broken_.push_back(index);
}

void Driver::start_due(Deadline now) {
  if (!open_loop()) return;
  while (!idle_.empty()) {
    const Deadline due = due_time(issued_);
    if (due > now || due >= stop_) return;
    const auto index = idle_.front();
    idle_.pop_front();
    ++issued_;
    start_request(index, due, now);
  }
}

// Time-outs, and connections to be made again.
void Driver::sweep(Deadline now) {
  next_sweep_ = now + kReconnectPause;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i].busy && now - connections_[i].sent_at > options_.reply_timeout) {
      fail(i, {true, "receive: timed out"}, now);
    }
  }
  if (now >= stop_) return;
  auto broken = std::exchange(broken_, {});
  for (const auto index : broken) {
    if (open(index)) {
      release(index, now);
    } else {
      broken_.push_back(index);
    }
  }
}

// epoll_wait() counts milliseconds: too coarse for a rate. With no connection free, there is
// nothing to be in time for.
void Driver::set_timer(Deadline now) {
  if (!open_loop() || idle_.empty()) return;
  const auto wait = std::max(nanoseconds(1), nanoseconds(due_time(issued_) - now)).count();
  itimerspec setting{};
  setting.it_value.tv_sec = wait / 1'000'000'000;
  setting.it_value.tv_nsec = wait % 1'000'000'000;
  ::timerfd_settime(timer_.get(), 0, &setting, nullptr);
}

Result<DriveReport, std::string> Driver::run() {
  if (!epoll_ || !timer_) return Err{system_error("epoll or timerfd", errno)};
  epoll_event timer_event{EPOLLIN | static_cast<std::uint32_t>(EPOLLET), {}};
  timer_event.data.u64 = kTimer;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &timer_event);

  std::string last_error;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (auto opened = open(i); !opened) {
      last_error = std::move(opened.error());
      broken_.push_back(i);
    }
  }
  if (broken_.size() == connections_.size()) return Err{std::move(last_error)};

  const auto cpu_before = thread_cpu();
  started_ = Clock::now();
  measure_from_ = started_ + options_.warm_up;
  stop_ = measure_from_ + options_.duration;
  last_reply_ = measure_from_;
  next_sweep_ = started_ + kReconnectPause;
  const Deadline give_up = stop_ + options_.reply_timeout;
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i].socket) release(i, Clock::now());
  }

  std::array<epoll_event, 128> events{};
  for (;;) {
    Deadline now = Clock::now();
    start_due(now);
    if (now >= next_sweep_) sweep(now);
    const bool backlog = open_loop() && due_time(issued_) < stop_;
    if (now >= stop_ && busy_ == 0 && !(backlog && !idle_.empty())) break;
    if (now >= give_up) break;
    set_timer(now);
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(kReconnectPause.count()));
    now = Clock::now();
    for (int i = 0; i < count; ++i) {
      const auto index = events[static_cast<std::size_t>(i)].data.u64;
      if (index == kTimer) continue;
      const auto flags = events[static_cast<std::size_t>(i)].events;
      if ((flags & EPOLLOUT) != 0 && connections_[index].socket) flush(index, now);
      if ((flags & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 && connections_[index].socket) {
        read_ready(index, Clock::now());
      }
    }
  }

  const Deadline end = Clock::now();
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    if (connections_[i].busy) fail(i, {true, "receive: the run ended"}, end);
  }
  while (open_loop() && due_time(issued_) < stop_) {
    const Deadline due = due_time(issued_++);
    if (!measures(due)) continue;
    ++report_.unsent;
    report_.latency.record(end - due);
  }
  report_.elapsed = std::max(last_reply_, stop_) - measure_from_;
  report_.own_cpu = thread_cpu() - cpu_before;
  return std::move(report_);
}

}  // namespace

double DriveReport::per_second() const {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(answered) / seconds : 0;
}

double DriveReport::ok_per_second() const {
  const auto seconds = std::chrono::duration<double>(elapsed).count();
  return seconds > 0 ? static_cast<double>(ok) / seconds : 0;
}

Result<DriveReport, std::string> drive(Traffic& traffic, const DriveOptions& options) {
  return Driver(traffic, options).run();
}

}  // namespace pim::load
