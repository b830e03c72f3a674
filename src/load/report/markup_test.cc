#include "load/report/markup.h"

#include <gtest/gtest.h>

namespace pim::load::report {
namespace {

TEST(Markup, TextsCannotBecomeMarkup) {
  Table table({"<head>"});
  table.row({{"<script>", "code"}, {"a & \"b\"", "number"}, {"plain", {}}});
  EXPECT_EQ(table.str(),
            "<div class=\"wide\"><table><tr><th>&lt;head&gt;</th></tr>\n"
            "<tr><td><code>&lt;script&gt;</code></td><td class=\"number\">a &amp; "
            "&quot;b&quot;</td><td>plain</td></tr>\n</table></div>\n");
  EXPECT_NE(html_page("<t>", "").find("<title>&lt;t&gt;</title>"), std::string::npos);
}

TEST(Markup, NumbersAreWrittenForPeople) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(fixed(1.25, 1), "1.2");
  EXPECT_EQ(shortest(99.90), "99.9");
}

}  // namespace
}  // namespace pim::load::report
