#include "load/scenario/scenario_file.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "load/run/operation.h"
#include "load/scenario/read_stages.h"
#include "load/scenario/read_thresholds.h"
#include "load/scenario/table_reader.h"
#include "load/scenario/units.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

bool is_scenario_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, allowed);
}

// What a mix may ask for.
std::vector<std::string> mix_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kOperations.size(); ++i) {
    if (i == kWrite || (!kOperations[i].command && i != kReadOwnWrite)) {
      names.emplace_back(kOperations[i].name);
    }
  }
  return names;
}

template <class T>
void take(std::optional<T> given, auto& into) {
  using Into = std::remove_reference_t<decltype(into)>;
  if (!given) return;
  if constexpr (std::is_arithmetic_v<T>) {
    into = static_cast<Into>(*given);
  } else {
    into = std::chrono::duration_cast<Into>(*given);
  }
}

class ScenarioReader {
 public:
  ScenarioReader(const toml::table& root, const FaultCheck& check_fault)
      : check_fault_(check_fault), root_(root, "", problems_) {}

  Scenario read() {
    read_head();
    read_load();
    read_mix();
    load_known_ = problems_.count() == 0;
    read_data();
    read_client();
    if (const auto* slo = root_.table("slo")) {
      scenario_.thresholds = read_thresholds(*slo, load_known_ ? &scenario_ : nullptr, problems_);
    }
    read_faults();
    root_.finish();
    return std::move(scenario_);
  }
  const TomlProblems& problems() const { return problems_; }

 private:
  void read_head() {
    root_.require("name", "what reports call the scenario");
    if (const auto name = root_.text("name")) {
      scenario_.name = *name;
      if (!is_scenario_name(*name)) root_.problem("name", "must be 1 to 64 of a-z, 0-9 and -");
    }
    scenario_.description = root_.text("description").value_or("");
    take(root_.whole("seed", 0, INT64_MAX), scenario_.seed);
    if (const auto process = root_.text("process")) {
      if (*process == "poisson") scenario_.process = Process::poisson;
      if (*process != "poisson" && *process != "constant") {
        root_.problem("process", "must be \"constant\" or \"poisson\"");
      }
    }
  }

  void read_load() {
    const auto* stages = root_.array("stage");
    const auto* closed = root_.table("closed");
    if (stages != nullptr) scenario_.stages = read_stages(*stages, problems_);
    if (closed != nullptr) read_closed(*closed);
    if (stages != nullptr && closed != nullptr) {
      root_.problem("closed",
                    "and [[stage]] contradict each other: clients that wait for their "
                    "answers have no rate");
    }
    if (closed != nullptr && root_.find("process") != nullptr) {
      root_.problem("process", "is of rates, and a closed model has none");
    }
    if (stages == nullptr && closed == nullptr) {
      root_.problem("stage", "is missing: at least one [[stage]] with a rate, or [closed]");
    }
    take(root_.duration("warm_up", 0s, 24h), scenario_.warm_up);
    if (problems_.count() > 0) return;  // what follows looks at the load as a whole
    if (scenario_.warm_up >= scenario_.duration()) {
      root_.problem("warm_up", "leaves nothing to be measured: all stages together last " +
                                   show_duration(scenario_.duration()));
    }
    if (!scenario_.closed && scenario_.requests() < 1) {
      root_.problem("stage", "asks for nothing: every rate is 0, or too short");
    }
  }

