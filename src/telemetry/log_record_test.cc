#include "telemetry/log_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pim::telemetry {
namespace {

LogRecord one_of_each() {
  LogRecord record;
  record.time = WallTime(std::chrono::milliseconds(1'700'000'000'042));
  record.level = Level::warn;
  record.body = "two\nlines";
  record.attributes = {{"text", std::string("a\"b\nc")},
                       {"number", std::int64_t{-7}},
                       {"part", 0.25},
                       {"flag", false}};
  return record;
}

TEST(LogRecord, AsJsonKeepsItsTypes) {
  const auto line = json_line(one_of_each());
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["time"], "2023-11-14T22:13:20.042Z");
  EXPECT_EQ(parsed["level"], "warn");
  EXPECT_EQ(parsed["message"], "two\nlines");
  EXPECT_EQ(parsed["text"], "a\"b\nc");
  EXPECT_EQ(parsed["number"], -7);
  EXPECT_EQ(parsed["part"], 0.25);
  EXPECT_EQ(parsed["flag"], false);
  EXPECT_FALSE(parsed.contains("trace_id"));
}

TEST(LogRecord, AsTextIsOneLine) {
  EXPECT_EQ(text_line(one_of_each()),
            "2023-11-14T22:13:20.042Z warn two lines text=a\"b c number=-7 part=0.25 flag=false\n");
}

TEST(LogRecord, IsCutAtACharacter) {
  LogRecord record;
  record.body = std::string(kLongestBody - 1, 'x') + "\xC3\xA9";  // an e acute would go over
  record.attributes = {{"long", std::string(100'000, 'y')}, {"short", std::string("z\xC3\xA9")}};
  make_fit(record);
  EXPECT_EQ(record.body, std::string(kLongestBody - 1, 'x'));
  EXPECT_EQ(std::get<std::string>(record.attributes[0].value), std::string(kLongestValue, 'y'));
  EXPECT_EQ(std::get<std::string>(record.attributes[1].value), "z\xC3\xA9");
}

TEST(LogRecord, HasNoBytesThatAreNoUtf8) {
  const std::pair<const char*, const char*> cases[] = {
      {"plain", "plain"},
      {"\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80"},
      {"\xFF\xFE", "??"},
      {"cut \xE2\x82", "cut ??"},
      {"\xC0\x80 overlong", "?? overlong"},
      {"\xE0\x80\xAF", "???"},
      {"\xF0\x80\x80\x80", "????"},
      {"\xED\xA0\x80 surrogate", "??? surrogate"},
      {"\xF4\x90\x80\x80", "????"},
      {"\x80 alone", "? alone"},
  };
  for (const auto& [given, wanted] : cases) {
    LogRecord record;
    record.body = given;
    make_fit(record);
    EXPECT_EQ(record.body, wanted);
  }
}

}  // namespace
}  // namespace pim::telemetry
