// The rules of the privacy check, one list: the scanners report by it, docs/privacy.md has a row
// for each, and a test plants a violation of each. An id is stable once it is published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace pim::data::privacy {

enum class Rule : std::uint8_t {
  // in any text
  ssn,
  ssn_bare,
  phone,
  phone_bare,
  email,
  url,
  ipv4,
  ipv6,
  card,
  mbi,
  vin,
  mrn,
  birth_date,
  name,
  zip,
  street,
  // columns and cells
  table_unknown,
  column_unknown,
  column_missing,
  row_malformed,
  cell_missing,
  cell_form,
  free_text,
  zip3_sparse,
  npi_real,
  npi_check_digit,
  age_90,
  // rows
  id_duplicate,
  reference_missing,
  alias_duplicate,
  npi_duplicate,
  death_before_birth,
  before_birth,
  after_death,
  discharge_before_admission,
  discharge_incomplete,
  inpatient_twice,
  patient_of_encounter,
  time_outside_encounter,
  rank_one_twice,
  code_twice,
  pcs_needs_inpatient,
  procedure_code,
  stop_before_start,
  amount,
  second_bill,
  line_numbers,
  bill_status,
  final_before_discharge,
  source_of_other_encounter,
  source_billed_twice,
  // manifest.json
  manifest_missing,
  manifest_malformed,
  manifest_synthetic,
  manifest_absent_file,
  manifest_unlisted_file,
  manifest_size,
  manifest_hash,
  manifest_rows,
  // events of a store
  event_type,
  event_malformed,
  event_field,
  event_value,
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::event_value) + 1;
inline constexpr std::size_t kTextRules = static_cast<std::size_t>(Rule::street) + 1;

struct RuleInfo {
  Rule rule;
  std::string_view id;         // `ssn-bare`
  std::string_view finds;      // for a reader of a report: says what is there, quotes nothing
  std::string_view kind = {};  // what an import calls such a value; empty: it does not ask
};

// In the order of the enumerators.
std::span<const RuleInfo> all_rules();
const RuleInfo& info(Rule rule);
constexpr bool is_text_rule(Rule rule) { return static_cast<std::size_t>(rule) < kTextRules; }

// A set of text rules, and how they are asked: by the lab of its own data, where an example is
// nobody's, or by form alone.
class TextRules {
 public:
  static constexpr TextRules all() { return TextRules((1U << kTextRules) - 1); }
  constexpr TextRules without(Rule rule) const { return TextRules(bits_ & ~bit(rule)); }
  constexpr bool has(Rule rule) const { return (bits_ & bit(rule)) != 0; }

  // Also what nobody can have (555-0100, example.com, an SSN that was never issued), what is badly
  // written, and what may be a part of something longer.
  constexpr TextRules by_form() const { return TextRules(bits_ | kByForm); }
  constexpr bool go_by_form() const { return (bits_ & kByForm) != 0; }

 private:
  static constexpr std::uint32_t kByForm = 1U << 31;

  explicit constexpr TextRules(std::uint32_t bits) : bits_(bits) {}
  static constexpr std::uint32_t bit(Rule rule) { return 1U << static_cast<unsigned>(rule); }
  std::uint32_t bits_;
};
static_assert(kTextRules < 31);

// For a field that is known to hold a number: digits alone cannot be told from an SSN, a telephone
// or a card number.
inline constexpr TextRules kRulesForNumbers =
    TextRules::all().without(Rule::ssn_bare).without(Rule::phone_bare).without(Rule::card);

// For a value that others wrote. Numbers, birth dates and ZIP codes are what an import is there to
// read, and names are also states and drugs.
inline constexpr TextRules kRulesForImports = TextRules::all()
                                                  .without(Rule::ssn_bare)
                                                  .without(Rule::phone_bare)
                                                  .without(Rule::birth_date)
                                                  .without(Rule::name)
                                                  .without(Rule::zip)
                                                  .by_form();

}  // namespace pim::data::privacy
