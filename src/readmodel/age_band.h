// Ten-year age bands, the only age that leaves the system; from 90 on they are one.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

namespace pim::readmodel {

// The age reached in `year`, or in the year of death.
inline std::string age_band(std::int32_t birth_year, std::optional<std::int32_t> deceased_year,
                            std::int32_t year) {
  const std::int32_t age = std::max(0, deceased_year.value_or(year) - birth_year);
  if (age >= 90) return "90+";
  const std::int32_t from = age / 10 * 10;
  return std::to_string(from) + "-" + std::to_string(from + 9);
}

}  // namespace pim::readmodel
