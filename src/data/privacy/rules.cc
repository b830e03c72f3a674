#include "data/privacy/rules.h"

#include <array>

namespace pim::data::privacy {
namespace {

constexpr auto kCatalogue = std::to_array<RuleInfo>({
    {Rule::ssn, "ssn", "a Social Security number that may have been issued",
     "a social security number"},
    {Rule::ssn_bare, "ssn-bare", "nine digits that may be a Social Security number"},
    {Rule::phone, "phone", "a telephone number outside 555-0100 to 555-0199", "a telephone number"},
    {Rule::phone_bare, "phone-bare", "ten digits that may be a telephone number"},
    {Rule::email, "email", "an e-mail address outside the reserved domains", "an e-mail address"},
    {Rule::url, "url", "a URL", "a web address"},
    {Rule::ipv4, "ipv4", "an IPv4 address", "an IP address"},
    {Rule::ipv6, "ipv6", "an IPv6 address", "an IP address"},
    {Rule::card, "card", "a payment card number with its check digit", "a card number"},
    {Rule::mbi, "mbi", "a Medicare Beneficiary Identifier", "a Medicare beneficiary number"},
    {Rule::vin, "vin", "a vehicle identification number with its check digit",
     "a vehicle identification number"},
    {Rule::mrn, "mrn", "the label of a medical record number", "a medical record number"},
    {Rule::birth_date, "birth-date", "the label of a date of birth"},
    {Rule::name, "name", "a common U.S. given name or surname"},
    {Rule::zip, "zip", "a ZIP code of more than three digits"},
    {Rule::street, "street", "a street address or post office box", "a street address"},

    {Rule::table_unknown, "table-unknown", "this file is none of the eight tables"},
    {Rule::column_unknown, "column-unknown", "a column that the table does not have"},
    {Rule::column_missing, "column-missing", "a column of the table is not there"},
    {Rule::row_malformed, "row-malformed", "a row that cannot be read"},
    {Rule::cell_missing, "cell-missing", "a required value is empty"},
    {Rule::cell_form, "cell-form", "a value that is not of its column's form"},
    {Rule::free_text, "free-text", "prose where the column has a closed form"},
    {Rule::zip3_sparse, "zip3-sparse", "a three-digit ZIP area of 20,000 people or fewer"},
    {Rule::npi_real, "npi-real", "an NPI that may be a real provider's: it does not start with 9"},
    {Rule::npi_check_digit, "npi-check-digit", "an NPI whose check digit does not hold"},
    {Rule::age_90, "age-90", "a birth year that gives an age above 90 away"},

    {Rule::id_duplicate, "id-duplicate", "an id that an earlier row has"},
    {Rule::reference_missing, "reference-missing", "an id that no row of its table has"},
    {Rule::alias_duplicate, "alias-duplicate", "an alias that an earlier row has"},
    {Rule::npi_duplicate, "npi-duplicate", "an NPI that an earlier row has"},
    {Rule::death_before_birth, "death-before-birth", "a year of death before the birth year"},
    {Rule::before_birth, "before-birth", "a time before the patient's birth year"},
    {Rule::after_death, "after-death", "a time after the patient's year of death"},
    {Rule::discharge_before_admission, "discharge-before-admission",
     "a discharge before the admission"},
    {Rule::discharge_incomplete, "discharge-incomplete",
     "a discharge without a disposition, or a disposition without a discharge"},
    {Rule::inpatient_twice, "inpatient-twice", "a second open inpatient encounter of the patient"},
    {Rule::patient_of_encounter, "patient-of-encounter",
     "a patient who is not the encounter's patient"},
    {Rule::time_outside_encounter, "time-outside-encounter", "a time outside its encounter"},
    {Rule::rank_one_twice, "rank-one-twice", "a second diagnosis of rank 1 in the encounter"},
    {Rule::code_twice, "code-twice", "a diagnosis code for the second time in the encounter"},
    {Rule::pcs_needs_inpatient, "pcs-needs-inpatient",
     "an ICD-10-PCS code outside an inpatient encounter"},
    {Rule::procedure_code, "procedure-code", "a procedure code of another code system"},
    {Rule::stop_before_start, "stop-before-start", "a medication that stops before it starts"},
    {Rule::amount, "amount", "an amount that is not quantity times unit"},
    {Rule::second_bill, "second-bill", "a second bill of the encounter, or a bill of two"},
    {Rule::line_numbers, "line-numbers", "a bill whose lines are not numbered 1, 2, 3 ..."},
    {Rule::bill_status, "bill-status", "a line with another status than its bill's first one"},
    {Rule::final_before_discharge, "final-before-discharge",
     "a final bill of an encounter without discharge"},
    {Rule::source_of_other_encounter, "source-of-other-encounter",
     "a charge for something in another encounter"},
    {Rule::source_billed_twice, "source-billed-twice", "a second charge for the same thing"},

    {Rule::manifest_missing, "manifest-missing", "no manifest.json says where the rows come from"},
    {Rule::manifest_malformed, "manifest-malformed", "manifest.json cannot be read as one"},
    {Rule::manifest_synthetic, "manifest-synthetic", "the manifest does not say `synthetic: true`"},
    {Rule::manifest_absent_file, "manifest-absent-file", "a file of the manifest is not there"},
    {Rule::manifest_unlisted_file, "manifest-unlisted-file",
     "this is beside a manifest that does not list it"},
    {Rule::manifest_size, "manifest-size", "the file is not as long as the manifest says"},
    {Rule::manifest_hash, "manifest-hash", "the file's SHA-256 is not the manifest's"},
    {Rule::manifest_rows, "manifest-rows", "the file has not as many rows as the manifest says"},

    {Rule::event_type, "event-type", "an event of no known type"},
    {Rule::event_malformed, "event-malformed", "event data that are not a JSON object"},
    {Rule::event_field, "event-field", "a field that this type of event does not have"},
    {Rule::event_value, "event-value", "a field that is missing or not of its closed form"},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < kCatalogue.size(); ++i) {
    if (static_cast<std::size_t>(kCatalogue[i].rule) != i) return false;
  }
  return kCatalogue.size() == kRules;
}
static_assert(in_order());

}  // namespace

std::span<const RuleInfo> all_rules() { return kCatalogue; }
const RuleInfo& info(Rule rule) { return kCatalogue[static_cast<std::size_t>(rule)]; }

}  // namespace pim::data::privacy
