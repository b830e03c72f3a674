// When encounters happen and of which class they then are: years of days, each with its season, its
// weekday and its hours. A place on the calendar's scale becomes an instant, in constant time and
// in order, so that a patient's encounters are in order without being sorted.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "data/generate/codes.h"
#include "data/generate/philox.h"

namespace pim::data::generate {

// Shares of all encounters, in the order of EncounterClass: Synthea's.
inline constexpr std::array<double, kClasses> kClassShares = {0.42, 0.31, 0.16, 0.07, 0.033, 0.006};
// Classes from the lightest to the gravest; the order in which other quantities lean on them.
inline constexpr std::array<std::size_t, kClasses> kGravity = {1, 0, 2, 3, 4, 5};

struct Instant {
  std::int64_t seconds = 0;  // since 1970, UTC
  std::uint32_t day = 0;     // of the calendar, from 0
  std::uint16_t slot = 0;    // month, weekend or not, hour: for class_at()
  std::uint8_t season = 0;
};

class Calendar {
 public:
  // Days since 1970; `to` is the first day after it. At most 200 years.
  Calendar(std::int64_t from_day, std::int64_t to_day);

  std::uint32_t days() const { return static_cast<std::uint32_t>(starts_.size() - 1); }
  std::int64_t from_day() const { return from_day_; }
  std::int64_t end_seconds() const { return (from_day_ + days()) * 86'400; }

  // The scale: each day has a length in proportion to how much happens on it.
  std::uint64_t start_of(std::uint32_t day) const { return starts_[day]; }
  Instant at(std::uint64_t place) const;
  // An index of EncounterClass, in proportion to what happens at that hour. The bits' order is
  // kGravity's: more bits, graver.
  std::size_t class_at(const Instant& instant, std::uint32_t bits) const;
  // Accepts instants in proportion to the stays in hospital that begin then.
  bool begins_stay(const Instant& instant, std::uint32_t bits) const {
    return below(busiest_, bits) < ~classes_[instant.slot][kClasses - 2];
  }

 private:
  static constexpr unsigned kDayBits = 16;  // an average day's length: 2^16
  static constexpr std::size_t kHours = 24;
  static constexpr std::size_t kKinds = 24;  // of days: month, and weekend or not

  std::int64_t from_day_;
  std::vector<std::uint64_t> starts_;  // one more than days
  std::vector<std::uint8_t> kinds_;
  std::vector<std::uint32_t> guide_;  // by place >> kDayBits: a day at or before it
  std::array<std::array<std::uint32_t, kHours + 1>, kKinds> hours_{};  // cumulative, in 2^-31
  // cumulative in 2^-32, of kGravity's order
  std::array<std::array<std::uint32_t, kClasses>, kKinds * kHours> classes_{};
  std::uint32_t busiest_ = 0;  // the largest part of an hour's encounters that stays are
};

}  // namespace pim::data::generate
