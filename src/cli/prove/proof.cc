#include "cli/prove/proof.h"

#include "cli/json_object.h"
#include "load/report/markup.h"
#include "load/report/run_plots.h"

namespace pim::cli::prove {
namespace {

using load::report::escape_markup;
using load::report::fixed;

std::string verdict_class(Verdict verdict) {
  switch (verdict) {
    case Verdict::proved:
      return "good";
    case Verdict::failed:
      return "bad";
    case Verdict::not_delivered:
    case Verdict::inconclusive:
      break;
  }
  return "unsure";
}

std::string small_line(std::string_view label, const std::string& text) {
  if (text.empty()) return {};
  return "<br><small>" + std::string(label) + escape_markup(text) + "</small>";
}

std::string claim_rows(const std::vector<Claim>& claims) {
  std::string out;
  for (const auto& claim : claims) {
    const std::string number = claim.number == kPremise ? "" : std::to_string(claim.number);
    out += "<tr class=\"head\"><td>" + number + "</td><td>" + escape_markup(claim.text) +
           small_line("how: ", claim.method) + small_line("again: ", claim.command) +
           small_line("inconclusive: ", claim.doubt) +
           small_line("not delivered: ", claim.missing) + "</td><td class=\"" +
           verdict_class(claim.verdict()) + "\">" + std::string(to_string(claim.verdict())) +
           "</td></tr>\n";
    for (const auto& check : claim.checks) {
      out += "<tr><td></td><td>" + escape_markup(check.what) + "<br><small>" +
             escape_markup(check.evidence) + "</small></td><td class=\"" +
             (check.holds ? "good\">ok" : "bad\">FAIL") + "</td></tr>\n";
    }
  }
  return out;
}

std::string pressure_section(const load::RunResult& run) {
  return "<h2>Under failure pressure</h2>\n<p>" + escape_markup(run.description) +
         " (scenario <code>" + escape_markup(run.scenario) +
         "</code>); the whole of it is in pressure/report.html beside this page.</p>\n" +
         to_svg(load::report::latency_over_time(run)) +
         to_svg(load::report::requests_over_time(run));
}

}  // namespace

std::string sentence(const Proof& proof) {
  switch (exit_code_of(proof.claims)) {
    case kClaimFailed:
      return "At least one claim failed.";
    case kInconclusive:
      return "No claim failed; at least one is inconclusive.";
    default:
      return "Every claim that is delivered here is proved.";
  }
}

std::string to_html(const Proof& proof) {
  const auto code = exit_code_of(proof.claims);
  const char* kind = code == kOk ? "good" : code == kClaimFailed ? "bad" : "unsure";
  std::string out = "<h1>PIM SRE Lab: the proof</h1>\n<p class=\"banner ";
  out += std::string(kind) + "\">" + sentence(proof) + "</p>\n";
  out += "<p>" + escape_markup(proof.started_at) + ", " + fixed(proof.seconds, 0) + " s, seed " +
         std::to_string(proof.seed) + ", commit <code>" + escape_markup(proof.commit) +
         "</code>, program <code>" + escape_markup(proof.program) + "</code>, " +
         escape_markup(proof.machine) + "</p>\n";
  out +=
      "<h2>Claims</h2>\n<table><tr><th></th><th>claim, check, "
      "evidence</th><th>verdict</th></tr>\n" +
      claim_rows(proof.claims) + "</table>\n";
  if (proof.pressure) out += pressure_section(*proof.pressure);
  if (proof.kills) out += html_sections(*proof.kills);
  return load::report::html_page("PIM SRE Lab: the proof", out);
}

std::string to_json(const Proof& proof) {
  JsonObject object;
  object.add("started_at", proof.started_at)
      .add("seconds", proof.seconds)
      .add("seed", proof.seed)
      .add("commit", proof.commit)
      .add("program", proof.program)
      .add("machine", proof.machine)
      .add("sentence", sentence(proof))
      .add("failed", any_fails(proof.claims))
      .raw("claims", to_json(proof.claims));
  if (proof.kills) object.raw("kills", to_json(*proof.kills));
  if (proof.pressure) object.add("pressure", "pressure/result.json");
  return object.str() + "\n";
}

}  // namespace pim::cli::prove
