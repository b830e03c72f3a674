#include "telemetry/check_report.h"

#include <gtest/gtest.h>

#include <mutex>

#include "telemetry/http_receiver_testing.h"

namespace pim::telemetry {
namespace {

TEST(CheckReport, GoesToTheCollectorAsTwoGauges) {
  std::mutex mutex;
  std::string head;
  std::string body;
  HttpReceiver collector(0, [&](const auto& sent_head, const auto& sent_body) {
    const std::scoped_lock lock(mutex);
    head = sent_head;
    body = sent_body;
  });
  EXPECT_TRUE(report_check(collector.endpoint(), {"durability", "load-check", 1000, 2}));
  const std::scoped_lock lock(mutex);
  EXPECT_NE(head.find("POST /v1/metrics"), head.npos) << head;
  for (const auto* part : {R"("name":"pim_check_items","gauge":{"dataPoints":[{"asInt":"1000")",
                           R"("name":"pim_check_bad_items","gauge":{"dataPoints":[{"asInt":"2")",
                           R"({"key":"slo","value":{"stringValue":"durability"}})",
                           R"({"key":"check","value":{"stringValue":"load-check"}})"}) {
    EXPECT_NE(body.find(part), body.npos) << part << " is not in " << body;
  }
}

TEST(CheckReport, SaysWhetherItWasTaken) {
  std::string gone;
  {
    HttpReceiver collector(0, [](const auto&, const auto&) {});
    collector.answer_with(503);
    gone = collector.endpoint();
    EXPECT_FALSE(report_check(gone, {"auditability", "audit-verify", 1, 0}));
  }
  EXPECT_FALSE(report_check(gone, {"auditability", "audit-verify", 1, 0}));
  EXPECT_TRUE(report_check("", {"auditability", "audit-verify", 1, 0}));
}

}  // namespace
}  // namespace pim::telemetry
