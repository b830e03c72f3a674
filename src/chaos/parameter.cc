#include "chaos/parameter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace pim::chaos {
namespace {

struct Suffix {
  std::string_view text;
  double factor;
};
constexpr auto kDurations = std::to_array<Suffix>(
    {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"m", 60}, {"h", 3600}});
constexpr auto kBytes =
    std::to_array<Suffix>({{"", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}});
constexpr auto kPercents = std::to_array<Suffix>({{"", 1}, {"%", 1}});
constexpr auto kCounts = std::to_array<Suffix>({{"", 1}});

std::span<const Suffix> suffixes(Unit unit) {
  switch (unit) {
    case Unit::duration:
      return kDurations;
    case Unit::bytes:
      return kBytes;
    case Unit::percent:
      return kPercents;
    default:
      return kCounts;
  }
}

bool is_number(Unit unit) { return unit != Unit::choice && unit != Unit::text; }

std::optional<double> parse_number(std::string_view text, std::span<const Suffix> known) {
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(value)) return std::nullopt;
  const std::string_view suffix(end, static_cast<std::size_t>(last - end));
  const auto found = std::ranges::find(known, suffix, &Suffix::text);
  if (found == known.end()) return std::nullopt;
  return value * found->factor;
}

bool is_choice(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, end) == word) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

// In the largest unit that leaves no fraction.
std::string in_units(double value, std::span<const Suffix> known) {
  const Suffix* best = &known.front();
  for (const auto& suffix : known) {
    const double share = value / suffix.factor;
    if (std::abs(share) >= 1 && share == std::floor(share)) best = &suffix;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.10g", value / best->factor);
  return value == 0 ? "0" : text.data() + std::string(best->text);
}

std::string wrong(const ParameterInfo& info, std::string_view given) {
  return std::string(info.name) + " is '" + std::string(given) + "' and must be " + info.range() +
         ": " + std::string(info.meaning);
}

}  // namespace

std::string ParameterInfo::range() const {
  switch (unit) {
    case Unit::choice: {
      std::string words(choices);
      for (auto at = words.find('|'); at != words.npos; at = words.find('|', at)) {
        words.replace(at, 1, " or ");
      }
      return words;
    }
    case Unit::text:
      return "a text";
    default:
      return in_units(min, suffixes(unit)) + " to " + in_units(max, suffixes(unit));
  }
}

Result<Parameters, ParameterProblem> Parameters::read(std::span<const ParameterInfo> known,
                                                      const ParameterTexts& given) {
  for (const auto& [name, text] : given) {
    if (std::ranges::find(known, name, &ParameterInfo::name) != known.end()) continue;
    std::string names;
    for (const auto& info : known) names += (names.empty() ? "" : ", ") + std::string(info.name);
    return Err{ParameterProblem{
        name, "no parameter is called '" + name + "'" +
                  (names.empty() ? "; this kind has none" : "; there are: " + names)}};
  }
  Parameters parameters;
  for (const auto& info : known) {
    const std::string name(info.name);
    const auto found = given.find(name);
    const std::string text = found == given.end() ? std::string(info.standard) : found->second;
    if (text.empty()) {
      return Err{ParameterProblem{
          name, name + " is missing: " + std::string(info.meaning) + ", " + info.range()}};
    }
    if (is_number(info.unit)) {
      const auto number = parse_number(text, suffixes(info.unit));
      const bool fractions = info.unit != Unit::count && info.unit != Unit::bytes;
      if (!number || *number < info.min || *number > info.max ||
          (!fractions && *number != std::floor(*number))) {
        return Err{ParameterProblem{name, wrong(info, text)}};
      }
      parameters.numbers_[name] = *number;
    } else if (info.unit == Unit::choice && !is_choice(info.choices, text)) {
      return Err{ParameterProblem{name, wrong(info, text)}};
    }
    parameters.texts_[name] = text;
  }
  return parameters;
}

std::chrono::nanoseconds Parameters::duration(std::string_view name) const {
  return std::chrono::nanoseconds(std::llround(numbers_.find(name)->second * 1e9));
}

double Parameters::number(std::string_view name) const { return numbers_.find(name)->second; }

std::uint64_t Parameters::whole(std::string_view name) const {
  return static_cast<std::uint64_t>(number(name));
}

const std::string& Parameters::text(std::string_view name) const {
  return texts_.find(name)->second;
}

std::optional<double> parse_seconds(std::string_view text) {
  return parse_number(text, kDurations);
}

}  // namespace pim::chaos
