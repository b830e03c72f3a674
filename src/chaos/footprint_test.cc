#include "chaos/footprint.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "load/temporary_directory_testing.h"

namespace pim::chaos {
namespace {

TEST(Footprints, AreReadAsTheyWereKept) {
  const load::TemporaryDirectory directory;
  Footprints footprints(directory.path("a/b"));
  std::vector<std::string> problems;
  EXPECT_TRUE(footprints.all(problems).empty());
  const auto first =
      footprints.keep({"continue", "spine \"1\"\n", {{"pid", "12"}, {"started", "34"}}});
  ASSERT_TRUE(first.ok()) << first.error();
  const auto second = footprints.keep({"clock", "spine", {}});
  ASSERT_TRUE(second.ok());

  const auto all = footprints.all(problems);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].file, *first);
  EXPECT_EQ(all[0].injector.pid, ::getpid());
  EXPECT_TRUE(is_alive(all[0].injector));
  EXPECT_EQ(all[0].footprint.restore, "continue");
  EXPECT_EQ(all[0].footprint.target, "spine \"1\"\n");
  EXPECT_EQ(all[0].footprint.fields.at("started"), "34");
  footprints.forget(*first);
  EXPECT_EQ(footprints.all(problems).size(), 1U);
  EXPECT_TRUE(problems.empty());
}

TEST(Footprints, OfSomebodyElseOrOfNoSenseAreNotFollowed) {
  const load::TemporaryDirectory directory;
  Footprints footprints(directory.path());
  const auto kept = footprints.keep({"clock", "spine", {}});
  ASSERT_TRUE(kept.ok());
  ASSERT_EQ(::chmod(kept->c_str(), 0666), 0);
  std::ofstream(directory.path("1-0.json")) << "{\"restore\":\"clock\"}";
  ASSERT_EQ(::chmod(directory.path("1-0.json").c_str(), 0600), 0);
  ASSERT_EQ(::symlink("/etc/passwd", directory.path("1-1.json").c_str()), 0);
  std::vector<std::string> problems;
  EXPECT_TRUE(footprints.all(problems).empty());
  EXPECT_EQ(problems.size(), 3U);
}

TEST(Footprints, ThatCannotBeKeptSayWhy) {
  const load::TemporaryDirectory directory;
  std::ofstream(directory.path("file")) << "in the way";
  const auto kept = Footprints(directory.path("file/state")).keep({"clock", "spine", {}});
  ASSERT_FALSE(kept.ok());
  EXPECT_NE(kept.error().find("pim chaos undo"), std::string::npos) << kept.error();
}

TEST(Restoring, KnowsItsWaysOnly) {
  const auto restored = restore({"magic", "spine", {}});
  ASSERT_FALSE(restored.ok());
  EXPECT_NE(restored.error().find("'magic'"), std::string::npos);
}

}  // namespace
}  // namespace pim::chaos
