#include <opentelemetry/ext/http/client/http_client.h>
#include <opentelemetry/ext/http/client/http_client_factory.h>

#include <cctype>

#include "telemetry/pyroscope.h"

namespace pim::telemetry {
namespace {

namespace http = opentelemetry::ext::http::client;

std::string percent_encoded(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.') {
      out += c;
      continue;
    }
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string seconds_of(std::chrono::system_clock::time_point time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

// opentelemetry-cpp's own client (libcurl): it is linked anyhow. It gives up after 5 s.
class PyroscopeSender final : public ProfileSender {
 public:
  PyroscopeSender(std::string address, const ClientTls& tls)
      : address_(std::move(address)), client_(http::HttpClientFactory::CreateSync()) {
    secure_.use_ssl = address_.starts_with("https:");
    secure_.ssl_ca_cert_path = tls.authorities;
    secure_.ssl_client_cert_path = tls.certificate;
    secure_.ssl_client_key_path = tls.key;
  }

  Outcome send(const EncodedProfile& profile) override {
    const std::string url =
        address_ + "&from=" + seconds_of(profile.start) + "&until=" + seconds_of(profile.end);
    const http::Body body(profile.pprof.begin(), profile.pprof.end());
    auto result = client_->Post(url, secure_, body, {{"content-type", "application/octet-stream"}});
    if (!result) return Outcome::unavailable;
    const auto status = result.GetResponse().GetStatusCode();
    if (status / 100 == 2) return Outcome::taken;
    // too many requests and time-outs may pass; what else a client did wrong stays wrong
    const bool wrong = status / 100 == 4 && status != 408 && status != 429;
    return wrong ? Outcome::refused : Outcome::unavailable;
  }

 private:
  const std::string address_;
  http::HttpSslOptions secure_;
  const std::shared_ptr<http::HttpClientSync> client_;
};

}  // namespace

std::unique_ptr<ProfileSender> pyroscope_sender(
    const std::string& endpoint, const std::string& service,
    const std::vector<std::pair<std::string, std::string>>& labels, const ClientTls& tls) {
  std::string name = service + '{';
  for (const auto& [key, value] : labels) {
    if (!name.ends_with('{')) name += ',';
    name.append(key).append("=").append(value);
  }
  // With format=pprof the body is the profile itself.
  return std::make_unique<PyroscopeSender>(
      endpoint + "/ingest?format=pprof&spyName=pim&name=" + percent_encoded(name + '}'), tls);
}

}  // namespace pim::telemetry
