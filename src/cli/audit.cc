#include "audit/audit.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/audit_tasks.h"
#include "cli/collector.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/json_object.h"
#include "cli/progress.h"
#include "domain/json.h"
#include "telemetry/check_report.h"

namespace pim::cli {
namespace {

struct Options {
  std::string data;
  std::string anchors;
  std::string output;
  const CLI::Option* collector = nullptr;  // of all commands
  bool json = false;
  // search
  audit::SearchQuery query;
  std::string patient;
  std::string from;
  std::string to;
  // reconstruct
  std::string stream;
  std::string at;
  std::uint64_t version = 0;
  bool all = false;
};

// What was found is told to the Collector, if there is one; the verdict stands without it.
void tell_auditability(const Options& options, const char* check, std::uint64_t items,
                       std::uint64_t bad) {
  const auto endpoint = collector_url(*options.collector);
  if (!telemetry::report_check(endpoint, {"auditability", check, items, bad})) {
    std::fprintf(stderr, "pim: %s did not take what the check found\n", endpoint.c_str());
  }
}

int verify(const Options& options) {
  Progress progress("verify");
  const auto report = verify_data(
      options.data, options.anchors,
      [&](std::uint64_t done, std::uint64_t total) { progress.update(done, total, "events"); });
  if (!report) return fail(kEnvironment, report.error());
  tell_auditability(options, "audit-verify", report->events, report->findings.size());
  std::fputs((options.json ? to_json(*report) : to_text(*report)).c_str(), stdout);
  return report->intact() ? kOk : kClaimFailed;
}

std::optional<UtcMillis> time_of(const std::string& text, const char* option,
                                 std::string& problem) {
  if (text.empty()) return std::nullopt;
  const auto time = UtcMillis::parse(text);
  if (!time) problem = std::string(option) + " must be a time such as 2026-03-01T00:00:00Z";
  return time;
}

int search(Options& options) {
  std::string problem;
  options.query.from = time_of(options.from, "--from", problem);
  options.query.to = time_of(options.to, "--to", problem);
  if (!options.patient.empty()) {
    options.query.patient = PatientId::parse(options.patient);
    if (!options.query.patient) problem = "--patient must be a UUID";
  }
  if (!problem.empty()) return fail(kUsage, problem);
  const auto found = search_data(options.data, options.query);
  if (!found) return fail(kEnvironment, found.error());
  JsonObject page;
  page.add("rows", found->rows).raw("items", found->items).add("next_cursor", found->next_cursor);
  std::puts(page.str().c_str());
  return kOk;
}

int reconstruct_one(const Options& options) {
  const auto id = StreamId::parse(options.stream);
  if (!id) return fail(kUsage, "give the UUID of a patient, provider or facility, or --all");
  std::string problem;
  audit::AsOf as_of;
  as_of.time = time_of(options.at, "--at", problem);
  if (!problem.empty()) return fail(kUsage, problem);
  if (options.version != 0) as_of.version = options.version;
  const auto found = reconstruct_data(options.data, *id, as_of);
  if (!found) return fail(kEnvironment, found.error());
  if (found->version == 0) return fail(kClaimFailed, "no event of that stream is in the history");
  JsonObject object;
  object.add("id", id->to_string())
      .add("version", found->version)
      .add("tenant", found->tenant.text())
      .add("recorded_at", found->recorded_at.to_string())
      .raw("state", state_to_json(found->state));
  std::puts(object.str().c_str());
  return kOk;
}

int reconstruct_every(const Options& options) {
  Progress progress("reconstruct");
  const auto report =
      reconstruct_data_all(options.data, [&](std::uint64_t done, std::uint64_t patients) {
        progress.update(done, kBuckets, std::to_string(patients) + " patients");
      });
  if (!report) return fail(kEnvironment, report.error());
  tell_auditability(options, "audit-reconstruct", report->patients, report->different);
  if (options.json) {
    std::vector<std::string> differences;
    for (const auto& each : report->differences) {
      append_json_string(differences.emplace_back(), each);
    }
    JsonObject object;
    object.add("patients", report->patients)
        .add("encounters", report->encounters)
        .add("events", report->events)
        .add("different", report->different)
        .raw("differences", json_array(differences));
    std::puts(object.str().c_str());
  } else {
    for (const auto& each : report->differences) std::puts(each.c_str());
    std::printf(
        "%llu patients with %llu encounters from %llu events; %llu differ from the read "
        "model\n",
        static_cast<unsigned long long>(report->patients),
        static_cast<unsigned long long>(report->encounters),
        static_cast<unsigned long long>(report->events),
        static_cast<unsigned long long>(report->different));
  }
  return report->different == 0 ? kOk : kClaimFailed;
}

int export_all(const Options& options) {
  const auto lines = export_data(options.data, options.output);
  if (!lines) return fail(kEnvironment, lines.error());
  std::fprintf(stderr, "%llu records\n", static_cast<unsigned long long>(*lines));
  return kOk;
}

void add_data_option(CLI::App* command, const std::shared_ptr<Options>& options) {
  command->add_option("--data", options->data, "Data directory, of a stopped server or a backup")
      ->envname("PIM_DATA")
      ->required();
}

void add_verify(CLI::App* audit, const std::shared_ptr<Options>& options, Action& action) {
  auto* command = audit->add_subcommand(
      "verify", "Check every hash chain, position, version and origin, and the signed heads");
  command->footer(
      "Example:\n  pim audit verify --data ./data\n"
      "Exit code 1: something was changed, removed, inserted or reordered; the report says what.");
  add_data_option(command, options);
  command->add_option("--anchors", options->anchors,
                      "Directory of the signed heads (default: DATA-anchors where it exists)");
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] { action = [options] { return verify(*options); }; });
}

