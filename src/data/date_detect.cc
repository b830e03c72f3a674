#include "data/date_detect.h"

#include <algorithm>

#include "data/date_format.h"

namespace pim::data {
namespace {

struct DatePart {
  std::string_view month_first;  // or the only order there is
  std::string_view day_first;    // empty: no doubt
};
constexpr auto kDateParts = std::to_array<DatePart>({
    {"YYYY-M-D", ""},
    {"YYYY/M/D", ""},
    {"YYYY.M.D", ""},
    {"YYYYMMDD", ""},
    {"M/D/YYYY", "D/M/YYYY"},
    {"M-D-YYYY", "D-M-YYYY"},
    {"M.D.YYYY", "D.M.YYYY"},
    {"D-MMM-YYYY", ""},
    {"D MMM YYYY", ""},
    {"MMM D, YYYY", ""},
});
constexpr auto kTimeParts = std::to_array<std::string_view>({
    "",
    " H:mm",
    " H:mm:ss",
    " H:mm:ss.SSS",
    " h:mm A",
    " h:mm:ss A",
    " h:mmA",
    "THH:mm",
    "THH:mm:ss",
    "THH:mm:ss.SSS",
    "THH:mmZZ",
    "THH:mm:ssZZ",
    "THH:mm:ss.SSSZZ",
    " HH:mm:ssZZ",
    " HH:mm:ss.SSSZZ",
    " HH:mm:ss ZZ",
});

bool is_date_digit(char c) { return c >= '0' && c <= '9'; }
bool is_date_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether the text begins as the form does: most forms need not be tried.
bool may_have(std::string_view form, std::string_view text) {
  if (form.starts_with("MMM")) return !text.empty() && is_date_letter(text.front());
  const auto digits = std::ranges::find_if_not(text, is_date_digit) - text.begin();
  if (form == "YYYYMMDD") return digits == 8;
  const bool year_first = form.starts_with("YYYY");
  if (digits == 0 || (year_first ? digits != 4 : digits > 2)) return false;
  const auto separator = std::ranges::find_if_not(form, is_date_letter);
  return static_cast<std::size_t>(digits) < text.size() &&
         text[static_cast<std::size_t>(digits)] == *separator;
}

}  // namespace

void DateDetector::use(const std::string& format, Order order) {
  if (std::ranges::find(uses_, format, &Use::format) == uses_.end()) {
    uses_.push_back({format, order});
  }
}

void DateDetector::add(std::string_view text, std::uint64_t line) {
  ++values_;
  for (const auto& date : kDateParts) {
    if (!may_have(date.month_first, text)) continue;
    for (const auto time : kTimeParts) {
      const std::string format = std::string(date.month_first).append(time);
      const bool month_first = parse_date(format, text).has_value();
      if (date.day_first.empty()) {
        if (!month_first) continue;
        return use(format, Order::fixed);
      }
      const std::string other = std::string(date.day_first).append(time);
      const bool day_first = parse_date(other, text).has_value();
      if (!month_first && !day_first) continue;
      if (month_first) use(format, Order::month_first);
      if (day_first) use(other, Order::day_first);
      if (month_first && day_first) ambiguous_ = true;
      if (!day_first && first_month_first_ == 0) first_month_first_ = line;
      if (!month_first && first_day_first_ == 0) first_day_first_ = line;
      return;
    }
  }
  ++unread_;
  if (unread_as_ == Unread::none) unread_as_ = unread_kind(text);
}

DateDetector::Unread DateDetector::unread_kind(std::string_view text) {
  if (std::ranges::all_of(text, is_date_digit)) {
    return text.size() == 4                        ? Unread::year
           : text.size() >= 9 && text.size() <= 13 ? Unread::count
                                                   : Unread::other;
  }
  // 7/4/99, 4-Jul-99
  const auto tail = text.size() < 6 ? std::string_view{} : text.substr(text.size() - 3);
  const bool short_year =
      !tail.empty() && !is_date_digit(tail[0]) && is_date_digit(tail[1]) && is_date_digit(tail[2]);
  return short_year && text.find(':') == text.npos ? Unread::short_year : Unread::other;
}

std::string DateDetector::unread_reason() const {
  switch (unread_as_) {
    case Unread::year:
      return "holds years without a day: birth_year takes them as they stand, without 'as'";
    case Unread::count:
      return "holds numbers: if they count from 1970, write format = \"X\" for seconds or \"x\" "
             "for milliseconds";
    case Unread::short_year:
      return "holds years of two digits, and their century is never guessed: write four in the "
             "file";
    case Unread::none:
    case Unread::other:
      break;
  }
  return "holds no date of a form that is known; write its format, such as \"M/D/YYYY\"";
}

Result<DateForm, DateDoubt> DateDetector::result() const {
  const auto no = [](std::string reason) { return Err{DateDoubt{std::move(reason)}}; };
  const auto line = [](std::uint64_t at) { return "line " + std::to_string(at); };
  if (values_ > 0 && uses_.empty()) {
    return no(unread_reason());
  }
  if (first_month_first_ != 0 && first_day_first_ != 0) {
    return no("holds dates with the month first (" + line(first_month_first_) +
              ") and with the day first (" + line(first_day_first_) +
              "); write the format of the right ones: the others will be refused");
  }
  DateForm form;
  form.decided_at = std::max(first_month_first_, first_day_first_);
  if (ambiguous_ && form.decided_at == 0) {
    std::string month;
    std::string day;
    for (const auto& each : uses_) {
      if (each.order == Order::month_first && month.empty()) month = each.format;
      if (each.order == Order::day_first && day.empty()) day = each.format;
    }
    return no("reads with the month first and with the day first in every row; write format = \"" +
              month + "\" or format = \"" + day + "\"");
  }
  const auto refused = first_day_first_ != 0 ? Order::month_first : Order::day_first;
  for (const auto& each : uses_) {
    if (each.order != refused) form.formats.push_back(each.format);
  }
  if (form.formats.empty()) form.formats.emplace_back("YYYY-MM-DD");
  return form;
}

bool formats_contradict(std::string_view a, std::string_view b) {
  const auto month_first = [](std::string_view format) {
    return format.find('M') < format.find('D') && format.find("MMM") == format.npos &&
           !format.starts_with("YYYY");
  };
  const auto day_first = [](std::string_view format) {
    return format.find('D') < format.find('M') && format.find("MMM") == format.npos &&
           !format.starts_with("YYYY");
  };
  return (month_first(a) && day_first(b)) || (day_first(a) && month_first(b));
}

}  // namespace pim::data
