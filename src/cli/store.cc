#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "cli/admin_client.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/json_object.h"
#include "cli/offline_store.h"
#include "store/anchor.h"
#include "store/sqlite/backup.h"
#include "telemetry/scoped_span.h"

namespace pim::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string data;
  std::string to;
  std::string from;
  std::string anchors;
  bool accept_loss = false;
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
    telemetry::ScopedSpan span("backup");
    std::promise<store::StoreResult<void>> promise;
    opened->store->backup(
        target, [&promise](store::StoreResult<void> done) { promise.set_value(std::move(done)); });
    const auto done = promise.get_future().get();
    if (!done) {
      span.fail(to_string(done.error().kind));
      return fail(kEnvironment, done.error().message);
    }
  }
  std::printf("backup in %s\n", target.c_str());
  return kOk;
}

int inspect(const Options& options) {
  const auto info = store::sqlite::inspect(options.data);
  if (!info) return fail(kEnvironment, info.error().message);
  JsonObject states;
  for (std::size_t i = 0; i < info->buckets_by_state.size(); ++i) {
    states.add(to_string(static_cast<store::BucketState>(i)), info->buckets_by_state[i]);
  }
  if (options.json) {
    JsonObject object;
    object.add("schema_version", info->schema_version)
        .add("node", info->node.to_string())
        .add("events", info->events)
        .add("receipts", info->receipts)
        .add("snapshots", info->snapshots)
        .add("used_buckets", info->used_buckets)
        .raw("buckets_by_state", states.str())
        .add("buckets_of_others", info->buckets_of_others)
        .add("highest_epoch", info->highest_epoch.value)
        .add("database_bytes", info->database_bytes)
        .add("log_bytes", info->log_bytes);
    std::puts(object.str().c_str());
    return kOk;
  }
  const auto line = [](const char* what, std::uint64_t value) {
    std::printf("%-22s %llu\n", what, static_cast<unsigned long long>(value));
  };
  std::printf("%-22s %s\n", "node", info->node.to_string().c_str());
  line("events", info->events);
  line("receipts", info->receipts);
  line("buckets with events", info->used_buckets);
  line("highest epoch", info->highest_epoch.value);
  line("database bytes", info->database_bytes);
  line("log bytes", info->log_bytes);
  std::printf("%-22s %s\n", "buckets by state", states.str().c_str());
  return kOk;
}

int restore(const Options& options) {
  const auto manifest = store::sqlite::restore(options.from, options.data);
  if (!manifest) return fail(kEnvironment, manifest.error().message);
  std::printf(
      "restored to %s; every bucket is suspect until: pim store activate --data %s "
      "--anchors DIRECTORY\n",
      options.data.c_str(), options.data.c_str());
  return kOk;
}

std::string to_json(const store::sqlite::ActivationReport& report) {
  std::vector<std::string> mismatches;
  for (const auto& each : report.mismatches) append_json_string(mismatches.emplace_back(), each);
  std::vector<std::string> lost;
  for (const auto& range : report.lost) {
    JsonObject object;
    object.add("bucket", range.bucket.value)
        .add("from", range.from)
        .add("to", range.to)
        .add("anchored_at", range.anchored_at.to_string());
    lost.push_back(object.str());
  }
  JsonObject object;
  object.add("activated", report.activated)
      .add("anchors_checked", report.anchors_checked)
      .raw("mismatches", json_array(mismatches))
      .raw("lost", json_array(lost))
      .add("highest_epoch", report.highest_epoch.value);
  return object.str();
}

void print_activation(const store::sqlite::ActivationReport& report) {
  for (const auto& each : report.mismatches) std::printf("%s\n", each.c_str());
  for (const auto& range : report.lost) {
    std::printf("lost: bucket %u positions %llu to %llu, anchored at %s\n", range.bucket.value,
                static_cast<unsigned long long>(range.from),
                static_cast<unsigned long long>(range.to), range.anchored_at.to_string().c_str());
  }
  std::printf("%llu anchors match; %s\n", static_cast<unsigned long long>(report.anchors_checked),
              report.activated            ? "the store is in service"
              : report.mismatches.empty() ? "not activated: --accept-loss takes the loss"
                                          : "never activated: the history is not the anchored one");
  std::puts("What was written after the last anchor (up to a minute) and lost cannot be known.");
}

int activate(const Options& options) {
  const auto layout = AnchorLayout::of(options.anchors);
  std::vector<store::Anchor> anchors;
  if (!fs::exists(layout.file))
    return fail(kEnvironment, "there are no anchors in " + options.anchors);
  const auto key = store::AnchorKey::load(layout.key);
  if (!key) return fail(kEnvironment, key.error().message);
  const auto file = store::read_anchors(layout.file, *key);
  if (!file) return fail(kClaimFailed, file.error().message);
  const auto report = store::sqlite::activate(options.data, file->anchors, options.accept_loss);
  if (!report) return fail(kEnvironment, report.error().message);
  if (options.json) {
    std::puts(to_json(*report).c_str());
  } else {
    print_activation(*report);
  }
  return report->activated ? kOk : kClaimFailed;
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

  auto* put = store->add_subcommand("restore", "Verify a backup and make a store of it, suspect");
  put->footer("Example:\n  pim store restore --from /backup/monday --data ./restored");
  put->add_option("--from", options->from, "Backup directory")->required();
  put->add_option("--data", options->data, "New data directory, absent or empty")->required();
  put->callback([&action, options] { action = [options] { return restore(*options); }; });

  auto* start = store->add_subcommand(
      "activate", "Hold a restored store against the signed heads and put it into service");
  start->footer(
      "Example:\n  pim store activate --data ./restored --anchors ./data-anchors\n"
      "Exit code 1: anchors do not match, or a loss is known and --accept-loss was not given.");
  start->add_option("--data", options->data, "Restored data directory")->required();
  start->add_option("--anchors", options->anchors, "Directory of the signed heads")->required();
  start->add_flag("--accept-loss", options->accept_loss, "Take a known loss");
  start->add_flag("--json", options->json, "As JSON");
  start->callback([&action, options] { action = [options] { return activate(*options); }; });

  auto* look = store->add_subcommand("inspect",
                                     "How much is in a store, and in which state its buckets are");
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
