#include "chaos/instrument/control_message.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace pim::chaos {

Result<sockaddr_un, std::string> control_address(const std::string& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.empty() || socket.size() >= sizeof address.sun_path) {
    return Err{"the control socket's path '" + socket + "' must have 1 to " +
               std::to_string(sizeof address.sun_path - 1) + " bytes"};
  }
  std::ranges::copy(socket, address.sun_path);
  return address;
}

std::string rule_message(std::string_view kind, const ParameterTexts& texts) {
  std::string message(kind);
  for (const auto& [name, text] : texts) {
    message += '\0';
    message += name;
    message += '=';
    message += text;
  }
  return message;
}

std::pair<std::string, ParameterTexts> read_rule_message(std::string_view message) {
  std::pair<std::string, ParameterTexts> rule;
  const auto end = std::min(message.find('\0'), message.size());
  rule.first = message.substr(0, end);
  message.remove_prefix(std::min(end + 1, message.size()));
  while (!message.empty()) {
    const auto part = message.substr(0, message.find('\0'));
    const auto equals = std::min(part.find('='), part.size());
    rule.second.emplace(part.substr(0, equals), part.substr(std::min(equals + 1, part.size())));
    message.remove_prefix(std::min(part.size() + 1, message.size()));
  }
  return rule;
}

bool send_message(const load::Fd& connection, std::string_view message) {
  return ::send(connection.get(), message.data(), message.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(message.size());
}

std::optional<std::string> receive_message(const load::Fd& connection) {
  std::array<char, kLongestMessage> message{};
  const ssize_t size = ::recv(connection.get(), message.data(), message.size(), 0);
  if (size <= 0) return std::nullopt;
  return std::string(message.data(), static_cast<std::size_t>(size));
}

}  // namespace pim::chaos
