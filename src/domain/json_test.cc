#include "domain/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "domain/domain_testing.h"
#include "domain/names.h"

namespace pim {
namespace {

using namespace domain_testing;  // NOLINT(google-build-using-namespace)

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonString, EscapesWhatItMust) {
  EXPECT_EQ(quoted(""), R"("")");
  EXPECT_EQ(quoted("plain"), R"("plain")");
  EXPECT_EQ(quoted("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(quoted("\"\"\\"), R"("\"\"\\")");
  EXPECT_EQ(quoted("\n\r\t"), R"("\n\r\t")");
  EXPECT_EQ(quoted(std::string_view("\0\x01\x1f", 3)), R"("\u0000\u0001\u001f")");
  EXPECT_EQ(quoted("Jos\xC3\xA9 \x7f"), "\"Jos\xC3\xA9 \x7f\"");
}

TEST(EventJson, LeavesAbsentFieldsOut) {
  EXPECT_EQ(event_to_json(PatientDeactivated{}), "{}");
  EXPECT_EQ(event_to_json(PatientAmended{{}, Sex::other, {}, {}, {}}), R"({"sex":"X"})");
  EXPECT_EQ(event_to_json(BillFinalized{encounter_id(), bill_id(), Cents{-5}}),
            R"({"encounter_id":"e1000000-0000-7000-8000-000000000001",)"
            R"("bill_id":"b1000000-0000-7000-8000-000000000001","total_cents":-5})");
}

TEST(EventJson, KeepsTheLimitsOfItsNumbers) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t cents : {kMost, std::numeric_limits<std::int64_t>::min(), std::int64_t{0}}) {
    const Event event = BillFinalized{encounter_id(), bill_id(), Cents{cents}};
    const auto again = event_from_json("bill-finalized", event_to_json(event));
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(*again, event);
  }
  const Event event = ProviderAmended{{}, {}, std::numeric_limits<Version>::max()};
  const auto again = event_from_json("provider-amended", event_to_json(event));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, event);
}

TEST(EventJson, ReadsWhatANewerVersionWrote) {
  const auto event = event_from_json(
      "patient-deceased",
      R"({"cause":{"code":["x",{"deep":null}]},"deceased_year":2024,"certain":true})");
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(*event, Event{PatientDeceased{2024}});
  const auto amended = event_from_json("patient-amended", R"({"sex":null,"birth_year":1970})");
  ASSERT_TRUE(amended);
  EXPECT_EQ(*amended, (Event{PatientAmended{1970, {}, {}, {}, {}}}));
}

// A rule that became stricter since must not make history unreadable.
TEST(EventJson, ReadsCodesThatAreRefusedToday) {
  const auto event = event_from_json("patient-amended", R"({"zip3":"036","birth_year":1850})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event_to_json(*event), R"({"birth_year":1850,"zip3":"036"})");
}

TEST(EventJson, SaysWhatItCannotRead) {
  const auto error_of = [](std::string_view type, std::string_view json) {
    const auto event = event_from_json(type, json);
    return event ? "read" : event.error().field + " " + event.error().message;
  };
  EXPECT_EQ(error_of("patient-reborn", "{}"), " is of an unknown event type");
  EXPECT_EQ(error_of("patient-deceased", "{}"), "/deceased_year required");
  EXPECT_EQ(error_of("patient-deceased", R"({"deceased_year":null})"),
            "/deceased_year must not be null");
  EXPECT_EQ(error_of("patient-deceased", R"({"deceased_year":20.5})"),
            "/deceased_year must be an integer");
  EXPECT_EQ(error_of("patient-deceased", R"({"deceased_year":2024)").substr(0, 18),
            " is not valid JSON");
  EXPECT_EQ(error_of("patient-amended", R"({"sex":"Q"})"), "/sex must be one of F, M, X, U");
  EXPECT_EQ(error_of("encounter-cancelled", R"({"encounter_id":"1"})"),
            "/encounter_id must be a UUID");
}

Stream full_stream() {
  return Stream({with(register_patient(), [](auto& c) { c.home_region = code<Region>("us-east"); }),
                 admit(1, EncounterClass::inpatient), transfer(), record_diagnosis(1),
                 record_diagnosis(2), void_diagnosis(2), record_procedure(), prescribe(),
                 stop_medication(), open_bill(1), charge_encounter(), charge_procedure(),
                 void_charge(2), discharge(), finalize_bill(), void_bill(), open_bill(2),
                 admit(2)});
}

TEST(StateJson, EveryKindOfStreamReadsBack) {
  for (const auto& [kind, state] :
       {std::pair{StreamKind::patient, full_stream().state},
        std::pair{StreamKind::patient, Stream({register_patient()}).state},
        std::pair{StreamKind::provider, Stream({register_provider()}).state},
        std::pair{StreamKind::facility, Stream({register_facility()}).state},
        std::pair{StreamKind::patient, StreamState{}}}) {
    const auto text = state_to_json(state);
    const auto again = state_from_json(kind, text);
    ASSERT_TRUE(again) << again.error().field << " " << again.error().message << text;
    EXPECT_EQ(*again, state);
    EXPECT_EQ(state_to_json(*again), text);
  }
}

TEST(StateJson, FindsEncountersAfterReading) {
  const auto again = state_from_json(StreamKind::patient, state_to_json(full_stream().state));
  ASSERT_TRUE(again);
  const auto& encounters = std::get<Patient>(*again).encounters;
  ASSERT_TRUE(encounters.find(encounter_id(2)));
  EXPECT_EQ(encounters.find(encounter_id(2)), &encounters.all()[1]);
}

TEST(StateJson, PointsIntoTheDocument) {
  auto text = state_to_json(full_stream().state);
  const std::string_view was = R"("qty":2)";
  const auto at = text.rfind(was);
  ASSERT_NE(at, std::string::npos);
  text.replace(at, was.size(), R"("qty":"")");
  const auto broken = state_from_json(StreamKind::patient, text);
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().field, "/encounters/0/bills/0/lines/1/qty");
  EXPECT_FALSE(state_from_json(StreamKind::provider, state_to_json(full_stream().state)));
  EXPECT_FALSE(state_from_json(StreamKind::patient, "[]"));
}

TEST(StateJson, RefusesAnEncounterTwice) {
  const auto encounter = to_json(full_stream().encounter());
  const auto facts = to_json(full_stream().patient().facts);
  const auto twice =
      state_from_json(StreamKind::patient, R"({"facts":)" + facts + R"(,"encounters":[)" +
                                               encounter + "," + encounter + "]}");
  ASSERT_FALSE(twice);
  EXPECT_EQ(twice.error().field, "/encounters/1/encounter_id");
}

TEST(PartsJson, ReadBackAndStandInTheState) {
  const auto stream = full_stream();
  const auto whole = state_to_json(stream.state);
  const auto facts = to_json(stream.patient().facts);
  const auto encounter = to_json(stream.encounter());
  EXPECT_NE(whole.find(facts), std::string::npos);
  EXPECT_NE(whole.find(encounter), std::string::npos);
  EXPECT_NE(encounter.find(to_json(stream.encounter().bills[0])), std::string::npos);
  EXPECT_EQ(patient_facts_from_json(facts).value(), stream.patient().facts);
  EXPECT_EQ(encounter_from_json(encounter).value(), stream.encounter());
  const auto provider = Stream({register_provider()}).state;
  EXPECT_EQ(to_json(std::get<Provider>(provider)), state_to_json(provider));
  const auto facility = Stream({register_facility()}).state;
  EXPECT_EQ(to_json(std::get<Facility>(facility)), state_to_json(facility));
}

}  // namespace
}  // namespace pim
