#include "load/run/connections.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "load/http_reply.h"

namespace pim::load {
namespace {

constexpr std::size_t kReadRoom = 16UL * 1024;

std::uint64_t tag_of(std::size_t index, std::uint32_t generation) {
  return static_cast<std::uint64_t>(generation) << 32U | index;
}

}  // namespace

std::string AttemptError::to_string() const {
  switch (kind) {
    case Failure::connect:
      return system_error("connect", error);
    case Failure::reset:
      return error == 0 ? "the run ended" : system_error(sent ? "receive" : "send", error);
    case Failure::ended:
      return "the connection ended before a whole reply";
    case Failure::timeout:
      return sent ? "no whole reply in time" : "no connection in time";
    case Failure::malformed:
      break;
  }
  return "not one reply to one request";
}

Result<Connections, std::string> Connections::create(const std::string& host, std::uint16_t port,
                                                     std::size_t count, Owner& owner) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
      error != 0) {
    return Err{"address of " + host + ": " + ::gai_strerror(error)};
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  sockaddr_storage address{};
  std::memcpy(&address, found->ai_addr, found->ai_addrlen);
  Connections connections(address, found->ai_addrlen, count, owner);
  if (!connections.epoll_) return Err{system_error("epoll", errno)};
  return connections;
}

Connections::Connections(sockaddr_storage address, socklen_t length, std::size_t count,
                         Owner& owner)
    : address_(address),
      address_length_(length),
      owner_(&owner),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      slots_(count) {
  for (std::size_t i = count; i-- > 0;) closed_.push_back(i);
}

std::optional<std::size_t> Connections::take() {
  std::size_t index = 0;
  if (!idle_.empty()) {
    index = idle_.front();
    idle_.pop_front();
  } else if (!closed_.empty()) {
    index = closed_.back();
    closed_.pop_back();
  } else {
    return std::nullopt;
  }
  Slot& slot = slots_[index];
  slot.busy = true;
  slot.out.clear();
  slot.written = 0;
  ++busy_;
  return index;
}

void Connections::send(std::size_t connection, Deadline expires) {
  Slot& slot = slots_[connection];
  slot.expires = expires;
  if (slot.state == State::open) return flush(connection);
  connect(connection);
}

