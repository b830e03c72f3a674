#include "load/run/runner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <thread>

#include "load/http_reply.h"
#include "load/run/run_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Then = ScriptedReply::Then;

std::uint64_t ok(const OperationResult& operation) { return operation.after.ok; }
std::uint64_t failures(const OperationResult& operation) { return operation.after.failed; }

const ErrorResult* error_of(const RunResult& result, std::string_view kind) {
  const auto found = std::ranges::find(result.errors, kind, &ErrorResult::kind);
  return found == result.errors.end() ? nullptr : &*found;
}

// The value that `percent` % of them do not exceed.
std::chrono::nanoseconds at_percent(std::vector<std::chrono::nanoseconds> values, double percent) {
  std::ranges::sort(values);
  const auto rank =
      static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(values.size())));
  return values[std::max<std::size_t>(rank, 1) - 1];
}

TEST(Runner, AnOpenModelAsksExactlyWhatIsDueAndMeasuresAfterTheWarmUp) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{reply_of(200)}; });
  TestRun test(server.port());
  test.options.warm_up = 100ms;
  test.options.duration = 200ms;
  PlainSource source;
  EvenArrivals arrivals(1000, 1'000'000);
  const auto result = test.run(source, &arrivals);
  EXPECT_EQ(server.requests(), 300u);
  EXPECT_EQ(source.endings.size(), 300u);
  ASSERT_EQ(result.operations.size(), 1u);
  const auto& chart = result.operations[0];
  EXPECT_EQ(chart.name, "get-chart");
  EXPECT_FALSE(chart.command);
  EXPECT_EQ(chart.after.ok, 200u);
  EXPECT_EQ(chart.after.ok_latency.count(), 200u);
  EXPECT_EQ(chart.before.ok, 200u);
  EXPECT_EQ(chart.attempts, 200u);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_EQ(result.generator.lag.count(), 200u);
  std::uint64_t due = 0;
  for (const Interval& interval : result.series) due += interval.due;
  EXPECT_EQ(due, 300u);
  EXPECT_EQ(test.faults.stops, 1);
}

// While a server stands still, requests go on becoming due, and each waits until it goes on. What
// the server did is known, so the latencies are: at least from the intended start to the end of the
// stall. Measured from the sending, all but one of them would look fast.
TEST(Runner, AKnownStallIsInThePercentilesAsCalculated) {
  steady_clock::time_point stalled_at;
  steady_clock::time_point went_on;
  std::size_t seen = 0;
  LoopbackServer server([&](const std::string&, std::size_t) {
    if (++seen == 100) {
      stalled_at = steady_clock::now();
      std::this_thread::sleep_for(400ms);
      went_on = steady_clock::now();
    }
    return ScriptedReply{reply_of(200)};
  });
  TestRun test(server.port());
  test.options.connections = 2;
  test.options.duration = 800ms;
  PlainSource source;
  EvenArrivals arrivals(1000, 800);
  const auto result = test.run(source, &arrivals);
  ASSERT_EQ(total(result, ok), 800u);
  server.stop();

  std::vector<std::chrono::nanoseconds> truth;
  for (int i = 0; i < 800; ++i) {
    const auto due = test.faults.zero + i * 1ms;
    truth.push_back(due >= stalled_at && due < went_on ? went_on - due : 0ns);
  }
  const Histogram& latency = result.operations[0].after.ok_latency;
  for (const double percent : {60.0, 75.0, 90.0, 95.0, 99.0, 99.9}) {
    const auto least = std::chrono::floor<std::chrono::microseconds>(at_percent(truth, percent));
    EXPECT_GE(latency.percentile(percent), static_cast<std::uint64_t>(least.count())) << percent;
  }
  EXPECT_GT(at_percent(truth, 75), 100ms) << "the stall was to be seen";
  // What was due in the stall's second shows it, whenever it was answered.
  EXPECT_GE(result.series[0].max_micros, 300'000u);
}

TEST(Runner, WhatIsBeyondTheBoundOfWaitingRequestsIsNotSentAndSaysSo) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{"", Then::hang}; });
  TestRun test(server.port());
  test.options.connections = 2;
  test.options.most_waiting = 10;
  test.options.duration = 100ms;
  test.options.timeout = 300ms;
  test.options.deadline = 300ms;
  PlainSource source;
  EvenArrivals arrivals(1000, 100);
  const auto result = test.run(source, &arrivals);
  EXPECT_EQ(total(result, failures), 100u);
  EXPECT_EQ(result.generator.most_waiting, 10u);
  const auto* beyond = error_of(result, kTooManyWaiting);
  const auto* late = error_of(result, kNoConnection);
  const auto* timed_out = error_of(result, "timeout");
  ASSERT_TRUE(beyond != nullptr && late != nullptr && timed_out != nullptr);
  EXPECT_EQ(beyond->requests + late->requests + timed_out->requests, 100u);
  EXPECT_GT(beyond->requests, 0u);
  EXPECT_EQ(beyond->attempts, 0u);
  EXPECT_EQ(late->outcome, "timeout");
  // Only what was prepared ends at the source.
  EXPECT_EQ(source.endings.size(), timed_out->requests);
  // Who waited for a connection waited until the deadline.
  EXPECT_GE(result.operations[0].after.failed_latency.max(), 300'000u);
}

