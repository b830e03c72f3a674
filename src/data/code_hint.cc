#include "data/code_hint.h"

#include <algorithm>
#include <string>

namespace pim::data {
namespace {

bool is_code_digit(char c) { return c >= '0' && c <= '9'; }

bool only_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_code_digit);
}

// 250, 250.01, 25001, E812.0: three digits (four behind an E), and up to two more.
bool is_icd9(std::string_view text) {
  std::string digits;
  std::size_t dot = 0;
  const bool external = text.starts_with('E');
  if (external) text.remove_prefix(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && dot == 0) {
      dot = i;
    } else {
      digits.push_back(text[i]);
    }
  }
  if (!only_digits(digits)) return false;
  if (external) return dot == 3 && digits.size() == 4;
  return (dot == 0 || dot == 3) && digits.size() >= 3 && digits.size() <= 5;
}

std::string_view diagnosis_hint(std::string_view text) {
  if (is_icd9(text)) return "this looks like ICD-9-CM, which the lab does not take";
  if (text.find(' ') != text.npos || text.size() > 8) {
    return "this looks like a description, not a code";
  }
  if (text.size() >= 3 && text[0] >= 'a' && text[0] <= 'z' && is_code_digit(text[1])) {
    return "write it in capitals";
  }
  return {};
}

std::string_view ndc_hint(std::string_view text) {
  const auto hyphens = std::ranges::count(text, '-');
  std::string digits(text);
  std::erase(digits, '-');
  if (!only_digits(digits)) return {};
  if (hyphens == 1) {
    return "two segments name a product, not a package: the third is missing, and is never made up";
  }
  if (digits.size() == 10) {
    return "this has 10 digits, and none is added: take the 11-digit form of the label's source";
  }
  return {};
}

}  // namespace

std::string_view code_hint(std::string_view field, std::string_view text) {
  if (field == "icd10cm") return diagnosis_hint(text);
  if (field == "ndc11") return ndc_hint(text);
  if (field == "code" && text.size() == 5 && only_digits(text)) {
    return "this looks like CPT, which is licensed: the lab takes ICD-10-PCS and HCPCS Level II";
  }
  if (field == "npi" && text.size() == 10 && (text[0] == '1' || text[0] == '2')) {
    return "this may be a real provider's";
  }
  return {};
}

}  // namespace pim::data
