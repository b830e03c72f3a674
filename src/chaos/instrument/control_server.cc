#include "chaos/instrument/control_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>
#include <vector>

#include "chaos/instrument/control_message.h"

namespace pim::chaos {
namespace {

load::Fd new_socket() { return load::Fd(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)); }

// Whether the path is a socket that its listener has left.
bool is_left(const std::string& path, const sockaddr_un& address) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return false;
  const auto probe = new_socket();
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

}  // namespace

Result<std::unique_ptr<ControlServer>, std::string> ControlServer::start(const std::string& socket,
                                                                         Instrument& instrument) {
  const auto address = control_address(socket);
  if (!address) return Err{address.error()};
  if (is_left(socket, *address)) ::unlink(socket.c_str());
  auto listener = new_socket();
  constexpr int kBacklog = 16;
  // its mode before it has a name: the socket gets it with the name
  if (::fchmod(listener.get(), 0600) != 0 ||
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      ::listen(listener.get(), kBacklog) != 0) {
    return Err{load::system_error("the control socket " + socket, errno)};
  }
  load::Fd stop(::eventfd(0, EFD_CLOEXEC));
  return std::unique_ptr<ControlServer>(
      new ControlServer(socket, instrument, std::move(listener), std::move(stop)));
}

ControlServer::ControlServer(std::string socket, Instrument& instrument, load::Fd listener,
                             load::Fd stop)
    : socket_(std::move(socket)),
      instrument_(instrument),
      listener_(std::move(listener)),
      stop_(std::move(stop)),
      thread_([this] { run(); }) {}

ControlServer::~ControlServer() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  ::unlink(socket_.c_str());
}

void ControlServer::run() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  std::vector<Client> clients;
  for (;;) {
    std::vector<pollfd> entries{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    for (const auto& client : clients) entries.push_back({client.connection.get(), POLLIN, 0});
    if (::poll(entries.data(), entries.size(), -1) < 0) continue;
    if (entries[0].revents != 0) break;
    std::vector<Client> staying;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (entries[i + 2].revents == 0 || answer(clients[i])) {
        staying.push_back(std::move(clients[i]));
      } else if (const auto rule = clients[i].rule) {
        instrument_.remove(*rule);
      }
    }
    clients = std::move(staying);
    if (entries[1].revents != 0) {
      load::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (connection) clients.push_back({std::move(connection), std::nullopt});
    }
  }
  for (const auto& client : clients) {
    if (client.rule) instrument_.remove(*client.rule);
  }
}

bool ControlServer::answer(Client& client) {
  const auto message = receive_message(client.connection);
  if (!message) return false;
  if (client.rule && *message == kHitsMessage) {
    return send_message(client.connection, std::to_string(instrument_.hits(*client.rule)));
  }
  if (client.rule && *message == kReleaseMessage) {
    instrument_.remove(*client.rule);
    client.rule.reset();
    return send_message(client.connection, kOkMessage);
  }
  if (client.rule) return send_message(client.connection, "a connection brings one rule");
  const auto [kind, texts] = read_rule_message(*message);
  const auto rule = instrument_.add(kind, texts);
  if (!rule) return send_message(client.connection, rule.error());
  client.rule = *rule;
  return send_message(client.connection, kOkMessage);
}

}  // namespace pim::chaos
