// Commands as JSON: bodies of HTTP requests, and what receipts and tests compare. Strict: unknown
// or repeated fields, wrong types, bad codes and trailing bytes are refused with the field's name.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/command.h"
#include "domain/json.h"
#include "domain/result.h"

namespace pim {

// Fields that come from the URL or the server and not from the body: {"encounter_id", uuid text}.
// A body that carries one of them must agree with it.
using PresetFields = std::vector<std::pair<std::string, std::string>>;

// `name` is command_name()'s (`admit-encounter`); an unknown one is an error on field "". An empty
// body is an object without fields. Presets that are no field of the command are ignored, so that
// all of a URL's may be handed over.
Result<Command, JsonError> command_from_json(std::string_view name, std::string_view body,
                                             const PresetFields& preset);
std::string command_to_json(const Command& command);

// The JSON Schema (draft 2020-12, as OpenAPI 3.1 embeds it) of a command's body, without the fields
// named in `preset_names` being required.
std::string command_schema(std::string_view name, const std::vector<std::string>& preset_names);

}  // namespace pim
