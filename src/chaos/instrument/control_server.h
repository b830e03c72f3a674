// The instrument's side of its control socket: a thread that takes rules from injectors, and drops
// them with their connections.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "chaos/instrument/instrument.h"

namespace pim::chaos {

class ControlServer {
 public:
  // The socket is only its owner's. A socket that nobody listens at is replaced.
  static Result<std::unique_ptr<ControlServer>, std::string> start(const std::string& socket,
                                                                   Instrument& instrument);
  ~ControlServer();  // removes the rules and the socket
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

 private:
  ControlServer(std::string socket, Instrument& instrument, load::Fd listener, load::Fd stop);
  struct Client {
    load::Fd connection;
    std::optional<RuleId> rule;
  };
  void run();
  // False: the client is gone, and its rule is to go.
  bool answer(Client& client);

  const std::string socket_;
  Instrument& instrument_;
  const load::Fd listener_;
  const load::Fd stop_;
  std::thread thread_;
};

}  // namespace pim::chaos
