#include "load/workload.h"

#include <array>
#include <charconv>

#include "domain/ids_text.h"

namespace pim::load {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kFirstDay = 1'609'459'200'000;  // 2021-01-01: everybody is born by then

// Where draws of a session are told apart.
constexpr std::uint64_t kIds = 0x1D5;
constexpr std::uint64_t kPlan = 0x91A;
constexpr std::uint64_t kBody = 0xB0D;

// Cumulative per mille: classes in the order of the enumerators, and how many children an encounter
// has (means 0.57, 1.49 and 0.75).
constexpr auto kClasses = std::to_array<int>({420, 730, 890, 960, 993, 1000});
constexpr auto kDiagnosisCounts = std::to_array<int>({620, 860, 960, 990, 1000});
constexpr auto kProcedureCounts = std::to_array<int>({250, 600, 800, 900, 960, 1000});
constexpr auto kMedicationCounts = std::to_array<int>({550, 820, 920, 970, 990, 1000});

constexpr auto kPlaceOfService =
    std::to_array<std::string_view>({"11", "11", "22", "20", "23", "21"});

constexpr auto kStates =
    std::to_array<std::string_view>({"CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI"});
constexpr auto kZips = std::to_array<std::string_view>(
    {"900", "750", "331", "100", "191", "606", "432", "303", "282", "481"});

// A JSON object without copies: field by field.
class Body {
 public:
  explicit Body(std::string& out) : out_(out) { out_.assign("{"); }
  Body& text(std::string_view name, std::string_view value) {
    key(name);
    out_ += '"';
    out_ += value;
    out_ += '"';
    return *this;
  }
  Body& id(std::string_view name, const Uuid& value) {
    key(name);
    out_ += '"';
    append_uuid(out_, value);
    out_ += '"';
    return *this;
  }
  Body& time(std::string_view name, std::int64_t millis) {
    return text(name, UtcMillis{millis}.to_string());
  }
  Body& number(std::string_view name, std::int64_t value) {
    key(name);
    char digits[24];
    out_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    return *this;
  }
  Body& flag(std::string_view name, bool value) {
    key(name);
    out_ += value ? "true" : "false";
    return *this;
  }
  void end() { out_ += '}'; }

