// `pim data verify`: files, a store, and what it says where it finds something.
#include <fstream>

#include "lab.h"

namespace pim::integration {
namespace {

class DataVerifyTest : public Lab {
 protected:
  int create_patient(const Headers& more = {}) {
    return call("POST", "/v1/patients", token("registrar"),
                R"({"birth_year":1980,"sex":"F","state":"OH","zip3":"432"})", more)
        .status;
  }
};

TEST_F(DataVerifyTest, AStoreIsCheckedOnceItsServerHasStopped) {
  serve();
  ASSERT_EQ(create_patient(), 201);
  EXPECT_EQ(pim({"data", "verify", "--store", data()}).exit, 3) << "the server has the lock";
  ASSERT_EQ(stop_server(), 0);
  const auto run = pim({"data", "verify", "--store", data()});
  EXPECT_EQ(run.exit, 0) << run.out << run.err;
  EXPECT_NE(run.out.find("1 events"), std::string::npos) << run.out;
}

TEST_F(DataVerifyTest, AnIdentifierInAStoreIsFoundAndNotQuoted) {
  serve();
  const Headers somebody = {{"Idempotency-Key", "for-219-45-9998"}};
  ASSERT_EQ(create_patient(somebody), 201);
  ASSERT_EQ(stop_server(), 0);
  const auto run = pim({"data", "verify", "--store", data()});
  EXPECT_EQ(run.exit, 1) << run.out << run.err;
  EXPECT_NE(run.out.find(" ssn: "), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("219-45"), std::string::npos) << run.out;
  const auto json = pim({"data", "verify", "--store", data(), "--json"});
  EXPECT_EQ(json.exit, 1);
  EXPECT_EQ(json_text(json.out, "found"), "1") << json.out;
}

TEST_F(DataVerifyTest, AFileIsCheckedWithItsPlaces) {
  std::ofstream(path("patients.csv")) << "patient_id,birth_year,sex,state,zip3,deceased_year\n"
                                         "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10,1980,F,OH,432,\n"
                                         "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b11,1980,F,OH,43215,\n";
  const auto bad = pim({"data", "verify", path("patients.csv"), "--no-manifest", "--year", "2026"});
  EXPECT_EQ(bad.exit, 1) << bad.out << bad.err;
  EXPECT_NE(bad.out.find("patients.csv:3:48: zip: "), std::string::npos) << bad.out;
  const auto without = pim({"data", "verify", path("patients.csv")});
  EXPECT_NE(without.out.find("manifest-missing"), std::string::npos) << without.out;
}

}  // namespace
}  // namespace pim::integration
