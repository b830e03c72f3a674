#include "domain/codes.h"

#include <gtest/gtest.h>

#include <random>
#include <regex>
#include <string>
#include <vector>

#include "domain/must_testing.h"
#include "domain/text.h"

namespace pim {
namespace {

using domain_testing::must;

struct Form {
  std::string raw;
  std::string kept;
};

template <class CodeType>
void expect_accepts(const std::vector<Form>& forms) {
  for (const auto& form : forms) {
    ASSERT_TRUE(CodeType::parse(form.raw)) << form.raw;
    const auto code = must(CodeType::parse(form.raw));
    EXPECT_EQ(code.text(), form.kept);
    EXPECT_EQ(CodeType::parse(form.kept), code) << "the kept form must read back";
  }
}

template <class CodeType>
void expect_refuses(const std::vector<std::string>& raws) {
  for (const auto& raw : raws) EXPECT_FALSE(CodeType::parse(raw)) << raw;
}

TEST(Codes, Icd10CmKeepsItsDotAfterTheThirdCharacter) {
  expect_accepts<Icd10Cm>({{"E11.9", "E11.9"},
                           {"E119", "E11.9"},
                           {"I10", "I10"},
                           {"S92155P", "S92.155P"},
                           {"X11.1XXS", "X11.1XXS"},
                           {"C4A.0", "C4A.0"}});
  expect_refuses<Icd10Cm>({"", "E", "E1", "E11.", "e11.9", "E11.12345", "E1112345", "E11..9",
                           "E1.19", "EE1.9", "11.9", "E11.9 ", "250.00", "E11.9a"});
}

TEST(Codes, PcsHasSevenCharactersWithoutIAndO) {
  expect_accepts<Pcs>({{"0DTJ4ZZ", "0DTJ4ZZ"}});
  expect_refuses<Pcs>({"0DTJ4Z", "0DTJ4ZZZ", "0DTI4ZZ", "0DTO4ZZ", "0dtj4zz", ""});
}

TEST(Codes, HcpcsShipsNoLicensedSection) {
  expect_accepts<Hcpcs>({{"G0438", "G0438"}, {"J1100", "J1100"}, {"A0425", "A0425"}});
  expect_refuses<Hcpcs>({"D0120", "99213", "G043", "G04388", "g0438", "GO438", "V2020"});
}

TEST(Codes, NdcIsNeverPadded) {
  expect_accepts<Ndc11>({{"00093-1048-01", "00093104801"}, {"00093104801", "00093104801"}});
  expect_refuses<Ndc11>({"0093-1048-01", "00093-1048", "00093-104-801", "0009310480",
                         "000931048011", "00093-1048-0a", "00093 1048 01", "-----------"});
}

TEST(Codes, RxcuiHasNoLeadingZero) {
  expect_accepts<Rxcui>({{"860975", "860975"}, {"1", "1"}, {"12345678", "12345678"}});
  expect_refuses<Rxcui>({"", "0", "0860975", "123456789", "86097a", "-1"});
}

TEST(Codes, NpiIsSyntheticAndLuhnValid) {
  expect_accepts<Npi>(
      {{"9000000007", "9000000007"}, {"9999999995", "9999999995"}, {"9123456789", "9123456789"}});
  // 1234567893 is the published test vector: Luhn-valid, but it could be a real provider's
  expect_refuses<Npi>(
      {"1234567893", "9000000000", "9000000001", "900000000", "90000000090", "900000000a", ""});
}

TEST(Codes, NpiOfEveryBodyHasExactlyOneCheckDigit) {
  for (int body = 0; body < 1000; ++body) {
    std::string npi = "9" + std::string(5, '0') + std::to_string(1000 + body).substr(1);
    int valid = 0;
    for (char check = '0'; check <= '9'; ++check) valid += Npi::parse(npi + check).has_value();
    EXPECT_EQ(valid, 1) << npi;
  }
}

TEST(Codes, SyntheticNpisAreValidAndKeepTheirDigits) {
  EXPECT_EQ(synthetic_npi(0), 9'000'000'007U);
  EXPECT_EQ(synthetic_npi(12'345'678), 9'123'456'789U);
  EXPECT_EQ(synthetic_npi(99'999'999), 9'999'999'995U);
  EXPECT_EQ(synthetic_npi(100'000'000), synthetic_npi(0));
  for (std::uint64_t digits = 0; digits < 100'000'000; digits += 9'973) {
    const auto text = std::to_string(synthetic_npi(digits));
    ASSERT_TRUE(Npi::parse(text).has_value()) << text;
  }
}

TEST(Codes, UsStateIsAStateOrDcOrATerritory) {
  expect_accepts<UsState>({{"OH", "OH"}, {"DC", "DC"}, {"PR", "PR"}, {"AS", "AS"}, {"WY", "WY"}});
  expect_refuses<UsState>({"ZZ", "oh", "O", "OHI", "", "XX", "CD"});
}

TEST(Codes, Zip3OfASmallAreaMustBeZeros) {
  expect_accepts<Zip3>({{"441", "441"}, {"000", "000"}, {"037", "037"}});
  expect_refuses<Zip3>({"036", "059", "063", "102", "203",  "556", "692",
                        "790", "821", "823", "830", "831",  "878", "879",
                        "884", "890", "893", "44",  "4411", "44a", ""});
}

TEST(Codes, PosIsAnAssignedCode) {
  expect_accepts<Pos>({{"21", "21"}, {"11", "11"}, {"99", "99"}, {"02", "02"}});
  expect_refuses<Pos>({"00", "28", "30", "35", "43", "59", "63", "70", "80", "2", "211", "ab"});
}

TEST(Codes, AliasesHaveSixDigits) {
  expect_accepts<ProviderAlias>({{"PRV-000123", "PRV-000123"}});
  expect_refuses<ProviderAlias>(
      {"PRV-123", "FAC-000123", "PRV-0001234", "PRV-00012a", "prv-000123"});
  expect_accepts<FacilityAlias>({{"FAC-000045", "FAC-000045"}});
  expect_refuses<FacilityAlias>({"PRV-000045", "FAC-45", ""});
}

TEST(Codes, DoseIsPositive) {
  expect_accepts<Dose>({{"500", "500"}, {"2.5", "2.5"}, {"0.125", "0.125"}, {"007", "007"}});
  expect_refuses<Dose>({"", "0", "0.0", "000.000", ".5", "5.", "1.2345", "1234567", "-1", "1e3",
                        "1,5", "1.2.3", "5 mg"});
}

TEST(Codes, ReasonsRegionsAndTenantsAreSlugs) {
  expect_accepts<Reason>({{"entered-in-error", "entered-in-error"}, {"aa", "aa"}});
  expect_refuses<Reason>(
      {"", "a", "Entered", "1st", "-a", "wrong patient", "it's", std::string(41, 'a')});
  expect_accepts<Region>({{"us-east", "us-east"}});
  expect_refuses<Region>({"US-EAST", std::string(33, 'a')});
  expect_accepts<TenantId>({{"north-health", "north-health"}});
  expect_refuses<TenantId>({"north health", std::string(33, 'a')});
}

TEST(Codes, HistoryIsKeptAsItIs) { EXPECT_EQ(Icd10Cm::recorded("e11").text(), "e11"); }

// The pattern is what the API document promises; normalise() is what happens.
template <class Traits>
void expect_pattern_agrees(std::string_view alphabet, std::size_t max_size, bool check_digit,
                           unsigned seed) {
  const std::regex pattern(std::string(Traits::pattern), std::regex::ECMAScript);
  std::mt19937 random(seed);
  for (int i = 0; i < 20'000; ++i) {
    std::string raw;
    const std::size_t size = random() % (max_size + 1);
    while (raw.size() < size) raw += alphabet[random() % alphabet.size()];
    const bool matches = std::regex_search(raw, pattern);
    const bool accepted = Traits::normalise(raw).has_value();
    if (accepted) {
      ASSERT_TRUE(matches) << raw;
    } else if (!check_digit) {
      ASSERT_FALSE(matches) << raw;
    }
  }
}

TEST(Codes, PatternsPromiseWhatIsAccepted) {
  expect_pattern_agrees<Icd10CmTraits>("E1X9.", 8, false, 1);
  expect_pattern_agrees<PcsTraits>("0DTIZ", 8, false, 2);
  expect_pattern_agrees<HcpcsTraits>("GD01", 6, false, 3);
  expect_pattern_agrees<Ndc11Traits>("0-", 13, false, 4);
  expect_pattern_agrees<RxcuiTraits>("01a", 9, false, 5);
  expect_pattern_agrees<NpiTraits>("90123456", 10, true, 6);
  expect_pattern_agrees<UsStateTraits>("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 3, false, 7);
  expect_pattern_agrees<Zip3Traits>("0123456789", 4, false, 8);
  expect_pattern_agrees<PosTraits>("0123456789", 3, false, 9);
  expect_pattern_agrees<DoseTraits>("01.", 8, false, 10);
  expect_pattern_agrees<ReasonTraits>("ab-1A", 42, false, 11);
  expect_pattern_agrees<RegionTraits>("ab-1", 34, false, 12);
}

}  // namespace
}  // namespace pim
