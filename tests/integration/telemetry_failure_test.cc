// Telemetry's back ends in every bad state: nobody's request notices, what waits is bounded, what
// is lost is counted, and SIGTERM is not held up.
#include <gtest/gtest.h>

#include "load/loopback_testing.h"
#include "telemetry_lab.h"

namespace pim::integration {
namespace {

using load::LoopbackServer;
using load::ScriptedReply;
using Then = load::ScriptedReply::Then;

struct Ill {
  const char* name;
  ScriptedReply reply;
  bool counted = true;  // as a failure: an answer of 2xx is believed, whatever is in it
};

const Ill kIlls[] = {
    {"refuses", {"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", Then::keep}},
    {"forbids", {"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno", Then::keep}},
    {"talks_garbage", {"\x00\xff\x13GARBAGE\r\n\r\n not HTTP at all", Then::close}},
    {"resets", {"", Then::reset}},
    {"never_answers", {"", Then::hang}},
    {"breaks_off", {"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf", Then::close}},
    {"answers_garbage",
     {"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n{\"\xff\x01?!", Then::keep},
     false},
};

class TelemetryFailure : public TelemetryLab {
 protected:
  int write() { return register_patient().status; }
  void observe(std::uint16_t port, std::vector<std::string> extra = {}) {
    const auto endpoint = "http://127.0.0.1:" + std::to_string(port);
    extra.insert(extra.end(), {"--otlp-endpoint", endpoint, "--pyroscope-endpoint", endpoint});
    serve(std::move(extra));
  }
};

class IllBackEnd : public TelemetryFailure, public testing::WithParamInterface<Ill> {};

TEST_P(IllBackEnd, IsNotNoticedByARequest) {
  LoopbackServer ill([](const std::string&, std::size_t) { return GetParam().reply; });
  observe(ill.port(), {"--trace-rate", "100000"});
  for (int i = 0; i < 100; ++i) ASSERT_EQ(write(), 201);
  while (ill.requests() == 0) ASSERT_EQ(write(), 201);
  if (GetParam().counted) {
    while (metric("pim_span_export_failures_total") < 1) ASSERT_EQ(write(), 201);
    EXPECT_EQ(metric("pim_spans_sent_total"), 0);
  } else {
    while (metric("pim_spans_sent_total") < 100) ASSERT_EQ(write(), 201);
  }
  EXPECT_EQ(admin("GET", "/readyz").status, 200) << "a server without telemetry is still ready";
  EXPECT_EQ(stop_server(), 0) << "and ends when it is told to";
}

INSTANTIATE_TEST_SUITE_P(Telemetry, IllBackEnd, testing::ValuesIn(kIlls),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(TelemetryFailure, WhatWaitsIsBoundedAndTheRestIsCounted) {
  LoopbackServer silent(
      [](const std::string&, std::size_t) { return ScriptedReply{"", Then::hang}; });
  observe(silent.port(), {"--trace-rate", "100000"});
  constexpr double kQueue = 16'384;  // docs/telemetry.md
  std::size_t written = 0;
  while (metric("pim_spans_dropped_total{reason=\"queue_full\"}") < 1) {
    for (int i = 0; i < 200; ++i) ASSERT_EQ(write(), 201);
    written += 200;
    ASSERT_LE(metric("pim_spans_queued"), kQueue);
    ASSERT_LT(written, 20'000U) << "nothing is dropped: the queue has no bound";
  }
  EXPECT_EQ(metric("pim_spans_sent_total"), 0);
  EXPECT_EQ(stop_server(), 0);
}

TEST_F(TelemetryFailure, TheEndWaitsNoLongerThanItIsTold) {
  LoopbackServer silent(
      [](const std::string&, std::size_t) { return ScriptedReply{"", Then::hang}; });
  observe(silent.port(), {"--telemetry-end-ms", "1"});
  ASSERT_EQ(write(), 201);
  EXPECT_EQ(stop_server(), 0);
  const auto log = read_text(path("server.log"));
  EXPECT_NE(log.find("the last telemetry was not taken in time"), std::string::npos) << log;
  EXPECT_NE(log.find("\"stopped\""), std::string::npos) << "by then all else has ended: " << log;
}

}  // namespace
}  // namespace pim::integration
