#include "store/sqlite/backup.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <utility>

#include "store/sqlite/files.h"
#include "store/sqlite/node_id.h"
#include "store/sqlite/queries.h"
#include "store/sqlite/recovery.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/store_check.h"
#include "store/sqlite/write_session.h"
#include "telemetry/scoped_span.h"

namespace pim::store::sqlite {
namespace {

Err<StoreError> rejected(std::string message) {
  return Err{StoreError{StoreErrorKind::rejected, std::move(message)}};
}

bool has_store(const std::string& directory) {
  std::error_code code;
  return std::filesystem::exists(database_path(directory), code);
}

StoreResult<void> make_suspect(const std::string& database, NodeId node) {
  auto connection = Connection::open(database, OpenMode::read_write, "");
  if (!connection) return Err{connection.error()};
  if (auto begun = connection->execute("BEGIN IMMEDIATE"); !begun) return begun;
  auto rename = connection->prepare("UPDATE meta SET value = ? WHERE name = 'node'");
  if (!rename) return Err{rename.error()};
  if (Run(*rename).blob(node.value.bytes).step() != SQLITE_DONE) {
    return Err{connection->error("naming the restored node")};
  }
  const auto suspect = std::to_string(static_cast<int>(BucketState::suspect));
  return connection->execute("UPDATE bucket_head SET state = " + suspect + "; COMMIT");
}

StoreResult<NodeId> node_of(Connection& connection) {
  auto statement = connection.prepare("SELECT value FROM meta WHERE name = 'node'");
  if (!statement) return Err{statement.error()};
  Run run(*statement);
  NodeId node;
  if (run.step() == SQLITE_ROW) run.next_blob(node.value.bytes);
  if (node.value.is_nil() || run.malformed()) {
    return Err{StoreError{StoreErrorKind::corrupt, "the store has no node id"}};
  }
  return node;
}

// The chain's hash just before `next_position`.
StoreResult<Digest> chain_at(Queries& queries, BucketId bucket, std::uint64_t next_position) {
  if (next_position <= 1) return Digest{};
  auto event = queries.read_bucket(bucket, next_position - 2, 1);
  if (!event) return Err{event.error()};
  if (event->empty() || event->front().position != next_position - 1) {
    return Err{StoreError{StoreErrorKind::corrupt, "bucket " + std::to_string(bucket.value) +
                                                       " has no event at position " +
                                                       std::to_string(next_position - 1)}};
  }
  return event->front().hash;
}

// What the anchors say about the restored heads.
class Judgement {
 public:
  explicit Judgement(const std::vector<BucketHead>& heads) : heads_(heads), highest_(heads.size()) {
    for (std::size_t i = 0; i < heads.size(); ++i) highest_[i] = heads[i].epoch;
  }

  StoreResult<void> hear(Queries& queries, const Anchor& anchor) {
    const BucketHead& head = heads_[anchor.bucket.value];
    Epoch& highest = highest_[anchor.bucket.value];
    highest = std::max(highest, anchor.epoch);
    if (anchor.next_position > head.next_position) {
      note_loss(head, anchor);
      return {};
    }
    auto hash = chain_at(queries, anchor.bucket, anchor.next_position);
    if (!hash) return Err{hash.error()};
    ++report_.anchors_checked;
    if (*hash != anchor.chain_hash) {
      report_.mismatches.push_back("bucket " + std::to_string(anchor.bucket.value) +
                                   " at position " + std::to_string(anchor.next_position - 1) +
                                   ": not the history that was anchored at " +
                                   anchor.time.to_string());
    }
    return {};
  }

  ActivationReport& report() { return report_; }
  Epoch highest(BucketId bucket) const { return highest_[bucket.value]; }

 private:
  void note_loss(const BucketHead& head, const Anchor& anchor) {
    const auto known =
        std::find_if(report_.lost.begin(), report_.lost.end(),
                     [&](const LostRange& range) { return range.bucket == anchor.bucket; });
    LostRange range{anchor.bucket, head.next_position, anchor.next_position - 1, anchor.time};
    if (known == report_.lost.end()) {
      report_.lost.push_back(range);
    } else if (range.to > known->to) {
      *known = range;
    }
  }

