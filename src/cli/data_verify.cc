#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/data.h"
#include "cli/progress.h"
#include "cli/store_privacy.h"
#include "data/privacy/verify.h"
#include "domain/calendar.h"

namespace pim::cli {
namespace {

struct VerifyArguments {
  std::vector<std::string> paths;
  std::string store;
  int year = 0;
  bool no_manifest = false;
  bool json = false;
};

int present_year() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return year_of(UtcMillis{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()});
}

int print_verdict(const data::privacy::Report& report, bool json) {
  const auto text = json ? to_json(report) + "\n" : to_text(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return report.clean() ? kOk : kClaimFailed;
}

int verify_paths(const VerifyArguments& arguments) {
  std::optional<Progress> progress("verify");
  data::privacy::VerifyOptions options;
  if (arguments.year != 0) options.reference_year = arguments.year;
  options.present_year = present_year();
  options.manifest = !arguments.no_manifest;
  options.progress = [&](std::string_view file, std::uint64_t done, std::uint64_t total) {
    progress->update(done, total, file);
  };
  const auto report = data::privacy::verify_files(arguments.paths, options);
  progress.reset();  // its line is gone before the verdict is printed
  if (!report) return fail(kEnvironment, report.error().message);
  return print_verdict(*report, arguments.json);
}

int verify_store(const VerifyArguments& arguments) {
  std::optional<Progress> progress("verify");
  const auto report = scan_store(
      arguments.store, [&](std::uint64_t done, std::uint64_t total, std::uint64_t events) {
        progress->update(done, total, std::to_string(events) + " events");
      });
  progress.reset();
  if (!report) return fail(kEnvironment, report.error());
  return print_verdict(*report, arguments.json);
}

}  // namespace

void add_data_verify(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "verify", "Check that files, or a store's events, hold nobody's data (docs/privacy.md)");
  command->footer(
      "Example:\n"
      "  pim data verify out/data\n"
      "  pim data verify --store ./data\n"
      "Exit code 1: a rule found something; the report says where, and quotes no value.");
  auto arguments = std::make_shared<VerifyArguments>();
  auto* paths = command->add_option("FILE", arguments->paths,
                                    "Files of the eight tables, or directories of them");
  auto* store = command->add_option("--store", arguments->store,
                                    "Data directory, of a stopped server or a backup");
  auto* year = command
                   ->add_option("--year", arguments->year,
                                "Count ages in this year (default: that of the last admission)")
                   ->check(CLI::Range(1900, 2199));
  auto* no_manifest = command->add_flag("--no-manifest", arguments->no_manifest,
                                        "Files that have no manifest.json: leave its rules out");
  command->add_flag("--json", arguments->json, "As JSON");
  store->excludes(paths)->excludes(year)->excludes(no_manifest);
  command->callback([&action, arguments] {
    action = [arguments] {
      if (!arguments->store.empty()) return verify_store(*arguments);
      if (!arguments->paths.empty()) return verify_paths(*arguments);
      return fail(kUsage, "give files, a directory, or --store DIRECTORY");
    };
  });
}

}  // namespace pim::cli
