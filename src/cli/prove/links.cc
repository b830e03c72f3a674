#include "cli/prove/links.h"

#include <simdjson.h>

namespace pim::cli::prove {
namespace {

namespace dom = simdjson::dom;

std::string link_text(const dom::element& object, std::string_view name) {
  std::string_view text;
  if (object[name].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

}  // namespace

Result<void, std::string> judge_links(std::string_view json, Claim& claim) {
  dom::parser parser;
  dom::element document;
  dom::array tests;
  if (parser.parse(simdjson::padded_string(json)).get(document) != simdjson::SUCCESS ||
      document["tests"].get(tests) != simdjson::SUCCESS) {
    return Err{"not JSON with an array of \"tests\""};
  }
  if (tests.size() == 0) {
    claim.missing = link_text(document, "reason");
    if (claim.missing.empty()) return Err{"no tests, and no \"reason\" why"};
    return {};
  }
  for (const auto& test : tests) {
    const auto name = link_text(test, "name");
    bool passed = false;
    if (name.empty() || test["passed"].get(passed) != simdjson::SUCCESS) {
      return Err{R"(a test without "name" or "passed")"};
    }
    claim.checks.push_back(
        {name, passed ? "passed" : "failed: " + link_text(test, "problem"), passed});
  }
  bool clicked = false;
  if (document["clicked"].get(clicked) != simdjson::SUCCESS) return Err{"no \"clicked\""};
  const bool clicks_missing = !clicked && claim.verdict() == Verdict::proved;
  claim.missing = clicks_missing ? "the click itself: " + link_text(document, "claim") : "";
  return {};
}

}  // namespace pim::cli::prove
