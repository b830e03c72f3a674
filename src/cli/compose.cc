#include "cli/compose.h"

#include <memory>

#include "api/server.h"
#include "cli/node_parts.h"

namespace pim::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

api::ServerOptions server_options(const ServeConfig& config) {
  api::ServerOptions options;
  options.listen_address = config.listen;
  options.admin_address = config.admin_listen;
  options.port = config.port;
  options.admin_port = config.admin_port;
  options.tls_certificate_file = config.tls_cert;
  options.tls_key_file = config.tls_key;
  options.plain_beyond_loopback = config.plain_anywhere;
  options.jwt_keys_file = config.keys;
  options.io_threads = config.io_threads;
  options.max_connections = config.max_connections;
  options.shards = config.shards;
  options.region = config.region;
  return options;
}

class NodeImpl final : public Node {
 public:
  Result<void, std::string> open(const ServeConfig& config) {
    auto parts = NodeParts::open(config);
    if (!parts) return Err{std::move(parts.error())};
    parts_ = std::move(*parts);
    auto server = api::Server::start(server_options(config), parts_->services());
    if (!server) return Err{server.error().message};
    server_ = std::move(*server);
    server_->ready();
    return {};
  }

  std::uint16_t port() const override { return server_->port(); }
  std::uint16_t admin_port() const override { return server_->admin_port(); }

  Result<void, std::string> anchor() override { return parts_->anchor(); }
  telemetry::LogSender* logs() override { return parts_->logs(); }

  void limit_end(milliseconds limit, int exit_code) override {
    parts_->limit_end(limit, exit_code);
  }

  bool drain(milliseconds limit) override {
    const auto deadline = steady_clock::now() + limit;
    // The front first: while its requests are answered, the spine must still take them.
    const bool whole = server_->drain(limit);
    return parts_->drain(deadline) && whole;
  }

 private:
  std::unique_ptr<NodeParts> parts_;  // outlives the server
  std::unique_ptr<api::Server> server_;
};

}  // namespace

DataLayout DataLayout::of(const std::string& data) {
  return {data, data + "/readmodel", data + "/audit", data + "/journal"};
}

AnchorLayout AnchorLayout::of(const std::string& anchors) {
  return {anchors + "/anchors.log", anchors + "/anchor.key"};
}

Result<std::unique_ptr<Node>, std::string> Node::start(const ServeConfig& config) {
  auto node = std::make_unique<NodeImpl>();
  if (auto opened = node->open(config); !opened) return Err{opened.error()};
  return std::unique_ptr<Node>(std::move(node));
}

}  // namespace pim::cli
