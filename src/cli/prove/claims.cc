#include "cli/prove/claims.h"

#include <algorithm>

#include "cli/json_object.h"

namespace pim::cli::prove {

std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "proved";
    case Verdict::failed:
      return "FAILED";
    case Verdict::not_delivered:
      return "not delivered on this machine";
    case Verdict::inconclusive:
      return "inconclusive";
  }
  return "";
}

Verdict Claim::verdict() const {
  if (!std::ranges::all_of(checks, &Check::holds)) return Verdict::failed;
  if (!doubt.empty()) return Verdict::inconclusive;
  return checks.empty() ? Verdict::not_delivered : Verdict::proved;
}

std::vector<Claim> all_claims() {
  std::vector<Claim> claims = {
      {1, "any process may be killed: no acknowledged write is lost",
       "SIGKILLs in the middle of writes; every call, recorded outside the server, is held against "
       "the event history",
       "./lab demo"},
      {2, "every write is traceable to user and request; all state is rebuilt from history",
       "every event's user and request, every hash chain, and every patient's state rebuilt from "
       "events alone",
       "./lab demo"},
      {3, "one click from trace to log to metric to profile",
       "every link of the provisioned Grafana is rendered and followed in the real Loki, Tempo, "
       "Mimir and Pyroscope, and again with its key broken",
       "./lab prove --claim 3"},
      {4, "routing is deterministic; traffic per shard is seen in metrics",
       "every reply's shard and every event's bucket, computed again; the client's counts by shard "
       "against /metrics",
       "./lab demo"},
      {5, "everything comes from Git; redeployed in under 30 minutes",
       "both clusters on a real Kubernetes of one node: backup, everything torn down, built again "
       "from a clone of the commit, restored, and held against what was there",
       "./lab prove --claim 5"},
      {6, "failure pressure while the SLOs hold, with a report that could say no",
       "a scenario of load and faults, judged by its objectives as clients see them after retries, "
       "and by its history",
       "./lab prove --claim 6"},
      {kPremise, "the data are nobody's: synthetic, and no identifier got in",
       "the rules of `pim data verify`, on the seed and on every event", "./lab demo"},
  };
  claim_of(claims, 1).missing = "pods";
  claim_of(claims, 3).missing = "no run of the stack's link tests was handed in (--links FILE)";
  claim_of(claims, 4).missing = "regions";
  claim_of(claims, 5).missing = "no redeployment was handed in (--cluster FILE)";
  return claims;
}

Claim& claim_of(std::vector<Claim>& claims, int number) {
  return *std::ranges::find(claims, number, &Claim::number);
}

bool any_fails(const std::vector<Claim>& claims) {
  return std::ranges::any_of(claims,
                             [](const Claim& claim) { return claim.verdict() == Verdict::failed; });
}

ExitCode exit_code_of(const std::vector<Claim>& claims) {
  if (any_fails(claims)) return kClaimFailed;
  const bool doubtful = std::ranges::any_of(
      claims, [](const Claim& claim) { return claim.verdict() == Verdict::inconclusive; });
  return doubtful ? kInconclusive : kOk;
}

ExitCode exit_code_of(const std::vector<Claim>& claims, int sabotaged) {
  const auto claim = std::ranges::find(claims, sabotaged, &Claim::number);
  const bool failed = claim != claims.end() && claim->verdict() == Verdict::failed;
  return failed ? kClaimFailed : kInconclusive;
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
    if (!claim.doubt.empty()) out += "    inconclusive: " + claim.doubt + "\n";
    if (!claim.missing.empty()) out += "    not delivered: " + claim.missing + "\n";
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
        .add("method", claim.method)
        .add("command", claim.command)
        .add("verdict", to_string(claim.verdict()))
        .add("inconclusive", claim.doubt)
        .add("not_delivered", claim.missing)
        .raw("checks", json_array(checks));
    items.push_back(object.str());
  }
  return json_array(items);
}

}  // namespace pim::cli::prove
