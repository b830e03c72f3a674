// A lean HTTP/1.1 client over a blocking socket: keep-alive, one request at a time, with time-outs.
// For load, crash tests, benches, the importer and the demo; not a general client (no TLS, no
// redirects). One thread at a time an instance.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/result.h"
#include "load/socket.h"

namespace pim::load {

struct Request {
  std::string_view method;
  std::string target;  // path and query
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  // Empty where it is not there.
  std::string_view header(std::string_view lower_case_name) const;
};

// Whether the request can have reached the server decides whether its outcome is known.
struct TransportError {
  bool sent = false;  // at least a part of the request was written: the outcome is unknown
  std::string message;
};

class HttpClient {
 public:
  // `timeout` bounds a whole exchange: connecting, writing and reading.
  HttpClient(std::string host, std::uint16_t port, std::chrono::milliseconds timeout);

  // Connects where needed; after an error the next call connects anew. Host, Content-Length and
  // Connection headers are the client's own business.
  Result<Response, TransportError> send(const Request& request);

 private:
  Result<void, TransportError> write_all(std::string_view bytes, Deadline deadline);
  Result<Response, TransportError> receive(bool to_head, Deadline deadline);
  void close();

  std::string host_;
  std::uint16_t port_;
  std::chrono::milliseconds timeout_;
  Fd socket_;
  std::string buffer_;  // bytes received and not yet used
};

}  // namespace pim::load
