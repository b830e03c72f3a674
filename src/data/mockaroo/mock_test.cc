// Schemas evaluated offline: the types, the selection styles, the formats; what must be nobody's;
// what is refused.
#include "data/mockaroo/mock.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "data/csv.h"
#include "data/mockaroo/dataset.h"
#include "data/mockaroo/plan.h"
#include "domain/codes.h"

namespace pim::data::mockaroo {
namespace {

namespace fs = std::filesystem;

class MockTest : public testing::Test {
 protected:
  MockTest()
      : dir_(fs::temp_directory_path() /
             ("pim-mock-" + std::to_string(::getpid()) + "-" +
              testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
  }
  ~MockTest() override { fs::remove_all(dir_); }

  void add(const std::string& json) {
    auto schema = parse_schema(json, "t");
    ASSERT_TRUE(schema.ok()) << to_text(schema.error(), json);
    inputs_.push_back({schema->name + ".schema.json", *schema});
  }
  // A schema `t` with these columns.
  void add_columns(const std::string& columns, const std::string& settings = "") {
    add(R"json({"name":"t",)json" + settings + R"json("columns":[)json" + columns + "]}");
  }
  Result<Manifest, MockError> mock(std::uint64_t seed = 1) {
    options_.seed = seed;
    options_.out = dir_.string();
    options_.datasets = dir_.string();
    return mock_schemas(inputs_, options_);
  }
  std::string text(const std::string& name) const {
    std::ifstream in(dir_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string mocked(const std::string& name = "t.csv", std::uint64_t seed = 1) {
    const auto manifest = mock(seed);
    EXPECT_TRUE(manifest.ok()) << manifest.error().message;
    return text(name);
  }
  // The only column's values.
  std::vector<std::string> values(const std::string& column, std::uint64_t rows) {
    inputs_.clear();
    add_columns(column);
    options_.rows = rows;
    std::istringstream in(mocked());
    CsvReader reader(in, ',');
    std::vector<std::string> list;
    CsvRow row;
    while (reader.next(row).value()) list.push_back(row.front().text);
    if (!list.empty()) list.erase(list.begin());
    return list;
  }
  std::string refusal() {
    const auto manifest = mock();
    return manifest ? "none" : manifest.error().message;
  }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(dir_ / name, std::ios::binary) << content;
  }

  fs::path dir_;
  std::vector<MockInput> inputs_;
  MockOptions options_;
};

TEST_F(MockTest, TheSameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  add_columns(R"json({"name":"id","type":"GUID"},{"name":"n","type":"Number","min":1,"max":9})json",
              R"json("num_rows":20,)json");
  const auto first = mocked();
  const auto manifest = text("manifest.json");
  EXPECT_EQ(mocked(), first);
  EXPECT_EQ(text("manifest.json"), manifest);
  EXPECT_NE(mocked("t.csv", 2), first);
  const auto parsed = parse_manifest(manifest);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->files.at(0).origin, Origin::mocked);
  EXPECT_EQ(parsed->files.at(0).rows, 20u);
  EXPECT_EQ(parsed->files.at(0).schema, "t.schema.json");
}

TEST_F(MockTest, ARowNeedsNoEarlierOne) {
  const std::string column = R"json({"name":"a","type":"Normal Distribution","mean":5,"sd":2})json";
  const auto few = values(column, 10);
  const auto many = values(column, 100);
  EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin()));
}

TEST_F(MockTest, NumbersAndSequences) {
  EXPECT_EQ(values(R"json({"name":"a","type":"Row Number"})json", 3),
            (std::vector<std::string>{"1", "2", "3"}));
  EXPECT_EQ(values(R"json({"name":"a","type":"Sequence","start":10,"step":-5,"repeat":2})json", 5),
            (std::vector<std::string>{"10", "10", "5", "5", "0"}));
  std::set<std::string> seen;
  for (const auto& value : values(R"json({"name":"a","type":"Number","min":3,"max":5})json", 200)) {
    seen.insert(value);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"3", "4", "5"}));
  for (const auto& value :
       values(R"json({"name":"a","type":"Money","min":1,"max":2,"symbol":"$"})json", 50)) {
    ASSERT_EQ(value.size(), 5u) << value;
    EXPECT_EQ(value[0], '$');
    const double amount = std::stod(value.substr(1));
    EXPECT_GE(amount, 1);
    EXPECT_LE(amount, 2);
  }
}

