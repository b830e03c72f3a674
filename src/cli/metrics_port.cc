#include "cli/metrics_port.h"

#include <utility>

#include "api/problem.h"

namespace pim::cli {

void MetricsPort::Handler::handle(const std::shared_ptr<api::Exchange>& exchange) {
  api::Response response;
  if (exchange->request().target == "/metrics") {
    response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    response.body = registry_.render();
  } else {
    response.status = 404;
  }
  exchange->respond(std::move(response));
}

api::Response MetricsPort::Handler::refuse(const api::ProblemInfo& problem, std::string_view,
                                           std::string_view) {
  api::Response response;
  response.status = problem.status;
  response.close = true;
  return response;
}

Result<std::unique_ptr<MetricsPort>, std::string> MetricsPort::open(
    const telemetry::Registry& registry, const std::string& address, std::uint16_t port) {
  std::unique_ptr<MetricsPort> opened(new MetricsPort(registry));
  api::ListenerOptions options;
  options.address = address;
  options.plain_beyond_loopback = true;
  options.port = port;
  auto listener = api::Listener::open(options, opened->handler_);
  if (!listener) return Err{std::move(listener.error())};
  opened->listener_ = std::move(listener).value();
  if (auto accepting = opened->listener_->accept(); !accepting) {
    return Err{std::move(accepting.error())};
  }
  return opened;
}

MetricsPort::~MetricsPort() {
  if (listener_) listener_->stop();
}

}  // namespace pim::cli
