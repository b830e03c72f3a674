#include "cli/tls_server_testing.h"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdlib>

#include "load/http_reply.h"

namespace pim::cli {
namespace {

std::unique_ptr<BIO, int (*)(BIO*)> reading(const std::string& pem) {
  return {BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free};
}

bool is_whole_request(const std::string& input) {
  const auto end = input.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  std::size_t body = 0;
  const auto length =
      load::find_header(std::string_view(input).substr(0, end + 2), "content-length");
  std::from_chars(length.data(), length.data() + length.size(), body);
  return input.size() >= end + 4 + body;
}

}  // namespace

TlsServer::TlsServer(const api::TestCertificate& certificate, Script script,
                     const std::string& clients_of)
    : script_(std::move(script)),
      context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
  const std::unique_ptr<X509, void (*)(X509*)> chain(
      PEM_read_bio_X509(reading(certificate.certificate).get(), nullptr, nullptr, nullptr),
      X509_free);
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(
      PEM_read_bio_PrivateKey(reading(certificate.key).get(), nullptr, nullptr, nullptr),
      EVP_PKEY_free);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (SSL_CTX_use_certificate(context_.get(), chain.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1 ||
      ::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  if (!clients_of.empty()) {
    const std::unique_ptr<X509, void (*)(X509*)> authority(
        PEM_read_bio_X509(reading(clients_of).get(), nullptr, nullptr, nullptr), X509_free);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.get());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

TlsServer::~TlsServer() {
  const std::uint64_t one = 1;
  if (::write(wake_.get(), &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
}

void TlsServer::serve() {
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);  // a client may be gone: OpenSSL does not ask
  while (true) {
    pollfd entries[] = {{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
    if (::poll(entries, 2, -1) < 0) continue;
    if (entries[0].revents != 0) return;
    const load::Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection) continue;
    ++connections_;
    answer(connection.get());
  }
}

void TlsServer::answer(int connection) {
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context_.get()), SSL_free);
  SSL_set_fd(ssl.get(), connection);
  if (SSL_accept(ssl.get()) != 1) return;
  std::string request;
  char buffer[4096];
  while (!is_whole_request(request)) {
    const int got = SSL_read(ssl.get(), buffer, sizeof buffer);
    if (got <= 0) return;
    request.append(buffer, static_cast<std::size_t>(got));
    bytes_ += static_cast<std::size_t>(got);
  }
  const std::string reply = script_(request);
  SSL_write(ssl.get(), reply.data(), static_cast<int>(reply.size()));
  SSL_shutdown(ssl.get());
}

}  // namespace pim::cli
