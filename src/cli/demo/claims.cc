#include "cli/demo/claims.h"

#include <algorithm>
#include <string_view>

#include "cli/json_object.h"

namespace pim::cli::demo {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::fails:
      return "FAILS";
    case Verdict::not_delivered:
      return "not delivered";
  }
  return "";
}

Verdict Claim::verdict() const {
  if (checks.empty()) return Verdict::not_delivered;
  return std::ranges::all_of(checks, &Check::holds) ? Verdict::holds : Verdict::fails;
}

std::vector<Claim> all_claims() {
  return {
      {1, "any process may be killed: no acknowledged write is lost", {}, "pods"},
      {2,
       "every write is traceable to user and request; all state is rebuilt from history",
       {},
       ""},
      {3, "one click from trace to log to metric to profile", {}, "all of it"},
      {4, "routing is deterministic; traffic per shard is seen in metrics", {}, "regions"},
      {5, "everything comes from Git; redeployed in under 30 minutes", {}, "all of it"},
      {6, "failure pressure while the SLOs hold, with a report that could say no", {}, "all of it"},
      {kPremise, "the data are nobody's: synthetic, and no identifier got in", {}, ""},
  };
}

bool any_fails(const std::vector<Claim>& claims) {
  return std::ranges::any_of(claims,
                             [](const Claim& claim) { return claim.verdict() == Verdict::fails; });
}

std::string to_text(const std::vector<Claim>& claims) {
  std::string out;
  for (const auto& claim : claims) {
    const std::string verdict(to_string(claim.verdict()));
    out +=
        claim.number == kPremise ? "\npremise  " : "\nclaim " + std::to_string(claim.number) + "  ";
    out += claim.text + ": " + verdict + "\n";
    for (const auto& check : claim.checks) {
      out += check.holds ? "    ok    " : "    FAIL  ";
      out += check.what + "\n          " + check.evidence + "\n";
    }
    if (!claim.checks.empty() && !claim.missing.empty()) {
      out += "    not delivered: " + claim.missing + "\n";
    }
  }
  return out;
}

std::string to_json(const std::vector<Claim>& claims) {
  std::vector<std::string> items;
  for (const auto& claim : claims) {
    std::vector<std::string> checks;
    for (const auto& check : claim.checks) {
      JsonObject object;
      object.add("check", check.what).add("evidence", check.evidence).add("holds", check.holds);
      checks.push_back(object.str());
    }
    JsonObject object;
    object.add("claim", claim.number)
        .add("text", claim.text)
        .add("verdict", to_string(claim.verdict()))
        .add("not_delivered", claim.missing)
        .raw("checks", json_array(checks));
    items.push_back(object.str());
  }
  return json_array(items);
}

}  // namespace pim::cli::demo
