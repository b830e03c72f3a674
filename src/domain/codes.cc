#include "domain/codes.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "domain/text.h"

namespace pim {
namespace {

using Normalised = std::optional<std::string>;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit_or_upper(char c) { return is_digit(c) || is_upper(c); }

constexpr bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

template <std::size_t N>
constexpr bool listed(const std::array<std::string_view, N>& sorted, std::string_view text) {
  return std::binary_search(sorted.begin(), sorted.end(), text);
}

constexpr auto kStates = std::to_array<std::string_view>(
    {"AK", "AL", "AR", "AS", "AZ", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "GU", "HI",
     "IA", "ID", "IL", "IN", "KS", "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MP",
     "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV", "NY", "OH", "OK", "OR", "PA",
     "PR", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VI", "VT", "WA", "WI", "WV", "WY"});
static_assert(std::is_sorted(kStates.begin(), kStates.end()));

// 45 CFR 164.514(b)(2)(i)(B), by the 2000 census.
constexpr auto kSmallZip3 =
    std::to_array<std::string_view>({"036", "059", "063", "102", "203", "556", "692", "790", "821",
                                     "823", "830", "831", "878", "879", "884", "890", "893"});
static_assert(std::is_sorted(kSmallZip3.begin(), kSmallZip3.end()));

constexpr auto kPlacesOfService = std::to_array<std::string_view>(
    {"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12", "13",
     "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26",
     "27", "31", "32", "33", "34", "41", "42", "49", "50", "51", "52", "53", "54",
     "55", "56", "57", "58", "60", "61", "62", "65", "66", "71", "72", "81", "99"});
static_assert(std::is_sorted(kPlacesOfService.begin(), kPlacesOfService.end()));

// Luhn as if `80840` stood before the digits: those five add 24 to the sum.
std::uint64_t npi_check_digit(std::uint64_t nine_digits) {
  std::uint64_t sum = 24;
  bool doubled = true;
  for (std::uint64_t rest = nine_digits; rest > 0; rest /= 10) {
    std::uint64_t digit = rest % 10;
    if (doubled) digit = digit < 5 ? 2 * digit : 2 * digit - 9;
    doubled = !doubled;
    sum += digit;
  }
  return (10 - sum % 10) % 10;
}

bool is_alias(std::string_view raw, std::string_view prefix) {
  return raw.size() == prefix.size() + 6 && raw.starts_with(prefix) &&
         all_digits(raw.substr(prefix.size()));
}

// Lower-case words and digits joined by hyphens; a letter comes first.
Normalised slug(std::string_view raw, std::size_t max_size) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; };
  if (raw.size() < 2 || raw.size() > max_size) return std::nullopt;
  if (raw.front() < 'a' || raw.front() > 'z') return std::nullopt;
  if (!std::all_of(raw.begin(), raw.end(), allowed)) return std::nullopt;
  return std::string(raw);
}

}  // namespace

Normalised Icd10CmTraits::normalise(std::string_view raw) {
  if (raw.size() < 3 || !is_upper(raw[0]) || !is_digit(raw[1]) || !is_digit_or_upper(raw[2])) {
    return std::nullopt;
  }
  const auto category = raw.substr(0, 3);
  if (raw.size() == 3) return std::string(category);
  auto detail = raw.substr(3);
  if (detail.front() == '.') detail.remove_prefix(1);
  if (detail.empty() || detail.size() > 4) return std::nullopt;
  if (!std::all_of(detail.begin(), detail.end(), is_digit_or_upper)) return std::nullopt;
  std::string code(category);
  code += '.';
  code += detail;
  return code;
}

Normalised PcsTraits::normalise(std::string_view raw) {
  const auto allowed = [](char c) { return is_digit_or_upper(c) && c != 'I' && c != 'O'; };
  if (raw.size() != 7 || !std::all_of(raw.begin(), raw.end(), allowed)) return std::nullopt;
  return std::string(raw);
}

Normalised HcpcsTraits::normalise(std::string_view raw) {
  constexpr std::string_view kSections = "AEGJQ";
  if (raw.size() != 5 || kSections.find(raw[0]) == std::string_view::npos) return std::nullopt;
  if (!all_digits(raw.substr(1))) return std::nullopt;
  return std::string(raw);
}

Normalised Ndc11Traits::normalise(std::string_view raw) {
  if (raw.size() == 11 && all_digits(raw)) return std::string(raw);
  if (raw.size() != 13 || raw[5] != '-' || raw[10] != '-') return std::nullopt;
  std::string code;
  for (auto part : {raw.substr(0, 5), raw.substr(6, 4), raw.substr(11, 2)}) {
    if (!all_digits(part)) return std::nullopt;
    code += part;
  }
  return code;
}

Normalised RxcuiTraits::normalise(std::string_view raw) {
  if (raw.size() > 8 || !all_digits(raw) || raw.front() == '0') return std::nullopt;
  return std::string(raw);
}

std::uint64_t synthetic_npi(std::uint64_t eight_digits) {
  const std::uint64_t nine_digits = 900'000'000 + eight_digits % 100'000'000;
  return 10 * nine_digits + npi_check_digit(nine_digits);
}

Normalised NpiTraits::normalise(std::string_view raw) {
  if (raw.size() != 10 || !all_digits(raw) || raw.front() != '9') return std::nullopt;
  std::uint64_t eight_digits = 0;
  for (const char digit : raw.substr(1, 8)) {
    eight_digits = 10 * eight_digits + static_cast<std::uint64_t>(digit - '0');
  }
  std::string valid = std::to_string(synthetic_npi(eight_digits));
  if (valid != raw) return std::nullopt;
  return valid;
}

Normalised UsStateTraits::normalise(std::string_view raw) {
  if (!listed(kStates, raw)) return std::nullopt;
  return std::string(raw);
}

Normalised Zip3Traits::normalise(std::string_view raw) {
  if (raw.size() != 3 || !all_digits(raw) || listed(kSmallZip3, raw)) return std::nullopt;
  return std::string(raw);
}

Normalised PosTraits::normalise(std::string_view raw) {
  if (!listed(kPlacesOfService, raw)) return std::nullopt;
  return std::string(raw);
}

Normalised ProviderAliasTraits::normalise(std::string_view raw) {
  if (!is_alias(raw, "PRV-")) return std::nullopt;
  return std::string(raw);
}

Normalised FacilityAliasTraits::normalise(std::string_view raw) {
  if (!is_alias(raw, "FAC-")) return std::nullopt;
  return std::string(raw);
}

Normalised DoseTraits::normalise(std::string_view raw) {
  const auto point = raw.find('.');
  const auto whole = raw.substr(0, point);
  if (!all_digits(whole) || whole.size() > 6) return std::nullopt;
  if (point != std::string_view::npos) {
    const auto fraction = raw.substr(point + 1);
    if (!all_digits(fraction) || fraction.size() > 3) return std::nullopt;
  }
  if (raw.find_first_not_of("0.") == std::string_view::npos) return std::nullopt;
  return std::string(raw);
}

Normalised ReasonTraits::normalise(std::string_view raw) { return slug(raw, 40); }
Normalised RegionTraits::normalise(std::string_view raw) { return slug(raw, 32); }
Normalised TenantTraits::normalise(std::string_view raw) { return slug(raw, 32); }

}  // namespace pim
