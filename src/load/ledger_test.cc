#include "load/ledger.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "load/loopback_testing.h"
#include "load/temporary_directory_testing.h"

namespace pim::load {
namespace {

PreparedCommand command_of(const std::string& request_id) {
  return {"open-bill",     "POST",      "/v1/patients/p/encounters/e/bill", "{\"a\":1}", request_id,
          Uuid{{1, 2, 3}}, std::nullopt};
}

std::vector<LedgerLine> lines_of(const std::string& file) {
  std::vector<LedgerLine> lines;
  const auto read = read_ledger(file, [&](const LedgerLine& line) { lines.push_back(line); });
  EXPECT_TRUE(read.ok()) << read.error();
  return lines;
}

TEST(Ledger, KeepsBothEndsOfACall) {
  const TemporaryDirectory directory;
  const auto file = directory.path("ledger.jsonl");
  {
    auto ledger = Ledger::open(file);
    ASSERT_TRUE(ledger.ok());
    const auto first = ledger->invoke(command_of("k\"1"), "ann");
    ledger->complete(first, {CallOutcome::ok, 201, 7, "5.1.9", true});
    const auto second = ledger->invoke(command_of("k2"), "bob");
    ledger->complete(second, {CallOutcome::fail, 409, 0, "", false});
    ledger->complete(ledger->invoke(command_of("k3"), "bob"), {});
  }
  const auto lines = lines_of(file);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_TRUE(lines[0].is_invoke);
  EXPECT_EQ(lines[0].call, 1u);
  EXPECT_EQ(lines[0].request_id, "k\"1");
  EXPECT_EQ(lines[0].user, "ann");
  EXPECT_EQ(lines[0].routing_id, (Uuid{{1, 2, 3}}));
  EXPECT_EQ(lines[0].method, "POST");
  EXPECT_EQ(lines[0].path, "/v1/patients/p/encounters/e/bill");
  // sha256 of {"a":1}
  EXPECT_EQ(lines[0].body_hash, "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
  EXPECT_FALSE(lines[1].is_invoke);
  EXPECT_EQ(lines[1].call, 1u);
  EXPECT_EQ(lines[1].result.outcome, CallOutcome::ok);
  EXPECT_EQ(lines[1].result.status, 201);
  EXPECT_EQ(lines[1].result.version, 7u);
  EXPECT_EQ(lines[1].result.position, "5.1.9");
  EXPECT_TRUE(lines[1].result.replayed);
  EXPECT_EQ(lines[3].result.outcome, CallOutcome::fail);
  EXPECT_EQ(lines[3].result.status, 409);
  EXPECT_EQ(lines[5].result.outcome, CallOutcome::info);
}

TEST(Ledger, GoesOnAfterATornLineWithNewCallNumbers) {
  const TemporaryDirectory directory;
  const auto file = directory.path("ledger.jsonl");
  {
    (void)Ledger::open(file)->invoke(command_of("k1"), "ann");
  }
  std::ofstream(file, std::ios::app) << R"({"op":"ok","call":1,"sta)";
  EXPECT_EQ(lines_of(file).size(), 1u);
  {
    (void)Ledger::open(file)->invoke(command_of("k2"), "ann");
  }
  const auto lines = lines_of(file);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[1].request_id, "k2");
  EXPECT_EQ(lines[1].call, 2u);
}

TEST(Ledger, AWholeLineThatIsNoneIsAnError) {
  const TemporaryDirectory directory;
  const auto file = directory.path("ledger.jsonl");
  for (const auto* text :
       {"nonsense", "{}", R"({"op":"maybe","call":1,"status":200})",
        R"({"op":"ok","call":1,"status":200})", R"({"op":"invoke","call":1,"request_id":"x"})"}) {
    std::ofstream(file, std::ios::trunc) << text << "\n";
    const auto read = read_ledger(file, [](const LedgerLine&) {});
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_NE(read.error().find(":1:"), std::string::npos) << read.error();
  }
}

TEST(Ledger, LinesOfSeveralThreadsNeverMix) {
  const TemporaryDirectory directory;
  const auto file = directory.path("ledger.jsonl");
  {
    auto ledger = Ledger::open(file);
    std::vector<std::thread> threads;
    threads.reserve(4);
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&ledger, t] {
        for (int i = 0; i < 250; ++i) {
          const auto id = std::to_string(t) + "-" + std::to_string(i);
          ledger->complete(ledger->invoke(command_of(id), "ann"), {});
        }
      });
    }
    for (auto& thread : threads) thread.join();
  }
  std::set<std::uint64_t> calls;
  const auto lines = lines_of(file);
  for (const auto& line : lines) calls.insert(line.call);
  EXPECT_EQ(lines.size(), 2000u);
  EXPECT_EQ(calls.size(), 1000u);
}

TEST(CallResult, KnowsWhatARefusalAndAnUnknownOutcomeAre) {
  const auto outcome = [](int status, const std::string& body) {
    return result_of(Response{status, {}, body}).outcome;
  };
  EXPECT_EQ(outcome(201, ""), CallOutcome::ok);
  EXPECT_EQ(outcome(404, ""), CallOutcome::fail);
  EXPECT_EQ(outcome(412, ""), CallOutcome::fail);
  EXPECT_EQ(outcome(500, ""), CallOutcome::info);
  EXPECT_EQ(outcome(503, R"({"outcome":"unknown"})"), CallOutcome::info);
  EXPECT_EQ(outcome(503, R"({"outcome":"not-applied"})"), CallOutcome::fail);
  EXPECT_EQ(outcome(507, ""), CallOutcome::fail);
  EXPECT_EQ(result_of(TransportError{true, ""}).outcome, CallOutcome::info);
  EXPECT_EQ(result_of(TransportError{false, ""}).outcome, CallOutcome::fail);
}

TEST(CallResult, TakesVersionPositionAndReplayFromTheHeaders) {
  const auto result = result_of(Response{
      200, {{"etag", "\"12\""}, {"pim-position", "7.1.3"}, {"idempotency-replayed", "true"}}, ""});
  EXPECT_EQ(result.version, 12u);
  EXPECT_EQ(result.position, "7.1.3");
  EXPECT_TRUE(result.replayed);
}

TEST(SendRecorded, RecordsAnAnswerAndASilence) {
  const TemporaryDirectory directory;
  const auto file = directory.path("ledger.jsonl");
  LoopbackServer server([](const std::string& request, std::size_t) {
    if (request.find("Idempotency-Key: k2") != std::string::npos) {
      return ScriptedReply{"", ScriptedReply::Then::reset};
    }
    return ScriptedReply{ok_reply("{}", "ETag: \"1\"\r\n")};
  });
  HttpClient client("127.0.0.1", server.port(), std::chrono::seconds(5));
  auto ledger = Ledger::open(file);
  Response response;
  EXPECT_EQ(send_recorded(client, command_of("k1"), "t", "ann", *ledger, &response).version, 1u);
  EXPECT_EQ(response.body, "{}");
  EXPECT_EQ(send_recorded(client, command_of("k2"), "t", "ann", *ledger).outcome,
            CallOutcome::info);
  const auto lines = lines_of(file);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1].result.outcome, CallOutcome::ok);
  EXPECT_EQ(lines[3].result.outcome, CallOutcome::info);
}

}  // namespace
}  // namespace pim::load
