#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/data.h"
#include "cli/text_file.h"
#include "data/mockaroo/dataset.h"
#include "data/mockaroo/plan.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;
namespace mockaroo = data::mockaroo;

struct SchemaOptions {
  std::vector<std::string> files;
  std::string datasets;
  bool strict = false;
  bool json = false;
};

struct CheckedSchema {
  std::string file;
  std::optional<mockaroo::Schema> schema;
  std::vector<mockaroo::Finding> findings;
};

// The header of DIR/NAME.csv.
void add_dataset(const std::string& directory, const std::string& name,
                 mockaroo::KnownDatasets& known) {
  if (directory.empty() || name.find('/') != std::string::npos) return;
  std::ifstream in(fs::path(directory) / (name + ".csv"), std::ios::binary);
  if (!in) return;
  if (const auto dataset = mockaroo::Dataset::read_csv(in)) known.add(name, dataset->columns());
}

void check_all(const std::string& datasets, std::vector<CheckedSchema>& all) {
  mockaroo::KnownDatasets known;
  for (const auto& each : all) {
    if (!each.schema) continue;
    for (const auto& name : mockaroo::datasets_of(*each.schema)) {
      add_dataset(datasets, name, known);
    }
  }
  for (const auto& each : all) {
    if (each.schema) known.add(each.schema->name, mockaroo::written_columns(*each.schema));
  }
  for (auto& each : all) {
    if (each.schema) each.findings = mockaroo::check_schema(*each.schema, known);
  }
}

std::string schema_report(const std::vector<CheckedSchema>& all) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& each : all) {
    auto findings = nlohmann::ordered_json::array();
    for (const auto& finding : each.findings) {
      findings.push_back({{"severity", finding.error ? "error" : "warning"},
                          {"column", finding.column},
                          {"key", finding.key},
                          {"message", finding.message}});
    }
    json.push_back({{"file", each.file}, {"findings", std::move(findings)}});
  }
  return nlohmann::ordered_json{{"schemas", std::move(json)}}.dump() + "\n";
}

int check_schemas(const SchemaOptions& options) {
  std::vector<CheckedSchema> all;
  for (const auto& file : options.files) {
    const auto text = read_file(file);
    if (!text) return fail(kEnvironment, "cannot read " + file);
    CheckedSchema checked;
    checked.file = file;
    auto schema = mockaroo::parse_schema(*text, mockaroo::schema_name_of(file));
    all.push_back(std::move(checked));
    if (schema) {
      all.back().schema = std::move(*schema);
    } else {
      const auto& error = schema.error();
      all.back().findings.push_back({true, error.column, error.key, error.message});
    }
  }
  // what could not be read keeps its finding
  check_all(options.datasets, all);

  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const auto& each : all) {
    for (const auto& finding : each.findings) {
      ++(finding.error ? errors : warnings);
      if (!options.json) std::printf("%s\n", mockaroo::to_text(finding, each.file).c_str());
    }
  }
  if (options.json) {
    std::fputs(schema_report(all).c_str(), stdout);
  } else {
    std::printf("%zu schemas, %zu errors, %zu warnings\n", all.size(), errors, warnings);
  }
  return errors > 0 || (options.strict && warnings > 0) ? kClaimFailed : kOk;
}

}  // namespace

void add_data_schema(CLI::App& data, Action& action) {
  auto* schema = data.add_subcommand("schema", "Mockaroo schema backups");
  schema->require_subcommand(1);
  auto* command = schema->add_subcommand("check", "Say what of a schema is wrong or not known");
  command->footer(
      "Example:\n"
      "  pim data schema check --datasets seed/mockaroo/datasets seed/mockaroo/*.schema.json\n"
      "Exit code 1: something is wrong (--strict: or not known).");
  auto options = std::make_shared<SchemaOptions>();
  command->add_option("FILE", options->files, "Schema backups; they may be each other's datasets")
      ->required();
  command->add_option("--datasets", options->datasets, "Directory of datasets, NAME.csv");
  command->add_flag("--strict", options->strict, "Warnings are problems, too");
  command->add_flag("--json", options->json, "The findings as JSON");
  command->callback([&action, options] { action = [options] { return check_schemas(*options); }; });
}

}  // namespace pim::cli
