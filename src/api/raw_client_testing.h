// A client that sends exactly the bytes it is given: for what no proper client would send.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pim::api {

struct RawReply {
  int status = 0;
  std::string head;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::string header(const std::string& lower_name) const;
};

class RawClient {
 public:
  // `from`: an address of 127.0.0.0/8 to come from; 0: any.
  explicit RawClient(std::uint16_t port, std::uint32_t from = 0);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return fd_ >= 0; }
  void send(std::string_view bytes);
  // The next reply; nullopt where the connection ended (or nothing came for 10 s).
  std::optional<RawReply> receive(bool without_body = false);
  // Waits until the server has ended the connection; false after 10 s, or where bytes came.
  bool closed();

 private:
  bool fill();

  int fd_ = -1;
  std::string buffer_;
};

}  // namespace pim::api
