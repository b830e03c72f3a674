#include "data/generate/calendar.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace pim::data::generate {
namespace {

using Months = std::array<double, 12>;
using Hours = std::array<double, 24>;

// By class, in the order of EncounterClass; only proportions within a row count.
constexpr std::array<Months, kClasses> kMonths = {{
    {108, 108, 104, 100, 98, 94, 88, 92, 100, 104, 103, 101},  // ambulatory
    {92, 94, 100, 98, 98, 100, 102, 120, 112, 108, 94, 82},    // wellness: before school
    {98, 98, 103, 102, 102, 102, 96, 98, 100, 102, 100, 99},   // outpatient
    {135, 130, 112, 92, 86, 80, 78, 80, 88, 96, 105, 118},     // urgent care: flu winters
    {112, 110, 103, 97, 98, 98, 99, 98, 96, 96, 96, 107},      // emergency
    {108, 107, 103, 99, 98, 97, 96, 96, 97, 98, 98, 103},      // inpatient
}};
constexpr std::array<double, kClasses> kWeekend = {0.04, 0.04, 0.05, 0.28, 0.29, 0.23};
// Monday to Friday.
constexpr std::array<double, 5> kWeekdays = {1.08, 1.04, 1.01, 0.98, 0.89};
constexpr Hours kOffice = {0, 0,  0,  0,  0, 0, 0, 2, 10, 13, 14, 11,
                           6, 11, 13, 11, 7, 2, 0, 0, 0,  0,  0,  0};
constexpr Hours kHospital = {0, 0,  0, 0, 0, 1, 5, 10, 13, 13, 12, 10,
                             8, 10, 9, 6, 2, 1, 0, 0,  0,  0,  0,  0};
constexpr Hours kEvenings = {0, 0, 0, 0, 0, 0,  0, 0, 6, 9, 9, 8,
                             7, 7, 7, 8, 9, 10, 9, 8, 3, 0, 0, 0};
constexpr Hours kDayAndNight = {26, 22, 19, 17, 17, 18, 22, 31, 44, 55, 61, 63,
                                61, 60, 58, 58, 59, 60, 60, 58, 54, 48, 40, 32};
constexpr std::array<const Hours*, kClasses> kHoursOf = {&kOffice,   &kOffice,      &kHospital,
                                                         &kEvenings, &kDayAndNight, &kDayAndNight};

double sum_of(const auto& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

// How many encounters of the class happen on a day of that kind, where an average day has its
// share.
double on_day(std::size_t encounter_class, std::size_t month, bool weekend) {
  const double season = kMonths[encounter_class][month] * 12 / sum_of(kMonths[encounter_class]);
  const double part = weekend ? kWeekend[encounter_class] / 2 : (1 - kWeekend[encounter_class]) / 5;
  return kClassShares[encounter_class] * season * part * 7;
}
double in_hour(std::size_t encounter_class, std::size_t hour) {
  const Hours& hours = *kHoursOf[encounter_class];
  return hours[hour] / sum_of(hours);
}

std::uint32_t to_bits(double part, double whole, double scale) {
  return static_cast<std::uint32_t>(
      std::min(std::llround(part / whole * scale), static_cast<long long>(scale) - 1));
}

}  // namespace

Calendar::Calendar(std::int64_t from_day, std::int64_t to_day) : from_day_(from_day) {
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    const std::size_t month = kind / 2;
    const bool weekend = kind % 2 == 1;
    double day = 0;
    for (std::size_t c = 0; c < kClasses; ++c) day += on_day(c, month, weekend);
    double before = 0;
    for (std::size_t hour = 0; hour < kHours; ++hour) {
      hours_[kind][hour] = to_bits(before, day, 2147483648.0);
      double all = 0;
      for (std::size_t c = 0; c < kClasses; ++c)
        all += on_day(c, month, weekend) * in_hour(c, hour);
      double sum = 0;
      for (std::size_t i = 0; i < kClasses; ++i) {
        sum += on_day(kGravity[i], month, weekend) * in_hour(kGravity[i], hour);
        classes_[kind * kHours + hour][i] = all > 0 ? to_bits(sum, all, 4294967296.0) : 0xFFFFFFFF;
      }
      busiest_ = std::max(busiest_, ~classes_[kind * kHours + hour][kClasses - 2]);
      before += all;
    }
    hours_[kind][kHours] = 1U << 31;
  }

  using namespace std::chrono;
  starts_.push_back(0);
  for (std::int64_t day = from_day; day < to_day; ++day) {
    const sys_days date{std::chrono::days{day}};
    const auto month = static_cast<unsigned>(year_month_day{date}.month()) - 1;
    const unsigned weekday_index = weekday{date}.iso_encoding() - 1;
    const bool weekend = weekday_index > 4;
    double weight = weekend ? 1 : kWeekdays[weekday_index];
    double all = 0;
    for (std::size_t c = 0; c < kClasses; ++c) all += on_day(c, month, weekend);
    weight *= all;
    kinds_.push_back(static_cast<std::uint8_t>(month * 2 + (weekend ? 1 : 0)));
    starts_.push_back(starts_.back() +
                      static_cast<std::uint64_t>(std::llround(std::ldexp(weight, kDayBits))));
  }
  std::uint32_t day = 0;
  for (std::uint64_t at = 0; at <= starts_.back() >> kDayBits; ++at) {
    while (day + 1 < days() && starts_[day + 1] <= at << kDayBits) ++day;
    guide_.push_back(day);
  }
}

Instant Calendar::at(std::uint64_t place) const {
  std::uint32_t day = guide_[place >> kDayBits];
  while (day + 1 < days() && starts_[day + 1] <= place) ++day;
  const std::uint64_t length = starts_[day + 1] - starts_[day];
  const auto part = static_cast<std::uint32_t>(((place - starts_[day]) << 31) / length);
  const std::size_t kind = kinds_[day];
  const auto& hours = hours_[kind];
  // the day's first busy hours are at 7 or 8: a halving would look at no fewer
  std::size_t hour = part >> 30 == 0 ? 0 : 9;
  while (hour > 0 && hours[hour] > part) --hour;
  while (hours[hour + 1] <= part) ++hour;
  const std::uint64_t second =
      std::uint64_t{part - hours[hour]} * 3600 / (hours[hour + 1] - hours[hour]);
  Instant instant;
  instant.day = day;
  instant.seconds = (from_day_ + day) * 86'400 + static_cast<std::int64_t>(hour * 3600 + second);
  instant.slot = static_cast<std::uint16_t>(kind * kHours + hour);
  instant.season = static_cast<std::uint8_t>((kind / 2 + 1) % 12 / 3);
  return instant;
}

std::size_t Calendar::class_at(const Instant& instant, std::uint32_t bits) const {
  const auto& shares = classes_[instant.slot];
  std::size_t i = 0;
  while (i + 1 < kClasses && bits >= shares[i]) ++i;
  return kGravity[i];
}

}  // namespace pim::data::generate
