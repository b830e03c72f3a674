#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "cli/data.h"
#include "cli/http_sender.h"
#include "cli/offline_api.h"
#include "cli/progress.h"
#include "cli/text_file.h"
#include "data/importer.h"

namespace pim::cli {
namespace {

struct Options {
  std::string map;
  std::vector<std::string> files;
  std::string url = "http://127.0.0.1:8080";
  OfflineApiOptions offline;
  std::string token_file;
  std::string key_file = ".lab/pseudonym.key";
  bool dry_run = false;
  bool strict = false;
  bool json = false;
};

struct Failure {
  ExitCode code = kUsage;
  std::string message;
};

void print(const data::ImportReport& report, bool json) {
  const auto text = json ? data::to_json(report) + "\n" : data::to_text(report);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

// The way to the API: nothing on a dry run, else over HTTP or in this process.
struct Connection {
  std::unique_ptr<OfflineApi> offline;
  std::unique_ptr<data::Sender> sender;
};

Result<Connection, Failure> connect(const Options& options) {
  Connection connection;
  if (options.dry_run) return connection;
  const auto token = read_trimmed(options.token_file);
  if (!token || token->empty()) {
    return Err{Failure{
        kUsage, options.token_file.empty()
                    ? "--token-file is required (pim token ... > FILE makes one), or --dry-run"
                    : "cannot read a token from " + options.token_file}};
  }
  if (!options.offline.data.empty()) {
    auto api = OfflineApi::open(options.offline);
    if (!api) return Err{Failure{kEnvironment, api.error()}};
    connection.offline = std::move(*api);
    TracedHttp http([api = connection.offline.get()](
                        const load::Request& request) { return api->send(request); },
                    {});
    connection.sender = std::make_unique<HttpSender>(std::move(http), *token);
    return connection;
  }
  auto sender = connect_sender(options.url, options.token_file);
  if (!sender) return Err{Failure{kUsage, sender.error()}};
  connection.sender = std::move(*sender);
  return connection;
}

int import_data(const Options& options) {
  const auto mapping = data::load_mapping(options.map);
  if (!mapping) return fail(kUsage, mapping.error().message);
  const auto key = data::load_or_create_key(options.key_file);
  if (!key) return fail(kEnvironment, key.error().message);

  const auto connection = connect(options);
  if (!connection) return fail(connection.error().code, connection.error().message);
  data::ImportOptions import;
  import.strict = options.strict;
  Progress progress("import");
  import.progress = [&progress](std::string_view step, std::uint64_t done, std::uint64_t total) {
    progress.update(done, total, step);
  };
  const auto report =
      data::import_files(*mapping, *key, options.files, connection->sender.get(), import);
  std::string not_closed;
  if (connection->offline) {
    if (auto closed = connection->offline->close(); !closed) not_closed = closed.error();
  }
  if (!report) {
    print(report.error().so_far, options.json);
    const bool usage = report.error().kind == data::ImportError::Kind::usage;
    return fail(usage ? kUsage : kEnvironment, report.error().message);
  }
  print(*report, options.json);
  if (!not_closed.empty()) return fail(kEnvironment, not_closed);
  return report->refused == 0 ? kOk : kClaimFailed;
}

}  // namespace

void add_data_import(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "import",
      "Send CSV, TSV, JSON and SQL files through the API by a mapping; safe to run again");
  command->footer(
      "Example:\n"
      "  pim data import --map seed/maps/patients-es.toml --token-file load.jwt \\\n"
      "      --url http://127.0.0.1:8080 seed/foreign/patients-es.csv\n"
      "  pim data import --map seed/maps/patients-es.toml --token-file load.jwt \\\n"
      "      --offline ./data --keys keys.json seed/foreign/patients-es.csv\n"
      "Exit code 1: some rows were refused; the report says which and why.");
  auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files, "Files that the mapping names")->required();
  command->add_option("--map", options->map, "Mapping (docs/formats/mapping.md)")->required();
  command->add_option("--url", options->url, "The server's data port")
      ->envname("PIM_URL")
      ->capture_default_str();
  command
      ->add_option("--offline", options->offline.data,
                   "Into this data directory instead, which no server has; created where absent")
      ->type_name("DIR");
  command->add_option("--keys", options->offline.keys, "With --offline: keys of tokens")
      ->envname("PIM_KEYS")
      ->default_val(".lab/keys.json");
  command
      ->add_option("--anchors", options->offline.anchors,
                   "With --offline: directory of the signed heads (default: DIR-anchors)")
      ->envname("PIM_ANCHORS")
      ->type_name("DIR");
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
