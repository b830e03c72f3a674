#include "readmodel/cursor.h"

#include <gtest/gtest.h>

namespace pim::readmodel {
namespace {

constexpr std::string_view kSubject = "north-health/0b1f";

std::string sample() {
  return CursorWriter(CursorTag::chart, kSubject)
      .number(0x0102030405060708)
      .uuid(*Uuid::parse("018f2f3e-9f60-7c11-8d7e-9b1f2a3c4d5e"))
      .text("E11.9")
      .finish();
}

TEST(Cursor, GivesBackWhatWasPutIn) {
  auto reader = CursorReader::open(CursorTag::chart, kSubject, sample());
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->number(), 0x0102030405060708U);
  EXPECT_EQ(reader->uuid().to_string(), "018f2f3e-9f60-7c11-8d7e-9b1f2a3c4d5e");
  EXPECT_FALSE(reader->complete()) << "a field is left";
  EXPECT_EQ(reader->text(), "E11.9");
  EXPECT_TRUE(reader->complete());
  reader->number();
  EXPECT_FALSE(reader->complete()) << "more was taken than there is";
}

TEST(Cursor, IsOneWordOfUrlSafeCharacters) {
  EXPECT_EQ(sample().find_first_not_of(
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

TEST(Cursor, IsRefusedByAnotherQueryOrSubject) {
  EXPECT_FALSE(CursorReader::open(CursorTag::bills, kSubject, sample()));
  EXPECT_FALSE(CursorReader::open(CursorTag::chart, "another", sample()));
}

TEST(Cursor, IsRefusedWithAnyCharacterChanged) {
  const std::string good = sample();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char c : {'A', 'B', '-', '=', '+', ' '}) {
      std::string bad = good;
      if (bad[i] == c) continue;
      bad[i] = c;
      EXPECT_FALSE(CursorReader::open(CursorTag::chart, kSubject, bad)) << bad;
    }
    EXPECT_FALSE(CursorReader::open(CursorTag::chart, kSubject, good.substr(0, i)));
  }
  EXPECT_FALSE(CursorReader::open(CursorTag::chart, kSubject, good + "A"));
  EXPECT_FALSE(CursorReader::open(CursorTag::chart, kSubject, std::string(100'000, 'A')));
}

}  // namespace
}  // namespace pim::readmodel
