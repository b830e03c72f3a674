// Scenarios from TOML. Everything that is wrong with a text is said at once, each with its place.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"
#include "load/scenario/scenario.h"

namespace pim::load {

// What an injector says of a fault: the parameter that is wrong (empty: the kind), and why.
struct FaultProblem {
  std::string parameter;
  std::string message;
};
using FaultCheck = std::function<std::optional<FaultProblem>(
    std::string_view kind, const std::map<std::string, std::string, std::less<>>& parameters)>;

struct ScenarioErrors {
  std::vector<std::string> messages;  // "steady.toml:12:3: ...", in the order of the text
};

// `name` is what messages call the text. Without a check, a fault's kind and parameters are taken
// as they are.
Result<Scenario, ScenarioErrors> parse_scenario(std::string_view toml, const std::string& name,
                                                const FaultCheck& check_fault = {});

}  // namespace pim::load
