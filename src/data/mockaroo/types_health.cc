// Codes of health care: a few of each, of those that may be shipped. No ICD-9: it is of no use
// here.
#include <array>
#include <string>

#include "data/mockaroo/coined.h"
#include "data/mockaroo/options.h"
#include "data/mockaroo/types.h"
#include "domain/codes.h"

namespace pim::data::mockaroo {
namespace {

struct CodeText {
  std::string_view code;
  std::string_view text;
};
// Without its dot, as Mockaroo writes them.
constexpr auto kDiagnoses = std::to_array<CodeText>({
    {"I10", "Essential (primary) hypertension"},
    {"E119", "Type 2 diabetes mellitus without complications"},
    {"Z0000", "Encounter for general adult medical examination without abnormal findings"},
    {"Z23", "Encounter for immunization"},
    {"J069", "Acute upper respiratory infection, unspecified"},
    {"E785", "Hyperlipidemia, unspecified"},
    {"M5450", "Low back pain, unspecified"},
    {"N390", "Urinary tract infection, site not specified"},
    {"R509", "Fever, unspecified"},
    {"J45909", "Unspecified asthma, uncomplicated"},
    {"K219", "Gastro-esophageal reflux disease without esophagitis"},
    {"F329", "Major depressive disorder, single episode, unspecified"},
    {"S92155P", "Nondisplaced avulsion fracture of left talus, subsequent encounter with malunion"},
    {"X111XXS", "Contact with running hot water, sequela"},
});
constexpr auto kProcedures = std::to_array<CodeText>({
    {"0DTJ4ZZ", "Resection of appendix, percutaneous endoscopic approach"},
    {"0FT44ZZ", "Resection of gallbladder, percutaneous endoscopic approach"},
    {"0SR9019", "Replacement of right hip joint with metal synthetic substitute"},
    {"10E0XZZ", "Delivery of products of conception, external approach"},
    {"3E0234Z", "Introduction of vaccine into muscle, percutaneous approach"},
    {"5A1935Z", "Respiratory ventilation, less than 24 consecutive hours"},
});
constexpr auto kGenerics =
    std::to_array<std::string_view>({"Metformin", "Lisinopril", "Amlodipine", "Hydrochlorothiazide",
                                     "Acetaminophen", "Ibuprofen", "Amoxicillin", "Simvastatin"});

const CodeText& diagnosis(const CellMaker& cell) {
  return kDiagnoses[cell.shared("icd10 diagnosis").below(kDiagnoses.size())];
}
const CodeText& procedure(const CellMaker& cell) {
  return kProcedures[cell.shared("icd10 procedure").below(kProcedures.size())];
}
// Cut where a short description ends.
std::string short_form(std::string_view text) { return std::string(text.substr(0, 60)); }

Made diagnosis_code(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(diagnosis(cell).code));
}
Made diagnosis_short(const PreparedColumn&, CellMaker& cell) {
  return Value(short_form(diagnosis(cell).text));
}
Made diagnosis_long(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(diagnosis(cell).text));
}
Made procedure_code(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(procedure(cell).code));
}
Made procedure_short(const PreparedColumn&, CellMaker& cell) {
  return Value(short_form(procedure(cell).text));
}
Made procedure_long(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(procedure(cell).text));
}
Made generic_drug(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(kGenerics[cell.draw().below(kGenerics.size())]));
}

std::string digits_of(Draw& draw, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += static_cast<char>('0' + draw.below(10));
  return text;
}

// In two segments, as Mockaroo writes them; no labeler has the number 00000.
Made ndc(const PreparedColumn&, CellMaker& cell) {
  return Value("00000-" + digits_of(cell.draw(), 4));
}

Made npi(const PreparedColumn&, CellMaker& cell) {
  return Value(std::to_string(synthetic_npi(std::stoul(digits_of(cell.draw(), 8)))));
}

// A real one starts with 1 to 9.
Made mbi(const PreparedColumn&, CellMaker& cell) {
  constexpr std::string_view kLetters = "ACDEFGHJKMNPQRTUVWXY";
  Draw& draw = cell.draw();
  std::string text = "0";
  for (const char kind : std::string_view("ANNANNAANN")) {
    text += kind == 'A' ? kLetters[draw.below(kLetters.size())]
                        : static_cast<char>('0' + draw.below(10));
  }
  return Value(std::move(text));
}

const CoinedPlace& hospital_place(const CellMaker& cell) {
  return kCoinedPlaces[cell.shared("hospital place").below(kCoinedPlaces.size())];
}
Made hospital(const PreparedColumn&, CellMaker& cell) {
  return Value(
      std::string(kCoinedHospitals[cell.shared("hospital").below(kCoinedHospitals.size())]));
}
Made hospital_city(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(hospital_place(cell).city));
}
Made hospital_state(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(hospital_place(cell).abbreviation));
}
Made hospital_postal_code(const PreparedColumn&, CellMaker& cell) {
  return Value(std::string(hospital_place(cell).zip3) + digits_of(cell.draw(), 2));
}
Made hospital_street(const PreparedColumn&, CellMaker& cell) {
  Draw& draw = cell.draw();
  return Value(std::to_string(draw.between(1, 9999)) + " " +
               std::string(kCoinedStreets[draw.below(kCoinedStreets.size())]) + " " +
               std::string(kStreetKinds[draw.below(kStreetKinds.size())]));
}

constexpr auto kHealth = std::to_array<TypeInfo>({
    {"ICD10 Diagnosis Code", nullptr, diagnosis_code},
    {"ICD10 Dx Desc (Short)", nullptr, diagnosis_short},
    {"ICD10 Dx Desc (Long)", nullptr, diagnosis_long},
    {"ICD10 Procedure Code", nullptr, procedure_code},
    {"ICD10 Proc Desc (Short)", nullptr, procedure_short},
    {"ICD10 Proc Desc (Long)", nullptr, procedure_long},
    {"Drug Name (Generic)", nullptr, generic_drug},
    {"FDA NDC Code", nullptr, ndc},
    {"Medicare Beneficiary ID", nullptr, mbi},
    {"Hospital Name", nullptr, hospital},
    {"Hospital City", nullptr, hospital_city},
    {"Hospital State", nullptr, hospital_state},
    {"Hospital NPI", nullptr, npi},
    {"Hospital Postal Code", nullptr, hospital_postal_code},
    {"Hospital Street Address", nullptr, hospital_street},
});

}  // namespace

std::span<const TypeInfo> health_types() { return kHealth; }

}  // namespace pim::data::mockaroo
