// Calendar years of instants, in UTC.
#pragma once

#include <chrono>

#include "domain/ids.h"

namespace pim {

// The years that RFC 3339 texts may name here.
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2199;

inline std::chrono::year_month_day civil_date(UtcMillis time) {
  using namespace std::chrono;
  return year_month_day{floor<days>(sys_time<milliseconds>{milliseconds{time.value}})};
}

inline int year_of(UtcMillis time) { return static_cast<int>(civil_date(time).year()); }

constexpr UtcMillis start_of_year(int year) {
  using namespace std::chrono;
  const sys_days first = std::chrono::year{year} / January / 1;
  return UtcMillis{duration_cast<milliseconds>(first.time_since_epoch()).count()};
}

// Whether to_string() gives a text that parse() reads back.
constexpr bool in_calendar(UtcMillis time) {
  return time >= start_of_year(kFirstYear) && time < start_of_year(kLastYear + 1);
}

}  // namespace pim
