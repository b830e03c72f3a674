#include "audit/store_record.h"

#include <gtest/gtest.h>

#include "domain/json.h"

namespace pim::audit {
namespace {

const Uuid kProvider{{2}};
const Uuid kFacility{{3}};

std::string record_of(const Event& event) {
  store::EventRecord record;
  record.version = 5;
  record.type = event_type(event);
  record.data = event_to_json(event);
  return event_record(record);
}

std::string reference(const std::string& name, const Uuid& id, int version) {
  return ",\"" + name + "\":\"" + id.to_string() + "\",\"" + name +
         "_version\":" + std::to_string(version);
}

TEST(EventRecord, SaysWhatItWasDecidedOn) {
  EncounterAdmitted admitted;
  admitted.provider_id = {kProvider};
  admitted.provider_version = 7;
  admitted.facility_id = {kFacility};
  admitted.facility_version = 8;
  const auto both = record_of(admitted);
  EXPECT_NE(both.find(reference("provider", kProvider, 7)), std::string::npos) << both;
  EXPECT_NE(both.find(reference("facility", kFacility, 8)), std::string::npos) << both;

  EncounterTransferred transferred;
  transferred.facility_id = FacilityId{kFacility};
  transferred.facility_version = 9;
  const auto one = record_of(transferred);
  EXPECT_EQ(one.find("provider"), std::string::npos) << one;
  EXPECT_NE(one.find(reference("facility", kFacility, 9)), std::string::npos) << one;
}

TEST(EventRecord, NamesNothingElseOfTheEvent) {
  PatientRegistered born;
  born.birth_year = 1950;
  const auto registered = record_of(born);
  EXPECT_EQ(registered.find("1950"), std::string::npos) << registered;
  EXPECT_EQ(registered.find("provider"), std::string::npos);
  EXPECT_EQ(registered.find("facility"), std::string::npos);
}

TEST(EventRecord, IsWrittenOfAnEventThatIsNotKnownYet) {
  store::EventRecord record;
  record.type = "provider-cloned";
  record.data = R"({"provider_id":"x"})";
  record.version = 5;
  EXPECT_NE(event_record(record).find("\"version\":5"), std::string::npos);
}

}  // namespace
}  // namespace pim::audit
