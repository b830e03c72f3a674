// HTTP requests of commands, each a client span that the server's trace is a part of.
// Source: https://opentelemetry.io/docs/specs/semconv/http/http-spans/
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "domain/result.h"
#include "load/http_client.h"

namespace pim::cli {

// One exchange: over a socket, or with an API in this process.
using Exchange = std::function<Result<load::Response, load::TransportError>(const load::Request&)>;

struct HttpPeer {
  std::string address;  // empty: this process
  std::uint16_t port = 0;
};

// For one thread at a time. Where the thread works on nothing that is traced, only the exchange.
class TracedHttp {
 public:
  // Beyond so many requests their traces are not kept: a long import stays one trace that can be
  // looked at.
  static constexpr std::uint32_t kKept = 250;

  TracedHttp(Exchange exchange, HttpPeer peer);

  // `operation`: the API's name for it; `resends`: how often it was sent before.
  Result<load::Response, load::TransportError> send(load::Request request,
                                                    std::string_view operation,
                                                    std::uint32_t resends = 0);

 private:
  Exchange exchange_;
  HttpPeer peer_;
  std::uint32_t kept_ = 0;
};

}  // namespace pim::cli
