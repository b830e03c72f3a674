#include "load/scenario/scenario_file.h"

#include <gtest/gtest.h>

#include "load/run/operation.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kWhole = R"(
name = "all-of-it"
description = "Every key there is"
seed = 7
warm_up = "5s"
process = "poisson"

[[stage]]
name = "rise"
duration = "1m"
ramp = [10, 100]
[[stage]]
duration = "10s"
rate = 100
[[stage]]
duration = "10s"
steps = [100, 200, 50.5]
[[stage]]
name = "rush"
duration = "30s"
spike = { base = 50, peak = 900, at = "10s", for = "5s" }

[mix]
write = 20
get-chart = 70.5
get-census = 9.5

[data]
facilities = 3
providers = 30
patients = 500
zipf = 0.9
hot_patients = { count = 2, share = 0.25 }

[client]
connections = 16
timeout = "250ms"
deadline = "3s"
read_your_writes = 0.05
sampled = 0.5
retry = { attempts = 4, budget_percent = 20, backoff = "10ms", max_backoff = "1s" }

[slo.queries]
p999 = "50ms"
[slo.all]
goodput = 80
availability = 99.9
[slo.commands]
p50 = "1500us"

[[fault]]
at = "20s"
for = "10s"
kind = "pause"
[[fault]]
at = "40s"
kind = "disk-slow"
target = "spine"
delay = "50ms"
percent = 5
share = 0.5
)";

Scenario read(std::string_view text) {
  const auto scenario = parse_scenario(text, "s.toml");
  if (scenario) return *scenario;
  for (const auto& message : scenario.error().messages) ADD_FAILURE() << message;
  return {};
}

TEST(ScenarioFile, EveryKeyIsRead) {
  const Scenario scenario = read(kWhole);
  EXPECT_EQ(scenario.name, "all-of-it");
  EXPECT_EQ(scenario.description, "Every key there is");
  EXPECT_EQ(scenario.seed, 7U);
  EXPECT_EQ(scenario.warm_up, 5s);
  EXPECT_EQ(scenario.process, Process::poisson);
  EXPECT_FALSE(scenario.closed);

  ASSERT_EQ(scenario.mix.size(), 3U);
  EXPECT_EQ(scenario.mix[0].operation, kWrite);
  EXPECT_EQ(kOperations[scenario.mix[1].operation].name, "get-chart");
  EXPECT_EQ(scenario.mix[1].weight, 70.5);

  EXPECT_EQ(scenario.data.facilities, 3U);
  EXPECT_EQ(scenario.data.providers, 30U);
  EXPECT_EQ(scenario.data.patients, 500U);
  EXPECT_EQ(scenario.data.zipf, 0.9);
  EXPECT_EQ(scenario.data.hot.count, 2U);
  EXPECT_EQ(scenario.data.hot.share, 0.25);

  EXPECT_EQ(scenario.client.connections, 16U);
  EXPECT_EQ(scenario.client.timeout, 250ms);
  EXPECT_EQ(scenario.client.deadline, 3s);
  EXPECT_EQ(scenario.client.read_your_writes, 0.05);
  EXPECT_EQ(scenario.client.sampled, 0.5);
  EXPECT_EQ(scenario.client.retry.attempts, 4U);
  EXPECT_EQ(scenario.client.retry.budget_percent, 20);
  EXPECT_EQ(scenario.client.retry.backoff, 10ms);
  EXPECT_EQ(scenario.client.retry.max_backoff, 1s);
}

