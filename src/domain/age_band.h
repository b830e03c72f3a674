// Ages as five-year bands, from years alone: the form in which ages may leave the lab.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pim {

// "0-4", "5-9" ... "85-89", "90+", for the age that somebody born in `birth_year` reaches during
// `year`. A birth year after `year` counts as age 0.
constexpr std::string_view age_band(std::int32_t birth_year, std::int32_t year) {
  constexpr auto kBands = std::to_array<std::string_view>(
      {"0-4", "5-9", "10-14", "15-19", "20-24", "25-29", "30-34", "35-39", "40-44", "45-49",
       "50-54", "55-59", "60-64", "65-69", "70-74", "75-79", "80-84", "85-89", "90+"});
  const std::int64_t age = std::int64_t{year} - birth_year;
  if (age < 0) return kBands.front();
  if (age >= 90) return kBands.back();
  return kBands[static_cast<std::size_t>(age / 5)];
}

}  // namespace pim