TEST_F(MockTest, DistributionsHaveTheirMeans) {
  const auto mean = [&](const std::string& column) {
    double sum = 0;
    for (const auto& value : values(column, 4000)) sum += std::stod(value);
    return sum / 4000;
  };
  EXPECT_NEAR(mean(R"json({"name":"a","type":"Normal Distribution","mean":50,"sd":5})json"), 50,
              0.5);
  EXPECT_NEAR(mean(R"json({"name":"a","type":"Poisson Distribution","mean":4})json"), 4, 0.2);
  EXPECT_NEAR(mean(R"json({"name":"a","type":"Exponential Distribution","lambda":0.5})json"), 2,
              0.2);
  EXPECT_NEAR(mean(R"json({"name":"a","type":"Geometric Distribution","probability":0.25})json"), 4,
              0.3);
}

TEST_F(MockTest, BlanksComeAtTheirRate) {
  const auto list = values(R"json({"name":"a","type":"GUID","null_percentage":30})json", 4000);
  // an empty line of one column is passed over by the reader: what is left are the others
  EXPECT_NEAR(static_cast<double>(list.size()), 2800, 120);
  EXPECT_TRUE(values(R"json({"name":"a","type":"Blank"})json", 5).empty());
}

TEST_F(MockTest, CustomListsOfAllStyles) {
  EXPECT_EQ(
      values(
          R"json({"name":"a","type":"Custom List","values":["x","y","z"],"selectionStyle":"sequential"})json",
          4),
      (std::vector<std::string>{"x", "y", "z", "x"}));
  std::map<std::string, int> count;
  for (const auto& value : values(
           R"json({"name":"a","type":"Custom List","values":["x","y","z"],"selectionStyle":"custom",
                  "distribution":[{"rule":"always","frequencies":{"x":8,"y":"2","z":0}}]})json",
           2000)) {
    ++count[value];
  }
  EXPECT_NEAR(count["x"], 1600, 80);
  EXPECT_EQ(count["z"], 0);

  inputs_.clear();
  options_.rows = 60;
  add_columns(R"json({"name":"n","type":"Row Number"},
    {"name":"a","type":"Custom List","values":["lo","hi"],"selectionStyle":"random","distribution":[
      {"rule":"field(\"n\") <= 30","frequencies":{"lo":1,"hi":"0"}},
      {"rule":"n > 30","frequencies":{"lo":"0","hi":1}}]})json");
  const auto lines = mocked();
  EXPECT_NE(lines.find("30,lo\n31,hi\n"), std::string::npos) << lines;

  inputs_.clear();
  options_.rows = 4;
  add_columns(
      R"json({"name":"a","type":"Custom List","values":["x","y"],"selectionStyle":"cartesian"},
                 {"name":"b","type":"Custom List","values":[1,2],"selectionStyle":"cartesian"})json");
  EXPECT_EQ(mocked(), "a,b\nx,1\nx,2\ny,1\ny,2\n");
}

TEST_F(MockTest, DatesFollowTheirFormat) {
  for (
      const auto& value : values(
          R"json({"name":"a","type":"Datetime","min":"01/30/2024","max":"02/01/2024","format":"%-m/%-d/%Y %H"})json",
          100)) {
    EXPECT_TRUE(value.starts_with("1/30/2024 ") || value.starts_with("1/31/2024 ") ||
                value.starts_with("2/1/2024 "))
        << value;
  }
  for (const auto& value : values(
           R"json({"name":"a","type":"Time","min":"8:00 AM","max":"9:30 AM","format":"%H:%M"})json",
           50)) {
    EXPECT_GE(value, "08:00");
    EXPECT_LE(value, "09:30");
  }
}

TEST_F(MockTest, FormulasSeeTheRowAndTheValue) {
  options_.rows = 3;
  add_columns(R"json({"name":"total","type":"Formula","value":"price * n"},
                 {"name":"n","type":"Row Number","formula":"this * 10"},
                 {"name":"price","type":"Number","min":2,"max":2},
                 {"name":"__secret","type":"GUID"},
                 {"name":"label","type":"Template","value":"No. {n} at {{price}}"})json");
  EXPECT_EQ(mocked(),
            "total,n,price,label\n20,10,2,No. 10 at 2\n40,20,2,No. 20 at 2\n60,30,2,No. 30 at 2\n");
}

