#include "data/csv.h"

#include <gtest/gtest.h>

#include <random>
#include <sstream>

namespace pim::data {
namespace {

std::vector<std::vector<std::string>> read_all(const std::string& text, char delimiter = ',') {
  std::istringstream in(text);
  CsvReader reader(in, delimiter);
  std::vector<std::vector<std::string>> rows;
  CsvRow row;
  while (true) {
    auto more = reader.next(row);
    EXPECT_TRUE(more.ok()) << (more.ok() ? "" : more.error().message);
    if (!more || !*more) return rows;
    auto& texts = rows.emplace_back();
    for (const auto& field : row) texts.push_back(field.text);
  }
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, ReadsPlainAndQuotedValues) {
  EXPECT_EQ(read_all("a,b\n1,\"x, \"\"y\"\"\"\n"), (Rows{{"a", "b"}, {"1", "x, \"y\""}}));
}

TEST(Csv, AcceptsEitherLineEndingAndNoneAtTheEnd) {
  EXPECT_EQ(read_all("a,b\r\n1,2\n3,4"), (Rows{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
}

TEST(Csv, KeepsEmptyValues) { EXPECT_EQ(read_all(",\n\"\",x\n"), (Rows{{"", ""}, {"", "x"}})); }

TEST(Csv, PassesOverEmptyLines) { EXPECT_EQ(read_all("\n\r\na\n\nb\n\n"), (Rows{{"a"}, {"b"}})); }

TEST(Csv, DropsTheByteOrderMarkOnly) {
  EXPECT_EQ(read_all("\xEF\xBB\xBFn\u00E9\n"), (Rows{{"n\u00E9"}}));
}

TEST(Csv, ReadsTabSeparatedValues) {
  EXPECT_EQ(read_all("a\tb,c\n\"d\te\"\tf\n", '\t'), (Rows{{"a", "b,c"}, {"d\te", "f"}}));
}

TEST(Csv, KeepsLineBreaksInsideQuotes) {
  EXPECT_EQ(read_all("\"a\r\nb\",c\n"), (Rows{{"a\r\nb", "c"}}));
}

TEST(Csv, CountsColumnsInCharactersAndLinesThroughQuotes) {
  std::istringstream in("\u00E9\u00E9,\"x\ny\",z\nlast\n");
  CsvReader reader(in, ',');
  CsvRow row;
  ASSERT_TRUE(*reader.next(row));
  EXPECT_EQ(row[1].place.column, 4u);
  EXPECT_EQ(row[2].place.line, 2u);
  EXPECT_EQ(row[2].place.column, 4u);
  ASSERT_TRUE(*reader.next(row));
  EXPECT_EQ(row[0].place.line, 3u);
}

struct BadCase {
  std::string text;
  std::uint64_t line, column;
  std::string what;
};

TEST(Csv, SaysWhereItIsBrokenAndGoesOnWithTheNextLine) {
  const BadCase cases[] = {
      {"a,b\"c\nok\n", 1, 4, "quote inside"},
      {"\"a\"b,c\nok\n", 1, 4, "after the closing quote"},
      {"a\rb\nok\n", 1, 2, "carriage return"},
      {"a,\xE9\nok\n", 1, 3, "not UTF-8"},
      {std::string("a\0b\nok\n", 7), 1, 2, "NUL"},
      {"\xEF\xBBx\nok\n", 1, 1, "not UTF-8"},  // half a byte order mark
  };
  for (const auto& bad : cases) {
    std::istringstream in(bad.text);
    CsvReader reader(in, ',');
    CsvRow row;
    auto result = reader.next(row);
    ASSERT_FALSE(result.ok()) << bad.text;
    EXPECT_EQ(result.error().place.line, bad.line) << bad.text;
    EXPECT_EQ(result.error().place.column, bad.column) << bad.text;
    EXPECT_NE(result.error().message.find(bad.what), std::string::npos) << result.error().message;
    auto after = reader.next(row);
    ASSERT_TRUE(after.ok() && *after) << bad.text;
    EXPECT_EQ(row[0].text, "ok");
  }
}

TEST(Csv, PointsAtTheQuoteThatIsNeverClosed) {
  std::istringstream in("a\nb,\"c\nd\n");
  CsvReader reader(in, ',');
  CsvRow row;
  ASSERT_TRUE(*reader.next(row));
  auto result = reader.next(row);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().place.line, 2u);
  EXPECT_EQ(result.error().place.column, 3u);
  EXPECT_FALSE(*reader.next(row));
}

TEST(Csv, RefusesARowBeyondItsLimit) {
  std::istringstream in("\"" + std::string(CsvReader::kMaxRowBytes, 'x') + "\"\n");
  CsvReader reader(in, ',');
  CsvRow row;
  ASSERT_FALSE(reader.next(row).ok());
}

// Whatever is quoted by the rules comes back as it was.
TEST(Csv, RoundTripsRandomValues) {
  const unsigned seed = 20240611;
  std::mt19937 random(seed);
  const std::string alphabet = "ab,\"\n\r\t 1";
  Rows rows;
  std::string text;
  for (int i = 0; i < 300; ++i) {
    auto& row = rows.emplace_back();
    for (int j = 0; j < 3; ++j) {
      auto& value = row.emplace_back();
      const auto length = random() % 9;
      for (unsigned k = 0; k < length; ++k) value += alphabet[random() % alphabet.size()];
      text += j == 0 ? "\"" : ",\"";
      for (const char c : value) text += c == '"' ? std::string("\"\"") : std::string(1, c);
      text += '"';
    }
    text += (i % 2 == 0) ? "\n" : "\r\n";
  }
  EXPECT_EQ(read_all(text), rows) << "seed " << seed;
}

}  // namespace
}  // namespace pim::data
