#include "chaos/net/proxy_pipe.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace pim::chaos {
namespace {

constexpr std::size_t kLot = std::size_t{16} * 1024;
constexpr std::size_t kMostWaiting = std::size_t{1024} * 1024;

std::chrono::nanoseconds time_for(std::size_t bytes, double bytes_per_second) {
  if (bytes_per_second == 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(static_cast<double>(bytes) / bytes_per_second * 1e9));
}

// What goes at a time over a line of that width: a twentieth of a second's worth.
std::size_t part_for(double bytes_per_second) {
  if (bytes_per_second == 0) return kLot;
  return std::max<std::size_t>(1, static_cast<std::size_t>(bytes_per_second / 20));
}

}  // namespace

// False: nothing was there to be read, or it may not be taken.
bool ProxyPipe::read_lot(ProxyEnd& from, ProxyRules& rules) {
  if (!from.readable || at_end_ || waiting_ >= kMostWaiting) return false;
  std::array<char, kLot> bytes;  // NOLINT(*-member-init): filled below
  const ssize_t size = ::recv(from.socket.get(), bytes.data(), bytes.size(), 0);
  if (size < 0) {
    from.readable = false;
    broken_ = errno != EAGAIN && errno != EINTR;
    return false;
  }
  if (size == 0) {
    at_end_ = true;
    return true;
  }
  const auto passage = rules.passage(way_);
  broken_ = broken_ || passage.reset;
  const auto count = static_cast<std::size_t>(size);
  const auto now = std::chrono::steady_clock::now();
  last_ = std::max(now + passage.delay, last_);  // they stay in order
  for (std::string_view rest(bytes.data(), count); !rest.empty();) {
    const auto part = rest.substr(0, part_for(passage.bytes_per_second));
    last_ += time_for(part.size(), passage.bytes_per_second);
    lots_.push_back({std::string(part), 0, last_});
    rest.remove_prefix(part.size());
  }
  waiting_ += count;
  return true;
}

bool ProxyPipe::write_lot(ProxyEnd& to, Time now) {
  if (lots_.empty() || !to.writable || lots_.front().time > now) return false;
  auto& lot = lots_.front();
  const ssize_t size = ::send(to.socket.get(), lot.bytes.data() + lot.sent,
                              lot.bytes.size() - lot.sent, MSG_NOSIGNAL);
  if (size < 0) {
    to.writable = false;
    broken_ = errno != EAGAIN && errno != EINTR && errno != ENOTCONN;
    return false;
  }
  lot.sent += static_cast<std::size_t>(size);
  waiting_ -= static_cast<std::size_t>(size);
  if (lot.sent == lot.bytes.size()) lots_.pop_front();
  return true;
}

ProxyPipe::Outcome ProxyPipe::pump(ProxyEnd& from, ProxyEnd& to, ProxyRules& rules) {
  const bool something = from.readable || !lots_.empty();
  const bool held = something && rules.is_held(way_, !held_);
  held_ = held;
  while (!held && !broken_) {
    const bool wrote = write_lot(to, std::chrono::steady_clock::now());
    const bool read = !broken_ && read_lot(from, rules);
    if (!wrote && !read) break;
  }
  if (broken_) return Outcome::broken;
  if (held || !at_end_ || !lots_.empty()) return Outcome::waits;
  ::shutdown(to.socket.get(), SHUT_WR);
  return Outcome::ended;
}

std::optional<ProxyPipe::Time> ProxyPipe::due() const {
  if (held_ || lots_.empty()) return std::nullopt;
  return lots_.front().time;
}

}  // namespace pim::chaos