  const std::vector<BucketHead>& heads_;
  std::vector<Epoch> highest_;
  ActivationReport report_;
};

// An epoch change in the last minute may be among what was lost without an anchor: no epoch that it
// could have used is used again.
constexpr std::uint64_t kEpochMargin = 1000;

StoreResult<Manifest> verify_parts(const std::string& backup) {
  auto manifest = read_manifest(backup);
  if (!manifest) return manifest;
  const std::string database = database_path(backup);
  auto bytes = posix_files().size(database);
  if (!bytes) return Err{bytes.error()};
  auto digest = sha256_of_file(database);
  if (!digest) return Err{digest.error()};
  if (*bytes != manifest->bytes || *digest != manifest->sha256) {
    return Err{StoreError{StoreErrorKind::corrupt,
                          database + " is not the file that its MANIFEST describes"}};
  }
  auto queries = Queries::open(database, "");
  if (!queries) return Err{queries.error()};
  auto counts = check_store(*queries, std::atomic<bool>(false));
  if (!counts) return Err{counts.error()};
  if (counts->events != manifest->events || counts->receipts != manifest->receipts) {
    return Err{StoreError{StoreErrorKind::corrupt, "the counts are not those of the MANIFEST"}};
  }
  return manifest;
}

StoreResult<void> copy_as_suspect(const std::string& backup, const std::string& directory) {
  Files& files = posix_files();
  if (auto made = files.make_directory(directory); !made) return Err{made.error()};
  auto lock = files.lock_directory(directory);
  if (!lock) return Err{lock.error()};
  if (has_store(directory)) return rejected(directory + " already holds a store");

  const std::string database = database_path(directory);
  const std::string unfinished = database + ".unfinished";
  if (auto copied = files.copy_to_new(database_path(backup), unfinished); !copied) return copied;
  if (auto marked = make_suspect(unfinished, new_node_id()); !marked) return marked;
  if (auto synced = files.sync_file(unfinished); !synced) return synced;
  if (auto named = files.rename(unfinished, database); !named) return named;
  return files.sync_directory(directory);
}

}  // namespace

StoreResult<Manifest> verify_backup(const std::string& backup) {
  return telemetry::in_span("backup verify", [&](auto&) { return verify_parts(backup); });
}

StoreResult<Manifest> restore(const std::string& backup, const std::string& directory) {
  auto manifest = verify_backup(backup);
  if (!manifest) return manifest;
  if (manifest->schema_version > kSchemaVersion) {
    return rejected("the backup's schema is version " + std::to_string(manifest->schema_version) +
                    ", newer than this program");
  }
  auto copied =
      telemetry::in_span("restore copy", [&](auto&) { return copy_as_suspect(backup, directory); });
  if (!copied) return Err{std::move(copied.error())};
  return manifest;
}

StoreResult<ActivationReport> activate(const std::string& directory,
                                       const std::vector<Anchor>& anchors, bool accept_loss) {
  Files& files = posix_files();
  if (!has_store(directory)) return rejected(directory + " holds no store");
  auto lock = files.lock_directory(directory);
  if (!lock) return Err{lock.error()};
  if (auto trusted = rewrite_log(files, directory); !trusted) return Err{trusted.error()};
  SqliteOptions options;
  options.directory = directory;
  Meter meter;
  auto session = WriteSession::open(options, files, meter);
  if (!session) return Err{session.error()};
  auto queries = Queries::open(database_path(directory), "");
  if (!queries) return Err{queries.error()};
  auto heads = queries->heads();
  if (!heads) return Err{heads.error()};
  const bool any_suspect = std::any_of(heads->begin(), heads->end(), [](const BucketHead& head) {
    return head.state == BucketState::suspect;
  });
  if (!any_suspect) return rejected(directory + ": no bucket is suspect, nothing to activate");

  Judgement judgement(*heads);
  telemetry::ScopedSpan judging("activate judge");
  judging.set("pim.anchors", anchors.size());
  for (const Anchor& anchor : anchors) {
    if (auto heard = judgement.hear(*queries, anchor); !heard) return Err{heard.error()};
  }
  ActivationReport& report = judgement.report();
  if (!report.mismatches.empty()) {
    judging.fail(std::to_string(report.mismatches.size()) + " mismatches");
  }
  judging.end();
  if (!report.mismatches.empty() || (!report.lost.empty() && !accept_loss)) return report;

  std::vector<std::pair<BucketHead, BucketHead>> changes;
  for (const BucketHead& head : *heads) {
    if (head.state != BucketState::suspect) continue;
    BucketHead next = head;
    next.owner = (*session)->node();
    next.epoch = Epoch{judgement.highest(head.bucket).value + kEpochMargin};
    next.state = BucketState::active;
    report.highest_epoch = std::max(report.highest_epoch, next.epoch);
    changes.emplace_back(head, next);
  }
  if (auto changed = (*session)->change_heads(changes); !changed) return Err{changed.error()};
  (*session)->checkpoint_fully();
  report.activated = true;
  return report;
}

StoreResult<StoreInfo> inspect(const std::string& directory) {
  Files& files = posix_files();
  if (!has_store(directory)) return rejected(directory + " holds no store");
  auto lock = files.lock_directory(directory);
  if (!lock) return Err{lock.error()};
  auto queries = Queries::open(database_path(directory), "");
  if (!queries) return Err{queries.error()};
  Connection& connection = queries->connection();
  if (auto current = check_schema(connection); !current) return Err{current.error()};

  StoreInfo info;
  info.schema_version = kSchemaVersion;
  auto node = node_of(connection);
  if (!node) return Err{node.error()};
  info.node = *node;
  auto heads = queries->heads();
  if (!heads) return Err{heads.error()};
  for (const BucketHead& head : *heads) {
    info.events += head.next_position - 1;
    if (head.next_position > 1) ++info.used_buckets;
    ++info.buckets_by_state[static_cast<std::size_t>(head.state)];
    if (head.owner != info.node) ++info.buckets_of_others;
    info.highest_epoch = std::max(info.highest_epoch, head.epoch);
  }
  const std::pair<std::uint64_t*, const char*> counts[] = {
      {&info.receipts, "SELECT count(*) FROM receipt"},
      {&info.snapshots, "SELECT count(*) FROM snapshot"},
  };
  for (const auto& [count, sql] : counts) {
    auto value = connection.query_integer(sql);
    if (!value) return Err{value.error()};
    *count = static_cast<std::uint64_t>(*value);
  }
  auto bytes = files.size(database_path(directory));
  if (!bytes) return Err{bytes.error()};
  info.database_bytes = *bytes;
  bytes = files.size(wal_path(directory));
  if (!bytes) return Err{bytes.error()};
  info.log_bytes = *bytes;
  return info;
}

}  // namespace pim::store::sqlite