TEST(Runner, ARetryIsTheSameRequestLaterAndBothViewsAreKept) {
  std::map<std::string, std::vector<SeenRequest>> seen;
  LoopbackServer server([&](const std::string& request, std::size_t) {
    auto& of_id = seen[seen_request(request).id];
    of_id.push_back(seen_request(request));
    if (of_id.size() == 1) {
      return ScriptedReply{
          reply_of(503, "Retry-After: 1\r\n", R"({"type":"urn:pim:problem:overloaded"})")};
    }
    return ScriptedReply{reply_of(200, "ETag: \"7\"\r\nPim-Shard: 3\r\n")};
  });
  TestRun test(server.port());
  test.options.duration = 50ms;
  test.options.sampled = 1;
  PlainSource source("amend-patient");
  EvenArrivals arrivals(100, 5);
  const auto result = test.run(source, &arrivals);
  server.stop();
  ASSERT_EQ(seen.size(), 5u);
  for (const auto& [id, attempts] : seen) {
    ASSERT_EQ(attempts.size(), 2u) << id;
    EXPECT_GE(attempts[1].at - attempts[0].at, 1s) << "Retry-After";
    const std::string first(find_header(attempts[0].head, "traceparent"));
    const std::string second(find_header(attempts[1].head, "traceparent"));
    EXPECT_EQ(first.substr(0, 36), second.substr(0, 36)) << "one trace";
    EXPECT_NE(first, second) << "another span";
    EXPECT_TRUE(first.ends_with("-01")) << first;
  }
  ASSERT_EQ(result.operations.size(), 1u);
  const auto& amend = result.operations[0];
  EXPECT_EQ(amend.before.failed, 5u);
  EXPECT_EQ(amend.before.ok, 0u);
  EXPECT_EQ(amend.after.ok, 5u);
  EXPECT_EQ(amend.attempts, 10u);
  EXPECT_GE(amend.after.ok_latency.min(), 1'000'000u);
  EXPECT_EQ(result.retry.retries, 5u);
  EXPECT_EQ(result.retry.recovered, 5u);
  std::uint64_t first_failed = 0;
  for (const Interval& interval : result.series) first_failed += interval.first_failed;
  EXPECT_EQ(first_failed, 5u);
  const auto* shed = error_of(result, "503 overloaded");
  ASSERT_NE(shed, nullptr);
  EXPECT_EQ(shed->outcome, "shed");
  EXPECT_EQ(shed->attempts, 5u);
  EXPECT_EQ(shed->requests, 0u);
  EXPECT_TRUE(shed->request_id.starts_with("request-"));
  ASSERT_EQ(result.shards.size(), 1u);
  EXPECT_EQ(result.shards[0].shard, 3);
  ASSERT_EQ(result.slowest.size(), 5u);
  EXPECT_EQ(result.slowest[0].trace_id.size(), 32u);
  EXPECT_TRUE(result.slowest[0].sampled);
  EXPECT_EQ(result.slowest[0].attempts, 2u);
  EXPECT_GE(result.slowest[0].latency, result.slowest[4].latency);
}

