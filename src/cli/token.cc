#include "api/token.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cli/command.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string keys = ".lab/keys.json";
  bool init = false;
  api::TokenRequest request;
};

int make_keys(const std::string& file) {
  std::error_code ignored;
  if (const auto parent = fs::path(file).parent_path(); !parent.empty()) {
    fs::create_directories(parent, ignored);
  }
  if (auto made = api::generate_keys_file(file); !made) return fail(kEnvironment, made.error());
  return kOk;
}

int print_token(Options& options) {
  if (options.init && !fs::exists(options.keys)) {
    if (const int made = make_keys(options.keys); made != kOk) return made;
  }
  if (options.init && options.request.user.empty()) return kOk;
  const auto keys = api::KeySet::load(options.keys);
  if (!keys) {
    return fail(kEnvironment,
                keys.error() + (fs::exists(options.keys) ? "" : "; --init makes a keys file"));
  }
  options.request.issued_at = static_cast<std::int64_t>(std::time(nullptr));
  const auto token = api::sign_token(*keys, options.request);
  if (!token) return fail(kUsage, token.error());
  std::puts(token->c_str());
  return kOk;
}

}  // namespace

void add_token(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("token", "Print a bearer token for the lab (HS256)");
  command->footer(
      "Example:\n"
      "  pim token --init --user ada --role clinician --tenant north-health > ada.jwt\n"
      "  curl -H \"Authorization: Bearer $(cat ada.jwt)\" http://127.0.0.1:8080/v1/...");
  auto options = std::make_shared<Options>();
  auto& request = options->request;
  request.lifetime_seconds = 12 * 3600;
  command->add_option("--keys", options->keys, "Keys file of the server")
      ->envname("PIM_KEYS")
      ->capture_default_str();
  auto* init = command->add_flag("--init", options->init,
                                 "Make the keys file where there is none (alone: nothing else)");
  command->add_option("--user", request.user, "User id");
  command->add_option("--role", request.role,
                      "registrar, clinician, biller, auditor, operator or loadgen");
  command->add_option("--tenant", request.tenants, "Health system; may be repeated");
  const std::map<std::string, std::int64_t> units = {
      {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  command->add_option("--ttl", request.lifetime_seconds, "How long it is valid, such as 12h")
      ->transform(CLI::AsNumberWithUnit(units))
      ->default_str("12h");
  command->callback([&action, options, init] {
    if (init->count() == 0 && options->request.user.empty()) {
      throw CLI::RequiredError("--user");
    }
    action = [options] { return print_token(*options); };
  });
}

}  // namespace pim::cli