TEST_F(MockTest, ColumnsOfOneDatasetJoin) {
  write("codes.csv", "code,name\nA,alpha\nB,beta\nC,\n");
  options_.rows = 4;
  add_columns(
      R"json({"name":"code","type":"Dataset Column","dataset":"codes","column":"code","selectionStyle":"sequential"},
                 {"name":"name","type":"Dataset Column","dataset":"codes","column":"name","selectionStyle":null},
                 {"name":"again","type":"Formula","value":"from_dataset('codes', 'name', code: code)"})json");
  EXPECT_EQ(mocked(), "code,name,again\nA,alpha,alpha\nB,beta,beta\nC,,\nA,alpha,alpha\n");
}

TEST_F(MockTest, SchemasDrawFromEachOther) {
  add(R"json({"name":"child","num_rows":50,"columns":[
    {"name":"parent","type":"Dataset Column","dataset":"parents","column":"id","selectionStyle":"random"},
    {"name":"state","type":"Formula","value":"from_dataset('parents', 'state', id: parent)"}]})json");
  add(R"json({"name":"parents","num_rows":5,"columns":[
    {"name":"id","type":"GUID"},{"name":"state","type":"State (abbrev)"}]})json");
  const auto manifest = mock();
  ASSERT_TRUE(manifest.ok()) << manifest.error().message;
  EXPECT_EQ(manifest->files.at(0).name, "parents.csv");
  const auto parents = text("parents.csv");
  std::istringstream lines(text("child.csv"));
  std::string line;
  std::getline(lines, line);
  int rows = 0;
  for (; std::getline(lines, line); ++rows) EXPECT_NE(parents.find(line + "\n"), std::string::npos);
  EXPECT_EQ(rows, 50);
}

TEST_F(MockTest, WritesNestedJsonAndArrays) {
  options_.rows = 2;
  add_columns(R"json({"name":"id","type":"Row Number"},
                 {"name":"at.city","type":"Custom List","values":["X"]},
                 {"name":"at.zip","type":"Blank"},
                 {"name":"tags","type":"JSON Array","minItems":2,"maxItems":2},
                 {"name":"tags.n","type":"Formula","value":"id * 2"},
                 {"name":"ok","type":"Formula","value":"id > 1"})json",
              R"json("file_format":"json","array":true,)json");
  EXPECT_EQ(mocked("t.json"),
            R"json([{"id":1,"at":{"city":"X","zip":null},"tags":[{"n":2},{"n":2}],"ok":false},
{"id":2,"at":{"city":"X","zip":null},"tags":[{"n":4},{"n":4}],"ok":true}]
)json");
  options_.format = OutputFormat::json_lines;
  EXPECT_NE(mocked("t.jsonl").find("\n{\"id\":2"), std::string::npos);
}

TEST_F(MockTest, AnArraysItemsAreCountedWithinIt) {
  options_.rows = 2;
  add_columns(R"json({"name":"ids","type":"JSON Array","minItems":3,"maxItems":3},
                 {"name":"ids.n","type":"Row Number"},
                 {"name":"ids.s","type":"Sequence","start":5,"step":5,"repeat":2},
                 {"name":"ids.l","type":"Custom List","values":["x","y"],"selectionStyle":"sequential"},
                 {"name":"ids.d","type":"Dataset Column","dataset":"D","column":"c",
                  "selectionStyle":"sequential"})json",
              R"json("file_format":"json","array":false,)json");
  write("D.csv", "c\nu\nv\n");
  const std::string row =
      R"json({"ids":[{"n":1,"s":5,"l":"x","d":"u"},{"n":2,"s":5,"l":"y","d":"v"},{"n":3,"s":10,"l":"x","d":"u"}]})json";
  EXPECT_EQ(mocked("t.jsonl"), row + "\n" + row + "\n");
}

