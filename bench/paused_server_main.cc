// paused_server SHORTEST LONGEST CPU [AT:FOR...]: answers every GET on a port of its own after a
// service time between SHORTEST and LONGEST us, and stands still for FOR ms at AT ms after the
// first request. One thread, any number of connections; no request waits for another one.
//
// stdout is its record, by the monotonic clock in ns: `port N`; `first NS`, the first request;
// `pause FROM TO` for each time that it stood still, whoever made it so; at SIGTERM `requests N`.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "load/socket.h"
#include "pauses.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using load::Clock;
using load::Deadline;
using std::chrono::nanoseconds;

// It looks at the clock at least this often: a pause's begin is known to that.
constexpr nanoseconds kHeartbeat = 1ms;
// Late by so much, it stood still.
constexpr nanoseconds kNoticed = 3ms;

constexpr std::string_view kReply =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

volatile std::sig_atomic_t terminated = 0;

struct Stall {
  nanoseconds at{0};
  nanoseconds length{0};
};

struct Peer {
  load::Fd socket;
  std::string input;  // the begin of a request
  std::uint64_t life = 0;
};

struct Reply {
  Deadline due;
  std::size_t peer = 0;
  std::uint64_t life = 0;  // of the peer then: a descriptor's number comes again
  bool operator>(const Reply& other) const { return due > other.due; }
};

class Server {
 public:
  Server(ServiceTimes services, std::vector<Stall> stalls)
      : services_(services), stalls_(std::move(stalls)) {}
  bool listen();
  void serve();

 private:
  void note(Deadline now);
  void stall(Deadline now);
  void wait();
  void accept_all();
  void read_from(std::size_t index);
  void arrived(std::size_t index, Deadline now);
  void answer(std::size_t index);
  void answer_due(Deadline now);
  static std::int64_t number(Deadline time) { return time.time_since_epoch().count(); }

  ServiceTimes services_;
  std::vector<Stall> stalls_;
  std::size_t stalled_ = 0;
  load::Fd listener_;
  load::Fd epoll_;
  std::vector<Peer> peers_;  // by descriptor
  std::priority_queue<Reply, std::vector<Reply>, std::greater<>> replies_;
  std::uint64_t lives_ = 0;
  std::uint64_t requests_ = 0;
  Deadline first_;
  Deadline alive_;  // when it last looked at the clock
};

bool Server::listen() {
  listener_ = load::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  epoll_ = load::Fd(::epoll_create1(EPOLL_CLOEXEC));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  // Clients that connect while it stands still must not be dropped: a backlog for all of them.
  if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 65'535) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    return false;
  }
  epoll_event event{EPOLLIN, {}};
  event.data.fd = listener_.get();
  std::printf("port %d\n", ntohs(address.sin_port));
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event) == 0;
}

void Server::serve() {
  alive_ = Clock::now();
  while (terminated == 0) {
    wait();
    const auto now = Clock::now();
    note(now);
    answer_due(now);
    stall(now);
  }
  std::printf("requests %llu\n", static_cast<unsigned long long>(requests_));
}

void Server::note(Deadline now) {
  if (now - alive_ >= kNoticed && requests_ > 0) {
    std::printf("pause %lld %lld\n", static_cast<long long>(number(alive_)),
                static_cast<long long>(number(now)));
  }
  alive_ = now;
}

void Server::stall(Deadline now) {
  if (requests_ == 0 || stalled_ == stalls_.size() || now < first_ + stalls_[stalled_].at) return;
  std::this_thread::sleep_for(stalls_[stalled_++].length);
}

void Server::wait() {
  nanoseconds left = kHeartbeat;
  if (!replies_.empty()) {
    left = std::clamp(nanoseconds(replies_.top().due - Clock::now()), nanoseconds(0), left);
  }
  const timespec timeout{0, static_cast<long>(left.count())};
  std::array<epoll_event, 256> events{};
  const int count = ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   &timeout, nullptr);
  for (int i = 0; i < count; ++i) {
    const int fd = events[static_cast<std::size_t>(i)].data.fd;
    if (fd == listener_.get()) {
      accept_all();
    } else {
      read_from(static_cast<std::size_t>(fd));
    }
  }
}

