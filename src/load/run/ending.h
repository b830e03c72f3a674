// How an attempt, or a request after its last one, ended.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace pim::load {

struct AttemptError;

// As the metrics name it. What is not `ok` or `rejected` is a failure.
enum class Ending : std::uint8_t {
  ok,            // 2xx
  rejected,      // 4xx but 429
  server_error,  // 5xx
  shed,          // 429, or a 503 that says `overloaded`
  timeout,       // no whole reply, or no connection, in time
  refused,       // no connection
  reset,         // the connection broke
  other,         // no HTTP, or never sent
};
inline constexpr auto kEndings = std::to_array<std::string_view>(
    {"ok", "rejected", "server_error", "shed", "timeout", "refused", "reset", "other"});
constexpr std::string_view to_string(Ending ending) {
  return kEndings[static_cast<std::size_t>(ending)];
}
constexpr bool failed(Ending ending) { return ending > Ending::rejected; }

// `problem`: the type of a problem document; empty where there is none.
Ending ending_of(int status, std::string_view problem);
Ending ending_of(const AttemptError& error);

// For people, of a bounded number of kinds: `503 overloaded`, `connection reset`.
std::string kind_of(int status, std::string_view problem);
std::string_view kind_of(const AttemptError& error);

// Kinds of requests that were never sent.
inline constexpr std::string_view kTooManyWaiting = "not sent: too many waiting";
inline constexpr std::string_view kNoConnection = "not sent: no connection in time";
inline constexpr std::string_view kRunEnded = "not sent: the run ended";

}  // namespace pim::load
