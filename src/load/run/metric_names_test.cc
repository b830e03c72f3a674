// The list of the load's metrics against its golden file and its page. PIM_UPDATE=1 writes both.
#include "load/run/metric_names.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

namespace pim::load::metrics {
namespace {

constexpr const char* kLoadGolden = "src/load/golden/metric_names.txt";
constexpr const char* kTelemetryPage = "docs/telemetry.md";
constexpr std::string_view kPageBegin = "<!-- made by `pim metrics --load --markdown` -->\n";
constexpr std::string_view kPageEnd = "<!-- end of what is made for load -->\n";

std::string content_of(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool writes_anew() { return std::getenv("PIM_UPDATE") != nullptr; }

TEST(LoadMetricNames, AreTheseForEver) {
  std::set<std::string> lines;
  for (const MetricInfo* info : kOfLoad) {
    std::string line =
        std::string(info->name) + ' ' + std::string(telemetry::to_string(info->type));
    for (const auto label : info->label_names()) line += ' ' + std::string(label);
    EXPECT_TRUE(lines.insert(line).second) << line << " is listed twice";
    EXPECT_TRUE(info->name.starts_with("pim_load_")) << info->name;
    EXPECT_EQ(info->name.ends_with("_seconds"), info->unit == "seconds") << info->name;
    EXPECT_TRUE(info->help.ends_with('.')) << info->name;
  }
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  if (writes_anew()) std::ofstream(kLoadGolden) << text;
  EXPECT_EQ(text, content_of(kLoadGolden)) << "a name is for ever; to change it: PIM_UPDATE=1";
}

TEST(LoadMetricNames, StandInTheirPage) {
  std::string page = content_of(kTelemetryPage);
  const auto begin = page.find(kPageBegin);
  const auto end = page.find(kPageEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end);
  const auto from = begin + kPageBegin.size();
  const std::string tables = telemetry::metric_tables(kSections) + '\n';
  if (writes_anew()) {
    page.replace(from, end - from, tables);
    std::ofstream(kTelemetryPage) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), tables)
      << "PIM_UPDATE=1 load_test --gtest_filter=LoadMetricNames.* writes it";
}

}  // namespace
}  // namespace pim::load::metrics
