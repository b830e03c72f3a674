// One list of fields for each command, event and state struct: the JSON codec, the OpenAPI schema
// and the importer's column check all read it, so they cannot disagree.
//
//   struct StopMedication {
//     MedicationId medication_id;
//     UtcMillis stop;
//     static constexpr auto fields() {
//       return std::tuple{field("medication_id", &StopMedication::medication_id),
//                         field("stop", &StopMedication::stop)};
//     }
//   };
//
// A std::optional member is an optional field (absent, never null); any other member is required.
#pragma once

#include <string_view>
#include <tuple>

namespace pim {

template <class Struct, class Member>
struct Field {
  std::string_view name;  // the JSON name
  Member Struct::* member;
};

template <class Struct, class Member>
constexpr Field<Struct, Member> field(std::string_view name, Member Struct::* member) {
  return {name, member};
}

template <class T>
concept HasFields = requires { T::fields(); };

// Calls visit(field) for every field of T, in declaration order.
template <HasFields T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, T::fields());
}

}  // namespace pim
