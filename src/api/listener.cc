#include "api/listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <vector>

#include "api/connection.h"

namespace pim::api {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
// The concrete executor: type-erased ones cost a virtual call and an allocation an operation.
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;
using Acceptor = asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;
using TlsStream = asio::ssl::stream<Socket>;
using Error = boost::system::error_code;

constexpr std::uint64_t kMaxRefusing = 64;
constexpr int kAcceptedAtOnce = 64;

// The transport half of a connection: the same for a plain socket and for TLS over one.
template <class Stream>
class StreamConnection final : public Connection {
 public:
  template <class... Args>
  StreamConnection(std::shared_ptr<IoThread> thread, std::shared_ptr<Port> port, std::string peer,
                   Args&&... args)
      : Connection(std::move(thread), std::move(port), std::move(peer)),
        stream_(std::forward<Args>(args)...) {}

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  Socket& socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }
  std::shared_ptr<StreamConnection> self() {
    return std::static_pointer_cast<StreamConnection>(shared_from_this());
  }

  void begin_handshake() override {
    if constexpr (kTls) {
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [me = self()](Error error) { me->on_handshake(error); });
    } else {
      on_handshake({});
    }
  }
  void begin_read(asio::mutable_buffer buffer) override {
    stream_.async_read_some(
        buffer, [me = self()](Error error, std::size_t size) { me->on_read(error, size); });
  }
  void begin_write(const Buffers& buffers) override {
    asio::async_write(stream_, buffers,
                      [me = self()](Error error, std::size_t) { me->on_written(error); });
  }
  bool cancel_read() override {
    // a TLS stream is in no defined state after a cancelled read
    if constexpr (kTls) return false;
    Error ignored;
    socket().cancel(ignored);
    return !ignored;
  }
  void shutdown_send() override {
    Error ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
  }
  std::chrono::milliseconds since_last_byte() override {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket().native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return {};
    return std::chrono::milliseconds(info.tcpi_last_data_recv);
  }
  void close_socket() override {
    Error ignored;
    socket().close(ignored);
  }

  Stream stream_;
};

class PortListener final : public Listener {
 public:
  PortListener(const ListenerOptions& options, HttpHandler& handler)
      : options_(options),
        port_(std::make_shared<Port>(handler, options.limits)),
        threads_(make_threads(options)),
        acceptor_(threads_.front()->context()),
        retry_(threads_.front()->context()) {}
  ~PortListener() override { stop(); }

