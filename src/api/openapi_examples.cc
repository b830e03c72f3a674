#include "api/openapi_examples.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pim::api {
namespace {

using Example = std::pair<std::string_view, std::string_view>;

constexpr auto kExamples = std::to_array<Example>({
    {"register-patient", R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})"},
    {"amend-patient", R"({"state":"PA","zip3":"152"})"},
    {"deactivate-patient", R"({"reason":"moved-away"})"},
    {"mark-patient-deceased", R"({"deceased_year":2024})"},
    {"register-provider", R"({"npi":"9000000007","alias":"PRV-000123","specialty":"cardiology",)"
                          R"("facility_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d33"})"},
    {"amend-provider", R"({"specialty":"internal-medicine"})"},
    {"retire-provider", R"({"reason":"left-the-group"})"},
    {"register-facility",
     R"({"npi":"9000000015","alias":"FAC-000045","kind":"hospital","state":"OH","zip3":"441",)"
     R"("beds":120})"},
    {"amend-facility", R"({"beds":140})"},
    {"retire-facility", R"({"reason":"closed"})"},
    {"admit-encounter",
     R"({"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22",)"
     R"("facility_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d33","class":"inpatient","pos":"21",)"
     R"("admitted_at":"2025-01-31T09:30:00.000Z"})"},
    {"transfer-encounter", R"({"facility_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d34",)"
                           R"("transferred_at":"2025-02-01T08:00:00.000Z"})"},
    {"discharge-encounter", R"({"discharged_at":"2025-02-03T11:00:00.000Z","disposition":"home"})"},
    {"cancel-encounter", R"({"reason":"entered-in-error"})"},
    {"reopen-encounter", R"({"reason":"late-entry"})"},
    {"record-diagnosis", R"({"icd10cm":"E11.9","rank":1,"present_on_admission":true,)"
                         R"("recorded_at":"2025-01-31T10:00:00.000Z"})"},
    {"revise-diagnosis", R"({"icd10cm":"E11.65","reason":"lab-result"})"},
    {"void-diagnosis", R"({"reason":"entered-in-error"})"},
    {"record-procedure",
     R"({"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22","system":"HCPCS","code":"G0438",)"
     R"("performed_at":"2025-01-31T11:00:00.000Z","quantity":1})"},
    {"void-procedure", R"({"reason":"entered-in-error"})"},
    {"prescribe-medication",
     R"({"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22","rxcui":"860975","dose":"500",)"
     R"("unit":"mg","route":"oral","start":"2025-01-31T12:00:00.000Z"})"},
    {"stop-medication", R"({"stop":"2025-02-02T12:00:00.000Z"})"},
    {"void-medication", R"({"reason":"entered-in-error"})"},
    {"open-bill", "{}"},
    {"add-charge",
     R"({"source_kind":"encounter","source_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d44",)"
     R"("category":"room-board","qty":3,"unit_cents":125000})"},
    {"void-charge", R"({"reason":"entered-in-error"})"},
    {"finalize-bill", "{}"},
    {"void-bill", R"({"reason":"entered-in-error"})"},
});

}  // namespace

std::string_view example_body(std::string_view command) {
  const auto found = std::find_if(kExamples.begin(), kExamples.end(),
                                  [&](const auto& each) { return each.first == command; });
  return found == kExamples.end() ? "{}" : found->second;
}

}  // namespace pim::api
