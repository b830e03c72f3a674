// What a test saw, kept as JSON for whoever doubts it: out/stack/NAME.json below the source
// directory.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace pim::stack {

// Puts `value` under `key` of that file's object, which is made where it is not there. Tests run
// one after the other.
void keep_evidence(const std::string& name, const std::string& key, const nlohmann::json& value);

}  // namespace pim::stack
