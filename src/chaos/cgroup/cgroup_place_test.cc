#include "chaos/cgroup/cgroup_place.h"

#include <gtest/gtest.h>

namespace pim::chaos {
namespace {

constexpr std::string_view kFirst =
    "30 20 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "31 20 0:27 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
    "32 20 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr std::string_view kSecond =
    "30 20 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n";

TEST(CgroupPlace, OfVersion1IsBelowTheCurrentGroup) {
  const auto place = cgroup_place(kFirst, "4:memory:/jobs/7\n3:cpu,cpuacct:/\n0::/\n", "memory");
  ASSERT_TRUE(place.ok()) << place.error();
  EXPECT_FALSE(place->v2);
  EXPECT_EQ(place->current, "/sys/fs/cgroup/memory/jobs/7");
  EXPECT_EQ(place->parent, place->current);
  const auto root = cgroup_place(kFirst, "3:cpu,cpuacct:/\n", "cpu");
  ASSERT_TRUE(root.ok()) << root.error();
  EXPECT_EQ(root->current, "/sys/fs/cgroup/cpu,cpuacct");
}

TEST(CgroupPlace, OfVersion2IsBesideTheCurrentGroup) {
  const auto place = cgroup_place(kSecond, "0::/system.slice/pim.service\n", "cpu");
  ASSERT_TRUE(place.ok()) << place.error();
  EXPECT_TRUE(place->v2);
  EXPECT_EQ(place->current, "/sys/fs/cgroup/system.slice/pim.service");
  EXPECT_EQ(place->parent, "/sys/fs/cgroup/system.slice");
  const auto root = cgroup_place(kSecond, "0::/\n", "memory");
  ASSERT_TRUE(root.ok()) << root.error();
  EXPECT_EQ(root->current, "/sys/fs/cgroup");
  EXPECT_EQ(root->parent, "/sys/fs/cgroup");
}

// A container sees a part of the tree, and paths of the whole of it.
TEST(CgroupPlace, CountsFromTheMountedPart) {
  const auto place =
      cgroup_place("31 20 0:27 /docker/ab /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n",
                   "4:memory:/docker/ab/child\n", "memory");
  ASSERT_TRUE(place.ok()) << place.error();
  EXPECT_EQ(place->current, "/sys/fs/cgroup/memory/child");
}

TEST(CgroupPlace, IsMissedByName) {
  for (const auto mountinfo : {std::string_view(), std::string_view("30 20 - cgroup\n")}) {
    const auto place = cgroup_place(mountinfo, "", "cpu");
    ASSERT_FALSE(place.ok());
    EXPECT_NE(place.error().find("'cpu'"), std::string::npos);
  }
}

}  // namespace
}  // namespace pim::chaos