void Server::accept_all() {
  for (;;) {
    load::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) return;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    epoll_event event{EPOLLIN, {}};
    event.data.fd = fd.get();
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event);
    const auto index = static_cast<std::size_t>(fd.get());
    if (peers_.size() <= index) peers_.resize(index + 1);
    peers_[index] = {std::move(fd), {}, ++lives_};
  }
}

void Server::read_from(std::size_t index) {
  std::array<char, 4096> bytes;
  Peer& peer = peers_[index];
  const auto got = ::recv(peer.socket.get(), bytes.data(), bytes.size(), 0);
  if (got <= 0) {
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) peer.socket.reset();
    return;
  }
  const std::string_view chunk(bytes.data(), static_cast<std::size_t>(got));
  const auto now = Clock::now();
  note(now);
  if (peer.input.empty() && chunk.ends_with("\r\n\r\n")) return arrived(index, now);
  peer.input += chunk;
  if (!peer.input.ends_with("\r\n\r\n")) return;
  peer.input.clear();
  arrived(index, now);
}

void Server::arrived(std::size_t index, Deadline now) {
  if (requests_ == 0) {
    first_ = now;
    std::printf("first %lld\n", static_cast<long long>(number(now)));
  }
  const auto service = services_.of(requests_++);
  if (service == nanoseconds(0)) return answer(index);
  replies_.push({now + service, index, peers_[index].life});
}

void Server::answer(std::size_t index) {
  if (::send(peers_[index].socket.get(), kReply.data(), kReply.size(), MSG_NOSIGNAL) < 0) {
    peers_[index].socket.reset();
  }
}

void Server::answer_due(Deadline now) {
  while (!replies_.empty() && replies_.top().due <= now) {
    const Reply reply = replies_.top();
    replies_.pop();
    if (peers_[reply.peer].life == reply.life && peers_[reply.peer].socket) answer(reply.peer);
  }
}

// As many descriptors as this machine allows.
void allow_many_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void run_on(int cpu) {
  if (cpu < 0) return;
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(static_cast<unsigned>(cpu), &cpus);
  ::sched_setaffinity(0, sizeof cpus, &cpus);
}

bool parse(std::string_view text, std::int64_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

int run(const std::vector<std::string_view>& arguments) {
  std::int64_t shortest = 0;
  std::int64_t longest = 0;
  std::int64_t cpu = -1;
  bool good = arguments.size() >= 3 && parse(arguments[0], shortest) &&
              parse(arguments[1], longest) && parse(arguments[2], cpu) && shortest <= longest;
  std::vector<Stall> stalls;
  for (std::size_t i = 3; i < arguments.size(); ++i) {
    const auto colon = std::min(arguments[i].find(':'), arguments[i].size() - 1);
    std::int64_t at = 0;
    std::int64_t length = 0;
    good = good && parse(arguments[i].substr(0, colon), at) &&
           parse(arguments[i].substr(colon + 1), length);
    stalls.push_back({std::chrono::milliseconds(at), std::chrono::milliseconds(length)});
  }
  if (!good) {
    std::fprintf(stderr, "usage: paused_server SHORTEST_US LONGEST_US CPU [AT_MS:FOR_MS...]\n");
    return 2;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  ::prctl(PR_SET_TIMERSLACK, 1);
  std::signal(SIGTERM, [](int) { terminated = 1; });
  allow_many_files();
  run_on(static_cast<int>(cpu));
  Server server({std::chrono::microseconds(shortest), std::chrono::microseconds(longest)},
                std::move(stalls));
  if (!server.listen()) {
    std::fprintf(stderr, "%s\n", load::system_error("listen on 127.0.0.1", errno).c_str());
    return 3;
  }
  server.serve();
  return 0;
}

}  // namespace
}  // namespace pim::bench

int main(int argc, char** argv) {
  return pim::bench::run(std::vector<std::string_view>(argv + 1, argv + argc));
}
