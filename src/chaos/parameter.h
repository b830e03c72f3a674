// What a fault can be told: named values, each with its unit and range, read from texts such as
// delay=50ms.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "domain/result.h"

namespace pim::chaos {

enum class Unit : std::uint8_t {
  duration,  // 250us, 50ms, 1.5s, 2m, 1h
  percent,   // 5, 0.1, 5%
  bytes,     // 4096, 64KiB, 8MiB, 1GiB
  count,     // 16
  choice,    // one word of a few
  text,
};

struct ParameterInfo {
  std::string_view name;
  Unit unit = Unit::text;
  std::string_view standard;  // as it would be written; empty: it must be given
  double min = 0;             // duration: seconds; percent, bytes, count: themselves
  double max = 0;
  std::string_view choices;  // of `choice`: words with | between them
  std::string_view meaning;

  // "250us to 30s", "0 to 100%", "in|out|both".
  std::string range() const;
};

// By name, as texts: what a command line or a scenario says.
using ParameterTexts = std::map<std::string, std::string, std::less<>>;

struct ParameterProblem {
  std::string parameter;
  std::string message;  // a sentence that names the parameter and says what it must be
};

// Checked values of one kind's parameters: each of them is there. The accessors' precondition is
// that the kind has a parameter of that name and unit.
class Parameters {
 public:
  static Result<Parameters, ParameterProblem> read(std::span<const ParameterInfo> known,
                                                   const ParameterTexts& given);

  std::chrono::nanoseconds duration(std::string_view name) const;
  double number(std::string_view name) const;  // percent, bytes, count
  std::uint64_t whole(std::string_view name) const;
  const std::string& text(std::string_view name) const;

  const ParameterTexts& texts() const { return texts_; }

 private:
  ParameterTexts texts_;
  std::map<std::string, double, std::less<>> numbers_;  // durations in seconds
};

// The seconds of "50ms": a number and its unit, with a minus before it below zero.
std::optional<double> parse_seconds(std::string_view text);

}  // namespace pim::chaos
