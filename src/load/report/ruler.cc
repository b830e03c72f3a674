#include "load/report/ruler.h"

#include "load/http_client.h"

namespace pim::load {

Result<std::string, std::string> ask_ruler(const std::string& host, std::uint16_t port,
                                           const std::string& target) {
  constexpr std::chrono::seconds kTimeout{30};
  const auto reply = HttpClient(host, port, kTimeout)
                         .send({.method = "GET", .target = target, .headers = {}, .body = {}});
  const auto ruler = "the ruler at " + host + ":" + std::to_string(port);
  if (!reply) return Err{ruler + ": " + reply.error().message};
  if (reply->status != 200) {
    return Err{ruler + " answers " + std::to_string(reply->status) + ": " +
               reply->body.substr(0, 200)};
  }
  return reply->body;
}

}  // namespace pim::load
