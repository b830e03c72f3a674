#include "cli/mockaroo_api.h"

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <charconv>
#include <functional>

#include "api/version.h"
#include "telemetry/scoped_span.h"

namespace pim::cli {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace mockaroo = data::mockaroo;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t kMaxReplyBytes = 256 << 20;

using ApiResult = Result<mockaroo::ApiReply, mockaroo::ApiFailure>;
using ApiMessage = http::request<http::string_body>;

Err<mockaroo::ApiFailure> api_failure(std::string message) {
  return Err{mockaroo::ApiFailure{std::move(message)}};
}
Err<mockaroo::ApiFailure> lasting_failure(std::string message) {
  return Err{mockaroo::ApiFailure{std::move(message), true}};
}

// That the certificate must be the host's, which may be an address.
void expect_host(SSL* ssl, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1) return;
  SSL_set1_host(ssl, host.c_str());
  SSL_set_tlsext_host_name(ssl, host.c_str());
}

// One exchange; every step ends at the deadline.
class TlsExchange {
 public:
  TlsExchange(const ApiUrl& url, std::chrono::milliseconds timeout)
      : url_(url), deadline_(std::chrono::steady_clock::now() + timeout) {}

  ApiResult plain(const ApiMessage& message) {
    tcp::socket socket(io_);
    if (const auto failed = connect(socket))
      return api_failure("cannot connect: " + failed.message());
    return talk(socket, message);
  }

  ApiResult secure(const ApiMessage& message, const std::string& ca_file) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    error_code failed;
    if (ca_file.empty()) {
      context.set_default_verify_paths(failed);
    } else {
      context.load_verify_file(ca_file, failed);
    }
    if (failed) {
      return lasting_failure("cannot read the certificates to trust from " +
                             (ca_file.empty() ? "the system" : ca_file) + ": " + failed.message());
    }
    context.set_verify_mode(asio::ssl::verify_peer);
    asio::ssl::stream<tcp::socket> stream(io_, context);
    expect_host(stream.native_handle(), url_.host);
    failed = connect(stream.next_layer());
    if (failed) {
      return api_failure("cannot connect: " + failed.message());
    }
    failed = step(stream.next_layer(),
                  [&](auto done) { stream.async_handshake(asio::ssl::stream_base::client, done); });
    if (failed) return no_tls(SSL_get_verify_result(stream.native_handle()), failed);
    return talk(stream, message);
  }

 private:
  ApiResult no_tls(long verified, error_code failed) const {
    const std::string with = "no TLS with " + url_.host + ": ";
    if (verified == X509_V_OK) return api_failure(with + failed.message());
    const std::string reason = X509_verify_cert_error_string(verified);
    if (verified == X509_V_ERR_HOSTNAME_MISMATCH || verified == X509_V_ERR_IP_ADDRESS_MISMATCH) {
      return lasting_failure(with + "its certificate is another host's (" + reason + ")");
    }
    return lasting_failure(with + "its certificate is not trusted (" + reason +
                           "); --ca-file names what to trust");
  }

  // Runs one asynchronous operation to its end, or closes the socket at the deadline.
  template <class Start>
  error_code step(tcp::socket& socket, Start start) {
    std::optional<error_code> result;
    start([&result](error_code ended, auto&&...) { result = ended; });
    io_.restart();
    io_.run_until(deadline_);
    if (result) return *result;
    error_code ignored;
    socket.close(ignored);
    resolver_.cancel();
    io_.restart();
    io_.run();
    return asio::error::timed_out;
  }

  error_code connect(tcp::socket& socket) {
    tcp::resolver::results_type found;
    auto failed = step(socket, [&](auto done) {
      resolver_.async_resolve(url_.host, std::to_string(url_.port),
                              [&found, done](error_code ended, auto results) {
                                found = std::move(results);
                                done(ended);
                              });
    });
    if (failed) return failed;
    return step(socket, [&](auto done) { asio::async_connect(socket, found, done); });
  }

  template <class Stream>
  ApiResult talk(Stream& stream, const ApiMessage& message) {
    auto& socket = boost::beast::get_lowest_layer(stream);
    auto failed = step(socket, [&](auto done) { http::async_write(stream, message, done); });
    if (failed) return api_failure("the request was cut off: " + failed.message());
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxReplyBytes);
    failed = step(socket, [&](auto done) { http::async_read(stream, buffer, parser, done); });
    if (failed) return api_failure("the answer was cut off: " + failed.message());
    mockaroo::ApiReply reply;
    reply.status = static_cast<int>(parser.get().result_int());
    reply.body = std::move(parser.get().body());
    const std::string after(parser.get()[http::field::retry_after]);
    std::int64_t seconds = 0;
    const auto* end = after.data() + after.size();
    if (!after.empty() && std::from_chars(after.data(), end, seconds).ptr == end && seconds >= 0) {
      reply.retry_after = seconds;
    }
    return reply;
  }

  const ApiUrl& url_;
  std::chrono::steady_clock::time_point deadline_;
  asio::io_context io_;
  tcp::resolver resolver_{io_};
};

void cut_out(std::string& text, const std::string& secret) {
  for (auto at = text.find(secret); at != text.npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
  }
}

}  // namespace

std::optional<ApiUrl> parse_api_url(std::string_view text) {
  ApiUrl url;
  if (text.starts_with("https://")) {
    text.remove_prefix(8);
  } else if (text.starts_with("http://")) {
    text.remove_prefix(7);
    url.tls = false;
    url.port = 80;
  } else {
    return std::nullopt;
  }
  if (text.ends_with('/')) text.remove_suffix(1);
  const auto colon = text.find(':');
  url.host = text.substr(0, colon);
  if (colon != text.npos) {
    const auto digits = text.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || end != digits.data() + digits.size() || url.port == 0) {
      return std::nullopt;
    }
  }
  const bool named = !url.host.empty() && url.host.find_first_not_of(
                                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                              "0123456789.-") == std::string::npos;
  const bool loopback = url.host == "127.0.0.1" || url.host == "localhost";
  if (!named || (!url.tls && !loopback)) return std::nullopt;
  return url;
}

MockarooApi::MockarooApi(ApiUrl url, std::string key, std::string ca_file,
                         std::chrono::milliseconds timeout)
    : url_(std::move(url)), key_(std::move(key)), ca_file_(std::move(ca_file)), timeout_(timeout) {}

ApiResult MockarooApi::post(const mockaroo::ApiRequest& request) {
  ApiMessage message{http::verb::post, request.target, 11};
  message.set(http::field::host, url_.host);
  message.set(http::field::user_agent, "pim/" + std::string(api::kVersion));
  message.set(http::field::content_type, request.content_type);
  message.set(http::field::connection, "close");
  message.set("X-API-Key", key_);
  message.body() = request.body;
  message.prepare_payload();
  telemetry::ScopedSpan span("POST", telemetry::SpanKind::client);
  if (span.kept()) {
    message.set("traceparent", telemetry::current_work().span.traceparent());
    span.set("http.request.method", "POST");
    span.set("server.address", url_.host);
    span.set("server.port", url_.port);
  }
  TlsExchange exchange(url_, timeout_);
  auto reply = url_.tls ? exchange.secure(message, ca_file_) : exchange.plain(message);
  if (!reply) {
    span.fail("no answer");
  } else {
    span.set("http.response.status_code", reply->status);
    if (reply->status >= 400) span.fail("status " + std::to_string(reply->status));
  }
  if (reply) {
    cut_out(reply->body, key_);
  } else {
    cut_out(reply.error().message, key_);
  }
  return reply;
}

}  // namespace pim::cli
