#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/data.h"
#include "cli/http_sender.h"
#include "cli/progress.h"
#include "cli/text_file.h"
#include "cli/url.h"
#include "data/importer.h"

namespace pim::cli {
namespace {

struct Options {
  std::string map;
  std::vector<std::string> files;
  std::string url = "http://127.0.0.1:8080";
  std::string token_file;
  std::string key_file = ".lab/pseudonym.key";
  bool dry_run = false;
  bool strict = false;
  bool json = false;
};

void print(const data::ImportReport& report, bool json) {
  const auto text = json ? data::to_json(report) + "\n" : data::to_text(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

std::unique_ptr<data::Sender> connect(const Options& options, std::string& problem) {
  const auto url = parse_url(options.url);
  if (!url) {
    problem = "--url must be http://HOST:PORT";
    return nullptr;
  }
  const auto token = read_trimmed(options.token_file);
  if (!token || token->empty()) {
    problem = options.token_file.empty()
                  ? "--token-file is required (pim token ... > FILE makes one), or --dry-run"
                  : "cannot read a token from " + options.token_file;
    return nullptr;
  }
  return std::make_unique<HttpSender>(
      load::HttpClient(url->host, url->port, std::chrono::seconds(10)), *token);
}

int import_data(const Options& options) {
  const auto mapping = data::load_mapping(options.map);
  if (!mapping) return fail(kUsage, mapping.error().message);
  const auto key = data::load_or_create_key(options.key_file);
  if (!key) return fail(kEnvironment, key.error().message);

  std::unique_ptr<data::Sender> sender;
  if (!options.dry_run) {
    std::string problem;
    sender = connect(options, problem);
    if (!sender) return fail(kUsage, problem);
  }
  data::ImportOptions import;
  import.strict = options.strict;
  Progress progress("import");
  import.progress = [&progress](std::string_view step, std::uint64_t done, std::uint64_t total) {
    progress.update(done, total, step);
  };
  const auto report = data::import_files(*mapping, *key, options.files, sender.get(), import);
  if (!report) {
    print(report.error().so_far, options.json);
    const bool usage = report.error().kind == data::ImportError::Kind::usage;
    return fail(usage ? kUsage : kEnvironment, report.error().message);
  }
  print(*report, options.json);
  return report->refused == 0 ? kOk : kClaimFailed;
}

}  // namespace

void add_data_import(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "import", "Send delimited files through the API by a mapping; safe to run again");
  command->footer(
      "Example:\n"
      "  pim data import --map seed/maps/patients-es.toml --token-file load.jwt \\\n"
      "      --url http://127.0.0.1:8080 seed/data/patients-es.csv\n"
      "Exit code 1: some rows were refused; the report says which and why.");
  auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files, "Files that the mapping names")->required();
  command->add_option("--map", options->map, "Mapping (docs/formats/mapping.md)")->required();
  command->add_option("--url", options->url, "The server's data port")
      ->envname("PIM_URL")
      ->capture_default_str();
  command->add_option("--token-file", options->token_file, "File with a bearer token")
      ->envname("PIM_TOKEN_FILE");
  command
      ->add_option("--pseudonym-key", options->key_file,
                   "Secret that ids are derived with; made on first use")
      ->envname("PIM_PSEUDONYM_KEY")
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Check the files, send nothing");
  command->add_flag("--strict", options->strict, "Stop at the first row that is refused");
  command->add_flag("--json", options->json, "The report as JSON");
  command->callback([&action, options] { action = [options] { return import_data(*options); }; });
}

}  // namespace pim::cli
