#include "load/async_client.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "load/http_reply.h"
#include "load/loopback_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedReply::Then;

// Numbers every request and keeps what came back.
class Numbered : public Traffic {
 public:
  void next(std::size_t connection, std::string& out) override {
    const auto number = std::to_string(++sent_);
    current_[connection] = number;
    out += "GET /" + number + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  void answered(std::size_t connection, const Reply& reply) override {
    ++statuses[reply.status];
    if (reply.body != current_[connection]) ++mixed_up;
    if (find_header(reply.head, "x-connection").empty()) ++mixed_up;
  }
  void failed(std::size_t, const TransportError& error) override {
    ++failures;
    if (error.sent) ++unknown;
  }
  std::map<int, std::size_t> statuses;
  std::size_t mixed_up = 0;
  std::size_t failures = 0;
  std::size_t unknown = 0;

 private:
  std::size_t sent_ = 0;
  std::map<std::size_t, std::string> current_;
};

std::string echo(const std::string& request, std::size_t connection, int status = 200) {
  const auto body = request.substr(5, request.find(" HTTP") - 5);
  return "HTTP/1.1 " + std::to_string(status) +
         " X\r\nX-Connection: " + std::to_string(connection) +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::size_t number_of(const std::string& request) { return std::stoul(request.substr(5)); }

TEST(AsyncClient, AClosedLoopKeepsEveryConnectionBusyAndLosesNoReply) {
  LoopbackServer server([](const std::string& request, std::size_t connection) {
    const auto number = number_of(request);
    return ScriptedReply{echo(request, connection,
                              number % 10 == 0   ? 409
                              : number % 10 == 5 ? 503
                                                 : 201)};
  });
  Numbered traffic;
  const auto report = drive(traffic, {.port = server.port(), .connections = 16, .duration = 200ms});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(server.connections(), 16u);
  EXPECT_EQ(traffic.mixed_up, 0u);
  EXPECT_EQ(report->failed, 0u);
  EXPECT_GT(report->answered, 100u);
  EXPECT_EQ(report->answered, server.requests());
  EXPECT_EQ(report->latency.count(), report->answered);
  EXPECT_EQ(report->ok, traffic.statuses[201]);
  EXPECT_EQ(report->client_error, traffic.statuses[409]);
  EXPECT_EQ(report->server_error, traffic.statuses[503]);
  EXPECT_GE(report->elapsed, 200ms);
  EXPECT_GT(report->ok_per_second(), 0);
  EXPECT_LT(report->ok_per_second(), report->per_second());
}

TEST(AsyncClient, TheWarmUpIsNotMeasured) {
  LoopbackServer server([](const std::string& request, std::size_t connection) {
    return ScriptedReply{echo(request, connection)};
  });
  Numbered traffic;
  const auto report = drive(
      traffic,
      {.port = server.port(), .connections = 4, .warm_up = 50ms, .duration = 50ms, .rate = 1000});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->answered, 50u);
  EXPECT_EQ(server.requests(), 100u);
}

TEST(AsyncClient, AnOpenLoopSendsExactlyWhatIsDue) {
  LoopbackServer server([](const std::string& request, std::size_t connection) {
    return ScriptedReply{echo(request, connection)};
  });
  Numbered traffic;
  const auto report =
      drive(traffic, {.port = server.port(), .connections = 8, .duration = 250ms, .rate = 2000});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->answered, 500u);
  EXPECT_EQ(report->unsent, 0u);
  EXPECT_EQ(server.requests(), 500u);
  EXPECT_EQ(traffic.mixed_up, 0u);
}

// Coordinated omission: while the only connection is stuck, requests go on becoming due, and their
// wait must be seen. Counting from the sending would report one slow request out of 300.
TEST(AsyncClient, LatencyCountsFromWhenARequestWasDue) {
  LoopbackServer server([](const std::string& request, std::size_t connection) {
    if (connection == 0) return ScriptedReply{"", Then::hang};
    return ScriptedReply{echo(request, connection)};
  });
  Numbered traffic;
  const auto report = drive(traffic, {.port = server.port(),
                                      .connections = 1,
                                      .duration = 300ms,
                                      .rate = 1000,
                                      .reply_timeout = 200ms});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->answered + report->failed + report->unsent, 300u);
  EXPECT_EQ(report->latency.count(), 300u);
  EXPECT_EQ(report->failed, 1u);
  // What was due in the first 100 ms waited for at least 100 ms.
  EXPECT_GE(report->latency.percentile(67), 100'000u);
}

TEST(AsyncClient, WhatWasDueAndNeverSentKeepsItsWait) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{"", Then::hang}; });
  Numbered traffic;
  const auto report = drive(traffic, {.port = server.port(),
                                      .connections = 1,
                                      .duration = 100ms,
                                      .rate = 1000,
                                      .reply_timeout = 200ms});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->failed, 1u);
  EXPECT_EQ(report->unsent, 99u);
  EXPECT_EQ(report->latency.count(), 100u);
  EXPECT_GE(report->latency.min(), 100'000u);
}

TEST(AsyncClient, GoesOnAfterClosedAndResetConnections) {
  LoopbackServer server([](const std::string& request, std::size_t connection) {
    switch (number_of(request) % 4) {
      case 0:
        return ScriptedReply{"", Then::reset};
      case 1:
        return ScriptedReply{"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nha", Then::close};
      default:
        return ScriptedReply{echo(request, connection)};
    }
  });
  Numbered traffic;
  const auto report = drive(traffic, {.port = server.port(), .connections = 4, .duration = 200ms});
  ASSERT_TRUE(report.ok());
  EXPECT_GT(report->failed, 4u);
  EXPECT_GT(report->answered, 4u);
  EXPECT_EQ(traffic.unknown, traffic.failures);
  EXPECT_EQ(traffic.mixed_up, 0u);
  EXPECT_EQ(report->answered + report->failed, server.requests());
}

TEST(AsyncClient, NobodyListensIsAnError) {
  std::uint16_t port = 0;
  {
    LoopbackServer gone([](const std::string&, std::size_t) { return ScriptedReply{}; });
    port = gone.port();
  }
  Numbered traffic;
  const auto report = drive(traffic, {.port = port, .connections = 2, .duration = 50ms});
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().find("connect"), std::string::npos) << report.error();
}

TEST(AsyncClient, AServerThatDiesEndsNoRun) {
  std::size_t answered = 0;
  LoopbackServer server([&answered](const std::string& request, std::size_t connection) {
    if (++answered > 50) return ScriptedReply{"", Then::reset};
    return ScriptedReply{echo(request, connection)};
  });
  Numbered traffic;
  const auto report =
      drive(traffic, {.port = server.port(), .connections = 4, .duration = 100ms, .rate = 2000});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->answered, 50u);
  EXPECT_EQ(report->answered + report->failed + report->unsent, 200u);
}

}  // namespace
}  // namespace pim::load
