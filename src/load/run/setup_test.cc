// The setup and the scenario's source against a server that holds them to the order they promise.
#include "load/run/setup.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "load/http_reply.h"
#include "load/run/run_testing.h"
#include "load/run/scenario_source.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

Scenario a_scenario() {
  Scenario scenario;
  scenario.seed = 7;
  scenario.stages = {{"all", 500, 500, 1s}};
  scenario.client.connections = 6;
  scenario.data.facilities = 3;
  scenario.data.providers = 5;
  scenario.data.patients = 20;
  scenario.data.hot = {2, 0.3};
  scenario.mix = {{kWrite, 5},
                  {operation_of("get-chart"), 2},
                  {operation_of("get-timeline"), 1},
                  {operation_of("get-census"), 1},
                  {operation_of("list-encounters-by-day"), 1},
                  {operation_of("get-code-frequency"), 1}};
  return scenario;
}

// Answers as the spine would, and notes what breaks its rules. On the server's thread.
class FakeSpine {
 public:
  ScriptedReply operator()(const std::string& request) {
    const auto seen = seen_request(request);
    const auto body = request.substr(request.find("\r\n\r\n") + 4);
    if (!ids.insert(seen.id).second && trouble == 0) complaints.push_back("twice: " + seen.id);
    if (seen.method == "GET") return read(seen.path);
    if (trouble > 0 && --trouble > 0) return {reply_of(503)};
    if (seen.path == "/v1/providers") {
      const auto facility = id_in(body, "facility_id");
      if (!known.contains(facility)) complaints.push_back("provider before its facility");
    }
    std::string stream = id_in(seen.path, "");
    if (seen.path == "/v1/patients") stream = id_in(body, "patient_id");
    if (seen.path == "/v1/facilities") stream = id_in(body, "facility_id");
    if (seen.path == "/v1/providers") stream = id_in(body, "provider_id");
    const bool creates = id_in(seen.path, "").empty();
    if (creates && !known.insert(stream).second) complaints.push_back("twice: " + stream);
    if (!creates && !known.contains(stream)) complaints.push_back("unknown: " + seen.path);
    if (seen.method == "PATCH") ++amended[stream];
    const auto version = ++versions[stream];
    return {reply_of(201, "ETag: \"" + std::to_string(version) +
                              "\"\r\nPim-Shard: " + std::to_string(stream.back() % 4) +
                              "\r\nPim-Position: 1.1." + std::to_string(++position) + "\r\n")};
  }

  std::set<std::string> ids;
  std::set<std::string> known;
  std::map<std::string, std::uint64_t> versions;
  std::map<std::string, int> amended;
  std::map<std::string, int> read_patients;
  std::vector<std::string> complaints;
  std::uint64_t position = 0;
  int trouble = 0;  // commands that are answered 503 first, less one

 private:
  static std::string id_in(const std::string& text, const std::string& member) {
    for (std::size_t at = 0; at + 36 <= text.size(); ++at) {
      if (!Uuid::parse(text.substr(at, 36))) continue;
      const std::string before = '"' + member + R"(":")";
      if (member.empty() ||
          (at >= before.size() && text.compare(at - before.size(), before.size(), before) == 0)) {
        return text.substr(at, 36);
      }
    }
    return {};
  }
  ScriptedReply read(const std::string& path) {
    const auto id = id_in(path, "");
    if (!id.empty() && !known.contains(id)) complaints.push_back("unknown: " + path);
    if (path.starts_with("/v1/patients/")) ++read_patients[id];
    return {reply_of(200, "ETag: \"" + std::to_string(versions[id]) + "\"\r\n")};
  }
};

TEST(Setup, RegistersWhatTheRunWillAskFor) {
  FakeSpine spine;
  LoopbackServer server([&](const std::string& request, std::size_t) { return spine(request); });
  TestRun test(server.port());
  auto history = HistoryWriter::create(test.history_file());
  Population population(a_scenario(), {1'780'000'000'000});
  ASSERT_TRUE(set_up(test.options, population, *history, nullptr));
  server.stop();
  EXPECT_EQ(spine.complaints, std::vector<std::string>());
  EXPECT_GE(population.patients().size(), 20u);
  for (const KnownPatient& patient : population.patients()) {
    EXPECT_TRUE(spine.known.contains(patient.id.to_string()));
    EXPECT_EQ(patient.shard, patient.id.to_string().back() % 4);
  }
  EXPECT_EQ(spine.known.size(), 3 + 5 + population.patients().size());
}

