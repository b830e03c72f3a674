// A tiny HTTPS server for tests: each connection is one request and one answer.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "api/certificate_testing.h"
#include "load/socket.h"

namespace pim::cli {

// Listens on 127.0.0.1, an ephemeral port; one thread, one connection after the other.
class TlsServer {
 public:
  using Script = std::function<std::string(const std::string& request)>;
  // `clients_of`: the authority, PEM, of which a client must show a certificate; empty: none is
  // asked for.
  TlsServer(const api::TestCertificate& certificate, Script script,
            const std::string& clients_of = "");
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::size_t connections() const { return connections_; }
  // Of application data that came, in whole requests or not.
  std::size_t bytes() const { return bytes_; }

 private:
  void serve();
  void answer(int connection);

  Script script_;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  load::Fd listener_;
  load::Fd wake_;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> bytes_{0};
  std::thread thread_;
};

}  // namespace pim::cli
