// Mockaroo's API over HTTPS, or over HTTP on loopback for tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "data/mockaroo/fetch.h"

namespace pim::cli {

struct ApiUrl {
  bool tls = true;
  std::string host;
  std::uint16_t port = 443;
};

// `https://HOST[:PORT]`; `http://` only for 127.0.0.1 and localhost: the key must not be sent in
// the clear.
std::optional<ApiUrl> parse_api_url(std::string_view text);

// One connection a request. The key goes into a header, never into an address, and is cut out of
// whatever comes back.
class MockarooApi final : public data::mockaroo::Api {
 public:
  // `ca_file`: alone is trusted; empty: SSL_CERT_FILE, else the system's certificates.
  MockarooApi(ApiUrl url, std::string key, std::string ca_file,
              std::chrono::milliseconds timeout = std::chrono::seconds(60));

  Result<data::mockaroo::ApiReply, data::mockaroo::ApiFailure> post(
      const data::mockaroo::ApiRequest& request) override;

 private:
  ApiUrl url_;
  std::string key_;
  std::string ca_file_;
  std::chrono::milliseconds timeout_;
};

}  // namespace pim::cli
