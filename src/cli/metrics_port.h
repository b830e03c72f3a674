// `/metrics` of a command that runs long. Plain HTTP wherever it listens: counters are no secret.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/listener.h"
#include "domain/result.h"
#include "telemetry/metrics.h"

namespace pim::cli {

class MetricsPort {
 public:
  // `registry` outlives it. `address` is numeric; `port` 0: the system chooses.
  static Result<std::unique_ptr<MetricsPort>, std::string> open(const telemetry::Registry& registry,
                                                                const std::string& address,
                                                                std::uint16_t port);
  ~MetricsPort();
  std::uint16_t port() const { return listener_->port(); }

 private:
  class Handler final : public api::HttpHandler {
   public:
    explicit Handler(const telemetry::Registry& registry) : registry_(registry) {}
    void handle(const std::shared_ptr<api::Exchange>& exchange) override;
    api::Response refuse(const api::ProblemInfo& problem, std::string_view detail,
                         std::string_view peer) override;

   private:
    const telemetry::Registry& registry_;
  };
  explicit MetricsPort(const telemetry::Registry& registry) : handler_(registry) {}

  Handler handler_;
  std::unique_ptr<api::Listener> listener_;
};

}  // namespace pim::cli
