// A procedure's code belongs to the code system that stands beside it.
#pragma once

#include <string_view>

#include "domain/codes.h"
#include "domain/enums.h"

namespace pim {

inline bool is_procedure_code(ProcedureSystem system, std::string_view code) {
  return system == ProcedureSystem::pcs ? Pcs::parse(code).has_value()
                                        : Hcpcs::parse(code).has_value();
}

constexpr std::string_view procedure_code_hint(ProcedureSystem system) {
  return system == ProcedureSystem::pcs ? Pcs::hint() : Hcpcs::hint();
}

}  // namespace pim
