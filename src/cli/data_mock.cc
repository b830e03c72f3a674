#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "api/version.h"
#include "cli/data.h"
#include "cli/progress.h"
#include "cli/schema_files.h"
#include "data/mockaroo/mock.h"

namespace pim::cli {
namespace {

namespace mockaroo = data::mockaroo;

struct MockCommand {
  std::vector<std::string> files;
  std::uint64_t seed = 1;
  std::uint64_t rows = 0;
  std::string format;
  std::string datasets;
  std::string out;
};

std::optional<mockaroo::OutputFormat> output_format(const std::string& name) {
  using Format = mockaroo::OutputFormat;
  for (const auto format :
       {Format::csv, Format::tsv, Format::json, Format::json_lines, Format::sql}) {
    if (mockaroo::to_string(format) == name) return format;
  }
  return std::nullopt;
}

int mock_files(const MockCommand& command, bool rows_given) {
  const auto inputs = read_schemas(command.files);
  if (!inputs) {
    return fail(inputs.error().unreadable ? kEnvironment : kUsage, inputs.error().message);
  }
  mockaroo::MockOptions options;
  options.seed = command.seed;
  if (rows_given) options.rows = command.rows;
  options.format = output_format(command.format);
  options.datasets = command.datasets;
  options.out = command.out;
  options.version = std::string(api::kVersion);
  Progress progress("mock");
  options.progress = [&progress](std::string_view file, std::uint64_t done, std::uint64_t total) {
    progress.update(done, total, file);
  };
  const auto manifest = mockaroo::mock_schemas(*inputs, options);
  if (!manifest) {
    const bool refused = manifest.error().kind == mockaroo::MockError::Kind::refused;
    return fail(refused ? kUsage : kEnvironment, manifest.error().message);
  }
  for (const auto& file : manifest->files) {
    std::printf("%s/%s: %llu rows, %llu bytes\n", command.out.c_str(), file.name.c_str(),
                static_cast<unsigned long long>(file.rows),
                static_cast<unsigned long long>(file.bytes));
  }
  return kOk;
}

}  // namespace

void add_data_mock(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "mock", "Make the rows of Mockaroo schemas here, without an account and without a network");
  command->footer(
      "Example:\n"
      "  pim data mock --seed 20251001 --datasets seed/mockaroo/datasets --out seed/data \\\n"
      "      seed/mockaroo/*.schema.json\n"
      "Schemas that draw from each other's rows are made in their order. Writes manifest.json.\n"
      "Exit code 2: a schema has something that cannot be made here; `pim data schema check`\n"
      "says all of it.");
  auto options = std::make_shared<MockCommand>();
  command->add_option("FILE", options->files, "Schema backups (NAME.schema.json)")->required();
  command->add_option("--seed", options->seed, "The same seed gives the same bytes")
      ->capture_default_str();
  auto* rows = command->add_option("--rows", options->rows, "Of each schema; else what it says");
  command->add_option("--format", options->format, "Else what the schema says")
      ->check(CLI::IsMember({"csv", "tsv", "json", "jsonl", "sql"}));
  command->add_option("--datasets", options->datasets, "Directory of datasets, NAME.csv");
  command->add_option("--out", options->out, "Directory for the files")->required();
  command->callback([&action, options, rows] {
    action = [options, given = rows->count() > 0] { return mock_files(*options, given); };
  });
}

}  // namespace pim::cli
