// /metrics of a real server: valid OpenMetrics, bounded whatever a client sends, and cheap.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <set>

#include "api/metric_names.h"
#include "api/raw_client_testing.h"
#include "api/routes.h"
#include "lab.h"
#include "sample_calls.h"
#include "telemetry/otlp_receiver_testing.h"

namespace pim::integration {
namespace {

// At 4 shards: 49 operations x 5 histograms of 19 lines, 250 counters of requests, 800 others.
constexpr std::size_t kMostSeries = 6000;

// Sample lines whose name begins so.
std::size_t series_in(const std::string& text, const std::string& prefix = "") {
  std::size_t series = 0;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    series += text[at] != '#' && text.compare(at, prefix.size(), prefix) == 0 ? 1 : 0;
  }
  return series;
}

// Requests that no proper client sends, each round with other values.
class Hostile {
 public:
  Hostile(std::uint16_t port, std::uint64_t round) : port_(port), random_(round) {}

  void send_everything(const std::string& token) {
    for (int i = 0; i < 100; ++i) {
      send(word(), "/v1/patients", "");              // methods
      send("GET", "/" + word() + "/" + word(), "");  // paths
      send("GET", "/v1/patients?" + word() + "=" + word(), token);
      send("GET", "/v1/patients/" + word(), token);
      send("POST", "/v1/providers/" + word() + "/" + word(), token);
      send("GET", "/openapi.json", "", word() + ": " + word() + "\r\n");
      send("POST", "/v1/patients", token, "Idempotency-Key: " + word() + "\r\n", "{" + word());
      send("POST", "/v1/patients", token, "Content-Type: " + word() + "/x\r\n", "{}");
      send("GET", "/v1/patients", word() + "." + word() + "." + word());
      send("GET", "/", "", "traceparent: " + word() + "\r\nbaggage: " + word() + "=1\r\n");
      raw(word() + " " + word() + "\r\n\r\n");  // no request at all
      raw("GET / HTTP/1.1\r\nHost: " + word() + "\r\nHost: " + word() + "\r\n\r\n");
    }
    send("GET", "/" + std::string(20'000, 'x'), "");
    send("POST", "/v1/patients", token, "", std::string(70'000, 'x'));
  }
  void send_from_everywhere(std::uint32_t sources) {
    for (std::uint32_t i = 0; i < sources; ++i) {
      const auto low = static_cast<std::uint32_t>(random_() & 0xffffffU);
      raw("GET /v1/codes/PCS/frequency HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n",
          0x7f000000U | std::max(low, 2U));
    }
  }
  const std::set<int>& statuses() const { return statuses_; }

 private:
  std::string word() {
    std::string text = "hostile";
    for (int i = 0; i < 8; ++i) text += static_cast<char>('a' + random_() % 26);
    return text;
  }
  void send(const std::string& method, const std::string& target, const std::string& token,
            const std::string& headers = "", const std::string& body = "") {
    std::string text = method + " " + target + " HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n";
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    text += headers;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    raw(text + "\r\n" + body);
  }
  void raw(const std::string& bytes, std::uint32_t from = 0) {
    api::RawClient client(port_, from);
    client.send(bytes);
    if (const auto reply = client.receive()) statuses_.insert(reply->status);
  }

  const std::uint16_t port_;
  std::mt19937_64 random_;
  std::set<int> statuses_;
};

class MetricsTest : public Lab {
 protected:
  std::string scrape() { return admin("GET", "/metrics").body; }

  // What the strict parser of Prometheus' own client library says of `text`.
  ProgramRun parse(const std::string& text) {
    const auto file = path("scrape.txt");
    std::ofstream(file) << text;
    return run({"/usr/bin/python3", PIM_PARSE_OPEN_METRICS, file});
  }
};

TEST_F(MetricsTest, AreValidOpenMetricsWithExemplars) {
  telemetry::OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "100000", "--region", "east-1"});
  call_everything('1');
  const auto text = scrape();
  const auto parsed = parse(text);
  EXPECT_EQ(parsed.exit, 0) << parsed.err;
  std::size_t listed = 0;
  for (const auto& section : api::metrics::kSections) listed += section.metrics.size();
  EXPECT_EQ(json_text(parsed.out, "families"), std::to_string(listed)) << parsed.out;
  EXPECT_EQ(json_text(parsed.out, "samples"), std::to_string(series_in(text)));
  EXPECT_EQ(json_text(parsed.out, "exemplar_families"),
            "pim_commit_duration_seconds pim_http_request_duration_seconds "
            "pim_read_queue_wait_seconds pim_shard_queue_wait_seconds");
  EXPECT_NE(text.find("region=\"east-1\"} 1\n"), std::string::npos) << "the build's";
}

TEST_F(MetricsTest, TheParserRefusesWhatIsNotOpenMetrics) {
  const std::string good = "# TYPE a counter\n# HELP a A.\na_total 1\n# EOF\n";
  EXPECT_EQ(parse(good).exit, 0);
  for (const std::string bad :
       {"# TYPE a counter\na_total 1\n", "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a gauge\na 1 # {trace_id=\"1\"} 1\n# EOF\n",
        "# TYPE a counter\na_total 1\n# TYPE b counter\nb_total 1\na_total 2\n# EOF\n",
        "# TYPE a_seconds counter\n# UNIT a_seconds bytes\na_seconds_total 1\n# EOF\n"}) {
    EXPECT_NE(parse(bad).exit, 0) << bad;
  }
}

TEST_F(MetricsTest, StayBoundedWhateverAClientSends) {
  serve();
  call_everything('1');
  std::set<int> statuses;
  std::size_t after_first = 0;
  for (std::uint64_t round = 1; round <= 2; ++round) {
    Hostile hostile(server().port(), round);
    hostile.send_everything(token("registrar"));
    hostile.send_from_everywhere(1500);
    for (int i = 0; i < 20; ++i) {
      const auto tenant = "hostile-" + std::to_string(round) + "-" + std::to_string(i);
      call("GET", "/v1/codes/PCS/frequency", token("registrar", tenant));
    }
    statuses = hostile.statuses();
    const auto text = scrape();
    EXPECT_LT(series_in(text), kMostSeries);
    // What the server does by itself, such as a checkpoint, shows when it happens.
    const auto of_requests = series_in(text, "pim_http_");
    EXPECT_GT(of_requests, 0U);
    if (round == 1) after_first = of_requests;
    EXPECT_EQ(of_requests, after_first) << "other values, the same series";
    EXPECT_EQ(text.find("hostile"), std::string::npos) << "a client's word is a label";
    EXPECT_NE(text.find("\npim_metrics_series_refused_total 0\n"), std::string::npos);
    EXPECT_NE(text.find("\npim_http_unauthenticated_total{source=\"other\"} "), std::string::npos);
  }
  for (const int status : {400, 401, 404, 405, 413, 415}) {
    EXPECT_TRUE(statuses.contains(status)) << status << ": the traffic is not what it should be";
  }
}

TEST_F(MetricsTest, CostLittle) {
  serve();
  call_everything('1');
  scrape();
  const auto text = scrape();
  const auto value = [&](const std::string& name) {
    const auto at = text.find("\n" + name + " ");
    return at == text.npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  };
  const double seconds = value("pim_metrics_scrape_duration_seconds");
  EXPECT_GT(seconds, 0);
  std::printf("a scrape of %.0f lines, %zu bytes: %.2f ms\n", value("pim_metrics_series"),
              text.size(), seconds * 1000);
}

}  // namespace
}  // namespace pim::integration
