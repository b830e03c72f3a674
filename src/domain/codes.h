// Clinical and administrative codes: what the lab accepts, and in which form it keeps them.
// Every parse() checks the form only (and check digits where the code has one); it ships no CPT.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pim {

// A string that has passed its code's check. `Traits::parse` normalises or refuses.
template <class Traits>
class Code {
 public:
  Code() = default;
  static std::optional<Code> parse(std::string_view raw) {
    auto text = Traits::normalise(raw);
    if (!text) return std::nullopt;
    Code code;
    code.text_ = std::move(*text);
    return code;
  }
  // A code out of history, kept as it is: it was checked when it was written, and a rule that has
  // become stricter since must not make old events unreadable.
  static Code recorded(std::string_view text) {
    Code code;
    code.text_ = text;
    return code;
  }
  const std::string& text() const { return text_; }
  static constexpr std::string_view pattern() { return Traits::pattern; }  // ECMA-262, for OpenAPI
  static constexpr std::string_view hint() { return Traits::hint; }        // for error messages
  auto operator<=>(const Code&) const = default;

 private:
  std::string text_;
};

// ICD-10-CM, kept with its dot after the third character (`E119` becomes `E11.9`).
struct Icd10CmTraits {
  static constexpr std::string_view pattern = "^[A-Z][0-9][0-9A-Z](\\.?[0-9A-Z]{1,4})?$";
  static constexpr std::string_view hint = "an ICD-10-CM code such as E11.9";
  static std::optional<std::string> normalise(std::string_view raw);
};
// ICD-10-PCS: seven characters, no I, no O.
struct PcsTraits {
  static constexpr std::string_view pattern = "^[0-9A-HJ-NP-Z]{7}$";
  static constexpr std::string_view hint = "a seven-character ICD-10-PCS code such as 0DTJ4ZZ";
  static std::optional<std::string> normalise(std::string_view raw);
};
// HCPCS Level II, sections A E G J Q (D is CDT: licensed; numeric codes are CPT: licensed).
struct HcpcsTraits {
  static constexpr std::string_view pattern = "^[AEGJQ][0-9]{4}$";
  static constexpr std::string_view hint = "a HCPCS Level II code (A, E, G, J or Q) such as G0438";
  static std::optional<std::string> normalise(std::string_view raw);
};
// NDC in its 11-digit 5-4-2 billing form, with or without hyphens; kept as 11 digits. A 10-digit or
// two-segment code is refused, never padded: where the zero belongs cannot be known.
struct Ndc11Traits {
  static constexpr std::string_view pattern = "^([0-9]{11}|[0-9]{5}-[0-9]{4}-[0-9]{2})$";
  static constexpr std::string_view hint = "an 11-digit NDC such as 00093-1048-01";
  static std::optional<std::string> normalise(std::string_view raw);
};
// RxNorm concept id: 1 to 8 digits, no leading zero.
struct RxcuiTraits {
  static constexpr std::string_view pattern = "^[1-9][0-9]{0,7}$";
  static constexpr std::string_view hint = "an RxNorm concept id such as 860975";
  static std::optional<std::string> normalise(std::string_view raw);
};
// National Provider Identifier: 10 digits, Luhn over `80840` + NPI. Real ones start with 1 or 2;
// the lab accepts only those that start with 9, so that no real provider can be in it.
struct NpiTraits {
  static constexpr std::string_view pattern = "^9[0-9]{9}$";
  static constexpr std::string_view hint =
      "a synthetic NPI: 10 digits that start with 9, Luhn-valid";
  static std::optional<std::string> normalise(std::string_view raw);
};
// Two-letter USPS code of a state, D.C. or a territory.
struct UsStateTraits {
  static constexpr std::string_view pattern =
      "^(A[KLRSZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOPST]|N[CDEHJMVY]|O[HKR]|P[AR]|"
      "RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])$";
  static constexpr std::string_view hint = "a USPS state code such as OH";
  static std::optional<std::string> normalise(std::string_view raw);
};
// First three digits of a ZIP code; the 17 areas with 20,000 people or fewer must be `000`.
struct Zip3Traits {
  static constexpr std::string_view pattern =
      "^(?!036|059|063|102|203|556|692|790|821|823|830|831|878|879|884|890|893)[0-9]{3}$";
  static constexpr std::string_view hint =
      "three digits of a ZIP code (000 for the areas of 20,000 people or fewer)";
  static std::optional<std::string> normalise(std::string_view raw);
};
// CMS place-of-service code, two digits; unassigned ones are refused.
struct PosTraits {
  static constexpr std::string_view pattern =
      "^(0[1-9]|1[0-9]|2[0-7]|3[1-4]|4[129]|5[0-8]|6[01256]|7[12]|81|99)$";
  static constexpr std::string_view hint = "a two-digit place-of-service code such as 21";
  static std::optional<std::string> normalise(std::string_view raw);
};
// The lab's own names for a provider (`PRV-000123`) and a facility (`FAC-000045`).
struct ProviderAliasTraits {
  static constexpr std::string_view pattern = "^PRV-[0-9]{6}$";
  static constexpr std::string_view hint = "a provider alias such as PRV-000123";
  static std::optional<std::string> normalise(std::string_view raw);
};
struct FacilityAliasTraits {
  static constexpr std::string_view pattern = "^FAC-[0-9]{6}$";
  static constexpr std::string_view hint = "a facility alias such as FAC-000045";
  static std::optional<std::string> normalise(std::string_view raw);
};
// Dose: a positive decimal of up to 6 digits before and 3 after the point, kept as written.
struct DoseTraits {
  static constexpr std::string_view pattern = "^(?!0+(\\.0+)?$)[0-9]{1,6}(\\.[0-9]{1,3})?$";
  static constexpr std::string_view hint = "a positive decimal such as 500 or 2.5";
  static std::optional<std::string> normalise(std::string_view raw);
};

// The synthetic NPI with these eight digits of the caller's choice after its 9: ten digits, the
// last of which is the check digit. Below 10^8; higher digits are cut off.
std::uint64_t synthetic_npi(std::uint64_t eight_digits);

using Icd10Cm = Code<Icd10CmTraits>;
using Pcs = Code<PcsTraits>;
using Hcpcs = Code<HcpcsTraits>;
using Ndc11 = Code<Ndc11Traits>;
using Rxcui = Code<RxcuiTraits>;
using Npi = Code<NpiTraits>;
using UsState = Code<UsStateTraits>;
using Zip3 = Code<Zip3Traits>;
using Pos = Code<PosTraits>;
using ProviderAlias = Code<ProviderAliasTraits>;
using FacilityAlias = Code<FacilityAliasTraits>;
using Dose = Code<DoseTraits>;

}  // namespace pim