TEST_F(MockTest, AFormulaNamesItsNeighboursWithoutTheirPath) {
  options_.rows = 1;
  add_columns(R"json({"name":"n","type":"Custom List","values":["outer"]},
                 {"name":"a","type":"JSON Array","minItems":1,"maxItems":1},
                 {"name":"a.__n","type":"Row Number"},
                 {"name":"a.b.n","type":"Formula","value":"field('b.c') + field('__n').to_s + n"},
                 {"name":"a.b.c","type":"Template","value":"{m}-"},
                 {"name":"a.m","type":"Formula","value":"n.upcase"},
                 {"name":"a.all","type":"Formula","value":"field('a.b.c')"},
                 {"name":"o.n","type":"Custom List","values":["inner"]},
                 {"name":"o.p.m","type":"Formula","value":"n"})json",
              R"json("file_format":"json","array":false,)json");
  EXPECT_EQ(
      mocked("t.jsonl"),
      R"json({"n":"outer","a":[{"b":{"n":"OUTER-1outer","c":"OUTER-"},"m":"OUTER","all":"OUTER-"}],)json"
      R"json("o":{"n":"inner","p":{"m":"inner"}}})json"
      "\n");
  inputs_.clear();
  add_columns(R"json({"name":"a.b","type":"Formula","value":"gone"})json");
  EXPECT_NE(refusal().find("column 'a.b': value: 1: there is no column 'gone'"), std::string::npos)
      << refusal();
}

TEST_F(MockTest, WritesSqlTsvAndOddCsv) {
  options_.rows = 1;
  const std::string columns =
      R"json({"name":"a","type":"Custom List","values":["O'Brien; \"x\""]},{"name":"b c","type":"Row Number"},
         {"name":"d","type":"Blank"},{"name":"e","type":"Formula","value":"true"})json";
  add_columns(columns, R"json("file_format":"sql",)json");
  EXPECT_EQ(mocked("t.sql"),
            "insert into t (a, \"b c\", d, e) values ('O''Brien; \"x\"', 1, null, true);\n");
  inputs_.clear();
  add_columns(columns, R"json("delimiter":";","line_ending":"windows","bom":true,)json");
  EXPECT_EQ(mocked(),
            "\xEF\xBB\xBF"
            "a;b c;d;e\r\n\"O'Brien; \"\"x\"\"\";1;;true\r\n");
  inputs_.clear();
  add_columns(columns, R"json("include_header":false,"file_format":"tsv",)json");
  EXPECT_EQ(mocked("t.tsv"), "\"O'Brien; \"\"x\"\"\"\t1\t\ttrue\n");
}

TEST_F(MockTest, IdentifiersAreNobodys) {
  for (const auto& ssn : values(R"json({"name":"a","type":"SSN"})json", 300)) {
    EXPECT_EQ(ssn[0], '9') << ssn;
    EXPECT_LT(ssn.substr(4, 2), "50") << "a taxpayer's number begins with 9, too";
  }
  for (const auto& phone :
       values(R"json({"name":"a","type":"Phone","format":"+# (###) ###-####"})json", 300)) {
    EXPECT_NE(phone.find(") 555-01"), std::string::npos) << phone;
  }
  for (const auto& mail : values(R"json({"name":"a","type":"Email Address"})json", 100)) {
    EXPECT_NE(mail.find("@example."), std::string::npos) << mail;
  }
  for (const auto& npi : values(R"json({"name":"a","type":"Hospital NPI"})json", 300)) {
    EXPECT_TRUE(Npi::parse(npi).has_value()) << npi;
  }
  for (const auto& mbi : values(R"json({"name":"a","type":"Medicare Beneficiary ID"})json", 100)) {
    EXPECT_EQ(mbi.size(), 11u);
    EXPECT_EQ(mbi[0], '0');
  }
  for (const auto& code : values(R"json({"name":"a","type":"ICD10 Diagnosis Code"})json", 100)) {
    EXPECT_TRUE(Icd10Cm::parse(code).has_value()) << code;
  }
  for (const auto& code : values(R"json({"name":"a","type":"ICD10 Procedure Code"})json", 100)) {
    EXPECT_TRUE(Pcs::parse(code).has_value()) << code;
  }
}

TEST_F(MockTest, APersonOfARowIsOne) {
  options_.rows = 100;
  add_columns(R"json({"name":"first","type":"First Name"},{"name":"full","type":"Full Name"},
                 {"name":"city","type":"City"},{"name":"zip","type":"Postal Code"})json");
  std::istringstream lines(mocked());
  std::string line;
  std::getline(lines, line);
  std::map<std::string, std::string> zip_of;
  while (std::getline(lines, line)) {
    std::istringstream cells(line);
    std::string first;
    std::string full;
    std::string city;
    std::string zip;
    std::getline(cells, first, ',');
    std::getline(cells, full, ',');
    std::getline(cells, city, ',');
    std::getline(cells, zip, ',');
    EXPECT_TRUE(full.starts_with(first + " ")) << line;
    const auto [known, fresh] = zip_of.try_emplace(city, zip.substr(0, 3));
    EXPECT_EQ(known->second, zip.substr(0, 3)) << city;
  }
}

TEST_F(MockTest, ListsAndStylesAsTheyArePublished) {
  // blanks behind the values, none in the frequencies
  const std::string list =
      R"json({"name":"a","type":"Custom List","values":["Open ","Hold ","Lost"],)json";
  for (const auto& value : values(list + R"json("selectionStyle":"custom","distribution":
           [{"frequencies":{"Open":"1","Hold":"0","Lost":0}}]})json",
                                  50)) {
    EXPECT_EQ(value, "Open ");
  }
  // a distribution that stayed when the style was changed
  EXPECT_EQ(values(list + R"json("selectionStyle":"sequential","distribution":
           [{"frequencies":{"Open":"1","Gone":2}}]})json",
                   3),
            (std::vector<std::string>{"Open ", "Hold ", "Lost"}));
  write("D.csv", "c\nu\n");
  const std::string column =
      R"json({"name":"a","type":"Dataset Column","dataset":"D","column":"c","selectionStyle":"weighted",)json";
  EXPECT_EQ(values(column + R"json("distribution":null})json", 1), (std::vector<std::string>{"u"}));
  inputs_.clear();
  add_columns(column + R"json("distribution":[{"frequencies":{"u":1}}]})json");
  EXPECT_NE(refusal().find("weights of a dataset's rows"), std::string::npos) << refusal();
}

