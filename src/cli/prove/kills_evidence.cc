#include "cli/prove/kills_evidence.h"

#include <algorithm>
#include <numeric>
#include <string>
#include <string_view>

namespace pim::cli::prove {
namespace {

constexpr std::size_t kExamples = 3;  // of what was found, a check

std::string n(std::uint64_t value, std::string_view what) {
  return std::to_string(value) + " " + std::string(what);
}

std::string examples(const std::vector<std::string>& found) {
  std::string text;
  for (std::size_t i = 0; i < std::min(kExamples, found.size()); ++i) text += "; " + found[i];
  return text;
}

Check nothing_lost(const KillsEvidence& e) {
  const std::string text = e.calls.summary() + "; " + n(e.calls.reads, "reads, ") +
                           n(e.calls.compared_reads, "compared") + examples(e.calls.findings);
  const bool holds = e.calls.clean() && e.calls.acknowledged > 0;
  return {"every call, recorded outside the server, against the event history", text, holds};
}

Check killed_in_flight(const KillsEvidence& e) {
  std::uint64_t in_flight = 0;
  double slowest = 0;
  bool each = !e.kills.empty();
  for (const auto& kill : e.kills) {
    in_flight += kill.in_flight;
    each = each && kill.in_flight > 0;
    slowest = std::max(slowest, kill.outage_ms);
  }
  return {"killed with SIGKILL in the middle of writes, and back",
          n(e.kills.size(), "kills, ") + n(in_flight, "commands on the wire, ") +
              n(e.chaos->resolved_replay, "unknown outcomes turned out durable, ") +
              n(e.chaos->retried, "retries, longest outage ") +
              std::to_string(static_cast<int>(slowest)) + " ms",
          each};
}

Check replays_alike(const KillsEvidence& e) {
  const auto& r = e.replays;
  return {"the same request gets the same answer after the kills, and no second effect",
          n(r.repeated, "repeated, ") + n(r.same, "answered alike; ") +
              n(r.key_reuse_refused, "of ") +
              n(r.key_reuse_tried, "reused keys with another body refused (422)"),
          r.repeated > 0 && r.same == r.repeated && r.key_reuse_refused == r.key_reuse_tried};
}

Check import_once(const KillsEvidence& e) {
  std::uint64_t dropped = 0;
  for (const auto& [column, count] : e.import.identifiers_dropped) dropped += count;
  const bool holds = e.import.refused == 0 && e.import.accepted == e.import.commands &&
                     e.import.commands > 0 && e.import_again.replayed == e.import.commands &&
                     e.import_again.accepted == 0 && dropped > 0;
  return {"seed files imported twice change the history once; identifiers are dropped",
          n(e.import.rows, "rows, ") + n(e.import.accepted, "commands accepted, then ") +
              n(e.import_again.replayed, "replayed; ") + n(e.import.refused, "refused; ") +
              n(dropped, "names and other identifiers dropped"),
          holds};
}

Check generated_once(const KillsEvidence& e) {
  const auto& g = e.generated;
  std::string text = n(g.accepted, "commands accepted, then ") +
                     n(e.generated_again.replayed, "replayed; ") + n(g.refused, "refused");
  return {"generated histories sent twice change the history once", text + examples(g.refusals),
          g.refused == 0 && g.accepted == g.commands && g.commands > 0 &&
              e.generated_again.replayed == g.commands && e.generated_again.accepted == 0};
}

Check drain(const KillsEvidence& e) {
  return {"SIGTERM drains within 5 s", n(e.drain_ms, "ms"), e.drained && e.drain_ms <= 5500};
}

Check calm_is_calm(const KillsEvidence& e) {
  const auto refused = e.calm->refused + e.chaos->refused + e.refused_setup.size();
  std::string text =
      n(e.calm->acknowledged + e.chaos->acknowledged, "acknowledged, ") + n(refused, "refused");
  text += examples(e.refused_setup) + examples(e.chaos->refusals) + examples(e.calm->refusals);
  return {"every command that was valid when sent was accepted", text,
          refused == 0 && e.calm->acknowledged > 0};
}

Check chains(const KillsEvidence& e) {
  std::string text = n(e.verify.events, "events, ") + n(e.verify.receipts, "receipts, ") +
                     n(e.verify.journal_entries, "journal entries, ") +
                     n(e.verify.anchors, "anchored heads, ") +
                     n(e.verify.findings.size(), "findings");
  for (std::size_t i = 0; i < std::min(kExamples, e.verify.findings.size()); ++i) {
    text += "; " + e.verify.findings[i].where + ": " + e.verify.findings[i].what;
  }
  return {"every hash chain is whole, in the store and in the journals", text,
          e.verify.intact() && e.verify.events > 0};
}

Check named(const KillsEvidence& e) {
  const auto unnamed = e.calls.count(load::Violation::unnamed);
  return {"every event names its user and its request",
          n(e.calls.events, "events, ") + n(unnamed, "without"),
          unnamed == 0 && e.calls.events > 0};
}

Check audit_finds(const KillsEvidence& e) {
  const auto& a = e.audit;
  return {"the audit trail finds writes by request, and what was denied or read",
          n(a.found, "of ") + n(a.searched, "writes found; denied command ") +
              (a.denied_found ? "found" : "NOT found") + "; chart read " +
              (a.read_found ? "found" : "NOT found"),
          a.searched > 0 && a.found == a.searched && a.denied_found && a.read_found};
}

Check rebuilt_state(const KillsEvidence& e) {
  const char* what = "every patient, rebuilt from events alone, is what the read model shows";
  if (!e.verify.intact()) return {what, "not tried, as the history is not whole", false};
  std::string text = n(e.reconstruct.patients, "patients, ") +
                     n(e.reconstruct.encounters, "encounters, ") +
                     n(e.reconstruct.different, "differ");
  for (std::size_t i = 0; i < std::min<std::size_t>(5, e.reconstruct.differences.size()); ++i) {
    text += "; " + e.reconstruct.differences[i];
  }
  return {what, text, e.reconstruct.different == 0 && e.reconstruct.patients > 0};
}

Check rebuild_beside(const KillsEvidence& e) {
  const auto& r = e.rebuild;
  return {"the read model rebuilt beside the live one has the same rows",
          r.error.empty() ? n(r.rows_compared, "rows compared, ") + n(r.differences, "differ")
                          : r.error,
          r.error.empty() && r.differences == 0 && r.rows_compared > 0 && e.caught_up};
}

Check own_writes(const KillsEvidence& e) {
  const auto reads = e.chaos->reads + e.calm->reads;
  const auto stale = e.chaos->stale_reads + e.calm->stale_reads;
  return {"a read that carries a write's position sees that write",
          n(reads, "reads, ") + n(stale, "stale; ") +
              n(e.chaos->failed_reads, "failed under kills, ") + n(e.calm->failed_reads, "in calm"),
          reads > 0 && stale == 0 && e.calm->failed_reads == 0};
}

Check located(const KillsEvidence& e) {
  const auto wrong = e.chaos->misrouted + e.calm->misrouted;
  return {
      "every reply's shard is the one that `pim shard locate` computes",
      n(e.chaos->acknowledged + e.calm->acknowledged, "replies, ") + n(wrong, "from another shard"),
      wrong == 0 && e.calm->acknowledged > 0};
}

Check placed(const KillsEvidence& e) {
  const auto misplaced = e.calls.count(load::Violation::misplaced);
  return {"every event is in the bucket that its stream's id gives",
          n(e.calls.events, "events, ") + n(misplaced, "in another bucket"),
          misplaced == 0 && e.calls.events > 0};
}

Check counted(const KillsEvidence& e) {
  std::string text;
  bool holds = e.metric_by_shard.size() == e.calm->by_shard.size();
  for (std::size_t shard = 0; shard < e.metric_by_shard.size(); ++shard) {
    const auto client = e.calm->by_shard[shard];
    const auto server = e.metric_by_shard[shard];
    text += (shard == 0 ? "shard " : "; shard ") + n(shard, "client ") + n(client, "server ") +
            std::to_string(server);
    holds = holds && client == server && client > 0;
  }
  return {"/metrics counts by shard what the client sent, and every shard took traffic", text,
          holds};
}

std::string found(const data::privacy::Report& report) {
  std::string text = n(report.found(), "found");
  for (std::size_t i = 0; i < std::min(kExamples, report.findings().size()); ++i) {
    const auto& finding = report.findings()[i];
    text += "; " + finding.file + ": " + std::string(data::privacy::info(finding.rule).id);
  }
  return text;
}

Check seed_is_clean(const KillsEvidence& e) {
  return {"the seed files break no rule of `pim data verify`; the foreign files, a control, do",
          n(e.seed_scan.rows, "rows, ") + found(e.seed_scan) +
              "; control: " + n(e.foreign_scan.found(), "found"),
          e.seed_scan.clean() && e.seed_scan.rows > 0 && !e.foreign_scan.clean()};
}

Check store_is_clean(const KillsEvidence& e) {
  return {
      "no event of the history breaks one, whoever wrote it",
      n(e.store_scan.events, "events, ") + n(e.store_scan.texts, "texts, ") + found(e.store_scan),
      e.store_scan.clean() && e.store_scan.events > 0 && e.store_scan.events == e.verify.events};
}

}  // namespace

void judge_kills(const KillsEvidence& evidence, std::vector<Claim>& claims) {
  claim_of(claims, 1).checks = {nothing_lost(evidence),   killed_in_flight(evidence),
                                replays_alike(evidence),  import_once(evidence),
                                generated_once(evidence), calm_is_calm(evidence),
                                drain(evidence)};
  claim_of(claims, 2).checks = {named(evidence),          chains(evidence),
                                audit_finds(evidence),    rebuilt_state(evidence),
                                rebuild_beside(evidence), own_writes(evidence)};
  claim_of(claims, 4).checks = {located(evidence), placed(evidence), counted(evidence)};
  claim_of(claims, kPremise).checks = {seed_is_clean(evidence), store_is_clean(evidence)};
}

}  // namespace pim::cli::prove
