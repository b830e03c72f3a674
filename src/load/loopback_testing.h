// A tiny server for tests of the clients: every request is answered by a script with raw bytes.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "load/socket.h"

namespace pim::load {

// What the server does after it has read one whole request.
struct ScriptedReply {
  std::string bytes;  // written as they are, in one send
  enum class Then { keep, close, reset, hang } then = Then::keep;
};

// Listens on 127.0.0.1, an ephemeral port; one thread serves all connections. `script` is called on
// that thread with the request (head and body) and the number of the connection, from 0.
class LoopbackServer {
 public:
  using Script = std::function<ScriptedReply(const std::string& request, std::size_t connection)>;
  explicit LoopbackServer(Script script);
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_; }
  std::size_t requests() const { return requests_; }
  // From now on nobody is accepted, and all connections are closed.
  void stop();

 private:
  struct Peer {
    Fd fd;
    std::size_t number = 0;
    std::string input;
    bool hanging = false;
  };
  void serve();
  void accept_one(std::vector<Peer>& peers);
  // False: the connection is done with.
  bool read_from(Peer& peer);

  Script script_;
  Fd listener_;
  Fd wake_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> requests_{0};
  std::thread thread_;
};

// A complete 200 reply with Content-Length.
std::string ok_reply(const std::string& body, const std::string& extra_headers = "");

}  // namespace pim::load
