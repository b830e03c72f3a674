#include "data/command_shape.h"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "domain/command.h"
#include "domain/field_types.h"
#include "domain/names.h"

namespace pim::data {
namespace {

// In the order of the Command variant. Everything below a patient is addressed through it.
#define PIM_ENCOUNTER "/v1/patients/{patient_id}/encounters/{encounter_id}"
struct RouteOf {
  std::string_view method;
  std::string_view path;
};
constexpr auto kRoutes = std::to_array<RouteOf>({
    {"POST", "/v1/patients"},
    {"PATCH", "/v1/patients/{patient_id}"},
    {"POST", "/v1/patients/{patient_id}/deactivate"},
    {"POST", "/v1/patients/{patient_id}/deceased"},
    {"POST", "/v1/providers"},
    {"PATCH", "/v1/providers/{provider_id}"},
    {"POST", "/v1/providers/{provider_id}/retire"},
    {"POST", "/v1/facilities"},
    {"PATCH", "/v1/facilities/{facility_id}"},
    {"POST", "/v1/facilities/{facility_id}/retire"},
    {"POST", "/v1/patients/{patient_id}/encounters"},
    {"POST", PIM_ENCOUNTER "/transfer"},
    {"POST", PIM_ENCOUNTER "/discharge"},
    {"POST", PIM_ENCOUNTER "/cancel"},
    {"POST", PIM_ENCOUNTER "/reopen"},
    {"POST", PIM_ENCOUNTER "/diagnoses"},
    {"PATCH", PIM_ENCOUNTER "/diagnoses/{diagnosis_id}"},
    {"POST", PIM_ENCOUNTER "/diagnoses/{diagnosis_id}/void"},
    {"POST", PIM_ENCOUNTER "/procedures"},
    {"POST", PIM_ENCOUNTER "/procedures/{procedure_id}/void"},
    {"POST", PIM_ENCOUNTER "/medications"},
    {"POST", PIM_ENCOUNTER "/medications/{medication_id}/stop"},
    {"POST", PIM_ENCOUNTER "/medications/{medication_id}/void"},
    {"POST", PIM_ENCOUNTER "/bill"},
    {"POST", PIM_ENCOUNTER "/bill/charges"},
    {"POST", PIM_ENCOUNTER "/bill/charges/{line_no}/void"},
    {"POST", PIM_ENCOUNTER "/bill/finalize"},
    {"POST", PIM_ENCOUNTER "/bill/void"},
});
#undef PIM_ENCOUNTER
static_assert(kRoutes.size() == std::variant_size_v<Command>);

template <class T>
constexpr JsonType json_type() {
  if constexpr (std::same_as<T, bool>) return JsonType::boolean;
  if constexpr (IntegerType<T> || std::same_as<T, Cents>) return JsonType::integer;
  return JsonType::text;
}

template <std::size_t Index>
CommandShape shape_of() {
  using C = std::variant_alternative_t<Index, Command>;
  CommandShape shape;
  shape.name = kCommandNames[Index];
  shape.stream_kind = stream_kind_of(Command{std::in_place_index<Index>});
  shape.method = kRoutes[Index].method;
  shape.path = kRoutes[Index].path;
  for_each_field<C>([&]<class S, class M>(const Field<S, M>& each) {
    using Value = value_of_t<M>;
    shape.fields.push_back(
        {each.name, json_type<Value>(), !OptionalType<M>, std::same_as<Value, UtcMillis>});
  });
  return shape;
}

template <std::size_t... Index>
std::vector<CommandShape> shapes(std::index_sequence<Index...>) {
  return {shape_of<Index>()...};
}

}  // namespace

const std::vector<CommandShape>& all_commands() {
  static const auto all = shapes(std::make_index_sequence<std::variant_size_v<Command>>());
  return all;
}

const CommandShape* find_command(std::string_view name) {
  for (const auto& shape : all_commands()) {
    if (shape.name == name) return &shape;
  }
  return nullptr;
}

const FieldShape* CommandShape::find(std::string_view field) const {
  const auto found = std::ranges::find(fields, field, &FieldShape::name);
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace pim::data
