// Backups as people publish them, and what must not get through.
#include "data/mockaroo/schema.h"

#include <gtest/gtest.h>

namespace pim::data::mockaroo {
namespace {

Schema must_parse(std::string_view json) {
  auto schema = parse_schema(json, "fallback");
  EXPECT_TRUE(schema.ok()) << to_text(schema.error(), "x");
  return schema ? *schema : Schema{};
}

TEST(Schema, ReadsABackup) {
  const auto schema = must_parse(R"({
    "num_rows": 333, "file_format": "csv", "line_ending": "windows", "name": "orders",
    "include_header": false, "bom": true, "delimiter": ";", "quote_char": "'",
    "columns": [
      {"name": "id", "type": "Row Number"},
      {"name": "__tax", "null_percentage": 33, "type": "Money", "min": 1.5, "formula": "this"},
      {"name": "address.city", "percentBlank": "5", "type": "City", "countries": []}
    ]})");
  EXPECT_EQ(schema.name, "orders");
  EXPECT_EQ(schema.num_rows, 333u);
  EXPECT_TRUE(schema.windows_lines && schema.byte_order_mark && !schema.include_header);
  EXPECT_EQ(schema.delimiter, ';');
  EXPECT_EQ(schema.quote, '\'');
  ASSERT_EQ(schema.columns.size(), 3u);
  EXPECT_FALSE(schema.columns[0].hidden);
  EXPECT_TRUE(schema.columns[1].hidden);
  EXPECT_EQ(schema.columns[1].null_percentage, 33);
  EXPECT_EQ(schema.columns[1].formula, "this");
  ASSERT_NE(schema.columns[1].options.find("min"), nullptr);
  EXPECT_EQ(schema.columns[1].options.find("min")->decimal, 1.5);
  EXPECT_EQ(schema.columns[2].path, (std::vector<std::string>{"address", "city"}));
  EXPECT_EQ(schema.columns[2].null_percentage, 5);
}

TEST(Schema, KnowsTheThreeNamesOfTheBlankRateAndBothNamesOfColumns) {
  for (const std::string key : {"null_percentage", "percentBlank", "percentageBlank"}) {
    const auto schema =
        must_parse(R"({"fields":[{"name":"a","type":"GUID",")" + key + R"(":12}]})");
    EXPECT_EQ(schema.columns.at(0).null_percentage, 12) << key;
    EXPECT_EQ(schema.name, "fallback");
  }
  EXPECT_EQ(must_parse("\xEF\xBB\xBF[{\"name\":\"a\",\"type\":\"GUID\"}]").columns.size(), 1u);
}

TEST(Schema, JsonIsAnArrayOrAnObjectALine) {
  const auto format = [](const std::string& array) {
    return must_parse(R"({"file_format":"json",)" + array +
                      R"("columns":[{"name":"a","type":"GUID"}]})")
        .format;
  };
  EXPECT_EQ(format(R"("array":true,)"), OutputFormat::json);
  EXPECT_EQ(format(R"("array":false,)"), OutputFormat::json_lines);
  EXPECT_EQ(format(""), OutputFormat::json_lines);
}

TEST(Schema, SaysWhereItIsWrong) {
  const auto error = [](std::string_view json) {
    const auto schema = parse_schema(json, "x");
    return schema ? std::string("none") : to_text(schema.error(), "f.json");
  };
  EXPECT_EQ(error(R"({"name":"x"})"), "f.json: columns is missing: this is no Mockaroo schema");
  EXPECT_EQ(error(R"({"columns":[]})"), "f.json: columns is empty");
  EXPECT_EQ(error(R"({"columns":[{"type":"GUID"}]})"), "f.json: column 1: name is missing");
  EXPECT_EQ(error(R"({"columns":[{"name":"a"}]})"), "f.json: column 'a': type is missing");
  EXPECT_EQ(error(R"({"columns":[{"name":"a","type":"GUID","null_percentage":101}]})"),
            "f.json: column 'a': null_percentage must be a number from 0 to 100");
  EXPECT_EQ(error(R"({"name":"../etc","columns":[{"name":"a","type":"GUID"}]})"),
            "f.json: name must be a short name without a slash: files are named after it");
  EXPECT_EQ(error(R"({"num_rows":-1,"columns":[{"name":"a","type":"GUID"}]})"),
            "f.json: num_rows must be a number of rows from 0 to 100000000");
  EXPECT_EQ(error("{").substr(0, 22), "f.json: it is no JSON:");
  EXPECT_EQ(error(std::string(100, '[') + std::string(100, ']')),
            "f.json: it is nested too deeply");
  EXPECT_EQ(error(std::string(5'000'000, ' ')), "f.json: it is longer than 4 MiB");
  EXPECT_NE(error("\xff\xfe{}"), "none");
  EXPECT_NE(error(""), "none");
}

TEST(Schema, ItsNameIsTheFilesElse) {
  EXPECT_EQ(schema_name_of("a/b/orders.schema.json"), "orders");
  EXPECT_EQ(schema_name_of("orders.json"), "orders");
  EXPECT_EQ(schema_name_of("orders"), "orders");
}

}  // namespace
}  // namespace pim::data::mockaroo