TEST(Runner, RetriesStayWithinTheirBudget) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{reply_of(503)}; });
  TestRun test(server.port());
  test.options.duration = 500ms;
  test.options.retry.attempts = 5;
  PlainSource source;
  EvenArrivals arrivals(1000, 500);
  const auto result = test.run(source, &arrivals);
  EXPECT_EQ(total(result, failures), 500u);
  // 10 % of 500, and the reserve of ten.
  EXPECT_LE(result.retry.retries, 60u);
  EXPECT_GE(result.retry.retries, 50u);
  EXPECT_EQ(server.requests(), 500 + result.retry.retries);
  EXPECT_GT(result.retry.over_budget, 0u);
}

TEST(Runner, ARequestKeepsItsDeadlineOverAllAttempts) {
  LoopbackServer server([](const std::string&, std::size_t) {
    return ScriptedReply{reply_of(503, "Retry-After: 2\r\n")};
  });
  TestRun test(server.port());
  test.options.duration = 10ms;
  test.options.deadline = 500ms;
  PlainSource source;
  EvenArrivals arrivals(1000, 10);
  const auto result = test.run(source, &arrivals);
  EXPECT_EQ(server.requests(), 10u) << "nobody comes back after the deadline";
  EXPECT_EQ(result.retry.over_deadline, 10u);
}

TEST(Runner, TheServerIsToldHowLongTheClientWaits) {
  std::vector<SeenRequest> seen;
  LoopbackServer server([&](const std::string& request, std::size_t) {
    seen.push_back(seen_request(request));
    return ScriptedReply{reply_of(200)};
  });
  TestRun test(server.port());
  test.options.duration = 5ms;
  test.options.timeout = 700ms;
  PlainSource source("amend-patient");
  EvenArrivals arrivals(1000, 3);
  test.run(source, &arrivals);
  server.stop();
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(find_header(seen[0].head, "pim-deadline-ms"), "700");
  EXPECT_EQ(find_header(seen[0].head, "authorization"), "Bearer token-of-ada");
}

TEST(Runner, ResetsTimeOutsAndAServerThatIsAwayAreToldApart) {
  LoopbackServer server([](const std::string& request, std::size_t) {
    const auto number = std::stoul(seen_request(request).id.substr(8));
    switch (number % 4) {
      case 0:
        return ScriptedReply{"", Then::reset};
      case 1:
        return ScriptedReply{"", Then::hang};
      case 2:
        return ScriptedReply{"nonsense\r\n\r\n"};
      default:
        return ScriptedReply{reply_of(409, "", R"({"type":"urn:pim:problem:id-taken"})")};
    }
  });
  TestRun test(server.port());
  test.options.connections = 16;
  test.options.duration = 16ms;
  test.options.timeout = 200ms;
  test.options.retry.attempts = 1;
  PlainSource source;
  EvenArrivals arrivals(1000, 16);
  const auto result = test.run(source, &arrivals);
  for (const auto& [kind, outcome] :
       std::map<std::string, std::string>{{"connection reset", "reset"},
                                          {"timeout", "timeout"},
                                          {"malformed reply", "other"},
                                          {"409 id-taken", "rejected"}}) {
    const auto* error = error_of(result, kind);
    ASSERT_NE(error, nullptr) << kind;
    EXPECT_EQ(error->requests, 4u) << kind;
    EXPECT_EQ(error->outcome, outcome);
  }
  EXPECT_EQ(result.operations[0].after.rejected, 4u);
  EXPECT_EQ(result.operations[0].after.failed, 12u);

  server.stop();
  TestRun away(server.port());
  away.options.duration = 20ms;
  away.options.retry.attempts = 1;
  EvenArrivals more(1000, 20);
  const auto nobody = away.run(source, &more);
  const auto* refused = error_of(nobody, "no connection");
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->requests, 20u);
  EXPECT_EQ(refused->outcome, "refused");
}

