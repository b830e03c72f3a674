// Dates and times of day of instants, in UTC.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "domain/ids.h"

namespace pim {

// The years that RFC 3339 texts may name here.
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2199;

inline std::chrono::year_month_day civil_date(UtcMillis time) {
  using namespace std::chrono;
  return year_month_day{floor<days>(sys_time<milliseconds>{milliseconds{time.value}})};
}

struct CivilTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millis = 0;
};

inline CivilTime civil_time(UtcMillis time) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds{time.value}};
  const auto day = floor<days>(instant);
  const year_month_day date{day};
  const auto in_day = static_cast<int>((instant - day).count());
  return {static_cast<int>(date.year()),
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          in_day / 3'600'000,
          in_day / 60'000 % 60,
          in_day / 1000 % 60,
          in_day % 1000};
}

// nullopt where there is no such day or no such time of day. No number is negative.
inline std::optional<UtcMillis> instant_of(const CivilTime& at) {
  using namespace std::chrono;
  if (at.month > 12 || at.day > 31) return std::nullopt;  // beyond 255 chrono forgets
  const year_month_day date{year{at.year}, month{static_cast<unsigned>(at.month)},
                            day{static_cast<unsigned>(at.day)}};
  if (!date.ok() || at.hour > 23 || at.minute > 59 || at.second > 59) return std::nullopt;
  const auto time = sys_days{date} + hours{at.hour} + minutes{at.minute} + seconds{at.second} +
                    milliseconds{at.millis};
  return UtcMillis{time.time_since_epoch().count()};
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