 private:
  void key(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  std::string& out_;
};

}  // namespace

Session::Session(const WorkloadOptions& options, const ReferenceData& reference,
                 std::uint32_t number)
    : options_(options), reference_(&reference), number_(number) {
  plan_next();
  prepare();
}

Uuid Session::id_for(std::uint64_t what) {
  Dice dice(options_.seed ^ kIds, number_, sent_ * 4 + what);
  const auto high = dice.next();
  return uuid_v7(options_.start.value + static_cast<std::int64_t>(sent_), high, dice.next());
}

std::vector<Uuid> Session::patients() const {
  std::vector<Uuid> ids;
  for (const Patient& patient : patients_) {
    if (patient.registered) ids.push_back(patient.id);
  }
  return ids;
}

void Session::plan_next() {
  Dice dice(options_.seed ^ kPlan, number_, sent_);
  plan_.clear();
  at_ = 0;
  const bool only_register = registered_first_ < options_.registered_first;
  if (only_register || patients_.empty() || dice.chance(1 / options_.encounters_per_patient)) {
    patient_ = place_for_another(dice);
    patients_[patient_] = {id_for(2), kFirstDay + dice.between(0, 365) * 24 * kHour, 0, 0, false};
    plan_.push_back(Step::register_patient);
    if (only_register) {
      ++registered_first_;
      return;
    }
  } else {
    patient_ = dice.skewed(patients_.size());
    if (dice.chance(0.03)) plan_.push_back(Step::amend_patient);
  }
  plan_encounter(dice);
}

std::size_t Session::place_for_another(Dice& dice) {
  if (options_.most_patients > 0 && patients_.size() >= options_.most_patients) {
    return dice.below(patients_.size());
  }
  patients_.emplace_back();
  return patients_.size() - 1;
}

void Session::plan_encounter(Dice& dice) {
  class_ = static_cast<EncounterClass>(dice.weighted(kClasses));
  diagnoses_.clear();
  medications_.clear();
  billable_.clear();
  lines_ = 0;
  first_code_ = dice.skewed(diagnosis_codes().size());

  plan_.push_back(Step::admit);
  if (dice.chance(0.02)) {
    plan_.push_back(Step::cancel);
    return;
  }
  const auto diagnoses = dice.weighted(kDiagnosisCounts);
  const auto procedures = dice.weighted(kProcedureCounts);
  const auto medications = dice.weighted(kMedicationCounts);
  const auto first = plan_.size();
  plan_.insert(plan_.end(), diagnoses, Step::diagnosis);
  plan_.insert(plan_.end(), procedures, Step::procedure);
  plan_.insert(plan_.end(), medications, Step::medication);
  for (std::size_t i = plan_.size(); i > first + 1; --i) {
    std::swap(plan_[i - 1], plan_[first + dice.below(i - first)]);
  }
  if (diagnoses > 0 && dice.chance(0.05)) plan_.push_back(Step::revise_diagnosis);
  if (medications > 0 && dice.chance(0.2)) plan_.push_back(Step::stop_medication);
  if (class_ >= EncounterClass::emergency && dice.chance(0.3)) plan_.push_back(Step::transfer);

  plan_.push_back(Step::open_bill);
  const auto charges = 1 + procedures + medications;
  plan_.insert(plan_.end(), charges, Step::charge);
  // Never the only line: an empty bill cannot be finalised.
  if (charges > 1 && dice.chance(0.03)) plan_.push_back(Step::void_charge);
  plan_.push_back(Step::discharge);
  if (dice.chance(0.01)) {
    plan_.push_back(Step::reopen);
    plan_.push_back(Step::discharge_again);
  }
  plan_.push_back(Step::finalize);
}

void Session::accepted(Version version) {
  Patient& patient = patients_[patient_];
  patient.version = version;
  switch (plan_[at_]) {
    case Step::register_patient:
      patient.registered = true;
      break;
    case Step::admit:
      encounter_ = new_id_;
      billable_.push_back({SourceKind::encounter, new_id_});
      break;
    case Step::diagnosis:
      diagnoses_.push_back(new_id_);
      break;
    case Step::procedure:
      billable_.push_back({SourceKind::procedure, new_id_});
      break;
    case Step::medication:
      medications_.push_back(new_id_);
      billable_.push_back({SourceKind::medication, new_id_});
      break;
    case Step::charge:
      billable_.pop_back();
      ++lines_;
      break;
    default:
      break;
  }
  ++sent_;
  if (++at_ == plan_.size()) plan_next();
  prepare();
}

void Session::abandon() {
  patients_[patient_] = patients_.back();
  patients_.pop_back();
  ++sent_;
  plan_next();
  prepare();
}

void Session::prepare() {
  const Step step = plan_[at_];
  Dice dice(options_.seed ^ kBody, number_, sent_);
  Patient& patient = patients_[patient_];
  patient.clock += dice.between(1, 40) * kMinute;
  new_id_ = id_for(1);
  command_.method = "POST";
  command_.request_id.clear();
  append_uuid(command_.request_id, id_for(0));
  command_.routing_id = patient.id;
  command_.if_match.reset();
  if (patient.version > 0 && dice.chance(options_.if_match)) command_.if_match = patient.version;

  command_.path = "/v1/patients";
  if (step != Step::register_patient) {
    command_.path += '/';
    append_uuid(command_.path, patient.id);
  }
  switch (step) {
    case Step::register_patient:
    case Step::amend_patient:
      return prepare_patient(step, dice);
    case Step::admit:
    case Step::transfer:
    case Step::discharge:
    case Step::reopen:
    case Step::discharge_again:
    case Step::cancel:
      return prepare_encounter(step, dice);
    case Step::diagnosis:
    case Step::revise_diagnosis:
    case Step::procedure:
    case Step::medication:
    case Step::stop_medication:
      return prepare_clinical(step, dice);
    case Step::open_bill:
    case Step::charge:
    case Step::void_charge:
    case Step::finalize:
      return prepare_billing(step, dice);
  }
}

void Session::prepare_patient(Step step, Dice& dice) {
  Patient& patient = patients_[patient_];
  Body body(command_.body);
  if (step == Step::register_patient) {
    command_.name = "register-patient";
    patient.place = dice.skewed(kStates.size());
    body.id("patient_id", patient.id)
        .number("birth_year", dice.between(1935, 2020))
        .text("sex", name_of(static_cast<Sex>(dice.below(2))));
  } else {
    command_.name = "amend-patient";
    command_.method = "PATCH";
    patient.place = (patient.place + 1) % kStates.size();
  }
  body.text("state", kStates[patient.place]).text("zip3", kZips[patient.place]).end();
}

// Continues the path below the patient with `/encounters/ID` and `rest`.
void Session::below_encounter(std::string_view rest) {
  command_.path += "/encounters/";
  append_uuid(command_.path, encounter_);
  command_.path += rest;
}

void Session::prepare_encounter(Step step, Dice& dice) {
  Patient& patient = patients_[patient_];
  Body body(command_.body);
  switch (step) {
    case Step::admit:
      command_.name = "admit-encounter";
      command_.path += "/encounters";
      patient.clock += dice.between(1, 20) * kHour;
      facility_ = dice.below(reference_->facilities());
      body.id("encounter_id", new_id_)
          .text("provider_id", reference_->provider(dice.skewed(reference_->providers())))
          .text("facility_id", reference_->facility(facility_))
          .text("class", name_of(class_))
          .text("pos", kPlaceOfService[static_cast<std::size_t>(class_)])
          .time("admitted_at", patient.clock);
      break;
    case Step::transfer:
      command_.name = "transfer-encounter";
      below_encounter("/transfer");
      facility_ = (facility_ + 1) % reference_->facilities();
      body.text("facility_id", reference_->facility(facility_))
          .time("transferred_at", patient.clock);
      break;
    case Step::reopen:
      command_.name = "reopen-encounter";
      below_encounter("/reopen");
      body.text("reason", "late-entry");
      break;
    case Step::cancel:
      command_.name = "cancel-encounter";
      below_encounter("/cancel");
      body.text("reason", "entered-in-error");
      break;
    default:
      command_.name = "discharge-encounter";
      below_encounter("/discharge");
      body.time("discharged_at", patient.clock)
          .text("disposition", name_of(dice.chance(0.9) ? Disposition::home : Disposition::other));
      break;
  }
  body.end();
}

// A code that no diagnosis of the encounter has.
std::string_view Session::diagnosis_code() const {
  const auto codes = diagnosis_codes();
  return codes[(first_code_ + diagnoses_.size()) % codes.size()];
}

void Session::prepare_clinical(Step step, Dice& dice) {
  const std::int64_t now = patients_[patient_].clock;
  const auto& provider = reference_->provider(dice.skewed(reference_->providers()));
  Body body(command_.body);
  switch (step) {
    case Step::diagnosis:
      command_.name = "record-diagnosis";
      below_encounter("/diagnoses");
      body.id("diagnosis_id", new_id_)
          .text("icd10cm", diagnosis_code())
          .number("rank", static_cast<std::int64_t>(diagnoses_.size()) + 1)
          .flag("present_on_admission", dice.chance(0.5))
          .time("recorded_at", now);
      break;
    case Step::revise_diagnosis:
      command_.name = "revise-diagnosis";
      command_.method = "PATCH";
      below_encounter("/diagnoses/" + diagnoses_.back().to_string());
      body.text("icd10cm", diagnosis_code()).text("reason", "coding-review");
      break;
    case Step::procedure: {
      const bool pcs = class_ == EncounterClass::inpatient;
      const auto codes = pcs ? inpatient_procedures() : hcpcs_codes();
      command_.name = "record-procedure";
      below_encounter("/procedures");
      body.id("procedure_id", new_id_)
          .text("provider_id", provider)
          .text("system", name_of(pcs ? ProcedureSystem::pcs : ProcedureSystem::hcpcs))
          .text("code", codes[dice.skewed(codes.size())])
          .time("performed_at", now)
          .number("quantity", dice.between(1, 3));
      break;
    }
    case Step::medication:
      command_.name = "prescribe-medication";
      below_encounter("/medications");
      body.id("medication_id", new_id_)
          .text("provider_id", provider)
          .text("rxcui", drug_codes()[dice.skewed(drug_codes().size())])
          .text("dose", dice.chance(0.5) ? "500" : "2.5")
          .text("unit", name_of(DoseUnit::mg))
          .text("route", name_of(Route::oral))
          .time("start", now);
      break;
    default:
      command_.name = "stop-medication";
      below_encounter("/medications/" + medications_.back().to_string() + "/stop");
      body.time("stop", now);
      break;
  }
  body.end();
}

void Session::prepare_billing(Step step, Dice& dice) {
  Body body(command_.body);
  switch (step) {
    case Step::open_bill:
      command_.name = "open-bill";
      below_encounter("/bill");
      body.id("bill_id", new_id_);
      break;
    case Step::charge: {
      const Source& source = billable_.back();
      command_.name = "add-charge";
      below_encounter("/bill/charges");
      body.text("source_kind", name_of(source.kind))
          .id("source_id", source.id)
          .text("category",
                name_of(source.kind == SourceKind::medication ? ChargeCategory::pharmacy
                                                              : ChargeCategory::professional))
          .number("qty", dice.between(1, 3))
          .number("unit_cents", dice.between(500, 300'000));
      break;
    }
    case Step::void_charge:
      command_.name = "void-charge";
      below_encounter("/bill/charges/" + std::to_string(dice.between(1, lines_)) + "/void");
      body.text("reason", "billing-review");
      break;
    default:
      command_.name = "finalize-bill";
      below_encounter("/bill/finalize");
      break;
  }
  body.end();
}

}  // namespace pim::load
