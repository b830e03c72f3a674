#include "data/mapping.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(mapping->sources[0].file, "p.tsv");
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
      {"as = \"birth-year-of-age\"", "as = \"time\", format = [\"M/D/YYYY\", \"D/M/YYYY\"]",
       "could be two dates"},
      {"drop = [\"Name\"]", "drop = [\"Name\"]\nformat = \"xml\"", "format must be csv"},
      {"drop = [\"Name\"]", "drop = [\"Name\"]\ndelimiter = \"\\\"\"", "delimiter must be"},
      {"column = \"Age\"", "column = [\"Age\", \"first_name\"]", "'first_name' looks like"},
      {"blank = [\"N/A\"]", "blank = \"N/A\"", "must be a list"},
      {"blank = [\"N/A\"]", "turns = 3", "turns is a table"},
      {"[step.fields]", "turn = \"Age\"\n[step.fields]", "turn needs a [turns] table"},
      {"[[step]]", "[turns]\nsource = \"p\"\nkey = \"Age\"\n[[step]]", "turns needs key and of"},
      {"[[step]]",
       "[turns]\nsource = \"p\"\nkey = \"Name\"\nof = \"Age\"\nwhen = \"Age\"\n[[step]]",
       "column 'Name' is dropped"},
      {"[[step]]", "[turns]\nsource = \"q\"\n[[step]]", "names no [source.NAME]"},
      {"[source.p]", "[source.p", "m.toml:"},
      {"[source.p]", "[, x]", "m.toml:5:"},
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

TEST(Mapping, ReadsHowAFileIsRead) {
  const auto mapping = parse_mapping(
      replaced("drop = [\"Name\"]",
               "drop = [\"Name\"]\nformat = \"sql\"\ntable = \"people\"\nbackslash = true"),
      "m.toml");
  ASSERT_TRUE(mapping.ok()) << mapping.error().message;
  const auto& reading = mapping->sources[0].reading;
  EXPECT_EQ(reading.format, FileFormat::sql);
  EXPECT_EQ(reading.table, "people");
  EXPECT_EQ(reading.backslash, true);
  EXPECT_FALSE(reading.delimiter);
}

TEST(Mapping, TakesSeveralNamesForAColumnAndSeveralFormatsForADate) {
  const auto named =
      parse_mapping(replaced("column = \"Age\"", "column = [\"Age\", \"Edad\"]"), "m.toml");
  ASSERT_TRUE(named.ok()) << named.error().message;
  EXPECT_EQ(named->steps[0].rules[1].column, "Age");
  EXPECT_EQ(named->sources[0].aliases, (std::vector<std::vector<std::string>>{{"Age", "Edad"}}));

  const std::string age = "as = \"birth-year-of-age\"";
  const auto dated = parse_mapping(
      replaced(age, "as = \"birth-year-of-date\", format = [\"M/D/YYYY\", \"YYYY-MM-DD\"]"),
      "m.toml");
  ASSERT_TRUE(dated.ok()) << dated.error().message;
  EXPECT_EQ(dated->steps[0].rules[1].formats.size(), 2u);
  const auto detected =
      parse_mapping(replaced(age, "as = \"birth-year-of-date\", format = \"detect\""), "m.toml");
  ASSERT_TRUE(detected.ok()) << detected.error().message;
  EXPECT_TRUE(detected->steps[0].rules[1].detect_format);
}

}  // namespace
}  // namespace pim::data
