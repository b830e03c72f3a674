#include "load/scenario/read_stages.h"

#include <string>

#include "load/scenario/units.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

constexpr double kMostRate = 1'000'000;

// A stage is told in one of these ways.
constexpr std::string_view kShapes = "rate = 500, ramp = [100, 500], steps = [100, 200] or spike";

class StageReader {
 public:
  StageReader(const toml::table& table, const std::string& path, TomlProblems& problems)
      : problems_(problems), path_(path), in_(table, path, problems) {}

  std::vector<Stage> read() {
    name_ = in_.text("name").value_or("");
    in_.require("duration", "how long the stage lasts, such as \"2m\"");
    const auto duration = in_.duration("duration", 1ms, 7 * 24h);
    const auto rate = in_.number("rate", 0, kMostRate);
    const auto ramp = in_.numbers("ramp", 0, kMostRate);
    const auto steps = in_.numbers("steps", 0, kMostRate);
    const auto* spike = in_.table("spike");
    int shapes = 0;
    for (const char* key : {"rate", "ramp", "steps", "spike"}) {
      if (in_.find(key) != nullptr && ++shapes == 2) {
        in_.problem(key, "is one shape too many: a stage has one of " + std::string(kShapes));
      }
    }
    if (shapes == 0) in_.note("", "no rate is given: say " + std::string(kShapes));
    if (ramp.size() > 2) in_.problem("ramp", "goes from one rate to another: two numbers");
    in_.finish();
    if (duration) {
      if (rate) line(*rate, *rate, *duration);
      if (ramp.size() == 2) line(ramp[0], ramp[1], *duration);
      add_steps(steps, *duration);
      if (spike != nullptr) add_spike(*spike, *duration);
    }
    return std::move(stages_);
  }

 private:
  void line(double from, double to, std::chrono::nanoseconds duration) {
    if (duration.count() > 0) stages_.push_back({name_, from, to, duration});
  }

  // Of equal length, up to a nanosecond.
  void add_steps(const std::vector<double>& rates, std::chrono::nanoseconds duration) {
    const auto count = static_cast<std::int64_t>(rates.size());
    const auto end_of = [&](std::int64_t i) {  // in two parts, neither of which overflows
      return duration / count * i + duration % count * i / count;
    };
    for (std::int64_t i = 0; i < count; ++i) {
      const double rate = rates[static_cast<std::size_t>(i)];
      line(rate, rate, end_of(i + 1) - end_of(i));
    }
  }

  void add_spike(const toml::table& table, std::chrono::nanoseconds duration) {
    TableReader spike(table, path_ + "spike.", problems_);
    spike.require("base", "the rate around the spike");
    spike.require("peak", "the rate in the spike");
    spike.require("at", "when it begins, from the stage's start");
    spike.require("for", "how long it lasts");
    const auto base = spike.number("base", 0, kMostRate);
    const auto peak = spike.number("peak", 0, kMostRate);
    const auto at = spike.duration("at", 0s, duration);
    const auto length = spike.duration("for", 1ms, duration);
    spike.finish();
    if (!base || !peak || !at || !length) return;
    if (*peak <= *base) spike.problem("peak", "is not above base: that is no spike");
    if (*at + *length > duration) {
      return spike.problem("for", "lasts beyond the stage, which is " + show_duration(duration));
    }
    line(*base, *base, *at);
    line(*peak, *peak, *length);
    line(*base, *base, duration - *at - *length);
  }

  TomlProblems& problems_;
  std::string path_;
  TableReader in_;
  std::string name_;
  std::vector<Stage> stages_;
};

}  // namespace

std::vector<Stage> read_stages(const toml::array& tables, TomlProblems& problems) {
  std::vector<Stage> stages;
  std::size_t number = 0;
  for (const auto& node : tables) {
    const std::string path = "stage " + std::to_string(++number) + ": ";
    const auto* table = node.as_table();
    if (table == nullptr) {
      problems.add(node, path + "must be a table: [[stage]]");
      continue;
    }
    for (auto& stage : StageReader(*table, path, problems).read()) {
      stages.push_back(std::move(stage));
    }
  }
  return stages;
}

}  // namespace pim::load
