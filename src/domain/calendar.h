// Calendar years of instants, in UTC.
#pragma once

#include <chrono>

#include "domain/ids.h"

namespace pim {

inline std::chrono::year_month_day civil_date(UtcMillis time) {
  using namespace std::chrono;
  return year_month_day{floor<days>(sys_time<milliseconds>{milliseconds{time.value}})};
}

inline int year_of(UtcMillis time) { return static_cast<int>(civil_date(time).year()); }

}  // namespace pim
