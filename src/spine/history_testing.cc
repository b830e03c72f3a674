#include "spine/history_testing.h"

#include <cstring>

#include "domain/command_json.h"

namespace pim::spine {
namespace {

constexpr const char* kOutcomes[] = {"accepted",   "rejected",   "stale",    "not_found",
                                     "key_reused", "overloaded", "deadline", "not_applied",
                                     "unknown",    "disk_low"};

}  // namespace

std::string describe(const History& history) {
  std::string out;
  for (std::size_t i = 0; i < history.attempts.size(); ++i) {
    const Attempt& attempt = history.attempts[i];
    const CommandRequest& request = attempt.request;
    out += std::to_string(i) + " [" + std::to_string(attempt.invoked) + ".." +
           std::to_string(attempt.answered) + "] " + request.origin.user_id + " " +
           request.origin.request_id + " " + std::string(command_name(request.command)) + " " +
           request.stream.to_string() + " " + command_to_json(request.command);
    if (request.if_match) out += " if-match " + std::to_string(*request.if_match);
    if (attempt.reply) {
      out += std::string(" -> ") + kOutcomes[static_cast<std::size_t>(attempt.reply->outcome)] +
             " v" + std::to_string(attempt.reply->version) + " " + attempt.reply->problem_type;
      if (attempt.reply->replayed) out += " replayed";
    } else {
      out += attempt.crashed ? " -> crashed" : " -> nothing";
    }
    out += '\n';
  }
  return out;
}

std::array<std::uint8_t, 8> span_of(std::size_t attempt) {
  std::array<std::uint8_t, 8> span{};
  const std::uint64_t number = attempt;
  std::memcpy(span.data(), &number, sizeof number);
  return span;
}

std::size_t attempt_of(const std::array<std::uint8_t, 8>& span) {
  std::uint64_t number = 0;
  std::memcpy(&number, span.data(), sizeof number);
  return number;
}

}  // namespace pim::spine
