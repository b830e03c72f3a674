#include "api/server.h"

#include <algorithm>

#include "api/admin.h"
#include "api/app.h"
#include "api/server_metrics.h"
#include "telemetry/log.h"

namespace pim::api {
namespace {

constexpr std::size_t kReadQueue = 1024;

class HttpServer final : public Server {
 public:
  HttpServer(const ServerOptions& options, const Services& services, KeySet keys)
      : options_(options),
        services_(services),
        metrics_(services.metrics, options.shards, options.region),
        trail_(services.journal, metrics_, options.shards),
        authenticator_(TokenVerifier(std::move(keys), {options.issuer, options.audience})),
        workers_(std::max(1U, options.query_threads), kReadQueue),
        app_(options, services, authenticator_, metrics_, trail_, workers_),
        admin_(services, authenticator_, metrics_, trail_, options_.region),
        scraped_(services.metrics) {}
  ~HttpServer() override { stop(); }

  Result<void, std::string> open() {
    ListenerOptions data;
    data.address = options_.listen_address;
    data.port = options_.port;
    data.certificate_file = options_.tls_certificate_file;
    data.key_file = options_.tls_key_file;
    data.plain_beyond_loopback = options_.plain_beyond_loopback;
    data.threads = options_.io_threads;
    data.limits = {options_.max_connections, options_.max_header_bytes, options_.max_body_bytes,
                   options_.header_timeout,  options_.body_timeout,     options_.idle_timeout};
    auto data_port = Listener::open(data, app_);
    if (!data_port) return Err{std::move(data_port.error())};
    data_port_ = std::move(*data_port);

    // a thread of its own: probes must be answered while the data port is busy
    ListenerOptions admin = data;
    admin.address = options_.admin_address;
    admin.port = options_.admin_port;
    admin.threads = 1;
    if (is_loopback(admin.address)) admin.certificate_file.clear();
    auto admin_port = Listener::open(admin, admin_);
    if (!admin_port) return Err{std::move(admin_port.error())};
    admin_port_ = std::move(*admin_port);

    add_server_metrics(scraped_, {services_, options_, *data_port_, *admin_port_, admin_,
                                  authenticator_, workers_, kReadQueue});
    return admin_port_->accept();
  }

  std::uint16_t port() const override { return data_port_->port(); }
  std::uint16_t admin_port() const override { return admin_port_->port(); }

  void ready() override {
    if (auto listening = data_port_->accept(); !listening) {
      telemetry::log(telemetry::Level::error, "the data port does not listen",
                     {{"reason", listening.error()}});
      return;
    }
    admin_.set_ready();
  }

  bool drain(std::chrono::milliseconds limit) override {
    admin_.set_draining();
    const bool drained = data_port_->drain(limit);
    stop();
    return drained;
  }

 private:
  // The ports first: after that nothing new reaches what they lead to.
  void stop() {
    if (data_port_) data_port_->stop();
    if (admin_port_) admin_port_->stop();
    workers_.stop();
    admin_.stop();
    scraped_.detach();
  }

  const ServerOptions options_;
  const Services services_;
  ApiMetrics metrics_;
  AuditTrail trail_;
  Authenticator authenticator_;
  WorkerPool workers_;
  App app_;
  AdminApp admin_;
  ScrapedMetrics scraped_;
  std::unique_ptr<Listener> data_port_;
  std::unique_ptr<Listener> admin_port_;
};

}  // namespace

Result<std::unique_ptr<Server>, ServerError> Server::start(const ServerOptions& options,
                                                           const Services& services) {
  auto keys = KeySet::load(options.jwt_keys_file);
  if (!keys) return Err{ServerError{std::move(keys.error())}};
  auto server = std::make_unique<HttpServer>(options, services, std::move(*keys));
  if (auto opened = server->open(); !opened) return Err{ServerError{std::move(opened.error())}};
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace pim::api
