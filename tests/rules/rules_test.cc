// Mimir's rules, held to their tests by promtool, and the tests to the rules: each rule with one
// thing wrong has to fail them.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>

#include "load/temporary_directory_testing.h"
#include "mutants.h"
#include "promtool.h"

namespace pim::rules {
namespace {

namespace fs = std::filesystem;

const std::string kRules = "observability/mimir/rules";
const std::string kTests = "tests/rules";

std::vector<std::string> files_in(const std::string& directory) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path().string());
  }
  std::ranges::sort(files);
  return files;
}

// The test files of a rule file, the quickest first.
std::vector<std::string> tests_of(const std::string& rule_file, const std::string& scratch) {
  std::vector<std::pair<std::chrono::nanoseconds, std::string>> timed;
  for (const auto& test : files_in(kTests)) {
    if (read_file(test).find("../../" + rule_file + "]") == std::string::npos) continue;
    const auto run = run_promtool({"test", "rules", test}, scratch);
    EXPECT_TRUE(run.passed) << test << "\n" << run.output;
    timed.emplace_back(run.took, test);
  }
  std::ranges::sort(timed);
  std::vector<std::string> tests;
  for (const auto& [took, test] : timed) tests.push_back(test);
  return tests;
}

TEST(Rules, KeepTheirTests) {
  const load::TemporaryDirectory scratch;
  for (const auto& file : files_in(kRules)) {
    EXPECT_FALSE(tests_of(file, scratch.path()).empty()) << "nothing tests " << file;
  }
}

// Mutants that mean the same, and why.
bool is_the_same(const std::string& what) {
  static const std::map<std::string, std::string> kSame = {
      {"PimPodRestarts: changes(pim:container_start:seconds[15m]) > 2.5", "changes are whole"},
  };
  return kSame.contains(what);
}

// At night: it takes more than eight minutes of two processors.
TEST(Rules, WithOneThingWrongFailThem) {
  if (std::getenv("PIM_NIGHTLY") == nullptr) GTEST_SKIP() << "runs with --nightly";
  std::atomic<std::size_t> tried{0};
  std::mutex mutex;
  std::vector<std::string> survivors;
  for (const auto& file : files_in(kRules)) {
    const load::TemporaryDirectory scratch;
    const auto tests = tests_of(file, scratch.path());
    const auto mutants = mutants_of_file(read_file(file));
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      const load::TemporaryDirectory tree;
      for (const auto& test : tests) write_file(tree.path(test), read_file(test));
      for (auto i = next++; i < mutants.size(); i = next++) {
        write_file(tree.path(file), mutants[i].file);
        const bool caught = std::ranges::any_of(tests, [&](const std::string& test) {
          return !run_promtool({"test", "rules", tree.path(test)}, tree.path()).passed;
        });
        ++tried;
        if (caught || is_the_same(mutants[i].what)) continue;
        const std::scoped_lock lock(mutex);
        survivors.push_back(file + ": " + mutants[i].what);
      }
    };
    std::thread other(work);
    work();
    other.join();
  }
  for (const auto& each : survivors) ADD_FAILURE() << "no test fails for " << each;
  EXPECT_GT(tried, 500U);
  std::printf("    rules: %zu mutants, %zu not noticed\n", tried.load(), survivors.size());
}

TEST(Mutants, ChangeOneThingEach) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(mutants_of_expression("sum(rate(a{b!=\"c\"}[5m])) > 14.4 and x:y1 == bool 0"),
            (Texts{"sum(rate(a{b=\"c\"}[5m])) > 14.4 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"cx\"}[5m])) > 14.4 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[600s])) > 14.4 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[150s])) > 14.4 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[5m])) < 14.4 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[5m])) > 18 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[5m])) > 11.52 and x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[5m])) > 14.4 or x:y1 == bool 0",
                   "sum(rate(a{b!=\"c\"}[5m])) > 14.4 and x:y1 != bool 0",
                   "sum(rate(a{b!=\"c\"}[5m])) > 14.4 and x:y1 == bool 1"}));
  const auto mutants =
      mutants_of_file("groups: [{name: g, rules: [{alert: A, expr: b, for: 1m, labels: {l: v}}]}]");
  Texts what;
  for (const auto& mutant : mutants) what.push_back(mutant.what);
  EXPECT_EQ(what, (Texts{"A: l = vx", "A: for 120s", "A: for 0s", "A: removed"}));
}

}  // namespace
}  // namespace pim::rules