TEST(Runner, AReadOfOnesOwnWriteThatDoesNotShowItIsAViolation) {
  TestRun test(0);
  std::atomic<int> reads{0};
  std::set<std::string> positions;
  LoopbackServer server([&](const std::string& request, std::size_t) {
    const auto seen = seen_request(request);
    if (seen.method == "PATCH") {
      return ScriptedReply{reply_of(200, "ETag: \"5\"\r\nPim-Position: 12.1.99\r\n")};
    }
    positions.insert(std::string(find_header(seen.head, "pim-min-position")));
    const int number = ++reads;
    const bool stale = number % 2 == 0;
    if (number == 20) test.interrupted = true;  // after its answer there is nothing to wait for
    return ScriptedReply{reply_of(200, stale ? "ETag: \"4\"\r\n" : "ETag: \"6\"\r\n")};
  });
  test.options.port = server.port();
  test.options.duration = 60s;
  test.options.read_own_writes = 1;
  PlainSource source("amend-patient");
  EvenArrivals arrivals(1000, 20);
  const auto result = test.run(source, &arrivals);
  server.stop();
  EXPECT_EQ(positions, std::set<std::string>{"12.1.99"});
  const auto& checked = result.read_your_writes;
  EXPECT_EQ(checked.checked, 20u);
  EXPECT_EQ(checked.stale, 10u);
  EXPECT_EQ(checked.reads.after.ok, 20u);
  ASSERT_EQ(checked.examples.size(), 10u);
  EXPECT_EQ(checked.examples[0].wanted, 5u);
  EXPECT_EQ(checked.examples[0].seen, 4u);
  EXPECT_EQ(checked.examples[0].position, "12.1.99");
  EXPECT_FALSE(checked.examples[0].trace_id.empty());
  EXPECT_EQ(total(result, ok), 20u) << "they are not among the operations";
}

TEST(Runner, AClosedModelHasNeverMoreRequestsThanClients) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{reply_of(200)}; });
  TestRun test(server.port());
  test.options.closed = ClosedModel{3, 1ms};
  test.options.duration = 200ms;
  PlainSource source;
  const auto result = test.run(source, nullptr);
  EXPECT_FALSE(result.open_model);
  EXPECT_LE(server.connections(), 3u);
  EXPECT_EQ(result.generator.most_waiting, 0u);
  EXPECT_EQ(total(result, ok), server.requests());
  EXPECT_GE(server.requests(), 3u);
  // Each client rests at least a millisecond after each answer.
  EXPECT_LE(server.requests(), 3u * 201u);
}

TEST(Runner, AnInterruptEndsItEarly) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{reply_of(200)}; });
  TestRun test(server.port());
  test.options.duration = 1h;
  PlainSource source;
  source.on_prepare = [&](std::uint64_t number) {
    if (number == 20) test.interrupted = true;
  };
  EvenArrivals arrivals(1000, 1'000'000'000);
  const auto result = test.run(source, &arrivals);
  EXPECT_TRUE(result.interrupted);
  EXPECT_GE(total(result, ok), 20u);
  EXPECT_LT(result.elapsed, 1h);
}

// A generator that cannot keep up with its own schedule must not judge a server.
TEST(Runner, SaysWhenItWasItselfTheBottleneck) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{reply_of(200)}; });
  TestRun test(server.port());
  test.options.duration = 200ms;
  PlainSource source;
  source.on_prepare = [](std::uint64_t) {
    const auto until = steady_clock::now() + 30ms;
    while (steady_clock::now() < until) {
    }
  };
  EvenArrivals arrivals(1000, 20);
  const auto result = test.run(source, &arrivals);
  EXPECT_EQ(total(result, ok), 20u);
  EXPECT_FALSE(result.generator.bottlenecks.empty());
  EXPECT_GT(result.generator.lag.max(), 20'000u);
}

TEST(Runner, ItsMetricsCountWhatItsResultDoes) {
  LoopbackServer server([](const std::string& request, std::size_t) {
    const auto number = std::stoul(seen_request(request).id.substr(8));
    return ScriptedReply{reply_of(number % 10 == 0 ? 500 : 200)};
  });
  TestRun test(server.port());
  test.options.duration = 100ms;
  test.options.retry.attempts = 1;
  PlainSource source;
  EvenArrivals arrivals(1000, 100);
  test.run(source, &arrivals);
  const std::string text = test.registry.render();
  const std::string series = R"(pim_load_requests_total{operation="get-chart",kind="query",)";
  EXPECT_NE(text.find(series + R"(view="after_retries",outcome="ok"} 90)"), std::string::npos);
  EXPECT_NE(text.find(series + R"(view="first",outcome="server_error"} 10)"), std::string::npos);
  EXPECT_NE(text.find(series + R"(view="first",outcome="reset"} 0)"), std::string::npos);
  EXPECT_NE(text.find("pim_load_attempts_total 100"), std::string::npos);
  EXPECT_GT(test.board.read().number, 0u);
}

}  // namespace
}  // namespace pim::load
