// Uuids as text without a temporary string: the JSON writer's hot path.
#pragma once

#include <cstddef>
#include <string>

#include "domain/ids.h"

namespace pim {

inline constexpr std::size_t kUuidChars = 36;

void append_uuid(std::string& out, const Uuid& id);

}  // namespace pim