  Result<void, std::string> bind() {
    const std::string where = options_.address + ":" + std::to_string(options_.port);
    Error error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) return Err{"'" + options_.address + "' is not a numeric IP address"};
    if (options_.certificate_file.empty() && !address.is_loopback() &&
        !options_.plain_beyond_loopback) {
      return Err{"listening on " + where +
                 ", which is not loopback, needs TLS: give a certificate and a key"};
    }
    if (auto tls = load_certificate(); !tls) return tls;
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (error) return Err{"cannot listen on " + where + ": " + error.message()};
    bound_port_ = acceptor_.local_endpoint(error).port();
    for (const auto& thread : threads_) thread->start();
    return {};
  }

  std::uint16_t port() const override { return bound_port_; }

  Result<void, std::string> accept() override {
    Error error;
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return Err{"cannot listen on port " + std::to_string(bound_port_) + ": " + error.message()};
    }
    acceptor_.non_blocking(true, error);
    threads_.front()->post([this] { accept_next(); });
    return {};
  }

  bool drain(std::chrono::milliseconds limit) override {
    port_->draining.store(true);
    threads_.front()->post([this] { close_acceptor(); });
    for (const auto& thread : threads_) {
      thread->post([raw = thread.get()] { raw->drain(); });
    }
    std::unique_lock lock(port_->mutex);
    return port_->closed.wait_for(lock, limit, [&] { return port_->open.load() == 0; });
  }

  void stop() override {
    port_->draining.store(true);
    threads_.front()->post([this] { close_acceptor(); });
    for (const auto& thread : threads_) thread->stop();
  }

  ListenerStats stats() const override {
    ListenerStats stats;
    stats.open = port_->open.load(std::memory_order_relaxed);
    stats.in_flight = port_->in_flight.load(std::memory_order_relaxed);
    stats.dropped = port_->dropped.load(std::memory_order_relaxed);
    stats.rests = port_->rests.load(std::memory_order_relaxed);
    stats.refused = port_->refused.load(std::memory_order_relaxed);
    for (std::size_t i = 0; i < stats.timeouts.size(); ++i) {
      stats.timeouts[i] = port_->timeouts[i].load(std::memory_order_relaxed);
    }
    return stats;
  }

 private:
  // At least one.
  static std::vector<std::shared_ptr<IoThread>> make_threads(const ListenerOptions& options) {
    const auto& limits = options.limits;
    const auto shortest =
        std::min({limits.header_timeout, limits.body_timeout, limits.idle_timeout});
    const auto every =
        std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(250));
    std::vector<std::shared_ptr<IoThread>> threads;
    for (std::uint32_t i = 0; i < std::max(1U, options.threads); ++i) {
      threads.push_back(std::make_shared<IoThread>(every));
    }
    return threads;
  }

  Result<void, std::string> load_certificate() {
    if (options_.certificate_file.empty()) return {};
    Error error;
    tls_.emplace(asio::ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(tls_->native_handle(), TLS1_3_VERSION);
    tls_->use_certificate_chain_file(options_.certificate_file, error);
    if (error) {
      return Err{"cannot use the certificate " + options_.certificate_file + ": " +
                 error.message()};
    }
    tls_->use_private_key_file(options_.key_file, asio::ssl::context::pem, error);
    if (error) return Err{"cannot use the key " + options_.key_file + ": " + error.message()};
    return {};
  }

  void close_acceptor() {
    Error ignored;
    acceptor_.close(ignored);
    retry_.cancel();
  }

  // Round robin: a connection stays on its thread for life.
  void accept_next() {
    if (!acceptor_.is_open()) return;
    const auto& thread = threads_[next_++ % threads_.size()];
    acceptor_.async_accept(thread->context(), [this, thread](Error error, Socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (error) {
        // out of descriptors, most likely: trying again at once would only burn a core
        retry_.expires_after(std::chrono::milliseconds(50));
        retry_.async_wait([this](Error cancelled) {
          if (!cancelled) accept_next();
        });
        return;
      }
      hand_over(thread, std::move(socket));
      accept_waiting();
      accept_next();
    });
  }

  // What else has come: one a turn of the loop would be too slow where each turn has requests to
  // serve, and the system's queue would fill with connections whose clients have left.
  void accept_waiting() {
    for (int i = 0; i < kAcceptedAtOnce; ++i) {
      const auto& thread = threads_[next_ % threads_.size()];
      Error error;
      Socket socket = acceptor_.accept(thread->context(), error);
      if (error) return;  // would_block: nobody waits; what is worse meets accept_next() too
      ++next_;
      hand_over(thread, std::move(socket));
    }
  }

  void hand_over(const std::shared_ptr<IoThread>& thread, Socket socket) {
    Error error;
    const auto remote = socket.remote_endpoint(error);
    if (error) return;
    socket.set_option(tcp::no_delay(true), error);
    const bool full = port_->open.load() >= options_.limits.max_connections;
    // beyond even those that are told so, connections are just dropped
    if (full && (tls_ || port_->refusing.load() >= kMaxRefusing)) {
      port_->dropped.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    std::shared_ptr<Connection> connection;
    std::string peer = remote.address().to_string();
    if (tls_) {
      connection = std::make_shared<StreamConnection<TlsStream>>(thread, port_, std::move(peer),
                                                                 std::move(socket), *tls_);
    } else {
      connection = std::make_shared<StreamConnection<Socket>>(thread, port_, std::move(peer),
                                                              std::move(socket));
    }
    auto& count = full ? port_->refusing : port_->open;
    count.fetch_add(1);
    const bool posted = thread->post(
        [connection, full] { full ? connection->start_refused() : connection->start(); });
    if (!posted) count.fetch_sub(1);
  }

  const ListenerOptions options_;
  const std::shared_ptr<Port> port_;
  std::optional<asio::ssl::context> tls_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  Acceptor acceptor_;
  asio::steady_timer retry_;
  std::uint16_t bound_port_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

bool is_loopback(const std::string& address) {
  Error error;
  const auto parsed = asio::ip::make_address(address, error);
  return !error && parsed.is_loopback();
}

Result<std::unique_ptr<Listener>, std::string> Listener::open(const ListenerOptions& options,
                                                              HttpHandler& handler) {
  auto listener = std::make_unique<PortListener>(options, handler);
  if (auto bound = listener->bind(); !bound) return Err{std::move(bound.error())};
  return std::unique_ptr<Listener>(std::move(listener));
}

}  // namespace pim::api
