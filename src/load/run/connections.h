// A fixed number of keep-alive connections to one server, one request at a time on each, driven by
// one thread. A connection is made when a request wants it, so a server that is away is met by
// every request that asks for it, as real clients meet it.
//
//   take() -> wire() -> send() ... wait() -> replied() or failed(), exactly once a send()
#pragma once

#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/result.h"
#include "load/socket.h"

namespace pim::load {

enum class Failure : std::uint8_t { connect, reset, ended, timeout, malformed };

// Cheap to make: a server that is away causes thousands a second.
struct AttemptError {
  Failure kind = Failure::connect;
  bool sent = false;  // at least a part of the request was written: its outcome is not known
  int error = 0;      // errno, where there is one
  std::string to_string() const;
};

class Connections {
 public:
  struct Reply {
    int status = 0;
    std::string_view head;  // see find_header()
    std::string_view body;
  };
  // Called by wait() and expire() only. The connection is free again; views are valid until the
  // call returns.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void replied(std::size_t connection, const Reply& reply, Deadline now) = 0;
    virtual void failed(std::size_t connection, const AttemptError& error, Deadline now) = 0;
  };

  // Resolves the host once, which may block; connects to nothing. `owner` outlives it. count >= 1.
  static Result<Connections, std::string> create(const std::string& host, std::uint16_t port,
                                                 std::size_t count, Owner& owner);

  // One that is free, an open one rather than another; nullopt: all are at work.
  std::optional<std::size_t> take();
  // Where the request is to be written; empty after take().
  std::string& wire(std::size_t connection) { return slots_[connection].out; }
  // Sends it, connecting first where needed. Without a whole reply by `expires` it has failed.
  void send(std::size_t connection, Deadline expires);

  // One round: until something has happened or `until` has passed. Tells the owner.
  void wait(Deadline until);
  // Fails those whose time is over.
  void expire(Deadline now);
  // Fails all that are at work, with `reset`.
  void abort(Deadline now);

  std::size_t busy() const { return busy_; }
  std::size_t size() const { return slots_.size(); }

 private:
  enum class State : std::uint8_t { closed, connecting, open };
  struct Slot {
    Fd socket;
    State state = State::closed;
    bool busy = false;
    bool wants_write = false;      // registered for EPOLLOUT
    std::uint32_t generation = 0;  // of the socket: late events of an earlier one are told apart
    std::size_t written = 0;
    std::size_t used = 0;  // bytes of `in` that are valid
    Deadline expires;
    std::string out;
    std::string in;
  };
  Connections(sockaddr_storage address, socklen_t length, std::size_t count, Owner& owner);

  void connect(std::size_t index);
  void watch(std::size_t index, int operation, bool write);
  void finish_connect(std::size_t index);
  void flush(std::size_t index);
  void read(std::size_t index);
  // Tells the owner in the next round: send() calls nobody back.
  void fail_later(std::size_t index, const AttemptError& error);
  void fail(std::size_t index, const AttemptError& error, Deadline now);
  void close(std::size_t index);
  void tell_failures(Deadline now);

  sockaddr_storage address_;
  socklen_t address_length_;
  Owner* owner_;
  Fd epoll_;
  std::vector<Slot> slots_;
  std::deque<std::size_t> idle_;     // open and free; the longest idle first
  std::vector<std::size_t> closed_;  // not connected and free
  std::vector<std::pair<std::size_t, AttemptError>> failures_;
  std::size_t busy_ = 0;
};

}  // namespace pim::load
