#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "api/version.h"
#include "cli/data.h"
#include "cli/http_sender.h"
#include "cli/json_object.h"
#include "cli/progress.h"
#include "data/date_format.h"
#include "data/generate/commands.h"
#include "data/generate/generate.h"

namespace pim::cli {
namespace {

namespace gen = data::generate;

struct GenerateCommand {
  gen::Plan plan;
  std::string from = "2016-01-01";
  std::string to = "2026-01-01";
  std::string format = "csv";
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::string out;
  bool force = false;
  bool json = false;
  std::string url = "http://127.0.0.1:8080";
  std::string token_file;
};

std::string with_rate(std::uint64_t count, std::string_view what, double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "%.0f", static_cast<double>(count) / std::max(seconds, 1e-3));
  return std::to_string(count) + " " + std::string(what) + ", " + text + "/s";
}

class Stopwatch {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

void print_manifest(const GenerateCommand& command, const data::Manifest& manifest,
                    double seconds) {
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;
  JsonObject by_table;
  for (const auto& file : manifest.files) {
    rows += file.rows;
    bytes += file.bytes;
    by_table.add(file.table, file.rows);
    if (!command.json) {
      std::printf("%-16s %12llu rows %14llu bytes\n", file.name.c_str(),
                  static_cast<unsigned long long>(file.rows),
                  static_cast<unsigned long long>(file.bytes));
    }
  }
  if (!command.json) {
    std::printf("%s, into %s\n", with_rate(rows, "rows", seconds).c_str(), command.out.c_str());
    return;
  }
  JsonObject object;
  object.add("generator", manifest.generator)
      .add("seed", manifest.seed)
      .add("threads", command.threads)
      .add("rows", rows)
      .add("bytes", bytes)
      .add("seconds", seconds)
      .raw("tables", by_table.str());
  std::puts(object.str().c_str());
}

int generate_into_files(const GenerateCommand& command) {
  if (command.out.empty()) return fail(kUsage, "--out is required: a directory for the files");
  gen::GenerateOptions options;
  options.kind = command.format == "sql"     ? gen::FileKind::sql
                 : command.format == "jsonl" ? gen::FileKind::jsonl
                                             : gen::FileKind::csv;
  options.threads = command.threads;
  options.directory = command.out;
  options.force = command.force;
  options.version = api::kVersion;
  Progress progress("generate");
  const Stopwatch watch;
  options.progress = [&](std::uint64_t done, std::uint64_t total, std::uint64_t rows) {
    progress.update(done, total, with_rate(rows, "rows", watch.seconds()));
  };
  const auto manifest = gen::generate_files(command.plan, options);
  if (!manifest) {
    const bool usage = manifest.error().kind == gen::GenerateError::Kind::usage;
    return fail(usage ? kUsage : kEnvironment, manifest.error().message);
  }
  print_manifest(command, *manifest, watch.seconds());
  return kOk;
}

void print_sent(const GenerateCommand& command, const gen::SendSummary& summary, double seconds) {
  if (command.json) {
    JsonObject object;
    object.add("commands", summary.commands)
        .add("accepted", summary.accepted)
        .add("replayed", summary.replayed)
        .add("refused", summary.refused)
        .add("seconds", seconds);
    std::puts(object.str().c_str());
    return;
  }
  for (const auto& refusal : summary.refusals) std::printf("%s\n", refusal.c_str());
  std::printf("%s: %llu accepted, %llu by an earlier run, %llu refused\n",
              with_rate(summary.commands, "commands", seconds).c_str(),
              static_cast<unsigned long long>(summary.accepted),
              static_cast<unsigned long long>(summary.replayed),
              static_cast<unsigned long long>(summary.refused));
}

int generate_into_server(const GenerateCommand& command) {
  // here, so that a wrong option is found before the threads begin
  const auto make_sender = sender_factory(command.url, command.token_file);
  if (!make_sender) return fail(kUsage, make_sender.error());
  gen::SendOptions options;
  options.threads = command.threads;
  options.connect = [&]() -> std::unique_ptr<data::Sender> { return (*make_sender)(); };
  Progress progress("generate");
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    progress.update(done, total, "facilities, providers and patients");
  };
  const Stopwatch watch;
  const auto sent = gen::send_plan(command.plan, options);
  if (!sent) {
    if (!sent.error().usage) print_sent(command, sent.error().so_far, watch.seconds());
    return fail(sent.error().usage ? kUsage : kEnvironment, sent.error().message);
  }
  print_sent(command, *sent, watch.seconds());
  return sent->refused == 0 ? kOk : kClaimFailed;
}

int generate_data(GenerateCommand command) {
  for (const auto& [text, day] : {std::pair(&command.from, &command.plan.from_day),
                                  std::pair(&command.to, &command.plan.to_day)}) {
    const auto date = data::parse_date("YYYY-MM-DD", *text);
    if (!date) return fail(kUsage, "'" + *text + "' is not a date such as 2026-01-01");
    *day = date->value / 86'400'000;
  }
  if (command.threads == 0 || command.threads > 256) return fail(kUsage, "--threads is 1 to 256");
  return command.format == "api" ? generate_into_server(command) : generate_into_files(command);
}

}  // namespace

void add_data_generate(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "generate", "Synthetic patients with all that is theirs; the same seed, the same bytes");
  command->footer(
      "Example:\n"
      "  pim data generate --patients 1000 --seed 7 --out seven\n"
      "  pim data generate --patients 50 --format api --token-file load.jwt\n"
      "Exit code 1: the server refused some of it. docs/formats/generated-files.md has the rest.");
  auto options = std::make_shared<GenerateCommand>();
  auto& plan = options->plan;
  command->add_option("--patients", plan.patients, "How many")->capture_default_str();
  command->add_option("--seed", plan.seed, "Another seed, other patients")->capture_default_str();
  command->add_option("--format", options->format, "Of the files; api: to a server instead")
      ->check(CLI::IsMember({"csv", "jsonl", "sql", "api"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "Directory for the eight files and manifest.json");
  command->add_option("--threads", options->threads, "At once; they change no byte")
      ->capture_default_str();
  command->add_option("--from", options->from, "First day of the calendar")->capture_default_str();
  command->add_option("--to", options->to, "The day after its last")->capture_default_str();
  command->add_option("--hot-patients", plan.hot_patients, "This many of them are hot")
      ->capture_default_str();
  command->add_option("--hot-encounters", plan.hot_encounters, "Encounters of a hot patient")
      ->capture_default_str();
  command
      ->add_option("--skew", plan.skew,
                   "Of encounters a patient: 0 all alike, 1 as published, 2 wild")
      ->capture_default_str();
  command->add_flag("--force", options->force, "Overwrite a directory that holds something else");
  command->add_option("--url", options->url, "api: the server's data port")
      ->envname("PIM_URL")
      ->capture_default_str();
  command->add_option("--token-file", options->token_file, "api: file with a bearer token")
      ->envname("PIM_TOKEN_FILE");
  command->add_flag("--json", options->json, "The summary as JSON");
  command->callback([&action, options] { action = [options] { return generate_data(*options); }; });
}

}  // namespace pim::cli
