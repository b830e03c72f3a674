// Outcomes as replies and receipts: the one place that knows which HTTP status means what.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/decide.h"
#include "spine/spine.h"

namespace pim::spine {

// The problem type of a 412; the other types are the domain's.
inline constexpr std::string_view kStaleVersion = "stale-version";

// 201 where the command gives something new an id, else 200.
std::uint16_t accepted_status(const Command& command);
// Register a patient, a provider or a facility: the only commands that need no stream.
bool creates_stream(const Command& command);

Rejection stale_version(Version expected, Version actual);
// What the domain says of a stream that does not exist. Another tenant's stream gets the same.
Rejection absent_stream(const Command& command);
// True where `rejection` is a 404: it leaves no receipt.
bool is_not_found(const Rejection& rejection);

// A receipt's problem_params: a JSON object of strings.
std::string params_to_json(const std::vector<std::pair<std::string, std::string>>& params);
std::vector<std::pair<std::string, std::string>> params_from_json(std::string_view json);

// An answer that says nothing about the stream; `retry_after` is set where a retry makes sense.
CommandReply plain_reply(Outcome outcome);
CommandReply not_found_reply(const Rejection& rejection);
// The answer that `receipt` stands for. The same receipt always gives the same answer.
CommandReply reply_from(const store::Receipt& receipt, bool replayed);
// Likewise for a request that came under the receipt's key: key_reused where it is another request,
// and as if absent where its tenants do not cover the receipt's.
CommandReply reply_to(const CommandRequest& request, const store::Receipt& receipt, bool replayed);

}  // namespace pim::spine
