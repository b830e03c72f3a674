// The list of metrics against its golden file and its page. PIM_UPDATE=1 writes both anew.
#include "api/metric_names.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace pim::api::metrics {
namespace {

constexpr const char* kGolden = "src/api/golden/metric_names.txt";
constexpr const char* kPage = "docs/telemetry.md";
constexpr std::string_view kBegin = "<!-- made by `pim metrics --markdown` -->\n";
constexpr std::string_view kEnd = "<!-- end of what is made -->\n";

std::string read(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool updates() { return std::getenv("PIM_UPDATE") != nullptr; }

std::vector<const MetricInfo*> all() {
  std::vector<const MetricInfo*> metrics;
  for (const auto& section : kSections) {
    metrics.insert(metrics.end(), section.metrics.begin(), section.metrics.end());
  }
  return metrics;
}

TEST(MetricNames, AreTheseForEver) {
  std::set<std::string> lines;
  for (const MetricInfo* info : all()) {
    std::string line = std::string(info->name) + ' ' + std::string(to_string(info->type));
    for (const auto label : info->label_names()) line += ' ' + std::string(label);
    EXPECT_TRUE(lines.insert(line).second) << line << " is listed twice";
  }
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  if (updates()) std::ofstream(kGolden) << text;
  EXPECT_EQ(text, read(kGolden)) << "a name is for ever; if it is to change: PIM_UPDATE=1";
}

TEST(MetricNames, StandInTheirPage) {
  std::string page = read(kPage);
  const auto begin = page.find(kBegin);
  const auto end = page.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos && begin < end);
  const auto from = begin + kBegin.size();
  if (updates()) {
    page.replace(from, end - from, metric_tables(kSections) + '\n');
    std::ofstream(kPage) << page;
    return;
  }
  EXPECT_EQ(page.substr(from, end - from), metric_tables(kSections) + '\n')
      << "PIM_UPDATE=1 api_test --gtest_filter=MetricNames.* writes it";
}

// https://prometheus.io/docs/practices/naming/
TEST(MetricNames, FollowTheConventions) {
  for (const MetricInfo* info : all()) {
    const std::string_view name = info->name;
    EXPECT_TRUE(name.starts_with("pim_") || name.starts_with("process_")) << name;
    EXPECT_TRUE(std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || c == '_';
    })) << name;
    EXPECT_FALSE(name.ends_with("_total")) << name << ": added where it is shown";
    for (const std::string_view unit : {"seconds", "bytes"}) {
      EXPECT_EQ(name.ends_with("_" + std::string(unit)), info->unit == unit) << name;
    }
    EXPECT_TRUE(info->help.ends_with('.')) << name;
    EXPECT_EQ(info->help.find('|'), std::string_view::npos) << name << ": would end a cell";
    for (const auto label : info->label_names()) EXPECT_NE(label, "le") << name;
  }
}

}  // namespace
}  // namespace pim::api::metrics
