// JSON of commands, events and states, derived from their field lists. Writing is canonical (field
// order as declared, no white space, absent optionals left out), so equal values are equal bytes.
#pragma once

#include <string>
#include <string_view>

#include "domain/command.h"
#include "domain/event.h"
#include "domain/result.h"
#include "domain/state.h"

namespace pim {

// What is wrong with a document, and where: `field` is a JSON pointer ("" is the whole document).
struct JsonError {
  std::string field;
  std::string message;  // "must be a UUID", "unknown field", "required" ...
};

// Events and snapshots. Reading ignores unknown fields (a newer version may have written them).
std::string event_to_json(const Event& event);
Result<Event, JsonError> event_from_json(std::string_view type, std::string_view json);
std::string state_to_json(const StreamState& state);
Result<StreamState, JsonError> state_from_json(StreamKind kind, std::string_view json);

// Parts of a state: read-model rows and chart pages.
std::string to_json(const PatientFacts& facts);
std::string to_json(const Encounter& encounter);
std::string to_json(const Bill& bill);
std::string to_json(const Provider& provider);
std::string to_json(const Facility& facility);
Result<PatientFacts, JsonError> patient_facts_from_json(std::string_view json);
Result<Encounter, JsonError> encounter_from_json(std::string_view json);

// Appends `text` to `out` as a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace pim
