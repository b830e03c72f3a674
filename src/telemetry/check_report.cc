#include "telemetry/check_report.h"

#include <opentelemetry/ext/http/client/http_client.h>
#include <opentelemetry/ext/http/client/http_client_factory.h>

#include <chrono>

namespace pim::telemetry {
namespace {

namespace http_client = opentelemetry::ext::http::client;

std::string attribute_json(const std::string& key, const std::string& value) {
  return R"({"key":")" + key + R"(","value":{"stringValue":")" + value + R"("}})";
}

std::string gauge_json(const std::string& name, std::uint64_t value, const std::string& point) {
  return R"({"name":")" + name + R"(","gauge":{"dataPoints":[{"asInt":")" + std::to_string(value) +
         R"(",)" + point + "}]}}";
}

}  // namespace

bool report_check(const std::string& endpoint, const CheckReport& report) {
  if (endpoint.empty()) return true;
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const auto point = R"("timeUnixNano":")" + std::to_string(now) + R"(","attributes":[)" +
                     attribute_json("slo", report.slo) + "," +
                     attribute_json("check", report.check) + "]";
  const auto text =
      R"({"resourceMetrics":[{"resource":{"attributes":[)" +
      attribute_json("service.name", "pim-cli") + "," + attribute_json("service.namespace", "pim") +
      R"(]},"scopeMetrics":[{"metrics":[)" + gauge_json("pim_check_items", report.items, point) +
      "," + gauge_json("pim_check_bad_items", report.bad, point) + "]}]}]}";
  http_client::HttpSslOptions secure;
  secure.use_ssl = endpoint.starts_with("https:");
  const auto client = http_client::HttpClientFactory::CreateSync();
  const http_client::Body body(text.begin(), text.end());
  auto result =
      client->Post(endpoint + "/v1/metrics", secure, body, {{"content-type", "application/json"}});
  return result && result.GetResponse().GetStatusCode() / 100 == 2;
}

}  // namespace pim::telemetry
