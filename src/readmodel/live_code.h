// Which code an event records, changes or voids, read off the encounter before and after it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/event.h"
#include "domain/state.h"

namespace pim::readmodel {

struct LiveCode {
  std::string_view system;  // ICD-10-CM, PCS, HCPCS, RXNORM
  std::string code;
  bool operator==(const LiveCode&) const = default;
};

// The code of the diagnosis, procedure or medication that `event` is about, as `encounter` has it;
// nullopt where it is about none, or where that one is absent or void. Code counts change by what
// this says after the event less what it said before.
std::optional<LiveCode> live_code(const Encounter* encounter, const Event& event);

}  // namespace pim::readmodel
