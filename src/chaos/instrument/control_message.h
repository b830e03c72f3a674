// What goes over a control socket (docs/formats/chaos-control.md).
#pragma once

#include <sys/un.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "chaos/parameter.h"
#include "domain/result.h"
#include "load/socket.h"

namespace pim::chaos {

inline constexpr std::string_view kOkMessage = "ok";
inline constexpr std::string_view kHitsMessage = "hits";
inline constexpr std::string_view kReleaseMessage = "release";
inline constexpr std::size_t kLongestMessage = 4096;

// The error says how long a path may be.
Result<sockaddr_un, std::string> control_address(const std::string& socket);

std::string rule_message(std::string_view kind, const ParameterTexts& texts);
std::pair<std::string, ParameterTexts> read_rule_message(std::string_view message);

bool send_message(const load::Fd& connection, std::string_view message);
// Waits; nothing at the connection's end.
std::optional<std::string> receive_message(const load::Fd& connection);

}  // namespace pim::chaos
