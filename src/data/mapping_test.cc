#include "data/mapping.h"

#include <gtest/gtest.h>

#include "data/identifiers.h"

namespace pim::data {
namespace {

constexpr std::string_view kGood = R"(
dataset = "d"
reference_year = 2026
blank = ["N/A"]
[source.p]
file = "p.tsv"
drop = ["Name"]
[[step]]
source = "p"
command = "register-patient"
key = "id"
[step.fields]
patient_id = { id = "patient" }
birth_year = { column = "Age", as = "birth-year-of-age" }
sex = { column = "Gender", values = { Female = "F" }, otherwise = "X", blank = "U" }
state = "OH"
zip3 = "000"
)";

std::string replaced(std::string_view from, std::string_view to) {
  std::string text(kGood);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Mapping, ReadsSourcesStepsAndRules) {
  const auto mapping = parse_mapping(kGood, "m.toml");
  ASSERT_TRUE(mapping.ok()) << mapping.error().message;
  EXPECT_EQ(mapping->dataset, "d");
  EXPECT_TRUE(mapping->is_blank("N/A"));
  EXPECT_TRUE(mapping->is_blank(""));
  EXPECT_FALSE(mapping->is_blank("n"));
  ASSERT_EQ(mapping->sources.size(), 1u);
  EXPECT_EQ(mapping->sources[0].delimiter, '\t');
  ASSERT_EQ(mapping->steps.size(), 1u);
  const auto& step = mapping->steps[0];
  EXPECT_EQ(step.command->name, "register-patient");
  EXPECT_EQ(step.key, "id");
  EXPECT_EQ(step.rules.size(), 5u);
}

struct Broken {
  std::string from, to, complaint;
};

TEST(Mapping, SaysWhatIsWrongAndWhere) {
  const Broken cases[] = {
      {"dataset = \"d\"", "", "dataset is required"},
      {"dataset", "datset", "unknown key 'datset'"},
      {"source = \"p\"", "source = \"q\"", "names no [source"},
      {"register-patient", "registrate", "no command is called 'registrate'"},
      {"state = \"OH\"", "", "needs field 'state'"},
      {"state = \"OH\"", "state = \"OH\"\nheight = \"3\"", "has no field 'height'"},
      {"state = \"OH\"", "state = { column = \"Name\" }", "looks like an identifier"},
      {"state = \"OH\"", "state = { colum = \"x\" }", "unknown key 'colum'"},
      {"state = \"OH\"", "state = 1.5", "a constant is"},
      {"drop = [\"Name\"]", "drop = [\"Age\"]", "column 'Age' is dropped"},
      {"birth-year-of-age", "birth-year", "as must be"},
      {"reference_year = 2026", "", "needs reference_year"},
      {"as = \"birth-year-of-age\"", "as = \"time\", format = \"M/D\"", "format must hold"},
      {"as = \"birth-year-of-age\"", "as = \"time\"", "needs a format"},
      {"patient_id = { id = \"patient\" }", "patient_id = \"x\"", "key needs a field"},
      {"blank = [\"N/A\"]", "blank = \"N/A\"", "must be a list"},
      {"[source.p]", "[source.p", "m.toml:"},
  };
  for (const auto& broken : cases) {
    const auto result = parse_mapping(replaced(broken.from, broken.to), "m.toml");
    ASSERT_FALSE(result.ok()) << broken.complaint;
    EXPECT_NE(result.error().message.find(broken.complaint), std::string::npos)
        << result.error().message;
    EXPECT_TRUE(result.error().message.starts_with("m.toml:")) << result.error().message;
  }
}

TEST(Mapping, WantsToKnowWhoseAChildIs) {
  const auto result = parse_mapping(
      "dataset = \"d\"\n[source.p]\nfile = \"p.csv\"\n[[step]]\nsource = \"p\"\n"
      "command = \"mark-patient-deceased\"\n[step.fields]\ndeceased_year = 2020\n",
      "m.toml");
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.error().message.find("whose"), std::string::npos) << result.error().message;
}

TEST(Identifiers, AreKnownByTheirHeaders) {
  for (const auto* header :
       {"first_name", "FirstName", "Last Name", "Nombre", "APELLIDO", "ssn", "E-mail",
        "Tel\u00E9fono", "street address", "MRN", "Direcci\u00F3n"}) {
    EXPECT_TRUE(looks_like_identifier(header)) << header;
  }
  for (const auto* header :
       {"Edad", "G\u00E9nero", "state", "named", "phonetic", "zip", "", "icd10"}) {
    EXPECT_FALSE(looks_like_identifier(header)) << header;
  }
}

}  // namespace
}  // namespace pim::data
