#include "data/row_source.h"

#include <gtest/gtest.h>

#include "data/rows_testing.h"

namespace pim::data {
namespace {

using Texts = std::vector<std::string>;

TEST(RowSource, KnowsFormatsByTheirEndings) {
  EXPECT_EQ(format_of("a/b.CSV"), FileFormat::csv);
  EXPECT_EQ(format_of("b.tsv"), FileFormat::tsv);
  EXPECT_EQ(format_of("b.json"), FileFormat::json);
  EXPECT_EQ(format_of("b.ndjson"), FileFormat::jsonl);
  EXPECT_EQ(format_of("b.sql"), FileFormat::sql);
  EXPECT_EQ(format_of("b"), FileFormat::csv);
  EXPECT_EQ(parse_format("jsonl"), FileFormat::jsonl);
  EXPECT_FALSE(parse_format("xml"));
  EXPECT_TRUE(same_but_for_format("p.csv", "p.json"));
  EXPECT_FALSE(same_but_for_format("p.csv", "q.json"));
  EXPECT_FALSE(same_but_for_format("p.v1", "p.v2"));
}

TEST(Delimited, TakesMixedLineEndsAndTrailingDelimiters) {
  const auto read = read_rows("\xEF\xBB\xBFid,name,\r\n1,a,\n2,b\r\n\r\n3,c,\n", FileFormat::csv);
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(read.columns, (Texts{"id", "name"}));
  EXPECT_EQ(read.rows, (Texts{"1|a", "2|b", "3|c"}));
  EXPECT_EQ(read.note, "");
}

TEST(Delimited, FindsTheDelimiterAndSaysSo) {
  const auto semicolons = read_rows("id;\"a,b\";c\n1;2,5;3\n", FileFormat::csv);
  EXPECT_EQ(semicolons.columns, (Texts{"id", "a,b", "c"}));
  EXPECT_EQ(semicolons.rows, (Texts{"1|2,5|3"}));
  EXPECT_EQ(semicolons.note, "values are separated by ';'");
  EXPECT_EQ(read_rows("id\tb\n1\t2\n", FileFormat::csv).note, "values are separated by tabs");
  RowSourceOptions said;
  said.delimiter = '|';
  const auto pipes = read_rows("a;b|c\n1;2|3\n", FileFormat::csv, said);
  EXPECT_EQ(pipes.columns, (Texts{"a;b", "c"}));
  EXPECT_EQ(pipes.note, "");
}

TEST(Delimited, NamesColumnsThatHaveNoNameByTheirNumber) {
  EXPECT_EQ(read_rows(",a\n0,x\n", FileFormat::csv).columns, (Texts{"#1", "a"}));
}

TEST(Delimited, ReadsFilesWithoutAHeaderWhereTheMappingNamesTheColumns) {
  RowSourceOptions options;
  options.columns = {"id", "sex"};
  const auto read = read_rows("1,F\n2,M\n", FileFormat::csv, options);
  EXPECT_EQ(read.columns, (Texts{"id", "sex"}));
  EXPECT_EQ(read.rows, (Texts{"1|F", "2|M"}));
}

TEST(Delimited, RefusesHeadersThatCannotBeRight) {
  EXPECT_EQ(read_rows("a,b,a\n", FileFormat::csv).problem,
            "1:5 a second column 'a': rename one of them");
  EXPECT_NE(read_rows("", FileFormat::csv).problem.find("it is empty"), std::string::npos);
  EXPECT_NE(read_rows("a,\"b\x1B[2J\"\n", FileFormat::csv).problem.find("control character"),
            std::string::npos);
  EXPECT_EQ(read_rows("a,b\n", FileFormat::csv).rows, Texts{}) << "a header alone is no error";
}

TEST(Delimited, GoesOnBehindBrokenRows) {
  const auto read =
      read_rows("a,b\n1\n2,\"x\"y\n" + std::string("3,\0\n", 4) + "4,ok\n5,\"never closed\n",
                FileFormat::csv);
  EXPECT_EQ(read.rows, (Texts{"2:1 has 1 values, the header 2", "3:6 text after the closing quote",
                              "4:3 a NUL byte", "4|ok", "6:3 this quote is never closed"}));
}

TEST(Delimited, RefusesALineOfTenMegabytesAndReadsTheNext) {
  const auto read = read_rows("a\n" + std::string(10 << 20, 'x') + "\nok\n", FileFormat::csv);
  ASSERT_EQ(read.rows.size(), 2u);
  EXPECT_NE(read.rows[0].find("longer than 1 MiB"), std::string::npos);
  EXPECT_EQ(read.rows[1], "ok");
}

TEST(RowSource, SaysWhatToDoWithFilesOfAnotherKind) {
  using namespace std::string_literals;
  const std::pair<std::string, std::string> cases[] = {
      {"\xFF\xFEi\0d\0\n\0"s, "iconv -f UTF-16"}, {"\xFE\xFF\0i\0d"s, "iconv -f UTF-16"},
      {"i\0d\0,\0"s, "iconv -f UTF-16"},          {"\x1F\x8B\x08\x00"s, "gunzip"},
      {"PK\x03\x04zip", "save it as CSV"},        {"SQLite format 3\0"s, ".dump"},
      {"nombre,g\xE9nero\n", "iconv -f LATIN1"},
  };
  for (const auto& [bytes, advice] : cases) {
    const auto read = read_rows(bytes, FileFormat::csv);
    EXPECT_NE(read.problem.find(advice), std::string::npos) << advice << ": " << read.problem;
  }
  EXPECT_TRUE(open_rows("/no/such/file.csv").error().unreadable);
  EXPECT_FALSE(open_rows(testing::TempDir()).ok()) << "a directory";
}

TEST(RowSource, ReadsWhatSpreadsheetsWrite) {
  const auto broken = read_rows("id,\"dob\r\n (m/d/y)\",\"a\nb\"\n1,2,3\n", FileFormat::csv);
  EXPECT_EQ(broken.problem, "");
  EXPECT_EQ(broken.columns, (std::vector<std::string>{"id", "dob (m/d/y)", "a b"}));
  const auto excel = read_rows("sep=;\r\nid;b\r\n1;2\r\n", FileFormat::csv);
  EXPECT_EQ(excel.columns, (std::vector<std::string>{"id", "b"}));
  ASSERT_EQ(excel.rows.size(), 1u);
  const auto blank = read_rows("id,b\n1,2\n  \n\t\n3,4\n   ", FileFormat::csv);
  EXPECT_EQ(blank.problem, "");
  EXPECT_EQ(blank.rows.size(), 2u);
  EXPECT_NE(read_rows("id,b\r1,2\r", FileFormat::csv).problem.find("tr '\\r' '\\n'"),
            std::string::npos);
}

}  // namespace
}  // namespace pim::data
