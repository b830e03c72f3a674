#include "data/privacy/shapes.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace pim::data::privacy {
namespace {

// At most nine digits.
constexpr int number_of(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

constexpr bool within(int value, int first, int last) { return value >= first && value <= last; }

bool luhn_holds(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (std::size_t i = digits.size(); i > 0; --i) {
    int digit = digits[i - 1] - '0';
    if (doubled) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    doubled = !doubled;
    sum += digit;
  }
  return sum % 10 == 0;
}

// Issuer prefixes with the lengths that they are issued in.
struct Issuer {
  int prefix_digits;
  int first;
  int last;
  std::size_t shortest;
  std::size_t longest;
};
constexpr auto kIssuers = std::to_array<Issuer>({
    {1, 4, 4, 13, 13},        // Visa, old
    {1, 4, 4, 16, 16},        // Visa
    {1, 4, 4, 19, 19},        // Visa
    {2, 51, 55, 16, 16},      // Mastercard
    {4, 2221, 2720, 16, 16},  // Mastercard
    {2, 34, 34, 15, 15},      // American Express
    {2, 37, 37, 15, 15},      // American Express
    {4, 6011, 6011, 16, 19},  // Discover
    {3, 644, 649, 16, 19},    // Discover
    {2, 65, 65, 16, 19},      // Discover
    {3, 300, 305, 14, 14},    // Diners Club
    {3, 309, 309, 14, 14},    // Diners Club
    {2, 36, 36, 14, 14},      // Diners Club
    {2, 38, 39, 14, 14},      // Diners Club
    {4, 3528, 3589, 16, 19},  // JCB
    {2, 62, 62, 16, 19},      // UnionPay
    {4, 5018, 5018, 13, 19},  // Maestro
    {4, 5020, 5020, 13, 19},  // Maestro
    {4, 5038, 5038, 13, 19},  // Maestro
    {4, 6304, 6304, 13, 19},  // Maestro
    {4, 6759, 6763, 13, 19},  // Maestro
});

constexpr std::string_view kMbiForm = "9AX9AX9AA99";  // 9 a digit, A a letter, X either

bool is_never_in_mbi(char letter) {
  constexpr std::string_view kNever = "SLOIBZ";
  return kNever.find(to_upper(letter)) != std::string_view::npos;
}

// The value of a character in a VIN's check sum; negative where none may stand.
int vin_value(char c) {
  if (is_number(c)) return c - '0';
  if (c >= 'A' && c <= 'H') return c - 'A' + 1;
  if (c >= 'J' && c <= 'N') return c - 'J' + 1;
  if (c == 'P') return 7;
  if (c == 'R') return 9;
  if (c >= 'S' && c <= 'Z') return c - 'S' + 2;
  return -1;
}

std::optional<std::array<int, 4>> octets_of(std::string_view text) {
  std::array<int, 4> octets{};
  for (std::size_t i = 0; i < 4; ++i) {
    const auto dot = i == 3 ? text.size() : std::min(text.find('.'), text.size());
    const auto digits = text.substr(0, dot);
    if (digits.empty() || digits.size() > 3 || !std::ranges::all_of(digits, is_number)) return {};
    if (digits.size() > 1 && digits.front() == '0') return {};
    octets[i] = number_of(digits);
    if (octets[i] > 255) return {};
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return octets;
}

// How many groups of one to four hexadecimal digits; the last may be an IPv4 address, which counts
// as two.
std::optional<std::size_t> count_groups(std::string_view text, bool may_end_in_ipv4) {
  const auto is_hex = [](char c) {
    const char upper = to_upper(c);
    return is_number(c) || (upper >= 'A' && upper <= 'F');
  };
  std::size_t count = 0;
  if (text.empty()) return count;
  while (true) {
    const auto colon = text.find(':');
    const auto group = text.substr(0, colon);
    const bool last = colon == std::string_view::npos;
    if (group.empty()) return {};
    if (group.size() > 4 || !std::ranges::all_of(group, is_hex)) {
      if (!last || !may_end_in_ipv4 || !octets_of(group)) return {};
      ++count;
    }
    ++count;
    if (last) return count;
    text.remove_prefix(colon + 1);
  }
}

bool equal_without_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) { return to_upper(a) == to_upper(b); });
}

}  // namespace

bool may_be_ssn(std::string_view digits) {
  if (digits.size() != 9 || !std::ranges::all_of(digits, is_number)) return false;
  if (digits == "078051120" || digits == "219099999") return false;
  const int area = number_of(digits.substr(0, 3));
  if (area == 0 || area == 666 || area >= 900) return false;
  return number_of(digits.substr(3, 2)) != 0 && number_of(digits.substr(5)) != 0;
}

bool may_be_phone(std::string_view digits) {
  if (digits.size() != 10 || !std::ranges::all_of(digits, is_number)) return false;
  const auto is_service_code = [](std::string_view code) {
    return code[1] == '1' && code[2] == '1';
  };
  const auto area = digits.substr(0, 3);
  const auto exchange = digits.substr(3, 3);
  return area[0] >= '2' && area[1] != '9' && exchange[0] >= '2' && !is_service_code(area) &&
         !is_service_code(exchange);
}