TEST(Setup, AsksAgainWhereTheServerWasOnlyBusy) {
  FakeSpine spine;
  spine.trouble = 10;
  LoopbackServer server([&](const std::string& request, std::size_t) { return spine(request); });
  TestRun test(server.port());
  auto history = HistoryWriter::create(test.history_file());
  Population population(a_scenario(), {1'780'000'000'000});
  ASSERT_TRUE(set_up(test.options, population, *history, nullptr));
  server.stop();
  EXPECT_EQ(spine.known.size(), 3 + 5 + population.patients().size());
}

TEST(Setup, ARefusalEndsItAndSaysWhatWasRefused) {
  LoopbackServer server([](const std::string&, std::size_t) {
    return ScriptedReply{reply_of(401, "", R"({"type":"urn:pim:problem:unauthenticated"})")};
  });
  TestRun test(server.port());
  auto history = HistoryWriter::create(test.history_file());
  Population population(a_scenario(), {1'780'000'000'000});
  const auto result = set_up(test.options, population, *history, nullptr);
  ASSERT_FALSE(result);
  EXPECT_FALSE(result.error().interrupted);
  EXPECT_TRUE(result.error().message.starts_with("register-facility: 401 "))
      << result.error().message;
}

TEST(Setup, CanBeInterrupted) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{reply_of(503)}; });
  TestRun test(server.port());
  test.interrupted = true;
  auto history = HistoryWriter::create(test.history_file());
  Population population(a_scenario(), {1'780'000'000'000});
  const auto result = set_up(test.options, population, *history, &test.interrupted);
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().interrupted);
}

TEST(ScenarioSource, AsksForNothingThatDoesNotExistAndKeepsEachSessionInOrder) {
  FakeSpine spine;
  LoopbackServer server([&](const std::string& request, std::size_t) { return spine(request); });
  TestRun test(server.port());
  test.options.duration = 1s;
  test.options.read_own_writes = 0.2;
  test.options.connections = 6;
  test.options.users = {{"ada", "a"}, {"bob", "b"}};
  const Scenario scenario = a_scenario();
  Population population(scenario, {1'780'000'000'000});
  {
    auto history = HistoryWriter::create(test.directory.path("setup"));
    ASSERT_TRUE(set_up(test.options, population, *history, nullptr));
  }
  ScenarioSource source(scenario, population, 2);
  EvenArrivals arrivals(500, 500);
  const auto result = test.run(source, &arrivals);
  server.stop();
  EXPECT_EQ(spine.complaints, std::vector<std::string>());
  EXPECT_EQ(total(result, [](const OperationResult& each) { return each.after.ok; }), 500u);
  EXPECT_TRUE(result.errors.empty());
  EXPECT_GT(result.read_your_writes.checked, 10u);
  EXPECT_EQ(result.read_your_writes.stale, 0u);
  // The hot ones are amended and read far more often than any other.
  for (std::size_t i = 0; i < 2; ++i) {
    const auto id = population.patients()[i].id.to_string();
    EXPECT_GT(spine.amended[id], 20) << id;
    EXPECT_GT(spine.read_patients[id], 5) << id;
  }
}

TEST(Session, RegistersItsPatientsFirstAndForgetsTheOldestBeyondItsMost) {
  WorkloadOptions options;
  options.registered_first = 5;
  options.most_patients = 6;
  options.encounters_per_patient = 1;  // each encounter is of another patient
  const ReferenceData reference(1, options.start, 2, 3);
  Session session(options, reference, 0);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(session.current().name, "register-patient");
    session.accepted(1);
  }
  EXPECT_EQ(session.patients().size(), 5u);
  for (int i = 0; i < 2000; ++i) session.accepted(2);
  EXPECT_LE(session.patients().size(), 6u);
}

}  // namespace
}  // namespace pim::load
