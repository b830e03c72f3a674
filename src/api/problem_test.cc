#include "api/problem.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace pim::api {
namespace {

// docs/errors.md as the catalogues have it.
std::string errors_page() {
  std::string page =
      "# Errors\n\n"
      "Every error body is `application/problem+json` (RFC 9457): `type`, `title`, `status`, "
      "`request_id` and\n`trace_id` always; `detail` and `field` (a JSON pointer into the body, or "
      "the "
      "name of a parameter or header)\nwhere they help; `outcome` (`unknown` or `not-applied`) on "
      "a "
      "command that ended in 503. The `type` is\n`urn:pim:problem:` and a name of this page, and "
      "never changes its meaning.\n\n"
      "This page is held to the program by a test; `PIM_WRITE_DOCS=1 api_test "
      "--gtest_filter='Problem*'` writes it anew.\n\n"
      "## The request, the caller and the service\n\n"
      "| type | status | what it says | what to do |\n|---|---|---|---|\n";
  const auto row = [&](std::string_view name, int status, std::string_view title,
                       std::string_view remedy) {
    page += "| `" + std::string(name) + "` | " + std::to_string(status) + " | " +
            std::string(title) + " | " + std::string(remedy) + " |\n";
  };
  for (const ProblemInfo* problem : problem_catalogue()) {
    row(problem->name, problem->status, problem->title, problem->remedy);
  }
  page +=
      "\n## The domain's rules\n\n| type | status | what it says | what to do "
      "|\n|---|---|---|---|\n";
  for (const RejectionInfo& rejection : rejection_catalogue()) {
    row(rejection.type, rejection.status_class == RejectionClass::not_found ? 404 : 409,
        rejection.title, rejection.remedy);
  }
  return page;
}

TEST(Problem, CatalogueIsWhatTheErrorsPageSays) {
  const std::string file = "docs/errors.md";
  if (std::getenv("PIM_WRITE_DOCS") != nullptr) std::ofstream(file) << errors_page();
  std::ifstream in(file);
  std::stringstream content;
  content << in.rdbuf();
  EXPECT_EQ(content.str(), errors_page());
}

TEST(Problem, NamesAreUniqueAcrossBothCatalogues) {
  std::set<std::string_view> names;
  for (const ProblemInfo* problem : problem_catalogue()) {
    EXPECT_TRUE(names.insert(problem->name).second) << problem->name;
    EXPECT_GE(problem->status, 400);
  }
  for (const RejectionInfo& rejection : rejection_catalogue()) {
    EXPECT_TRUE(names.insert(rejection.type).second) << rejection.type;
  }
}

TEST(Problem, RendersItsMembersEscaped) {
  Problem problem = Problem::of(problems::kBadField, "a \"quoted\"\nline", "/a~1b");
  problem.outcome = "unknown";
  EXPECT_EQ(render_problem(problem, {"req-1", "0123"}),
            R"({"type":"urn:pim:problem:bad-field","title":"A field of the body is wrong.",)"
            R"("status":400,"detail":"a \"quoted\"\nline","field":"/a~1b","outcome":"unknown",)"
            R"("request_id":"req-1","trace_id":"0123"})");
}

}  // namespace
}  // namespace pim::api
