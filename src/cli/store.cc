#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>

#include "cli/admin_client.h"
#include "cli/command.h"
#include "cli/json_object.h"
#include "cli/offline_store.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string data;
  std::string to;
  AdminAccess admin;
  bool dry_run = false;
  bool json = false;
};

int backup(const Options& options) {
  const std::string target = fs::absolute(options.to).string();
  if (!options.admin.url.empty()) {
    JsonObject body;
    body.add("target", target);
    const auto done = admin_post(options.admin, "/admin/backup", body.str());
    if (!done) return fail(kEnvironment, done.error());
  } else {
    if (options.data.empty()) {
      return fail(kUsage, "give --data (no server running) or --admin-url (a server running)");
    }
    const auto opened = open_offline(options.data);
    if (!opened) return fail(kEnvironment, opened.error());
    std::promise<store::StoreResult<void>> promise;
    opened->store->backup(
        target, [&promise](store::StoreResult<void> done) { promise.set_value(std::move(done)); });
    const auto done = promise.get_future().get();
    if (!done) return fail(kEnvironment, done.error().message);
  }
  std::printf("backup in %s\n", target.c_str());
  return kOk;
}

int inspect(const Options& options) {
  const auto opened = open_offline(options.data);
  if (!opened) return fail(kEnvironment, opened.error());
  const auto heads = opened->reader->heads();
  if (!heads) return fail(kEnvironment, heads.error().message);
  std::uint64_t events = 0;
  std::uint64_t used = 0;
  std::uint64_t epoch = 0;
  std::map<std::string_view, std::uint64_t> states;
  for (const auto& head : *heads) {
    events += head.next_position - 1;
    used += head.next_position > 1 ? 1 : 0;
    epoch = std::max(epoch, head.epoch.value);
    ++states[to_string(head.state)];
  }
  JsonObject object;
  JsonObject by_state;
  for (const auto& [state, count] : states) by_state.add(state, count);
  object.add("node", opened->store->node().to_string())
      .add("buckets", heads->size())
      .add("buckets_with_events", used)
      .add("events", events)
      .add("highest_epoch", epoch)
      .raw("bucket_states", by_state.str())
      .add("bytes", fs::file_size(options.data + "/events.db"));
  if (options.json) {
    std::puts(object.str().c_str());
    return kOk;
  }
  std::printf("node %s\n%llu events in %llu of %zu buckets, highest epoch %llu\n",
              opened->store->node().to_string().c_str(), static_cast<unsigned long long>(events),
              static_cast<unsigned long long>(used), heads->size(),
              static_cast<unsigned long long>(epoch));
  for (const auto& [state, count] : states) {
    std::printf("%llu buckets are %s\n", static_cast<unsigned long long>(count),
                std::string(state).c_str());
  }
  return kOk;
}

int rebuild(const Options& options) {
  const auto report = admin_post(options.admin, "/admin/rebuild",
                                 options.dry_run ? R"({"apply":false})" : R"({"apply":true})");
  if (!report) return fail(kEnvironment, report.error());
  std::puts(report->c_str());
  return report->find(R"("differences":[])") != std::string::npos ? kOk : kClaimFailed;
}

void add_admin_options(CLI::App* command, const std::shared_ptr<Options>& options, bool required) {
  auto* url =
      command->add_option("--admin-url", options->admin.url, "A running server's admin port")
          ->envname("PIM_ADMIN_URL");
  if (required) url->required();
  command->add_option("--token-file", options->admin.token_file, "File with an operator's token")
      ->envname("PIM_TOKEN_FILE");
}

}  // namespace

void add_store(CLI::App& app, Action& action) {
  auto* store = app.add_subcommand("store", "Back up, restore and look at the event store");
  store->require_subcommand(1);
  auto options = std::make_shared<Options>();

  auto* back = store->add_subcommand("backup", "A verified copy, also while a server writes");
  back->footer(
      "Example:\n"
      "  pim store backup --admin-url http://127.0.0.1:8081 --token-file op.jwt --to "
      "/backup/monday\n"
      "  pim store backup --data ./data --to /backup/monday      (no server running)");
  back->add_option("--data", options->data, "Data directory")->envname("PIM_DATA");
  back->add_option("--to", options->to, "Target directory, absent or empty")->required();
  add_admin_options(back, options, false);
  back->callback([&action, options] { action = [options] { return backup(*options); }; });

  auto* look = store->add_subcommand("inspect", "Who owns the buckets, and how much is in them");
  look->footer("Example:\n  pim store inspect --data ./data --json");
  look->add_option("--data", options->data, "Data directory")->envname("PIM_DATA")->required();
  look->add_flag("--json", options->json, "As JSON");
  look->callback([&action, options] { action = [options] { return inspect(*options); }; });

  auto* again = store->add_subcommand(
      "rebuild", "Build the read model again beside the live one, compare row by row, switch");
  again->footer(
      "Example:\n  pim store rebuild --admin-url http://127.0.0.1:8081 --token-file op.jwt\n"
      "Exit code 1: rows differ.");
  add_admin_options(again, options, true);
  again->add_flag("--dry-run", options->dry_run, "Compare only");
  again->callback([&action, options] { action = [options] { return rebuild(*options); }; });
}

}  // namespace pim::cli
