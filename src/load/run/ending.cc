#include "load/run/ending.h"

#include "load/run/connections.h"

namespace pim::load {

Ending ending_of(int status, std::string_view problem) {
  if (status == 429) return Ending::shed;
  if (status < 300) return Ending::ok;
  if (status < 500) return Ending::rejected;
  return problem == "overloaded" ? Ending::shed : Ending::server_error;
}

Ending ending_of(const AttemptError& error) {
  switch (error.kind) {
    case Failure::connect:
      return Ending::refused;
    case Failure::reset:
    case Failure::ended:
      return Ending::reset;
    case Failure::timeout:
      return Ending::timeout;
    case Failure::malformed:
      break;
  }
  return Ending::other;
}

std::string kind_of(int status, std::string_view problem) {
  std::string kind = std::to_string(status);
  if (!problem.empty()) kind.append(" ").append(problem);
  return kind;
}

std::string_view kind_of(const AttemptError& error) {
  switch (error.kind) {
    case Failure::connect:
      return "no connection";
    case Failure::reset:
      return "connection reset";
    case Failure::ended:
      return "connection ended";
    case Failure::timeout:
      return error.sent ? "timeout" : "timeout before it was sent";
    case Failure::malformed:
      break;
  }
  return "malformed reply";
}

}  // namespace pim::load
