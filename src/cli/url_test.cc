#include "cli/url.h"

#include <gtest/gtest.h>

namespace pim::cli {
namespace {

TEST(Url, IsASchemeAHostAndAPort) {
  const auto url = parse_url("http://127.0.0.1:8080/");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->host, "127.0.0.1");
  EXPECT_EQ(url->port, 8080);
}

TEST(Url, IsNothingElse) {
  for (const auto* bad : {"127.0.0.1:8080", "https://h:1", "http://h", "http://:1", "http://h:0",
                          "http://h:65536", "http://h:1/x", "http://h:1x", "http://h/x:1", ""}) {
    EXPECT_FALSE(parse_url(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace pim::cli
