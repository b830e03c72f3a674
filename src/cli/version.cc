#include "api/version.h"

#include <openssl/crypto.h>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "api/build_info.h"
#include "cli/command.h"
#include "cli/json_object.h"
#include "domain/event.h"

namespace pim::cli {
namespace {

int print_version(bool json) {
  if (json) {
    JsonObject object;
    object.add("version", api::kVersion)
        .add("commit", api::build_commit())
        .add("event_schema_version", kEventSchemaVersion)
        .add("sqlite", sqlite3_libversion())
        .add("openssl", OpenSSL_version(OPENSSL_VERSION))
        .add("compiler", __VERSION__);
    std::puts(object.str().c_str());
    return kOk;
  }
  std::printf("pim %s (commit %s, event schema %d, SQLite %s, %s, compiler %s)\n",
              std::string(api::kVersion).c_str(), std::string(api::build_commit()).c_str(),
              kEventSchemaVersion, sqlite3_libversion(), OpenSSL_version(OPENSSL_VERSION),
              __VERSION__);
  return kOk;
}

}  // namespace

void add_version(CLI::App& app, Action& action) {
  auto* command = app.add_subcommand("version", "What this program is built from");
  command->footer("Example:\n  pim version --json");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "As JSON");
  command->callback([&action, json] { action = [json] { return print_version(*json); }; });
}

}  // namespace pim::cli
