#include "chaos/net/proxy.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "chaos/net/proxy_pipe.h"

namespace pim::chaos {
namespace {

constexpr std::uint64_t kListenerTag = 0;
constexpr std::uint64_t kWakeTag = 1;

void watch(const load::Fd& poll, const load::Fd& fd, std::uint64_t tag) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = tag;
  ::epoll_ctl(poll.get(), EPOLL_CTL_ADD, fd.get(), &event);
}

void note_events(ProxyEnd& end, std::uint32_t events) {
  constexpr std::uint32_t kOver = EPOLLERR | EPOLLHUP;
  if ((events & (EPOLLIN | EPOLLRDHUP | kOver)) != 0) end.readable = true;
  if ((events & (EPOLLOUT | kOver)) != 0) end.writable = true;
}

}  // namespace

struct Proxy::Connection {
  ProxyEnd client;
  ProxyEnd server;
  ProxyPipe requests{Way::to_server};
  ProxyPipe replies{Way::to_client};
};

Result<std::unique_ptr<Proxy>, std::string> Proxy::start(LoopbackPort listen, LoopbackPort to) {
  auto listener = listen_on(listen);
  if (!listener) return Err{std::move(listener.error())};
  load::Fd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  load::Fd poll(::epoll_create1(EPOLL_CLOEXEC));
  if (!wake || !poll) return Err{load::system_error("the proxy's descriptors", errno)};
  return std::unique_ptr<Proxy>(new Proxy(std::move(*listener), listen.port, std::move(to),
                                          std::move(wake), std::move(poll)));
}

Proxy::Proxy(load::Fd listener, std::uint16_t port, LoopbackPort to, load::Fd wake, load::Fd poll)
    : listener_(std::move(listener)),
      port_(port),
      to_(std::move(to)),
      wake_(std::move(wake)),
      poll_(std::move(poll)),
      rules_([this] { ::eventfd_write(wake_.get(), 1); }),
      thread_([this] { run(); }) {}

Proxy::~Proxy() {
  stopping_ = true;
  ::eventfd_write(wake_.get(), 1);
  thread_.join();
}

void Proxy::run() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  watch(poll_, listener_, kListenerTag);
  watch(poll_, wake_, kWakeTag);
  std::array<epoll_event, 128> events{};
  while (!stopping_) {
    timespec left{};
    if (!due_.empty()) {
      const auto wait =
          std::max<std::int64_t>(0, (due_.top().time - std::chrono::steady_clock::now()).count());
      left = {wait / 1'000'000'000, wait % 1'000'000'000};
    }
    const int count = ::epoll_pwait2(poll_.get(), events.data(), events.size(),
                                     due_.empty() ? nullptr : &left, nullptr);
    for (int i = 0; i < count; ++i) take_event(events[i].data.u64, events[i].events);
    const auto now = std::chrono::steady_clock::now();
    while (!due_.empty() && due_.top().time <= now) {
      const auto id = due_.top().id;
      due_.pop();
      pump(id);
    }
  }
  for (auto& [id, connection] : connections_) {
    reset_connection(connection->client.socket);
    reset_connection(connection->server.socket);
  }
}

void Proxy::take_event(std::uint64_t tag, std::uint32_t events) {
  if (tag == kListenerTag) return accept_all();
  if (tag == kWakeTag) {
    eventfd_t count = 0;
    ::eventfd_read(wake_.get(), &count);
    return pump_all();
  }
  const auto found = connections_.find(tag / 2);
  if (found == connections_.end()) return;
  note_events(tag % 2 == 0 ? found->second->client : found->second->server, events);
  pump(tag / 2);
}

// An end's tag is its connection's id twice, and one more for the server's.
void Proxy::accept_all() {
  for (;;) {
    load::Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!client) return;
    auto server = begin_connect(to_);
    if (!server || rules_.is_cut()) {
      reset_connection(client);
      continue;
    }
    const Id id = next_++;
    auto& connection = connections_[id] = std::make_unique<Connection>();
    connection->client.socket = std::move(client);
    connection->server.socket = std::move(server);
    watch(poll_, connection->client.socket, 2 * id);
    watch(poll_, connection->server.socket, 2 * id + 1);
  }
}

void Proxy::pump(Id id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  auto& [client, server, requests, replies] = *found->second;
  using Outcome = ProxyPipe::Outcome;
  const auto sent = requests.pump(client, server, rules_);
  const auto answered =
      sent == Outcome::broken ? Outcome::broken : replies.pump(server, client, rules_);
  if (answered == Outcome::broken) {
    reset_connection(client.socket);
    reset_connection(server.socket);
    connections_.erase(found);
    return;
  }
  if (sent == Outcome::ended && answered == Outcome::ended) {
    connections_.erase(found);
    return;
  }
  for (const auto& time : {requests.due(), replies.due()}) {
    if (time && *time > std::chrono::steady_clock::now()) due_.push({*time, id});
  }
}

void Proxy::pump_all() {
  std::vector<Id> ids;
  ids.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const auto id : ids) {
    auto& connection = *connections_.at(id);
    if (rules_.is_cut()) {
      reset_connection(connection.client.socket);
      reset_connection(connection.server.socket);
      connections_.erase(id);
    } else {
      pump(id);
    }
  }
}

}  // namespace pim::chaos
