#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "api/version.h"
#include "cli/data.h"
#include "cli/mockaroo_api.h"
#include "cli/schema_files.h"
#include "cli/text_file.h"

namespace pim::cli {
namespace {

namespace mockaroo = data::mockaroo;

struct FetchCommand {
  std::vector<std::string> files;
  std::string key_file;
  std::string url = "https://api.mockaroo.com";
  std::string ca_file;
  std::uint64_t rows = 0;
  std::uint64_t page_rows = 1000;
  std::string datasets;
  std::string out;
};

// The key, or why there is none. It is in no message.
Result<std::string, std::string> read_api_key(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return Err{"cannot read the key file " + path};
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Err{path + " may be read by others: chmod 600 it"};
  }
  auto key = read_trimmed(path);
  if (!key || key->empty()) return Err{"there is no key in " + path};
  for (const char c : *key) {
    if (c <= ' ' || c > '~') return Err{"what is in " + path + " is no key: one word is expected"};
  }
  return std::move(*key);
}

int fetch_files(const FetchCommand& command, bool rows_given) {
  const auto url = parse_api_url(command.url);
  if (!url) return fail(kUsage, "--url must be https://HOST[:PORT]; http:// only on loopback");
  const auto inputs = read_schemas(command.files);
  if (!inputs) {
    return fail(inputs.error().unreadable ? kEnvironment : kUsage, inputs.error().message);
  }
  auto key = read_api_key(command.key_file);
  if (!key) return fail(kEnvironment, key.error());

  MockarooApi api(*url, std::move(*key), command.ca_file);
  mockaroo::FetchOptions options;
  if (rows_given) options.rows = command.rows;
  options.page_rows = command.page_rows;
  options.datasets = command.datasets;
  options.out = command.out;
  options.version = std::string(api::kVersion);
  options.pause = [](std::int64_t seconds) {
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
  };
  options.say = [](std::string_view line) {
    std::printf("%.*s\n", static_cast<int>(line.size()), line.data());
    std::fflush(stdout);
  };
  const auto manifest = mockaroo::fetch_schemas(*inputs, api, options);
  if (manifest) return kOk;
  const bool refused = manifest.error().kind == mockaroo::FetchError::Kind::refused;
  return fail(refused ? kUsage : kEnvironment, manifest.error().message);
}

}  // namespace

void add_data_fetch(CLI::App& data, Action& action) {
  auto* command = data.add_subcommand(
      "mockaroo-fetch", "Have Mockaroo make the rows of schemas, with an account's key");
  command->footer(
      "Example:\n"
      "  pim data mockaroo-fetch --key-file mockaroo.key --datasets seed/mockaroo/datasets \\\n"
      "      --out out/mockaroo seed/mockaroo/*.schema.json\n"
      "Datasets that schemas draw from are uploaded to the account. Fetched pages are kept: the "
      "same\n"
      "command goes on where it stopped. Writes CSV files and manifest.json.\n"
      "Exit code 3: the key, the limit or the network; 2: Mockaroo refuses a schema.");
  auto options = std::make_shared<FetchCommand>();
  command->add_option("SCHEMA", options->files, "Schema backups (NAME.schema.json)")->required();
  command->add_option("--key-file", options->key_file, "File with the API key, mode 0600")
      ->required();
  command->add_option("--url", options->url, "Where the API is")->capture_default_str();
  command->add_option("--ca-file", options->ca_file,
                      "Certificates to trust; else those of SSL_CERT_FILE, or the system's");
  auto* rows = command->add_option("--count", options->rows, "Rows of each schema; else its own");
  command->add_option("--page-rows", options->page_rows, "Rows a request: 1000 on a free plan")
      ->check(CLI::Range(1, 5000))
      ->capture_default_str();
  command->add_option("--datasets", options->datasets, "Directory of datasets, NAME.csv");
  command->add_option("--out", options->out, "Directory for the files")->required();
  command->callback([&action, options, rows] {
    action = [options, given = rows->count() > 0] { return fetch_files(*options, given); };
  });
}

}  // namespace pim::cli
