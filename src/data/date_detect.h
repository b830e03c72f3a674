// Which form the dates of a column have, from all of its values. Whether 3/4/2021 is in March or in
// April is never guessed: one value that reads only one way must say so, and none may disagree.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.h"

namespace pim::data {

struct DateForm {
  std::vector<std::string> formats;  // of date_format.h; at least one, none contradicts another
  std::uint64_t decided_at = 0;      // the line that told the order of day and month; 0: no doubt
};

// Why it cannot be told, and what to write.
struct DateDoubt {
  std::string reason;
};

// Feed it every value that is not blank.
class DateDetector {
 public:
  void add(std::string_view text, std::uint64_t line);
  Result<DateForm, DateDoubt> result() const;
  std::uint64_t values() const { return values_; }

 private:
  enum class Order { fixed, month_first, day_first };
  struct Use {
    std::string format;
    Order order;
  };
  enum class Unread { none, year, count, short_year, other };
  void use(const std::string& format, Order order);
  static Unread unread_kind(std::string_view text);
  std::string unread_reason() const;

  std::uint64_t values_ = 0;
  std::uint64_t unread_ = 0;             // of no known form
  Unread unread_as_ = Unread::none;      // what the first of them looks like
  std::uint64_t first_month_first_ = 0;  // lines; 0: none
  std::uint64_t first_day_first_ = 0;
  bool ambiguous_ = false;  // some value reads both ways
  std::vector<Use> uses_;
};

// Whether two formats could read one text as two dates: M/D/YYYY and D/M/YYYY.
bool formats_contradict(std::string_view a, std::string_view b);

}  // namespace pim::data
