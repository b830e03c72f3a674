#include "data/manifest.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace pim::data {
namespace {

Manifest manifest_example() {
  return {.generator = "pim data generate",
          .version = "0.1.0",
          .seed = 18446744073709551615U,
          .files = {{.name = "patients.csv",
                     .table = "patients",
                     .origin = Origin::mocked,
                     .schema = "patients.schema.json",
                     .rows = 60,
                     .bytes = 4000,
                     .sha256 = std::string(64, 'a')}}};
}

TEST(Manifest, ComesBackAsItWas) {
  const auto json = to_json(manifest_example());
  const auto parsed = parse_manifest(json);
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(to_json(*parsed), json);
  EXPECT_EQ(parsed->seed, 18446744073709551615U);
  EXPECT_EQ(parsed->files[0].origin, Origin::mocked);
}

TEST(Manifest, AnythingElseIsRefusedWithTheReason) {
  const auto json = to_json(manifest_example());
  const auto with = [&](const std::string& from, const std::string& to) {
    auto text = json;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::vector<std::string> bad = {"",
                                        "[]",
                                        "{",
                                        "{}",
                                        with("\"format\": 1", "\"format\": 2"),
                                        with("\"synthetic\": true,", ""),
                                        with("\"mocked\"", "\"copied\""),
                                        with("\"rows\": 60", "\"rows\": \"60\""),
                                        with("patients.csv", "../patients.csv"),
                                        with("aaaa", "aaa")};
  for (const auto& each : bad) {
    const auto parsed = parse_manifest(each);
    ASSERT_FALSE(parsed.ok()) << each;
    EXPECT_NE(parsed.error().message.find("no manifest"), std::string::npos);
  }
}

TEST(Manifest, DigestsAFile) {
  const auto path = testing::TempDir() + "manifest-" + std::to_string(::getpid());
  std::ofstream(path) << "abc";
  const auto digest = digest_file(path);
  std::remove(path.c_str());
  ASSERT_TRUE(digest.has_value());
  EXPECT_EQ(digest->bytes, 3U);
  // FIPS 180-2, B.1
  EXPECT_EQ(digest->sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_FALSE(digest_file(path).has_value());
}

}  // namespace
}  // namespace pim::data