bool is_fictitious_phone(std::string_view digits) {
  return digits.size() >= 7 && digits.substr(digits.size() - 7, 5) == "55501";
}

bool is_card_number(std::string_view digits) {
  if (digits.size() < 13 || digits.size() > 19) return false;
  if (!std::ranges::all_of(digits, is_number)) return false;
  const bool issued = std::ranges::any_of(kIssuers, [&](const Issuer& issuer) {
    const auto prefix = digits.substr(0, static_cast<std::size_t>(issuer.prefix_digits));
    return within(number_of(prefix), issuer.first, issuer.last) &&
           digits.size() >= issuer.shortest && digits.size() <= issuer.longest;
  });
  return issued && luhn_holds(digits);
}

bool has_card_form(std::string_view text) {
  std::array<char, 19> digits{};
  std::size_t count = 0;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    if (!is_number(c) || count == digits.size()) return false;
    digits[count++] = c;
  }
  return count >= 13 && luhn_holds({digits.data(), count});
}

bool has_mbi_form(std::string_view text) {
  return std::ranges::equal(text, kMbiForm, [](char c, char form) {
    return (form != 'A' && is_number(c)) || (form != '9' && is_letter(c));
  });
}

bool is_mbi(std::string_view text) {
  return has_mbi_form(text) && text.front() != '0' && std::ranges::none_of(text, is_never_in_mbi);
}

bool is_vin(std::string_view text) {
  constexpr std::array<int, 17> kWeights = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
  constexpr std::string_view kNoModelYear = "UZ0";
  if (text.size() != kWeights.size()) return false;
  int sum = 0;
  bool letters = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = to_upper(text[i]);
    const int value = vin_value(c);
    if (value < 0 || (i >= 13 && !is_number(c))) return false;
    letters = letters || !is_number(c);
    sum += value * kWeights[i];
  }
  if (!letters || kNoModelYear.find(to_upper(text[9])) != std::string_view::npos) return false;
  const int check = sum % 11;
  return to_upper(text[8]) == (check == 10 ? 'X' : static_cast<char>('0' + check));
}

bool is_ipv4(std::string_view text) { return octets_of(text).has_value(); }

bool has_ipv4_form(std::string_view text) {
  std::size_t parts = 1;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '.' && digits > 0) {
      ++parts;
      digits = 0;
    } else if (!is_number(c) || ++digits > 3) {
      return false;
    }
  }
  return parts == 4 && digits > 0;
}

bool is_somebodys_ipv4(std::string_view text) {
  const auto octets = octets_of(text);
  if (!octets) return false;
  const auto [a, b, c, d] = *octets;
  if (a == 127 || (a == 0 && b == 0 && c == 0 && d == 0)) return false;
  if (a == 255 && b == 255 && c == 255 && d == 255) return false;
  const bool documentation = (a == 192 && b == 0 && c == 2) || (a == 198 && b == 51 && c == 100) ||
                             (a == 203 && b == 0 && c == 113);
  return !documentation;
}

bool is_ipv6(std::string_view text) {
  constexpr std::size_t kGroups = 8;
  const auto gap = text.find("::");
  const bool compressed = gap != std::string_view::npos;
  const auto head = count_groups(text.substr(0, gap), !compressed);
  if (!head) return false;
  if (!compressed) return *head == kGroups;
  const auto tail = count_groups(text.substr(gap + 2), true);
  if (!tail || *head + *tail >= kGroups) return false;
  // `::1` is everyone's own; `dead::beef` and `a::b` are rather words
  return *head + *tail >= 2 && std::ranges::any_of(text, is_number);
}

bool is_somebodys_ipv6(std::string_view text) {
  constexpr std::string_view kDocumentation = "2001:db8:";
  return is_ipv6(text) &&
         !equal_without_case(text.substr(0, kDocumentation.size()), kDocumentation);
}

bool has_email_form(std::string_view text) {
  const auto sign = text.find('@');
  if (sign == std::string_view::npos || sign == 0 || text[sign - 1] == ' ') return false;
  const auto dot = text.find('.', sign);
  return dot != std::string_view::npos && dot > sign + 1 && dot + 1 < text.size() &&
         is_letter(text[dot + 1]);
}

bool is_reserved_domain(std::string_view domain) {
  const auto last_dot = domain.rfind('.');
  if (last_dot == std::string_view::npos) return false;
  const auto top = domain.substr(last_dot + 1);
  for (const std::string_view reserved : {"test", "invalid", "example"}) {
    if (equal_without_case(top, reserved)) return true;
  }
  const auto dot_before = domain.substr(0, last_dot).rfind('.');
  const auto last_two = domain.substr(dot_before == std::string_view::npos ? 0 : dot_before + 1);
  for (const std::string_view reserved : {"example.com", "example.net", "example.org"}) {
    if (equal_without_case(last_two, reserved)) return true;
  }
  return false;
}

}  // namespace pim::data::privacy
