#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "api/certificate_testing.h"
#include "api/server_testing.h"

namespace pim::api {
namespace {

// What comes back over TLS of at most `version`; empty where the handshake fails.
std::string exchange(std::uint16_t port, int version, const std::string& request) {
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()),
                                                             SSL_CTX_free);
  SSL_CTX_set_max_proto_version(context.get(), version);
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string reply;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), fd);
    if (SSL_connect(ssl.get()) == 1 &&
        SSL_write(ssl.get(), request.data(), static_cast<int>(request.size())) > 0) {
      char bytes[4096];
      for (int got = 0; (got = SSL_read(ssl.get(), bytes, sizeof bytes)) > 0;) {
        reply.append(bytes, static_cast<std::size_t>(got));
      }
    }
  }
  ::close(fd);
  return reply;
}

TEST(Tls, ServesTls13Only) {
  const TestCertificate made = TestAuthority().issue("DNS:lab");
  const TempFile certificate(made.certificate);
  const TempFile key(made.key);
  ServerOptions options;
  options.tls_certificate_file = certificate.path();
  options.tls_key_file = key.path();
  TestServer server(options);
  const std::string request =
      request_text("POST", "/v1/patients",
                   "Connection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer " +
                       TestServer::token("registrar") + "\r\n",
                   R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
  EXPECT_TRUE(exchange(server.port(), TLS1_3_VERSION, request).starts_with("HTTP/1.1 201 "));
  EXPECT_EQ(exchange(server.port(), TLS1_2_VERSION, request), "");
  RawClient plain(server.port());
  plain.send(request);
  EXPECT_FALSE(plain.receive()) << "plain HTTP must not be answered";
  EXPECT_EQ(server.admin("GET", "/livez").status, 200) << "loopback admin stays plain";
}

TEST(Tls, NamesTheFileThatItCannotUse) {
  const TempFile nonsense("nonsense");
  ServerOptions options;
  options.tls_certificate_file = nonsense.path();
  options.tls_key_file = nonsense.path();
  const TempFile keys(
      R"([{"kid":"a","alg":"HS256","secret":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}])");
  options.jwt_keys_file = keys.path();
  TestServer parts;
  const auto refused = Server::start(options, {parts.spine, parts.store, parts.read_model,
                                               parts.audit_index, parts.journal, parts.metrics});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find(nonsense.path()), std::string::npos);
}

}  // namespace
}  // namespace pim::api
