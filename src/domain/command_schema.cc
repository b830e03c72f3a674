// JSON Schema of the commands, from the same field lists, codes and bounds that the reader uses.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/bounds.h"
#include "domain/command_json.h"
#include "domain/field_types.h"
#include "domain/json_write.h"
#include "domain/names.h"

namespace pim {
namespace {

// UtcMillis::parse() as a pattern. It stands alone, without `format: date-time`, because that
// format allows years and fractions that are refused.
constexpr std::string_view kTimePattern =
    "^((19|20|21)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|"
    "(0[13578]|1[02])-31)|((19|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)"
    "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,3})?"
    "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$";

// An offset on the first or the last day could lead out of the calendar. Not a look-ahead: many
// regex engines have none.
constexpr std::string_view kEdgePattern = "^(1900-01-01|2199-12-31)T.*[+-][0-9:]{5}$";

void member(std::string& out, std::string_view name, std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void string_schema(std::string& out, std::string_view pattern, std::string_view description) {
  out += R"({"type":"string",)";
  member(out, "pattern", pattern);
  out += ',';
  member(out, "description", description);
  out += '}';
}

void integer_schema(std::string& out, std::string_view field) {
  const auto bound = find_bound(field).value_or(Bound{});
  out += R"({"type":"integer","minimum":)";
  json::write(out, bound.min);
  out += R"(,"maximum":)";
  json::write(out, bound.max);
  out += '}';
}

template <class Names>
void enum_schema(std::string& out, const Names& names) {
  out += R"({"type":"string","enum":[)";
  for (bool first = true; auto name : names) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, name);
  }
  out += "]}";
}

template <class T>
void value_schema(std::string& out, std::string_view field) {
  if constexpr (OptionalType<T>) {
    value_schema<value_of_t<T>>(out, field);
  } else if constexpr (IdType<T> || std::same_as<T, Uuid>) {
    out += R"({"type":"string","format":"uuid"})";
  } else if constexpr (CodeType<T>) {
    string_schema(out, T::pattern(), T::hint());
  } else if constexpr (EnumType<T>) {
    enum_schema(out, enum_names<T>);
  } else if constexpr (std::same_as<T, UtcMillis>) {
    string_schema(out, kTimePattern, "an RFC 3339 time with at most milliseconds");
    out.pop_back();
    out += R"(,"not":{)";
    member(out, "pattern", kEdgePattern);
    out += "}}";
  } else if constexpr (std::same_as<T, bool>) {
    out += R"({"type":"boolean"})";
  } else if constexpr (std::same_as<T, std::string>) {
    out += R"({"type":"string"})";
  } else {
    static_assert(IntegerType<T> || std::same_as<T, Cents>);
    integer_schema(out, field);
  }
}

// What a field list cannot say: a procedure's code goes by its system.
template <class C>
void conditions(std::string&) {}
template <>
void conditions<RecordProcedure>(std::string& out) {
  out += R"(,"if":{"properties":{"system":{"const":"PCS"}},"required":["system"]})";
  out += R"(,"then":{"properties":{"code":)";
  string_schema(out, Pcs::pattern(), Pcs::hint());
  out += R"(}},"else":{"properties":{"code":)";
  string_schema(out, Hcpcs::pattern(), Hcpcs::hint());
  out += "}}";
}

template <class C>
std::string schema_of(const std::vector<std::string>& preset_names) {
  std::string properties;
  std::string required;
  for_each_field<C>([&](const auto& field) {
    using Member = std::remove_cvref_t<decltype(std::declval<C>().*field.member)>;
    if (!properties.empty()) properties += ',';
    append_json_string(properties, field.name);
    properties += ':';
    value_schema<Member>(properties, field.name);
    const bool preset =
        std::find(preset_names.begin(), preset_names.end(), field.name) != preset_names.end();
    if (!OptionalType<Member> && !preset) {
      if (!required.empty()) required += ',';
      append_json_string(required, field.name);
    }
  });
  std::string out = R"({"type":"object","properties":{)" + properties + "}";
  if (!required.empty()) out += R"(,"required":[)" + required + "]";
  out += R"(,"additionalProperties":false)";
  conditions<C>(out);
  out += '}';
  return out;
}

template <std::size_t... I>
std::string schema_at(std::size_t index, const std::vector<std::string>& preset_names,
                      std::index_sequence<I...>) {
  using Schema = std::string (*)(const std::vector<std::string>&);
  constexpr std::array<Schema, sizeof...(I)> kSchema{
      &schema_of<std::variant_alternative_t<I, Command>>...};
  return kSchema[index](preset_names);
}

}  // namespace

std::string command_schema(std::string_view name, const std::vector<std::string>& preset_names) {
  const auto index = index_of(kCommandNames, name);
  // an unknown command accepts nothing
  if (!index) return "false";
  return schema_at(*index, preset_names, std::make_index_sequence<std::variant_size_v<Command>>{});
}

}  // namespace pim
