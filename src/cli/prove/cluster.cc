#include "cli/prove/cluster.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace pim::cli::prove {
namespace {

namespace dom = simdjson::dom;

constexpr int kPods = 1;      // what a cluster adds to it
constexpr int kRedeploy = 5;  // what only a cluster shows

Result<std::pair<int, Check>, std::string> cluster_check(const dom::element& object,
                                                         const std::vector<Claim>& claims) {
  std::int64_t number = 0;
  std::string_view what;
  std::string_view evidence;
  Check check;
  if (object["claim"].get(number) != simdjson::SUCCESS ||
      object["check"].get(what) != simdjson::SUCCESS ||
      object["evidence"].get(evidence) != simdjson::SUCCESS ||
      object["holds"].get(check.holds) != simdjson::SUCCESS || what.empty()) {
    return Err{R"(a check without "claim", "check", "evidence" or "holds")"};
  }
  if (std::ranges::find(claims, number, &Claim::number) == claims.end()) {
    return Err{"there is no claim " + std::to_string(number)};
  }
  check.what = what;
  check.evidence = evidence;
  return std::pair(static_cast<int>(number), std::move(check));
}

}  // namespace

Result<void, std::string> judge_cluster(std::string_view json, std::vector<Claim>& claims) {
  dom::parser parser;
  dom::element document;
  dom::array array;
  if (parser.parse(simdjson::padded_string(json)).get(document) != simdjson::SUCCESS ||
      document["checks"].get(array) != simdjson::SUCCESS) {
    return Err{"not JSON with an array of \"checks\""};
  }
  if (array.size() == 0) {
    std::string_view reason;
    if (document["reason"].get(reason) != simdjson::SUCCESS || reason.empty()) {
      return Err{"no checks, and no \"reason\" why"};
    }
    claim_of(claims, kPods).missing = "pods: " + std::string(reason);
    claim_of(claims, kRedeploy).missing = reason;
    return {};
  }
  std::vector<std::pair<int, Check>> checks;
  for (const auto& each : array) {
    auto check = cluster_check(each, claims);
    if (!check) return Err{std::move(check.error())};
    checks.push_back(std::move(*check));
  }
  for (auto& [number, check] : checks) {
    auto& claim = claim_of(claims, number);
    claim.checks.push_back(std::move(check));
    if (number == kPods || number == kRedeploy) claim.missing.clear();
  }
  return {};
}

}  // namespace pim::cli::prove
