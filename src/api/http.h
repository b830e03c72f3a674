// One HTTP exchange as the application sees it: no sockets, no parser, no Beast.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pim::api {

struct Header {
  std::string_view name;  // as sent
  std::string_view value;
};

// Views into the connection's buffer: valid until the exchange was answered.
struct Request {
  std::string_view method;
  std::string_view target;
  std::vector<Header> headers;
  std::string body;
  bool http10 = false;
  std::string peer;   // the client's address, without its port
  bool late = false;  // it waited too long to be read, as others do: there is no time for it
};

struct Response {
  std::uint16_t status = 200;
  std::string_view content_type = "application/json";  // static storage; unused without a body
  std::string headers;                                 // whole lines, each with its CRLF
  std::string body;
  bool close = false;        // end the connection afterwards
  bool shed = false;         // refused for lack of time: the connection may rest afterwards
  std::string_view problem;  // its name, where the body is one; static storage
};

struct ProblemInfo;

// One request under way. Kept alive by whoever has to answer it.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual const Request& request() const = 0;
  // Exactly once, on any thread.
  virtual void respond(Response response) = 0;
  // Runs `work` later on the connection's thread; drops it where the server has stopped.
  virtual void post(std::function<void()> work) = 0;
};

// What stands behind a port. Called on I/O threads: must not block.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual void handle(const std::shared_ptr<Exchange>& exchange) = 0;
  // The answer to bytes that never became a request.
  virtual Response refuse(const ProblemInfo& problem, std::string_view detail,
                          std::string_view peer) = 0;
};

}  // namespace pim::api
