#include "sample_calls.h"

#include "api/routes.h"

namespace pim::integration {
namespace {

std::string uuid(char salt, char what) {
  return std::string("0190aaaa-000") + what + "-7000-8000-00000000000" + salt;
}

}  // namespace

Ids sample_ids(char salt) {
  const bool first = salt == '1';
  return {
      {"facility_id", uuid(salt, '1')},
      {"facility2_id", uuid(salt, '2')},
      {"provider_id", uuid(salt, '3')},
      {"patient_id", uuid(salt, '4')},
      {"patient2_id", uuid(salt, '5')},
      {"patient3_id", uuid(salt, '6')},
      {"encounter_id", uuid(salt, '7')},
      {"encounter2_id", uuid(salt, '8')},
      {"diagnosis_id", uuid(salt, '9')},
      {"procedure_id", uuid(salt, 'a')},
      {"medication_id", uuid(salt, 'b')},
      {"bill_id", uuid(salt, 'c')},
      {"procedure2_id", uuid(salt, 'd')},
      {"line_no", "1"},
      {"system", "ICD-10-CM"},
      {"npi1", first ? "9000000015" : "9000000049"},
      {"npi2", first ? "9000000023" : "9000000056"},
      {"npi3", first ? "9000010014" : "9000010022"},
  };
}

const std::vector<SampleCall>& sample_calls() {
  static const std::string reason = R"({"reason":"entered-in-error"})";
  static const std::vector<SampleCall> calls = {
      {"register-facility",
       "operator",
       R"({"facility_id":"{facility_id}","npi":"{npi1}","alias":"FAC-000001","kind":"hospital","state":"OH","zip3":"432","beds":20})",
       "",
       {}},
      {"register-facility",
       "operator",
       R"({"facility_id":"{facility2_id}","npi":"{npi2}","alias":"FAC-000002","kind":"clinic","state":"OH","zip3":"432","beds":0})",
       "",
       {}},
      {"amend-facility", "operator", R"({"beds":25})", "", {}},
      {"register-provider",
       "operator",
       R"({"provider_id":"{provider_id}","npi":"{npi3}","alias":"PRV-000001","specialty":"cardiology","facility_id":"{facility_id}"})",
       "",
       {}},
      {"amend-provider", "operator", R"({"specialty":"neurology"})", "", {}},
      {"register-patient",
       "registrar",
       R"({"patient_id":"{patient_id}","birth_year":1980,"sex":"F","state":"OH","zip3":"432"})",
       "",
       {}},
      {"register-patient",
       "registrar",
       R"({"patient_id":"{patient2_id}","birth_year":1950,"sex":"M","state":"OH","zip3":"432"})",
       "",
       {}},
      {"register-patient",
       "registrar",
       R"({"patient_id":"{patient3_id}","birth_year":1960,"sex":"U","state":"OH","zip3":"000"})",
       "",
       {}},
      {"amend-patient", "registrar", R"({"zip3":"441"})", "", {}},
      {"admit-encounter",
       "registrar",
       R"({"encounter_id":"{encounter_id}","provider_id":"{provider_id}","facility_id":"{facility_id}","class":"inpatient","pos":"21","admitted_at":"2024-03-01T08:00:00Z"})",
       "",
       {}},
      {"transfer-encounter",
       "clinician",
       R"({"facility_id":"{facility2_id}","transferred_at":"2024-03-01T09:00:00Z"})",
       "",
       {}},
      {"record-diagnosis",
       "clinician",
       R"({"diagnosis_id":"{diagnosis_id}","icd10cm":"E11.9","rank":1,"present_on_admission":true,"recorded_at":"2024-03-01T09:10:00Z"})",
       "",
       {}},
      {"revise-diagnosis", "clinician", R"({"icd10cm":"I10","reason":"corrected"})", "", {}},
      {"record-procedure",
       "clinician",
       R"({"procedure_id":"{procedure_id}","provider_id":"{provider_id}","system":"HCPCS","code":"G0438","performed_at":"2024-03-01T09:20:00Z","quantity":1})",
       "",
       {}},
      {"record-procedure",
       "clinician",
       R"({"procedure_id":"{procedure2_id}","provider_id":"{provider_id}","system":"PCS","code":"0DTJ4ZZ","performed_at":"2024-03-01T09:25:00Z","quantity":1})",
       "",
       {}},
      {"prescribe-medication",
       "clinician",
       R"({"medication_id":"{medication_id}","provider_id":"{provider_id}","rxcui":"860975","dose":"500","unit":"mg","route":"oral","start":"2024-03-01T09:30:00Z"})",
       "",
       {}},
      {"stop-medication", "clinician", R"({"stop":"2024-03-02T09:30:00Z"})", "", {}},
      {"open-bill", "biller", R"({"bill_id":"{bill_id}"})", "", {}},
      {"add-charge",
       "biller",
       R"({"source_kind":"procedure","source_id":"{procedure_id}","category":"procedure","qty":1,"unit_cents":12500})",
       "",
       {}},
      {"add-charge",
       "biller",
       R"({"source_kind":"encounter","source_id":"{encounter_id}","category":"room-board","qty":2,"unit_cents":90000})",
       "",
       {}},
      {"void-charge", "biller", reason, "", {}},
      {"get-chart", "clinician", "", "", {}},
      {"get-timeline", "clinician", "", "?limit=5", {}},
      {"get-encounter", "biller", "", "", {}},
      {"list-bills", "biller", "", "", {}},
      {"get-provider", "registrar", "", "", {}},
      {"get-facility", "registrar", "", "", {}},
      {"list-encounters-by-provider", "clinician", "", "", {}},
      {"get-census", "clinician", "", "", {{"facility_id", "facility2_id"}}},
      {"list-encounters-by-day", "clinician", "", "?day=2024-03-01", {}},
      {"get-code-frequency", "clinician", "", "", {}},
      {"search-audit", "auditor", "", "?patient={patient_id}", {}},
      {"get-openapi", "auditor", "", "", {}},
      {"discharge-encounter",
       "clinician",
       R"({"discharged_at":"2024-03-03T10:00:00Z","disposition":"home"})",
       "",
       {}},
      {"reopen-encounter", "clinician", R"({"reason":"late-entry"})", "", {}},
      {"void-diagnosis", "clinician", reason, "", {}},
      {"void-procedure", "clinician", reason, "", {}},
      {"void-medication", "clinician", reason, "", {}},
      {"discharge-encounter",
       "clinician",
       R"({"discharged_at":"2024-03-03T11:00:00Z","disposition":"home"})",
       "",
       {}},
      {"finalize-bill", "biller", "{}", "", {}},
      {"void-bill", "biller", reason, "", {}},
      {"admit-encounter",
       "registrar",
       R"({"encounter_id":"{encounter2_id}","provider_id":"{provider_id}","facility_id":"{facility_id}","class":"ambulatory","pos":"11","admitted_at":"2024-04-01T08:00:00Z"})",
       "",
       {}},
      {"cancel-encounter", "registrar", reason, "", {{"encounter_id", "encounter2_id"}}},
      {"deactivate-patient",
       "registrar",
       R"({"reason":"moved-away"})",
       "",
       {{"patient_id", "patient2_id"}}},
      {"mark-patient-deceased",
       "registrar",
       R"({"deceased_year":2024})",
       "",
       {{"patient_id", "patient3_id"}}},
      {"retire-provider", "operator", R"({"reason":"left"})", "", {}},
      {"retire-facility",
       "operator",
       R"({"reason":"closed"})",
       "",
       {{"facility_id", "facility2_id"}}},
  };
  return calls;
}

std::string filled(std::string_view text, const Ids& ids) {
  std::string out(text);
  for (const auto& [name, id] : ids) {
    const std::string slot = "{" + name + "}";
    for (auto at = out.find(slot); at != std::string::npos; at = out.find(slot, at)) {
      out.replace(at, slot.size(), id);
    }
  }
  return out;
}

Ids ids_of(const SampleCall& call, const Ids& common) {
  Ids ids = common;
  for (const auto& [name, other] : call.override_ids) ids[name] = common.at(other);
  return ids;
}

std::string target_of(const SampleCall& call, const Ids& ids) {
  const auto* route = api::find_route(call.operation);
  return route == nullptr ? "/no-such-operation"
                          : filled(std::string(route->path) + call.query, ids);
}

}  // namespace pim::integration
