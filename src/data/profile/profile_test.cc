// The generator's defaults against the reference, and what must fail.
#include "data/profile/profile.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "data/generate/generate.h"
#include "data/tables.h"

namespace pim::data::profile {
namespace {

namespace fs = std::filesystem;

class ProfileOf : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::temp_directory_path() / ("pim-profile-" + std::to_string(::getpid()));
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  void TearDown() override { fs::remove_all(path_); }

  std::vector<std::string> generate(const generate::Plan& plan) {
    generate::GenerateOptions options;
    options.directory = path_.string();
    options.threads = 2;
    options.force = true;
    const auto made = generate::generate_files(plan, options);
    EXPECT_TRUE(made.ok()) << made.error().message;
    std::vector<std::string> files;
    for (const auto& table : all_tables()) {
      files.push_back((path_ / (std::string(table.name) + ".csv")).string());
    }
    return files;
  }
  std::string write(const std::string& name, const std::string& text) {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }
  static Comparison find(const Profile& profile, std::string_view name,
                         std::string_view statistic) {
    for (const auto& each : profile.comparisons) {
      if (each.name == name && each.statistic == statistic) return each;
    }
    ADD_FAILURE() << "no " << name << " " << statistic;
    return {};
  }

  fs::path path_;
};

// Whatever the seed, and for a thousand patients as for more.
TEST_F(ProfileOf, TheDefaultsIsRealistic) {
  using Case = std::pair<std::uint64_t, std::uint64_t>;
  for (const auto& [seed, patients] :
       {Case{1, 1000}, Case{6, 1000}, Case{2026, 1000}, Case{20'251'001, 1700}}) {
    generate::Plan plan;
    plan.patients = patients;
    plan.seed = seed;
    const auto profile = profile_files(generate(plan));
    ASSERT_TRUE(profile.ok()) << profile.error().message;
    std::size_t held = 0;
    for (const auto& each : profile->comparisons) {
      if (!each.held) continue;
      ++held;
      EXPECT_TRUE(each.within()) << each.name << " " << each.statistic << ": " << each.measured
                                 << ", not " << each.reference << " (" << patients
                                 << " patients, seed " << seed << ")";
    }
    EXPECT_EQ(held, 24U) << "p50 and p90 of seven measures, ten shares";
    EXPECT_EQ(profile->verdict(), Verdict::realistic);
  }
}

// What there is too little of is neither right nor wrong.
TEST_F(ProfileOf, AHandfulOfPatientsIsNotJudged) {
  generate::Plan plan;
  plan.patients = 99;
  const auto few = profile_files(generate(plan));
  ASSERT_TRUE(few.ok());
  EXPECT_EQ(few->verdict(), Verdict::too_few);
  const auto patients = find(*few, "encounters a patient", "p50");
  EXPECT_TRUE(patients.too_few);
  EXPECT_EQ(patients.exception, "too few to judge: 99 patients, not 100");
  EXPECT_NE(to_json(*few).find(R"("too_few": true)"), std::string::npos);
  EXPECT_NE(to_text(*few).find("there are too few rows to judge"), std::string::npos);

  // what can be judged may be off all the same
  plan.patients = 100;
  plan.skew = 0;
  const auto skewed = profile_files(generate(plan));
  ASSERT_TRUE(skewed.ok());
  EXPECT_EQ(skewed->verdict(), Verdict::off);
  EXPECT_TRUE(find(*skewed, "class emergency", "share %").too_few);
}

// The negative control: patients that are all alike, and patients that are too different.
TEST_F(ProfileOf, ASkewedGenerationIsNotRealistic) {
  generate::Plan plan;
  plan.patients = 400;
  for (const double skew : {0.0, 1.5}) {
    plan.skew = skew;
    const auto profile = profile_files(generate(plan));
    ASSERT_TRUE(profile.ok());
    EXPECT_EQ(profile->verdict(), Verdict::off);
    EXPECT_FALSE(find(*profile, "encounters a patient", "p90").within()) << "skew " << skew;
    EXPECT_FALSE(find(*profile, "top tenth of patients, of encounters", "share %").within());
  }
}

constexpr const char* kEncounterHeader =
    "encounter_id,patient_id,provider_id,facility_id,class,pos,admitted_at,discharged_at,"
    "disposition\n";

TEST_F(ProfileOf, AHandfulOfRowsIsCountedByHand) {
  const auto encounters =
      write("encounters.csv",
            std::string(kEncounterHeader) +
                "e1,p1,d1,f1,inpatient,21,2025-01-06T10:00:00Z,2025-01-07T10:00:00Z,home\n"
                "e2,p1,d1,f1,ambulatory,11,2025-02-03T09:00:00Z,,\n"
                "e3,p2,d2,f1,ambulatory,11,2025-02-04T09:00:00Z,,\n"
                "broken\n"
                "e4,p1,d1,f1,wellness,11,2025-03-01T09:00:00Z,,\n");
  const auto diagnoses = write("diagnoses.csv",
                               "diagnosis_id,patient_id,encounter_id,icd10cm\n"
                               "x1,p1,e1,I10\nx2,p1,e1,E11.9\nx3,p1,e2,I10\n");
  const auto billing = write("billing.csv", "bill_id,amount_cents\nb1,100\nb2,5000\nb1,250\n");
  const auto profile = profile_files({billing, encounters, diagnoses});
  ASSERT_TRUE(profile.ok()) << profile.error().message;
  EXPECT_EQ(profile->unread_rows, 1U);
  EXPECT_EQ(find(*profile, "encounters a patient", "mean").measured, 2);
  EXPECT_EQ(find(*profile, "encounters a patient", "max").measured, 3);
  EXPECT_EQ(find(*profile, "conditions an encounter", "mean").measured, 0.75);
  EXPECT_EQ(find(*profile, "conditions an encounter", "max").measured, 2);
  EXPECT_EQ(find(*profile, "hours of an inpatient stay", "p50").measured, 24);
  EXPECT_EQ(find(*profile, "class ambulatory", "share %").measured, 50);
  EXPECT_EQ(find(*profile, "dollars a claim", "p50").measured, 3.5);
  EXPECT_EQ(find(*profile, "dollars a claim", "max").measured, 50);
  EXPECT_EQ(find(*profile, "hottest patient, of encounters", "share %").measured, 75);
  EXPECT_FALSE(find(*profile, "hottest patient, of encounters", "share %").exception.empty());
  const auto json = nlohmann::json::parse(to_json(*profile), nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["rows"]["encounters"], 4);
  EXPECT_EQ(json["verdict"], "too few to judge");
  EXPECT_NE(to_text(*profile).find("encounters by weekday"), std::string::npos);
}

// There are never more than a million providers: with those, each of them has more to do.
TEST_F(ProfileOf, TheMillionthProviderIsAnException) {
  const auto encounters = write("encounters.csv", kEncounterHeader);
  for (const bool all : {false, true}) {
    std::string text = "provider_id\n";
    for (int i = all ? 0 : 1; i < 1'000'000; ++i) text += "d\n";
    const auto profile = profile_files({encounters, write("providers.csv", text)});
    ASSERT_TRUE(profile.ok());
    const auto p50 = find(*profile, "encounters a provider", "p50");
    EXPECT_EQ(p50.held, !all);
    EXPECT_EQ(p50.exception.find("six digits") != std::string::npos, all);
    EXPECT_FALSE(p50.too_few);
  }
}

TEST_F(ProfileOf, NoRowsAtAllIsNotRealistic) {
  const auto profile = profile_files({write("encounters.csv", kEncounterHeader)});
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile->verdict(), Verdict::too_few);
  EXPECT_FALSE(to_text(*profile).empty());
}

TEST_F(ProfileOf, SaysWhatItCannotUse) {
  const auto refused = [](const std::vector<std::string>& files) {
    const auto profile = profile_files(files);
    return profile.ok() ? std::string() : profile.error().message;
  };
  EXPECT_NE(refused({write("visits.csv", "a\n")}).find("none of the eight"), std::string::npos);
  EXPECT_NE(refused({write("patients.csv", "patient_id\n")}).find("encounters"), std::string::npos);
  EXPECT_NE(refused({write("encounters.csv", "encounter_id\n")}).find("patient_id"),
            std::string::npos);
  const auto missing = profile_files({(path_ / "gone" / "encounters.csv").string()});
  ASSERT_FALSE(missing.ok());
  EXPECT_TRUE(missing.error().unreadable);
}

}  // namespace
}  // namespace pim::data::profile
