#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/json_object.h"
#include "routing/bucket.h"

namespace pim::cli {
namespace {

struct Options {
  std::string id;
  std::uint32_t shards = 4;
  bool json = false;
};

int locate(const Options& options) {
  const auto id = Uuid::parse(options.id);
  if (!id)
    return fail(kUsage, "'" + options.id +
                            "' is not a UUID, such as "
                            "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10");
  const BucketId bucket = bucket_of(*id);
  const ShardId shard = default_shard(bucket, options.shards);
  if (options.json) {
    JsonObject object;
    object.add("id", id->to_string())
        .add("bucket", bucket.value)
        .add("shard", shard.value)
        .add("shards", options.shards);
    std::puts(object.str().c_str());
  } else {
    std::printf("bucket %u shard %u (of %u)\n", bucket.value, shard.value, options.shards);
  }
  return kOk;
}

struct Range {
  std::uint32_t first = kBuckets;
  std::uint32_t last = 0;
};

// From the function that routes, not from a formula beside it.
std::vector<Range> ranges(std::uint32_t shards) {
  std::vector<Range> all(shards);
  for (std::uint32_t bucket = 0; bucket < kBuckets; ++bucket) {
    auto& range = all[default_shard(BucketId{static_cast<std::uint16_t>(bucket)}, shards).value];
    range.first = std::min(range.first, bucket);
    range.last = std::max(range.last, bucket);
  }
  return all;
}

int print_map(const Options& options) {
  std::vector<std::string> rows;
  const auto all = ranges(options.shards);
  for (std::size_t shard = 0; shard < all.size(); ++shard) {
    if (options.json) {
      JsonObject row;
      row.add("shard", shard)
          .add("first_bucket", all[shard].first)
          .add("last_bucket", all[shard].last);
      rows.push_back(row.str());
    } else {
      std::printf("shard %zu: buckets %u to %u\n", shard, all[shard].first, all[shard].last);
    }
  }
  if (options.json) {
    JsonObject object;
    object.add("buckets", kBuckets).raw("shards", json_array(rows));
    std::puts(object.str().c_str());
  }
  return kOk;
}

}  // namespace

void add_shard(CLI::App& app, Action& action) {
  auto* shard = app.add_subcommand("shard", "Where an id lives");
  shard->require_subcommand(1);
  auto options = std::make_shared<Options>();
  const auto common = [&](CLI::App* command) {
    command->add_option("--shards", options->shards, "Number of shards")
        ->check(CLI::Range(1U, kBuckets))
        ->capture_default_str();
    command->add_flag("--json", options->json, "As JSON");
  };

  auto* find =
      shard->add_subcommand("locate", "Bucket and shard of a patient, provider or facility");
  find->footer("Example:\n  pim shard locate 018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10 --json");
  find->add_option("ID", options->id, "A UUID")->required();
  common(find);
  find->callback([&action, options] { action = [options] { return locate(*options); }; });

  auto* map = shard->add_subcommand("map", "Which buckets each shard has by default");
  map->footer("Example:\n  pim shard map --shards 8");
  common(map);
  map->callback([&action, options] { action = [options] { return print_map(*options); }; });
}

}  // namespace pim::cli