TEST_F(MockTest, ACountryOfARowIsOne) {
  options_.rows = 60;
  add_columns(R"json({"name":"c","type":"Country"},{"name":"k","type":"Country Code"},
                 {"name":"m","type":"Currency Code"})json");
  std::istringstream lines(mocked());
  std::map<std::string, std::string> code_of;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const auto comma = line.find(',');
    const auto [known, fresh] = code_of.try_emplace(line.substr(0, comma), line.substr(comma));
    EXPECT_EQ(known->second, line.substr(comma));
  }
  EXPECT_GT(code_of.size(), 5u);
}

TEST_F(MockTest, RefusesByName) {
  add_columns(R"json({"name":"a","type":"Car VIN"},{"name":"a","type":"Nonsense"},
                 {"name":"b","type":"Number","min":5,"max":1},
                 {"name":"c","type":"Dataset Column","dataset":"nowhere","column":"x"},
                 {"name":"d","type":"Formula","value":"bcrypt(a)"},
                 {"name":"e","type":"GUID","formula":"gone + 1"},
                 {"name":"f","type":"Custom List"},
                 {"name":"g","type":"Datetime","min":"yesterday","format":"%Q"},
                 {"name":"h","type":"Regular Expression","value":"(a"})json");
  const auto message = refusal();
  for (const auto* part :
       {"column 'a': type: 'Car VIN' is a type of Mockaroo's that cannot be made here",
        "column 'a': name: stands there twice", "'Nonsense' is no type that is known",
        "column 'b': min: is above max", "column 'c': dataset: 'nowhere' is not there",
        "column 'd': value: 1: the function 'bcrypt' is not known here",
        "column 'e': formula: 1: there is no column 'gone'",
        "column 'f': values: is missing or empty", "column 'g': min: must be a date",
        "column 'g': format: '%Q' is not known here", "column 'h': value: 3: a ( without its )"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << "\n" << message;
  }
  inputs_.clear();
  add_columns(R"json({"name":"a","type":"GUID"})json", R"json("file_format":"excel",)json");
  EXPECT_NE(refusal().find("file_format: 'excel' cannot be written here"), std::string::npos);
}

TEST_F(MockTest, SaysWhereAFormulaFails) {
  options_.rows = 5;
  add_columns(
      R"json({"name":"n","type":"Row Number"},{"name":"a","type":"Formula","value":"1 / (n - 3)"})json");
  EXPECT_EQ(refusal(), "t.schema.json: column 'a', row 3: 3: divided by zero");
  inputs_.clear();
  add_columns(
      R"json({"name":"a","type":"Formula","value":"b"},{"name":"b","type":"Formula","value":"a"})json");
  EXPECT_NE(refusal().find("'a' needs itself"), std::string::npos);
  inputs_.clear();
  add(R"json({"name":"x","columns":[{"name":"a","type":"Dataset Column","dataset":"y","column":"a"}]})json");
  add(R"json({"name":"y","columns":[{"name":"a","type":"Dataset Column","dataset":"x","column":"a"}]})json");
  EXPECT_NE(refusal().find("need each other's rows"), std::string::npos);
}

TEST_F(MockTest, ARowThatFailsLeavesTheEarlierFile) {
  options_.rows = 2;
  const std::string column =
      R"json({"name":"n","type":"Row Number","formula":"1 / (2 - this)"})json";
  write("t.csv", "n\nearlier\n");
  add_columns(column);
  EXPECT_NE(refusal().find("row 2"), std::string::npos);
  EXPECT_EQ(text("t.csv"), "n\nearlier\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir_), {}), 1) << "nothing else stays";
  options_.rows = 1;
  EXPECT_EQ(mocked(), "n\n1\n");
}

TEST_F(MockTest, WarningsAreNoErrors) {
  add_columns(R"json({"name":"a","type":"GUID","colour":"red"})json",
              R"json("num_rows":1,"id":182590,"extra":{},)json");
  EXPECT_TRUE(mock().ok());
  const auto findings = check_schema(inputs_[0].schema, KnownDatasets());
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_FALSE(findings[0].error || findings[1].error);
  EXPECT_EQ(to_text(findings[1], "f"),
            "f: warning: column 'a': colour: is no option of GUID that is known here");
}

// Every type that is known makes a value without options, or says which it needs.
TEST_F(MockTest, EveryTypeIsMade) {
  for (const auto* type : {"Address Line 2",
                           "Buzzword",
                           "Catch Phrase",
                           "Company Name",
                           "Country",
                           "Country Code",
                           "Currency",
                           "Currency Code",
                           "Department (Corporate)",
                           "Department (Retail)",
                           "Fake Company Name",
                           "Job Title",
                           "Language",
                           "Latitude",
                           "Longitude",
                           "MongoDB ObjectID",
                           "Movie Genres",
                           "Movie Title",
                           "Password",
                           "Product (Grocery)",
                           "Product Category",
                           "Product Description",
                           "Product Name",
                           "Product Price",
                           "Product Subcategory",
                           "Shirt Size",
                           "Slogan",
                           "Time Zone",
                           "ULID",
                           "Binomial Distribution",
                           "Boolean",
                           "Character Sequence",
                           "City",
                           "Color",
                           "Digit Sequence",
                           "Domain Name",
                           "Drug Name (Generic)",
                           "FDA NDC Code",
                           "First Name (Female)",
                           "First Name (Male)",
                           "Gender",
                           "Gender (Binary)",
                           "Gender (abbrev)",
                           "Hex Color",
                           "Hospital City",
                           "Hospital Name",
                           "Hospital Postal Code",
                           "Hospital State",
                           "Hospital Street Address",
                           "ICD10 Dx Desc (Long)",
                           "ICD10 Dx Desc (Short)",
                           "ICD10 Proc Desc (Long)",
                           "ICD10 Proc Desc (Short)",
                           "IP Address v4",
                           "IP Address v6",
                           "Last Name",
                           "MAC Address",
                           "MD5",
                           "Paragraphs",
                           "Postal Code",
                           "Race",
                           "SHA1",
                           "SHA256",
                           "Sentences",
                           "Short Hex Color",
                           "State",
                           "Street Address",
                           "Street Name",
                           "Street Number",
                           "Street Suffix",
                           "Suffix",
                           "Title",
                           "URL",
                           "Username",
                           "Words",
                           "Date"}) {
    const auto list = values(std::string(R"json({"name":"a","type":")json") + type + "\"}", 5);
    EXPECT_EQ(list.size(), 5u) << type;
  }
}

}  // namespace
}  // namespace pim::data::mockaroo