TEST(ScenarioFile, StagesBecomeStraightLines) {
  const Scenario scenario = read(kWhole);
  ASSERT_EQ(scenario.stages.size(), 8U);
  const auto is = [&](std::size_t i, std::string_view name, double from, double to,
                      std::chrono::nanoseconds duration) {
    EXPECT_EQ(scenario.stages[i].name, name) << i;
    EXPECT_EQ(scenario.stages[i].from, from) << i;
    EXPECT_EQ(scenario.stages[i].to, to) << i;
    EXPECT_EQ(scenario.stages[i].duration, duration) << i;
  };
  is(0, "rise", 10, 100, 60s);
  is(1, "", 100, 100, 10s);
  is(2, "", 100, 100, 3'333'333'333ns);
  is(3, "", 200, 200, 3'333'333'333ns);
  is(4, "", 50.5, 50.5, 3'333'333'334ns);
  is(5, "rush", 50, 50, 10s);
  is(6, "rush", 900, 900, 5s);
  is(7, "rush", 50, 50, 15s);
  EXPECT_EQ(scenario.duration(), 110s);
  EXPECT_EQ(scenario.peak_rate(), 900);
  EXPECT_NEAR(scenario.requests(), 3300 + 1000 + 350.5 / 3 * 10 + 1250 + 4500, 0.001);
}

TEST(ScenarioFile, ThresholdsAndFaultsKeepTheirOrder) {
  const Scenario scenario = read(kWhole);
  ASSERT_EQ(scenario.thresholds.size(), 4U);
  const auto is = [&](std::size_t i, std::string_view of, Measure measure, double limit) {
    EXPECT_EQ(scenario.thresholds[i].of, of) << i;
    EXPECT_EQ(scenario.thresholds[i].measure, measure) << i;
    EXPECT_EQ(scenario.thresholds[i].limit, limit) << i;
  };
  is(0, "queries", Measure::p999, 50);
  is(1, "all", Measure::goodput, 80);
  is(2, "all", Measure::availability, 99.9);
  is(3, "commands", Measure::p50, 1.5);

  ASSERT_EQ(scenario.faults.size(), 2U);
  EXPECT_EQ(scenario.faults[0].at, 20s);
  EXPECT_EQ(scenario.faults[0].length, 10s);
  EXPECT_EQ(scenario.faults[0].kind, "pause");
  EXPECT_EQ(scenario.faults[1].length, 0s);
  EXPECT_EQ(scenario.faults[1].target, "spine");
  const std::map<std::string, std::string, std::less<>> parameters = {
      {"delay", "50ms"}, {"percent", "5"}, {"share", "0.5"}};
  EXPECT_EQ(scenario.faults[1].parameters, parameters);
}

TEST(ScenarioFile, AFaultMaySayWhichAlertItIsToCause) {
  const auto scenario =
      read(std::string(kWhole) + "[[fault]]\nat = \"1s\"\nkind = \"x\"\nalert = \"Burns\"\n");
  ASSERT_EQ(scenario.faults.size(), 3U);
  EXPECT_EQ(scenario.faults[0].alert, "");
  EXPECT_EQ(scenario.faults[2].alert, "Burns");
  EXPECT_TRUE(scenario.faults[2].parameters.empty()) << "it is no parameter of the kind";
}

TEST(ScenarioFile, AClosedModelHasNoRates) {
  const Scenario scenario = read(R"(
name = "closed"
[closed]
clients = 8
think = "100ms"
duration = "30s"
[mix]
write = 1
)");
  ASSERT_TRUE(scenario.closed);
  EXPECT_EQ(scenario.closed->clients, 8U);
  EXPECT_EQ(scenario.closed->think, 100ms);
  EXPECT_EQ(scenario.duration(), 30s);
  EXPECT_EQ(scenario.requests(), 0);
}

// The smallest scenario, in which one text is put for another.
std::vector<std::string> problems_with(std::string_view old, std::string_view text) {
  std::string toml =
      "name = \"x\"\n"
      "[mix]\nwrite = 1\n"
      "[[stage]]\nrate = 100\nduration = \"10s\"\n";
  toml.replace(toml.find(old), old.size(), text);
  const auto scenario = parse_scenario(toml, "s.toml");
  return scenario ? std::vector<std::string>{} : scenario.error().messages;
}

TEST(ScenarioFile, APlaceAndAReasonAreGivenForEveryMistake) {
  struct Case {
    std::string_view old;
    std::string_view text;
    std::string_view message;
  };
  const std::string_view time = " with its unit: us, ms, s, m or h, such as \"30s\"";
  EXPECT_EQ(problems_with("rate = 100", "rate = 100"), std::vector<std::string>{});
  for (const auto& [old, text, message] : std::vector<Case>{
           // unknown keys
           {"rate = 100", "rate = 100\nduratoin = 1",
            "s.toml:6:1: unknown key 'stage 1: duratoin'; did you mean 'duration'?"},
           {"write = 1", "wirte = 1\nwrite = 1",
            "s.toml:3:1: unknown key 'mix.wirte'; did you mean 'write'?"},
           {"write = 1", "write = 1\nget-chrat = 1",
            "s.toml:4:1: unknown key 'mix.get-chrat'; did you mean 'get-chart'?"},
           {"[mix]", "[client]\nretry = { tries = 2 }\n[mix]",
            "s.toml:3:11: unknown key 'client.retry.tries'; known: attempts, budget_percent, "
            "backoff, max_backoff"},
           {"[mix]", "[clients]\n[mix]",
            "s.toml:2:2: unknown key 'clients'; did you mean 'client'?"},
           // types and ranges
           {"name = \"x\"", "name = 5", "s.toml:1:8: name is 5 and must be a text"},
           {"name = \"x\"", "name = \"X y\"", "s.toml:1:8: name must be 1 to 64 of a-z, 0-9 and -"},
           {"rate = 100", "rate = -1",
            "s.toml:5:8: stage 1: rate is -1 and must be a number from 0 to 1000000"},
           {"rate = 100", "rate = \"100\"",
            "s.toml:5:8: stage 1: rate is '100' and must be a number from 0 to 1000000"},
           {"rate = 100", "rate = nan",
            "s.toml:5:8: stage 1: rate is nan and must be a number from 0 to 1000000"},
           {"rate = 100", "ramp = [100, true]",
            "s.toml:5:8: stage 1: ramp is a list and must be a list of two or more numbers from 0 "
            "to 1000000"},
           {"write = 1", "write = 2024-01-01",
            "s.toml:3:9: mix.write is a date or time and must be a number from 0 to 1000000"},
           {"[mix]", "[data]\nfacilities = 1\n[mix]",
            "s.toml:3:14: data.facilities is 1 and must be an integer from 2 to 100000"},
           {"[mix]", "[data]\nfacilities = 2.5\n[mix]",
            "s.toml:3:14: data.facilities is 2.5 and must be an integer from 2 to 100000"},
           {"[mix]", "data = 1\n[mix]", "s.toml:2:8: data is 1 and must be a table"},
           {"[mix]", "slo = { all = { availability = 101 } }\n[mix]",
            "s.toml:2:32: slo.all.availability is 101 and must be a number from 0 to 100"},
           {"[mix]", "process = \"poison\"\n[mix]",
            "s.toml:2:11: process must be \"constant\" or \"poisson\""},
           {"[mix]", "[[fault]]\nat = \"1s\"\nkind = \"x\"\nhard = true\n[mix]",
            "s.toml:5:8: fault 1: hard must be a text or a number"},
           // what is missing
           {"name = \"x\"", "", "s.toml:1:1: name is missing: what reports call the scenario"},
           {"rate = 100", "",
            "s.toml:4:1: stage 1: no rate is given: say rate = 500, ramp = [100, 500], steps = "
            "[100, 200] or spike"},
           {"duration = \"10s\"", "",
            "s.toml:4:1: stage 1: duration is missing: how long the stage lasts, such as \"2m\""},
           {"[mix]\nwrite = 1", "",
            "s.toml:1:1: mix is missing: [mix] with the weights of what is asked, such as write = "
            "20"},
           {"write = 1", "write = 0", "s.toml:2:1: mix asks for nothing: no weight is above 0"},
           // what cannot be together
           {"[mix]", "[closed]\nclients = 1\nduration = \"1s\"\n[mix]",
            "s.toml:2:1: closed and [[stage]] contradict each other: clients that wait for their "
            "answers have no rate"},
           {"rate = 100", "rate = 100\nramp = [1, 2]",
            "s.toml:6:8: stage 1: ramp is one shape too many: a stage has one of rate = 500, ramp "
            "= [100, 500], steps = [100, 200] or spike"},
           {"rate = 100", "ramp = [1, 2, 3]",
            "s.toml:5:8: stage 1: ramp goes from one rate to another: two numbers"},
           {"rate = 100", "rate = 0",
            "s.toml:4:1: stage asks for nothing: every rate is 0, or too short"},
           {"[mix]", "warm_up = \"10s\"\n[mix]",
            "s.toml:2:11: warm_up leaves nothing to be measured: all stages together last 10s"},
           {"rate = 100", "spike = { base = 5, peak = 50, at = \"8s\", for = \"3s\" }",
            "s.toml:5:49: stage 1: spike.for lasts beyond the stage, which is 10s"},
           {"rate = 100", "spike = { base = 5, peak = 5, at = \"8s\", for = \"1s\" }",
            "s.toml:5:28: stage 1: spike.peak is not above base: that is no spike"},
           {"[mix]", "[client]\ntimeout = \"20s\"\n[mix]",
            "s.toml:3:11: client.timeout of an attempt is longer than the deadline of the whole "
            "request, 10s"},
           {"[mix]", "[client.retry]\nbackoff = \"5s\"\n[mix]",
            "s.toml:3:11: client.retry.backoff is above max_backoff, 2s"},
           {"[mix]", "[data]\npatients = 3\nhot_patients = { count = 3, share = 0.1 }\n[mix]",
            "s.toml:4:26: data.hot_patients.count must be below data.patients, which is 3"},
           {"[mix]", "[slo.queries]\np99 = \"1ms\"\n[mix]",
            "s.toml:2:1: slo.queries can never be met: the mix asks for none of it"},
           {"[mix]", "[slo.get-chart]\np99 = \"1ms\"\n[mix]",
            "s.toml:2:1: slo.get-chart can never be met: the mix asks for none of it"},
           {"[mix]", "[slo.all]\ngoodput = 101\n[mix]",
            "s.toml:3:11: slo.all.goodput can never be met: the scenario asks for 100 a second at "
            "its most"},
           {"[mix]", "[slo.all]\np99.9 = \"1ms\"\n[mix]",
            "s.toml:3:1: slo.all.p99 may be meant as p99.9, which is written p999"},
           {"[mix]", "[[fault]]\nat = \"11s\"\nkind = \"x\"\n[mix]",
            "s.toml:3:6: fault 1: at is beyond the end of the run, which lasts 10s"},
           {"[mix]", "[[fault]]\nat = \"9s\"\nfor = \"2s\"\nkind = \"x\"\n[mix]",
            "s.toml:4:7: fault 1: for is beyond the end of the run, which lasts 10s"},
           // TOML itself
           {"rate = 100", "rate = ", "s.toml:5:8: "},
       }) {
    const auto messages = problems_with(old, text);
    ASSERT_EQ(messages.size(), 1U) << text;
    if (message.ends_with(": ")) {
      EXPECT_TRUE(messages[0].starts_with(message)) << messages[0];
    } else {
      EXPECT_EQ(messages[0], message);
    }
  }
  for (const auto& [text, message] :
       std::vector<std::pair<std::string_view, std::string>>{{"duration = 10", "10"},
                                                             {"duration = \"10\"", "'10'"},
                                                             {"duration = \"10 s\"", "'10 s'"},
                                                             {"duration = \"0s\"", "'0s'"},
                                                             {"duration = \"400h\"", "'400h'"},
                                                             {"duration = \"\\u0007\"", "'?'"}}) {
    EXPECT_EQ(problems_with("duration = \"10s\"", text),
              std::vector<std::string>{"s.toml:6:12: stage 1: duration is " + message +
                                       " and must be a time from 1ms to 168h" + std::string(time)});
  }
}

TEST(ScenarioFile, AllMistakesAreSaidAtOnceInTheOrderOfTheText) {
  const auto scenario = parse_scenario(R"(name = "x"
sed = 4
[[stage]]
rate = -5
duration = "10"
[[stage]]
rate = 5
[mix]
wrte = 1
[client]
timeout = 5
[slo.all]
goodput = 5000
[[fault]]
at = "900s"
knid = "x"
)",
                                       "s.toml");
  ASSERT_FALSE(scenario);
  std::vector<std::string> places;
  for (const auto& message : scenario.error().messages) {
    places.push_back(message.substr(7, message.find(": ") - 7));
  }
  // nothing is said of what follows from these: an empty mix, a goodput and a time beyond the load
  EXPECT_EQ(places, (std::vector<std::string>{"2:1", "4:8", "5:12", "6:1", "9:1", "11:11", "14:1"}))
      << testing::PrintToString(scenario.error().messages);
}

TEST(ScenarioFile, FaultsAreHeldAgainstWhatTheInjectorKnows) {
  const FaultCheck check = [](std::string_view kind, const auto& parameters) {
    std::optional<FaultProblem> problem;
    if (kind != "disk-slow") {
      problem = {"", "no kind is called '" + std::string(kind) + "'"};
    } else if (!parameters.contains("delay")) {
      problem = {"delay", "delay is missing"};
    } else if (parameters.find("delay")->second != "50ms") {
      problem = {"delay", "delay must be 50ms"};
    }
    return problem;
  };
  const auto parsed = parse_scenario(std::string(kWhole) + R"(
[[fault]]
at = "1s"
kind = "disk-slow"
[[fault]]
at = "1s"
kind = "disk-slow"
delay = 5
)",
                                     "s.toml", check);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().messages,
            (std::vector<std::string>{"s.toml:54:8: fault 1: no kind is called 'pause'",
                                      "s.toml:63:1: fault 3: delay is missing",
                                      "s.toml:69:9: fault 4: delay must be 50ms"}));
}

}  // namespace
}  // namespace pim::load
