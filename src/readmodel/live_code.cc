#include "readmodel/live_code.h"

#include <algorithm>
#include <variant>

namespace pim::readmodel {
namespace {

template <class List, class Child, class Id>
const Child* live_child(const List& list, Id Child::* id_of, const Id& id) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Child& child) { return child.*id_of == id; });
  return found == list.end() || found->voided ? nullptr : &*found;
}

}  // namespace

std::optional<LiveCode> live_code(const Encounter* encounter, const Event& event) {
  if (encounter == nullptr) return std::nullopt;
  return std::visit(
      [&](const auto& e) -> std::optional<LiveCode> {
        if constexpr (requires { e.diagnosis_id; }) {
          const auto* found =
              live_child(encounter->diagnoses, &Diagnosis::diagnosis_id, e.diagnosis_id);
          if (found != nullptr) return LiveCode{"ICD-10-CM", found->icd10cm.text()};
        } else if constexpr (requires { e.procedure_id; }) {
          const auto* found =
              live_child(encounter->procedures, &Procedure::procedure_id, e.procedure_id);
          if (found != nullptr) return LiveCode{name_of(found->system), found->code};
        } else if constexpr (requires { e.medication_id; }) {
          const auto* found =
              live_child(encounter->medications, &Medication::medication_id, e.medication_id);
          if (found != nullptr) return LiveCode{"RXNORM", found->rxcui.text()};
        }
        return std::nullopt;
      },
      event);
}

}  // namespace pim::readmodel
