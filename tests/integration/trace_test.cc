// A real server and a receiver that speaks OTLP: what arrives of a request, that the exemplars on
// /metrics lead to what arrived, and that nobody notices a receiver that is gone.
#include <algorithm>
#include <set>

#include "telemetry/otlp_receiver_testing.h"
#include "telemetry_lab.h"

namespace pim::integration {
namespace {

using telemetry::OtlpReceiver;
using telemetry::ReceivedSpan;

class TraceTest : public TelemetryLab {};

const ReceivedSpan* find(const std::vector<ReceivedSpan>& spans, const std::string& trace,
                         const std::string& name) {
  const auto found = std::ranges::find_if(
      spans, [&](const ReceivedSpan& span) { return span.trace_id == trace && span.name == name; });
  return found == spans.end() ? nullptr : &*found;
}

TEST_F(TraceTest, EveryRequestIsOneTraceAndNoSpanNamesAPatient) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "100000"});
  const auto traces = traces_of_everything();
  const auto created = call("POST", "/v1/patients", token("registrar"),
                            R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
  ASSERT_EQ(created.status, 201) << created.body;
  const std::string trace(created.header("traceparent").substr(3, 32));
  const std::string server_span(created.header("traceparent").substr(36, 16));
  ASSERT_EQ(stop_server(), 0);  // what was queued is sent before it goes

  const auto spans = receiver.spans();
  std::set<std::string> seen;
  for (const auto& span : spans) seen.insert(span.trace_id);
  for (const auto& each : traces) EXPECT_TRUE(seen.contains(each)) << each;

  const auto* server = find(spans, trace, "POST /v1/patients");
  ASSERT_NE(server, nullptr);
  EXPECT_EQ(server->span_id, server_span);
  EXPECT_EQ(server->attributes.at("pim.request_id"), created.header("idempotency-key"));
  EXPECT_EQ(server->attributes.at("pim.shard"), created.header("pim-shard"));
  EXPECT_EQ(server->resource.at("service.name"), "pim");
  std::uint64_t before = server->start_ns;
  for (const auto* name :
       {"authenticate", "route", "queue", "decide", "batch", "commit", "reply"}) {
    const auto* stage = find(spans, trace, name);
    ASSERT_NE(stage, nullptr) << name;
    EXPECT_EQ(stage->parent_id, server_span) << name;
    EXPECT_GE(stage->start_ns + 1000, before) << name << " begins where the one before ended";
    EXPECT_LE(stage->end_ns, server->end_ns + 1000) << name;
    before = stage->end_ns;
  }
  const auto* commit = find(spans, trace, "commit");
  ASSERT_EQ(commit->links.size(), 1U);
  const auto batch = std::ranges::find(spans, commit->links.front(), &ReceivedSpan::span_id);
  ASSERT_NE(batch, spans.end());
  EXPECT_EQ(batch->name, "commit batch");
  EXPECT_NE(std::ranges::find(batch->links, server_span), batch->links.end()) << "and back";

  std::size_t looked_for = 0;
  for (const auto& [name, value] : sample_ids('1')) {
    if (value.size() != 36) continue;  // a line's number is no id
    EXPECT_EQ(receiver.bodies().find(value), std::string::npos) << name;
    ++looked_for;
  }
  EXPECT_GT(looked_for, 5U);
}

TEST_F(TraceTest, AnExemplarLeadsToATraceThatArrived) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "5", "--trace-percent", "0"});
  for (int i = 0; i < 100; ++i) {
    const auto made = call("POST", "/v1/patients", token("registrar"),
                           R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
    ASSERT_EQ(made.status, 201);
  }
  const auto metrics = admin("GET", "/metrics").body;
  EXPECT_EQ(metric("pim_traces_total"), 100);
  const auto kept = metric("pim_traces_kept_total");
  EXPECT_GE(kept, 5);
  EXPECT_LT(kept, 100) << "some were not kept, and the figure says so";
  ASSERT_EQ(stop_server(), 0);
  std::set<std::string> arrived;
  for (const auto& span : receiver.spans()) arrived.insert(span.trace_id);
  std::size_t exemplars = 0;
  for (auto at = metrics.find("trace_id=\""); at != metrics.npos;
       at = metrics.find("trace_id=\"", at + 1)) {
    EXPECT_TRUE(arrived.contains(metrics.substr(at + 10, 32)));
    ++exemplars;
  }
  EXPECT_GT(exemplars, 0U);
}

TEST_F(TraceTest, AReceiverThatIsGoneCostsNoRequestAndIsFoundAgain) {
  std::uint16_t port = 0;
  {
    const OtlpReceiver reserve;
    port = reserve.port();
  }
  serve({"--otlp-endpoint", "http://127.0.0.1:" + std::to_string(port), "--trace-rate", "100000"});
  const auto write = [&] {
    return call("POST", "/v1/patients", token("registrar"),
                R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})")
        .status;
  };
  for (int i = 0; i < 50; ++i) EXPECT_EQ(write(), 201);
  while (metric("pim_span_export_failures_total") < 1) EXPECT_EQ(write(), 201);
  EXPECT_EQ(metric("pim_spans_sent_total"), 0);

  OtlpReceiver receiver(port);  // and what waited for it arrives
  receiver.wait_for(50);
  EXPECT_EQ(write(), 201);
  EXPECT_EQ(stop_server(), 0);
  std::set<std::string> arrived;
  for (const auto& span : receiver.spans()) {
    if (span.name == "POST /v1/patients") arrived.insert(span.trace_id);
  }
  EXPECT_GE(arrived.size(), 51U) << "none of what was sent while it was gone is missing";
}

}  // namespace
}  // namespace pim::integration
