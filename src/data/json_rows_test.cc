#include <gtest/gtest.h>

#include <sstream>

#include "data/rows_testing.h"

namespace pim::data {
namespace {

using Lines = std::vector<std::string>;

RowsRead read_json(const std::string& text) { return read_rows(text, FileFormat::json); }
RowsRead read_jsonl(const std::string& text) { return read_rows(text, FileFormat::jsonl); }

TEST(Json, ReadsAnArrayOfObjects) {
  const auto read = read_json(R"([ {"id": 1, "ok": true, "note": null},
      {"id": -2.5e3, "more": "x\"\\\u00e9\ud83d\ude00\n"} ])");
  EXPECT_EQ(read.problem, "");
  EXPECT_EQ(read.columns, (Lines{"id", "ok", "note", "more"}));
  EXPECT_EQ(read.rows, (Lines{"1|true||", "-2.5e3|||x\"\\\u00E9\U0001F600\n"}));
}

TEST(Json, NamesNestedMembersWithDotsAndKeepsArraysAsTheyStand) {
  const auto read = read_json(R"([{"a": {"b": {"c": 1}, "d": "x"}, "tags": [1, {"t": "]"}]}])");
  EXPECT_EQ(read.columns, (Lines{"a.b.c", "a.d", "tags"}));
  EXPECT_EQ(read.rows, (Lines{R"(1|x|[1, {"t": "]"}])"}));
}

TEST(Json, ReadsObjectsOneAfterTheOther) {
  EXPECT_EQ(read_json("{\"a\":1}\n{\"a\":\n2} {\"a\":3}").rows, (Lines{"1", "2", "3"}));
  EXPECT_EQ(read_jsonl("\xEF\xBB\xBF{\"a\":1}\r\n\r\n{\"a\":2}\r\n").rows, (Lines{"1", "2"}));
  EXPECT_EQ(read_jsonl("[{\"a\":1},\n{\"a\":2}]").rows, (Lines{"1", "2"}))
      << "whatever the name says";
}

TEST(Json, GoesOnBehindRowsThatAreMerelyWrong) {
  const auto read = read_json(R"([{"a": 1},
{"a": 1, "a": 2},
[3],
{"a": 01},
{"a": {"b": 1}, "a.b": 2},
{"a": "\ud800"},
{"a": 5}])");
  EXPECT_EQ(read.columns, (Lines{"a", "a.b"}));
  EXPECT_EQ(read.rows, (Lines{"1|", "2:10 column 'a' stands twice in one row",
                              "3:1 is no object: a row is { \"column\": value, ... }",
                              "4:7 is no JSON value: a text stands in quotes",
                              "5:17 column 'a.b' stands twice in one row",
                              "6:8 a \\u escape that is no character", "5|"}));
}

TEST(Json, SaysWhereItCannotReadOn) {
  EXPECT_EQ(read_json("[{\"a\": 1}, {\"a\" 2}, {\"a\": 3}]").rows,
            (Lines{"1", "1:17 a ':' is missing here; the rest cannot be read"}));
  EXPECT_EQ(read_json("[{\"a\": 1}, {\"a\": \"x").rows,
            (Lines{"1", "1:18 this quote is never closed; the rest cannot be read"}));
  EXPECT_EQ(read_json("[{\"a\": 1}").rows,
            (Lines{"1", "1:10 the file ends within its array: it was cut short"}));
  EXPECT_EQ(read_json("[{\"a\": 1},").rows,
            (Lines{"1", "1:11 no object after the ',': the array was cut short"}));
  EXPECT_EQ(read_json("[{\"a\": 1}] x").rows,
            (Lines{"1", "1:12 text after the array, which was not read"}));
}

TEST(Json, CostsOneLineWhereOneLineIsBroken) {
  const auto read = read_jsonl("{\"a\":1}\n{\"a\":\n{\"a\":3} x\nnope\n{\"a\":\"open\n{\"a\":6}\n");
  EXPECT_EQ(read.rows, (Lines{"1", "2:6 the line ends within an object",
                              "3:9 text after the object: one object a line",
                              "4:1 is no object: a row is { \"column\": value, ... }",
                              "5:6 this quote is never closed", "6"}));
  EXPECT_EQ(read_json("{\"a\":1},{\"a\":2}\n{\"a\":3}").rows.back(), "3");
}

TEST(Json, TakesDeepNestingAndHugeNumbersWithoutHarm) {
  std::string deep = "[{\"a\": 1}, ";
  for (int i = 0; i < 100'000; ++i) deep += "{\"a\":";
  deep += "1" + std::string(100'000, '}') + ", {\"a\": 2}]";
  const auto read = read_json(deep);
  ASSERT_EQ(read.rows.size(), 3u);
  EXPECT_NE(read.rows[1].find("more than 32 deep"), std::string::npos) << read.rows[1];
  EXPECT_EQ(read.rows[2].substr(0, 1), "2");
  EXPECT_EQ(read_json("[{\"n\": 1" + std::string(400, '0') + "}]").rows,
            (Lines{"1" + std::string(400, '0')}))
      << "a number stays as it is written";
  const auto brackets = read_json("[{\"a\": 1}, " + std::string(2 << 20, '[') + "]");
  ASSERT_EQ(brackets.rows.size(), 2u);
}

TEST(Json, RefusesARowOfTenMegabytesAndReadsTheNext) {
  const auto read = read_json("[{\"a\": \"" + std::string(10 << 20, 'x') + "\"}, {\"a\": \"ok\"}]");
  ASSERT_EQ(read.rows.size(), 2u);
  EXPECT_NE(read.rows[0].find("longer than 1 MiB"), std::string::npos)
      << read.rows[0].substr(0, 80);
  EXPECT_EQ(read.rows[1], "ok");
}

TEST(Json, RefusesWhatHoldsNoRows) {
  for (const auto* text : {"", "[]", "[1, 2]", "nope", "[{}]", "{", "\"a\""}) {
    EXPECT_NE(read_json(text).problem, "") << text;
  }
  EXPECT_NE(read_json("[{\"a\": \"\xE9\"}]").rows[0].find("not UTF-8"), std::string::npos);
  EXPECT_NE(read_json(std::string("[{\"a\": \"\0\"}]", 11)).rows[0].find("NUL"), std::string::npos);
}

// Whatever is written by the rules comes back, in an array and in lines, across buffer borders.
TEST(Json, ReadsFarMoreThanItsBuffer) {
  std::string array = "[";
  std::string lines;
  Lines expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string object = "{\"id\":" + std::to_string(i) + ",\"t\":\"" +
                               std::string(static_cast<std::size_t>(i % 97), 'x') + "\\n\u00E9\"}";
    array += (i == 0 ? "" : ",\n") + object;
    lines += object + "\n";
    expected.push_back(std::to_string(i) + "|" +
                       std::string(static_cast<std::size_t>(i % 97), 'x') + "\n\u00E9");
  }
  EXPECT_EQ(read_json(array + "]").rows, expected);
  EXPECT_EQ(read_jsonl(lines).rows, expected);
}

}  // namespace
}  // namespace pim::data
