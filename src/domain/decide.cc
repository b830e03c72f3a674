#include "domain/decide.h"

#include <algorithm>
#include <concepts>
#include <optional>
#include <variant>
#include <vector>

#include "domain/bounds.h"
#include "domain/calendar.h"
#include "domain/decide_parts.h"
#include "domain/field_types.h"
#include "domain/names.h"
#include "domain/procedure_code.h"
#include "domain/rejection_types.h"
#include "domain/rules.h"

namespace pim {
namespace {

template <class List, class Id>
ReferenceFact fact_of(const List& list, const Id& id) {
  const auto found =
      std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == id; });
  return found == list.end() ? ReferenceFact{} : found->second;
}

// Values: the JSON reader refuses most of these before; other callers build commands by hand.

bool value_holds(std::string_view field, std::int32_t value) {
  const auto bound = find_bound(field);
  return !bound || bound->holds(value);
}
bool value_holds(std::string_view field, Cents value) {
  const auto bound = find_bound(field);
  return !bound || bound->holds(value.value);
}
bool value_holds(std::string_view, UtcMillis time) { return in_calendar(time); }
template <CodeType T>
bool value_holds(std::string_view, const T& code) {
  return !code.text().empty();
}
template <class T>
bool value_holds(std::string_view, const T&) {
  return true;
}
template <class T>
bool value_holds(std::string_view field, const std::optional<T>& value) {
  return !value || value_holds(field, *value);
}

template <class C>
Check values_hold(const C& command) {
  std::string_view wrong;
  for_each_field<C>([&](const auto& field) {
    if (wrong.empty() && !value_holds(field.name, command.*field.member)) wrong = field.name;
  });
  if constexpr (std::same_as<C, RecordProcedure>) {
    if (wrong.empty() && !is_procedure_code(command.system, command.code)) wrong = "code";
  }
  if (!wrong.empty()) return reject(rejection::value_invalid, {{"field", wrong}});
  return {};
}

template <class C>
struct Created {};
template <>
struct Created<RegisterPatient> {
  static auto id(const RegisterPatient& c) { return c.patient_id; }
};
template <>
struct Created<RegisterProvider> {
  static auto id(const RegisterProvider& c) { return c.provider_id; }
};
template <>
struct Created<RegisterFacility> {
  static auto id(const RegisterFacility& c) { return c.facility_id; }
};

template <class C>
concept Creates = requires(const C& command) { Created<C>::id(command); };

template <StreamKind kind>
using StateOf =
    std::conditional_t<kind == StreamKind::provider, Provider,
                       std::conditional_t<kind == StreamKind::facility, Facility, Patient>>;

template <class C>
decide_parts::Decision decide_one(const StreamState& state, const References& references,
                                  const C& command) {
  constexpr StreamKind kind = stream_kind_for<C>();
  if constexpr (Creates<C>) {
    if (!std::holds_alternative<std::monostate>(state)) {
      return reject(rejection::id_taken,
                    {{"what", to_string(kind)}, {"id", Created<C>::id(command).to_string()}});
    }
    return decide_parts::create(references, command);
  } else {
    const auto* stream = std::get_if<StateOf<kind>>(&state);
    if (!stream) return reject(rejection::stream_unknown, {{"kind", to_string(kind)}});
    return decide_parts::change(*stream, references, command);
  }
}

}  // namespace

ReferenceFact References::provider(ProviderId id) const { return fact_of(providers, id); }
ReferenceFact References::facility(FacilityId id) const { return fact_of(facilities, id); }

std::vector<ReferenceId> references_of(const Command& command) {
  std::vector<ReferenceId> ids;
  const auto add = [&]<class T>(const T& id) {
    if constexpr (OptionalType<T>) {
      if (id) ids.emplace_back(*id);
    } else {
      ids.emplace_back(id);
    }
  };
  std::visit(
      [&]<class C>(const C& each) {
        // a stream's own id is no reference
        if constexpr (requires { each.provider_id; } && !std::same_as<C, RegisterProvider>) {
          add(each.provider_id);
        }
        if constexpr (requires { each.facility_id; } && !std::same_as<C, RegisterFacility>) {
          add(each.facility_id);
        }
      },
      command);
  return ids;
}

Result<std::vector<Event>, Rejection> decide(const StreamState& state, const References& references,
                                             const Command& command) {
  return std::visit(
      [&](const auto& each) -> decide_parts::Decision {
        const auto values = values_hold(each);
        if (!values) return Err{values.error()};
        return decide_one(state, references, each);
      },
      command);
}

}  // namespace pim
