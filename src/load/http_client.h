// A lean HTTP/1.1 client over a blocking loopback socket: keep-alive, one request at a time, with
// time-outs. For load, crash tests, benches, the importer and the demo; not a general client.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/result.h"

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
  HttpClient(std::string host, std::uint16_t port, std::chrono::milliseconds timeout);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // Connects where needed; after an error the next call connects anew.
  Result<Response, TransportError> send(const Request& request);

 private:
  Result<void, TransportError> connect();
  Result<Response, TransportError> receive(bool head_only);
  void close();

  std::string host_;
  std::uint16_t port_;
  std::chrono::milliseconds timeout_;
  int fd_ = -1;
  std::string buffer_;  // bytes received and not yet used
};

}  // namespace pim::load
