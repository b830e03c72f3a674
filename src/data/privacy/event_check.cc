#include "data/privacy/event_check.h"

#include <algorithm>
#include <optional>
#include <variant>

#include "data/privacy/shapes.h"
#include "domain/calendar.h"
#include "domain/names.h"
#include "domain/procedure_code.h"

namespace pim::data::privacy {
namespace {

constexpr Place kNoPlace{0, 0};
constexpr int kOldestRecordedAge = 90;  // docs/domain.md
constexpr std::string_view kUnknownField = "unknown field";

using Problem = std::optional<JsonError>;

template <class T>
Problem problem_of_values(const T& /*event*/) {
  return {};
}
// The one text whose form the reader does not know by its type.
Problem problem_of_values(const ProcedureRecorded& event) {
  if (is_procedure_code(event.system, event.code)) return {};
  return JsonError{"/code", "is of another code system"};
}

// Read as strictly as a caller's command: no unknown field, every code checked.
template <std::size_t I = 0>
Problem problem_of(std::size_t type, json::Reader::Element root) {
  if constexpr (I == std::variant_size_v<Event>) {
    return {};
  } else {
    if (I != type) return problem_of<I + 1>(type, root);
    std::variant_alternative_t<I, Event> event{};
    json::Reader reader(json::Mode::strict);
    if (!reader.read(root, event)) return reader.take_error();
    return problem_of_values(event);
  }
}

}  // namespace

void EventCheck::check(const EventView& event) {
  ++report_.events;
  texts_.check(event.reason, TextRules::all(), event.where, kNoPlace, "reason");
  texts_.check(event.request_id, kRulesForNumbers, event.where, kNoPlace, "request_id");

  report_.looked_at(Rule::event_type);
  const auto type = index_of(kEventTypes, event.type);
  if (!type) report_.add(Rule::event_type, event.where, kNoPlace);
  report_.looked_at(Rule::event_malformed);
  const auto root = document_.parse(event.data);
  if (!root || !root->is_object()) {
    return report_.add(Rule::event_malformed, event.where, kNoPlace);
  }
  const auto problem = type ? problem_of(*type, *root) : Problem{};
  report_.looked_at(Rule::event_field);
  report_.looked_at(Rule::event_value);
  // an unknown type is not quoted either
  const auto detail = type ? event.type : std::string_view{};
  if (!check_strings(*root, type && !problem, event, detail) && problem) {
    const bool unknown = problem->message == kUnknownField;
    // a field's name is ours, unless it is unknown
    report_.add(unknown ? Rule::event_field : Rule::event_value, event.where, kNoPlace,
                unknown ? std::string_view{} : std::string_view(problem->field));
  }
  check_age(*root, event);
}

bool EventCheck::check_strings(Element element, bool sound, const EventView& event,
                               std::string_view detail) {
  bool found = false;
  simdjson::dom::object object;
  simdjson::dom::array array;
  std::string_view text;
  if (element.get(object) == simdjson::SUCCESS) {
    for (const auto entry : object)
      found = check_strings(entry.value, sound, event, detail) || found;
  } else if (element.get(array) == simdjson::SUCCESS) {
    for (const auto item : array) found = check_strings(item, sound, event, detail) || found;
  } else if (element.get(text) == simdjson::SUCCESS) {
    const bool number = sound && std::ranges::all_of(text, is_number);
    found = texts_.check(text, number ? kRulesForNumbers : TextRules::all(), event.where, kNoPlace,
                         detail);
  }
  return found;
}

void EventCheck::check_age(Element root, const EventView& event) {
  std::int64_t birth_year = 0;
  if (root["birth_year"].get(birth_year) != simdjson::SUCCESS) return;
  report_.looked_at(Rule::age_90);
  if (birth_year < year_of(event.recorded_at) - kOldestRecordedAge) {
    report_.add(Rule::age_90, event.where, kNoPlace, "birth_year");
  }
}

}  // namespace pim::data::privacy