void add_search(CLI::App* audit, const std::shared_ptr<Options>& options, Action& action) {
  auto* command =
      audit->add_subcommand("search", "Who did, read or was denied what; JSON, newest first");
  command->footer(
      "Example:\n  pim audit search --data ./data --user ada --from 2026-03-01T00:00:00Z\n"
      "With a server running, GET /v1/audit answers the same.");
  add_data_option(command, options);
  auto& query = options->query;
  command->add_option("--user", query.user_id, "User id");
  command->add_option("--request", query.request_id, "Request id");
  command->add_option("--trace", query.trace_id, "Trace id, 32 hexadecimal digits");
  command->add_option("--patient", options->patient, "Patient id");
  command->add_option("--from", options->from, "Not before this time");
  command->add_option("--to", options->to, "Before this time");
  command->add_option("--cursor", query.cursor, "next_cursor of the page before");
  command->add_option("--limit", query.limit, "Records a page")->check(CLI::Range(1U, 200U));
  command->callback([&action, options] { action = [options] { return search(*options); }; });
}

void add_reconstruct(CLI::App* audit, const std::shared_ptr<Options>& options, Action& action) {
  auto* command = audit->add_subcommand(
      "reconstruct", "State from the history alone; --all compares it with the read model");
  command->footer(
      "Example:\n"
      "  pim audit reconstruct --data ./data 018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10 --version 3\n"
      "  pim audit reconstruct --data ./data --all");
  add_data_option(command, options);
  auto* id = command->add_option("ID", options->stream, "Patient, provider or facility");
  auto* at = command->add_option("--at", options->at, "As of a time");
  command->add_option("--version", options->version, "As of a version")
      ->check(CLI::PositiveNumber)
      ->excludes(at);
  command->add_flag("--all", options->all, "Every patient, compared byte by byte")->excludes(id);
  command->add_flag("--json", options->json, "As JSON");
  command->callback([&action, options] {
    action = [options] {
      return options->all ? reconstruct_every(*options) : reconstruct_one(*options);
    };
  });
}

void add_export(CLI::App* audit, const std::shared_ptr<Options>& options, Action& action) {
  auto* command = audit->add_subcommand(
      "export", "Every event, receipt and journal entry as JSON Lines (formats/audit-record.md)");
  command->footer("Example:\n  pim audit export --data ./data --output audit.jsonl");
  add_data_option(command, options);
  command->add_option("--output", options->output, "File; - is standard output")->default_str("-");
  command->callback([&action, options] { action = [options] { return export_all(*options); }; });
}

}  // namespace

void add_audit(CLI::App& app, Action& action) {
  auto* audit = app.add_subcommand("audit", "What can be said from the history alone");
  audit->require_subcommand(1);
  auto options = std::make_shared<Options>();
  options->output = "-";
  options->collector = app.get_option("--otlp-endpoint");
  add_verify(audit, options, action);
  add_search(audit, options, action);
  add_reconstruct(audit, options, action);
  add_export(audit, options, action);
}

}  // namespace pim::cli
