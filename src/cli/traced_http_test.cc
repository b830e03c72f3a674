#include "cli/traced_http.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "cli/http_sender.h"
#include "telemetry/kept_spans_testing.h"
#include "telemetry/scoped_span.h"

namespace pim::cli {
namespace {

using telemetry::TraceContext;

// Answers with these statuses, one after another; 0: not at all. Remembers each traceparent.
struct ScriptedExchange {
  std::vector<int> statuses;
  std::vector<std::string> traceparents;
  Exchange exchange() {
    return [this](const load::Request& request) -> Result<load::Response, load::TransportError> {
      std::string context;
      for (const auto& [name, value] : request.headers) {
        if (name == "traceparent") context = value;
      }
      const std::size_t number = traceparents.size();
      traceparents.push_back(context);
      const int status = number < statuses.size() ? statuses[number] : 201;
      if (status == 0) return Err{load::TransportError{false, "refused by 192.0.2.1"}};
      load::Response response;
      response.status = status;
      return response;
    };
  }
};

std::map<std::string, std::string> texts(const telemetry::Span& span) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, value] : span.attributes) {
    if (const auto* text = std::get_if<std::string>(&value)) texts[std::string(key)] = *text;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      texts[std::string(key)] = std::to_string(*number);
    }
  }
  return texts;
}

TEST(TracedHttp, EachTryOfACommandIsAClientSpanThatTheServerIsToldOf) {
  telemetry::KeptSpans kept;
  telemetry::Tracer tracer(kept.exporter(), telemetry::keep_all());
  ScriptedExchange script{{503, 0, 409}, {}};
  HttpSender sender(TracedHttp(script.exchange(), {"127.0.0.1", 8080}), "secret-token");
  TraceContext root;
  {
    const telemetry::ScopedSpan command(&tracer, "pim data import");
    root = telemetry::current_work().span;
    const auto reply = sender.send({.method = "POST",
                                    .path = "/v1/patients/25e938d4/amendments",
                                    .request_id = "r1",
                                    .body = "{}",
                                    .stream = {},
                                    .name = "amend-patient"});
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply->status, 409);
  }
  const auto spans = kept.wait_for(4);
  ASSERT_EQ(spans.size(), 4U);
  const std::vector<std::string> failures = {"status 503", "no answer", "status 409"};
  const std::vector<std::string> resends = {"", "1", "2"};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& span = spans[i];
    EXPECT_EQ(span.name, "POST");
    EXPECT_EQ(span.kind, telemetry::SpanKind::client);
    EXPECT_EQ(span.parent, root.span_id);
    EXPECT_EQ(span.context.traceparent(), script.traceparents[i]);
    EXPECT_EQ(span.failure, failures[i]);
    auto attributes = texts(span);
    EXPECT_EQ(attributes["http.request.resend_count"], resends[i]);
    EXPECT_EQ(attributes["pim.operation"], "amend-patient");
    EXPECT_EQ(attributes["server.address"], "127.0.0.1");
    EXPECT_EQ(attributes["server.port"], "8080");
    for (const auto& [key, text] : attributes) {
      EXPECT_EQ(text.find("25e938d4"), std::string::npos) << key;
      EXPECT_EQ(text.find("secret"), std::string::npos) << key;
      EXPECT_EQ(text.find("192.0.2.1"), std::string::npos) << key;
    }
  }
}

TEST(TracedHttp, BeyondItsLimitTheServerIsToldNotToKeepThem) {
  telemetry::KeptSpans kept;
  telemetry::Tracer tracer(kept.exporter(), telemetry::keep_all());
  ScriptedExchange script;
  TracedHttp http(script.exchange(), {});
  TraceContext root;
  {
    const telemetry::ScopedSpan command(&tracer, "pim data import");
    root = telemetry::current_work().span;
    for (std::uint32_t i = 0; i < TracedHttp::kKept + 10; ++i) {
      ASSERT_TRUE(http.send({"POST", "/", {}, ""}, "x").ok());
    }
  }
  const auto spans = kept.wait_for(TracedHttp::kKept + 1);
  EXPECT_EQ(spans.size(), TracedHttp::kKept + 1U);
  ASSERT_EQ(script.traceparents.size(), TracedHttp::kKept + 10U);
  for (std::size_t i = 0; i < script.traceparents.size(); ++i) {
    const auto context = TraceContext::parse(script.traceparents[i]);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->trace_id, root.trace_id);
    EXPECT_EQ(context->sampled, i < TracedHttp::kKept) << i;
  }
}

TEST(TracedHttp, WithoutATraceItSendsWhatItWasGiven) {
  ScriptedExchange script;
  TracedHttp http(script.exchange(), {});
  ASSERT_TRUE(http.send({"POST", "/", {}, ""}, "x").ok());
  EXPECT_EQ(script.traceparents, std::vector<std::string>{""});
}

}  // namespace
}  // namespace pim::cli