void Connections::connect(std::size_t index) {
  Slot& slot = slots_[index];
  slot.socket =
      Fd(::socket(address_.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  ++slot.generation;
  slot.used = 0;
  if (!slot.socket) return fail_later(index, {Failure::connect, false, errno});
  const int on = 1;
  ::setsockopt(slot.socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int result =
      ::connect(slot.socket.get(), reinterpret_cast<const sockaddr*>(&address_), address_length_);
  if (result != 0 && errno != EINPROGRESS) {
    return fail_later(index, {Failure::connect, false, errno});
  }
  slot.state = result == 0 ? State::open : State::connecting;
  watch(index, EPOLL_CTL_ADD, result != 0);
  if (result == 0) flush(index);
}

void Connections::watch(std::size_t index, int operation, bool write) {
  Slot& slot = slots_[index];
  slot.wants_write = write;
  epoll_event event{EPOLLIN | (write ? static_cast<std::uint32_t>(EPOLLOUT) : 0U), {}};
  event.data.u64 = tag_of(index, slot.generation);
  ::epoll_ctl(epoll_.get(), operation, slot.socket.get(), &event);
}

void Connections::finish_connect(std::size_t index) {
  Slot& slot = slots_[index];
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(slot.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail_later(index, {Failure::connect, false, error});
  slot.state = State::open;
  flush(index);
}

void Connections::flush(std::size_t index) {
  Slot& slot = slots_[index];
  while (slot.written < slot.out.size()) {
    const auto wrote = ::send(slot.socket.get(), slot.out.data() + slot.written,
                              slot.out.size() - slot.written, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (wrote >= 0) {
      slot.written += static_cast<std::size_t>(wrote);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) break;
    return fail_later(index, {Failure::reset, slot.written > 0, errno});
  }
  const bool wants_write = slot.written < slot.out.size();
  if (wants_write != slot.wants_write) watch(index, EPOLL_CTL_MOD, wants_write);
}

void Connections::read(std::size_t index) {
  Slot& slot = slots_[index];
  if (slot.in.size() < slot.used + kReadRoom) slot.in.resize(slot.used + kReadRoom);
  const auto got = ::recv(slot.socket.get(), slot.in.data() + slot.used, slot.in.size() - slot.used,
                          MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  const int error = got < 0 ? errno : 0;
  const Deadline now = Clock::now();
  if (!slot.busy) {
    // The server is done with a connection that nobody uses.
    std::erase(idle_, index);
    close(index);
    closed_.push_back(index);
    return;
  }
  const bool sent = slot.written > 0;
  if (error != 0) return fail(index, {Failure::reset, sent, error}, now);
  slot.used += static_cast<std::size_t>(got);
  const bool ended = got == 0;
  if (ended && slot.used == 0) return fail(index, {Failure::ended, sent, 0}, now);
  const auto scan = scan_reply(std::string_view(slot.in).substr(0, slot.used), false, ended);
  if (scan.state == ReplyScan::State::more) return;
  if (scan.state == ReplyScan::State::malformed) {
    return fail(index, {ended ? Failure::ended : Failure::malformed, sent, 0}, now);
  }
  const bool keep =
      scan.keep_alive && !ended && scan.bytes == slot.used && slot.written == slot.out.size();
  slot.used = 0;
  slot.busy = false;
  --busy_;
  if (keep) {
    idle_.push_back(index);
  } else {
    close(index);
    closed_.push_back(index);
  }
  const std::string content = scan.chunked ? unchunk(scan.body) : std::string();
  owner_->replied(index, {scan.status, scan.head, scan.chunked ? content : scan.body}, now);
}

void Connections::close(std::size_t index) {
  slots_[index].socket.reset();
  slots_[index].state = State::closed;
}

void Connections::fail_later(std::size_t index, const AttemptError& error) {
  close(index);
  failures_.emplace_back(index, error);
}

void Connections::fail(std::size_t index, const AttemptError& error, Deadline now) {
  close(index);
  slots_[index].busy = false;
  --busy_;
  closed_.push_back(index);
  owner_->failed(index, error, now);
}

void Connections::tell_failures(Deadline now) {
  const auto failures = std::exchange(failures_, {});
  for (const auto& [index, error] : failures) fail(index, error, now);
}

void Connections::wait(Deadline until) {
  const Deadline now = Clock::now();
  if (!failures_.empty()) {
    tell_failures(now);
    until = now;
  }
  const auto left = std::max(Deadline::duration(0), until - now);
  timespec limit{};
  limit.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(left).count();
  limit.tv_nsec = (left % std::chrono::seconds(1)).count();
  std::array<epoll_event, 128> events{};
  // epoll_wait() counts milliseconds: too coarse for a rate.
  const int count =
      ::epoll_pwait2(epoll_.get(), events.data(), static_cast<int>(events.size()), &limit, nullptr);
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto index = static_cast<std::size_t>(event.data.u64 & 0xFFFFFFFFU);
    const auto current = [&] {
      const Slot& slot = slots_[index];
      return slot.socket && tag_of(index, slot.generation) == event.data.u64;
    };
    if (!current()) continue;
    if (slots_[index].state == State::connecting) {
      finish_connect(index);
      continue;
    }
    if ((event.events & EPOLLOUT) != 0 && slots_[index].busy) flush(index);
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0 && current()) read(index);
  }
}

void Connections::expire(Deadline now) {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (!slot.busy || !slot.socket || slot.expires > now) continue;
    fail(i, {Failure::timeout, slot.written > 0, 0}, now);
  }
}

void Connections::abort(Deadline now) {
  tell_failures(now);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].busy && slots_[i].socket)
      fail(i, {Failure::reset, slots_[i].written > 0, 0}, now);
  }
}

}  // namespace pim::load
