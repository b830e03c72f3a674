#include "load/scenario/read_thresholds.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "load/run/operation.h"
#include "load/scenario/units.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kMeasures =
    std::to_array({Measure::availability, Measure::first_try_availability, Measure::goodput,
                   Measure::p50, Measure::p95, Measure::p99, Measure::p999});

// Whether the entry asks for something of that name. Which commands a session sends is not known.
bool asks_for(const MixEntry& entry, std::string_view of) {
  const Operation& operation = kOperations[entry.operation];
  if (of == "all" || of == operation.name) return true;
  if (of == "queries") return !operation.command;
  if (of == "commands") return operation.command;
  const Operation& named = kOperations[operation_of(of)];
  return operation.command && (named.command || of == kOperations[kReadOwnWrite].name);
}

class ThresholdReader {
 public:
  ThresholdReader(const toml::table& table, const Scenario* scenario, TomlProblems& problems)
      : scenario_(scenario), problems_(problems), in_(table, "slo.", problems) {}

  std::vector<Threshold> read() {
    std::vector<std::string> names = {"all", "commands", "queries"};
    for (const auto& operation : kOperations) names.emplace_back(operation.name);
    for (const auto& name : names) {
      const auto* limits = in_.table(name);
      if (limits == nullptr) continue;
      const auto asks = [&](const MixEntry& entry) { return asks_for(entry, name); };
      if (scenario_ != nullptr && std::ranges::none_of(scenario_->mix, asks)) {
        in_.problem(name, "can never be met: the mix asks for none of it");
      }
      read_limits(name, *limits);
    }
    in_.finish();
    std::ranges::stable_sort(
        found_, {}, [](const auto& each) { return std::pair(each.first.line, each.first.column); });
    std::vector<Threshold> thresholds;
    thresholds.reserve(found_.size());
    for (auto& [where, threshold] : found_) thresholds.push_back(std::move(threshold));
    return thresholds;
  }

 private:
  void read_limits(const std::string& of, const toml::table& table) {
    TableReader in(table, "slo." + of + ".", problems_);
    if (const auto* node = table.get("p99"); node != nullptr && node->is_table()) {
      return in.problem("p99", "may be meant as p99.9, which is written p999");
    }
    for (const Measure measure : kMeasures) {
      const std::string key(to_string(measure));
      if (const auto limit = read_limit(in, key, measure)) {
        found_.emplace_back(table.get(key)->source().begin, Threshold{of, measure, *limit});
      }
    }
    in.finish();
  }

  std::optional<double> read_limit(TableReader& in, const std::string& key, Measure measure) {
    if (measure < Measure::goodput) return in.number(key, 0, 100);
    if (measure > Measure::goodput) {
      const auto time = in.duration(key, 1us, 1h);
      if (!time) return std::nullopt;
      return std::chrono::duration<double, std::milli>(*time).count();
    }
    const auto limit = in.number(key, 0, 1'000'000);
    if (limit && scenario_ != nullptr && !scenario_->closed && *limit > scenario_->peak_rate()) {
      in.problem(key, "can never be met: the scenario asks for " +
                          show_number(scenario_->peak_rate()) + " a second at its most");
    }
    return limit;
  }

  const Scenario* scenario_;
  TomlProblems& problems_;
  TableReader in_;
  std::vector<std::pair<toml::source_position, Threshold>> found_;
};

}  // namespace

std::vector<Threshold> read_thresholds(const toml::table& table, const Scenario* scenario,
                                       TomlProblems& problems) {
  return ThresholdReader(table, scenario, problems).read();
}

}  // namespace pim::load