  void read_closed(const toml::table& table) {
    TableReader in(table, "closed.", problems_);
    ClosedLoad closed;
    in.require("clients", "how many there are");
    in.require("duration", "how long the run lasts, such as \"2m\"");
    take(in.whole("clients", 1, 100'000), closed.clients);
    take(in.duration("think", 0s, 1h), closed.think);
    take(in.duration("duration", 1ms, 7 * 24h), closed.duration);
    in.finish();
    scenario_.closed = closed;
  }

  void read_mix() {
    root_.require("mix", "[mix] with the weights of what is asked, such as write = 20");
    const auto* mix = root_.table("mix");
    if (mix == nullptr) return;
    const std::size_t before = problems_.count();
    TableReader in(*mix, "mix.", problems_);
    for (const auto& name : mix_names()) {
      const auto weight = in.number(name, 0, 1'000'000);
      if (weight && *weight > 0) scenario_.mix.push_back({operation_of(name), *weight});
    }
    in.finish();
    if (scenario_.mix.empty() && problems_.count() == before) {
      root_.problem("mix", "asks for nothing: no weight is above 0");
    }
  }

  void read_data() {
    const auto* table = root_.table("data");
    if (table == nullptr) return;
    TableReader in(*table, "data.", problems_);
    ScenarioData& data = scenario_.data;
    take(in.whole("facilities", 2, 100'000), data.facilities);
    take(in.whole("providers", 1, 1'000'000), data.providers);
    take(in.whole("patients", 1, 10'000'000), data.patients);
    take(in.number("zipf", 0, 10), data.zipf);
    if (const auto* hot = in.table("hot_patients")) {
      TableReader hot_in(*hot, "data.hot_patients.", problems_);
      hot_in.require("count", "how many patients are hot");
      hot_in.require("share", "of the requests, that they get");
      take(hot_in.whole("count", 1, 1'000'000), data.hot.count);
      take(hot_in.number("share", 0, 1), data.hot.share);
      hot_in.finish();
      if (data.hot.count >= data.patients) {
        hot_in.problem("count",
                       "must be below data.patients, which is " + std::to_string(data.patients));
      }
    }
    in.finish();
  }

  void read_client() {
    const auto* table = root_.table("client");
    if (table == nullptr) return;
    TableReader in(*table, "client.", problems_);
    ScenarioClient& client = scenario_.client;
    take(in.whole("connections", 1, 10'000), client.connections);
    take(in.duration("timeout", 1ms, 10min), client.timeout);
    take(in.duration("deadline", 1ms, 1h), client.deadline);
    take(in.number("read_your_writes", 0, 1), client.read_your_writes);
    take(in.number("sampled", 0, 1), client.sampled);
    if (const auto* retry = in.table("retry")) read_retry(*retry);
    in.finish();
    if (client.timeout > client.deadline) {
      in.problem("timeout", "of an attempt is longer than the deadline of the whole request, " +
                                show_duration(client.deadline));
    }
  }

  void read_retry(const toml::table& table) {
    TableReader in(table, "client.retry.", problems_);
    ScenarioRetry& retry = scenario_.client.retry;
    take(in.whole("attempts", 1, 100), retry.attempts);
    take(in.number("budget_percent", 0, 10'000), retry.budget_percent);
    take(in.duration("backoff", 0s, 1min), retry.backoff);
    take(in.duration("max_backoff", 0s, 10min), retry.max_backoff);
    in.finish();
    if (retry.backoff > retry.max_backoff) {
      in.problem("backoff", "is above max_backoff, " + show_duration(retry.max_backoff));
    }
  }

  void read_faults() {
    const auto* tables = root_.array("fault");
    if (tables == nullptr) return;
    for (const auto& node : *tables) {
      const std::string path = "fault " + std::to_string(scenario_.faults.size() + 1) + ": ";
      scenario_.faults.emplace_back();
      if (const auto* table = node.as_table()) {
        read_fault(*table, path);
      } else {
        problems_.add(node, path + "must be a table: [[fault]]");
      }
    }
  }

  void read_fault(const toml::table& table, const std::string& path) {
    PlannedScenarioFault& fault = scenario_.faults.back();
    TableReader in(table, path, problems_);
    in.require("at", "when it begins, from the run's start");
    in.require("kind", "what is done; `pim chaos list` names the kinds");
    take(in.duration("at", 0s, 7 * 24h), fault.at);
    take(in.duration("for", 0s, 7 * 24h), fault.length);
    fault.kind = in.text("kind").value_or("");
    fault.target = in.text("target").value_or("");
    fault.alert = in.text("alert").value_or("");
    for (const auto& [key, node] : table) {
      constexpr std::array<std::string_view, 5> kOwn = {"at", "for", "kind", "target", "alert"};
      if (std::ranges::find(kOwn, key.str()) == kOwn.end()) {
        read_parameter(in, std::string(key.str()), node);
      }
    }
    if (load_known_ && fault.at + fault.length > scenario_.duration()) {
      in.problem(
          fault.at < scenario_.duration() ? "for" : "at",
          "is beyond the end of the run, which lasts " + show_duration(scenario_.duration()));
    }
    if (fault.kind.empty() || !check_fault_) return;
    if (const auto found = check_fault_(fault.kind, fault.parameters)) {
      in.note(found->parameter.empty() ? "kind" : found->parameter, found->message);
    }
  }

  void read_parameter(TableReader& in, const std::string& name, const toml::node& node) {
    auto& text = scenario_.faults.back().parameters[name];
    if (const auto value = node.value_exact<std::string>()) {
      text = *value;
    } else if (const auto whole = node.value_exact<std::int64_t>()) {
      text = std::to_string(*whole);
    } else if (const auto number = node.value_exact<double>()) {
      text = show_number(*number);
    } else {
      in.problem(name, "must be a text or a number");
    }
  }

  const FaultCheck& check_fault_;
  TomlProblems problems_;
  TableReader root_;
  Scenario scenario_;
  bool load_known_ = false;  // what is asked and when was read without a problem
};

}  // namespace

Result<Scenario, ScenarioErrors> parse_scenario(std::string_view toml, const std::string& name,
                                                const FaultCheck& check_fault) {
  const auto table = data::parse_toml(toml);
  if (!table) {
    const auto& [place, message] = table.error();
    return Err{ScenarioErrors{{name + ":" + std::to_string(place.line) + ":" +
                               std::to_string(place.column) + ": " + message}}};
  }
  ScenarioReader reader(*table, check_fault);
  auto scenario = reader.read();
  if (reader.problems().count() > 0) return Err{ScenarioErrors{reader.problems().messages(name)}};
  return scenario;
}

}  // namespace pim::load
