#include "traced_load.h"

#include "load/http_reply.h"

namespace pim::stack {
namespace {

constexpr std::size_t kConnections = 16;
constexpr std::uint64_t kSeed = 7;
constexpr UtcMillis kStart{1'767'225'600'000};

}  // namespace

TracedLoad::TracedLoad(std::uint16_t port, std::string token)
    : port_(port),
      token_(std::move(token)),
      reference_(kSeed, kStart, 4, 8),
      traffic_({.seed = kSeed, .start = kStart}, reference_, kConnections,
               load::shared_headers("127.0.0.1", port, token_)) {}

std::string TracedLoad::prepare() {
  load::HttpClient client("127.0.0.1", port_, std::chrono::seconds(10));
  for (const auto& command : reference_.setup()) {
    const auto response = client.send(load::to_request(command, token_));
    if (!response) return response.error().message;
    if (response->status / 100 != 2) return response->body;
  }
  return {};
}

load::DriveReport TracedLoad::run(double rate, std::chrono::milliseconds duration) {
  const auto report = load::drive(
      traffic_, {.port = port_, .connections = kConnections, .duration = duration, .rate = rate});
  return report ? *report : load::DriveReport();
}

void TracedLoad::Traffic::answered(std::size_t connection, const Reply& reply) {
  ++answered_requests;
  const auto traceparent = load::find_header(reply.head, "traceparent");
  if (traceparent.ends_with("-01")) kept.emplace(traceparent.substr(3, 32));
  CommandTraffic::answered(connection, reply);
}

}  // namespace pim::stack
