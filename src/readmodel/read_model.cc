#include "readmodel/read_model.h"

#include <cstdio>
#include <filesystem>
#include <mutex>
#include <utility>

#include "readmodel/compare.h"
#include "readmodel/follower.h"
#include "readmodel/projection.h"
#include "readmodel/query_engine.h"
#include "readmodel/read_pool.h"
#include "readmodel/rebuild.h"
#include "store/planted.h"
#include "telemetry/log.h"
#include "telemetry/scoped_span.h"

namespace pim::readmodel {
namespace {

QueryError unavailable(const store::StoreError& error) {
  return {QueryErrorKind::unavailable, error.message};
}

// The planted bug: every 40th event of the live projection changes no row.
Projection::Drop planted_drop() {
  return [count = 0](const store::EventRecord&) mutable {
    return store::planted(store::Bug::projection_skip) && ++count % 40 == 0;
  };
}

// Stands in where a file could not be opened again after a switch: nothing is applied until the
// next start.
class NoSink final : public Sink {
 public:
  const std::vector<Checkpoint>& checkpoints() const override { return none_; }
  store::StoreResult<void> apply(const store::EventRecord&) override { return Err{why_}; }
  store::StoreResult<void> commit() override { return Err{why_}; }

 private:
  const std::vector<Checkpoint> none_ = std::vector<Checkpoint>(kBuckets);
  const store::StoreError why_{store::StoreErrorKind::unavailable,
                               "the read model's file could not be opened again; restart"};
};

// A projection of this store's history: a file of another one is dropped.
store::StoreResult<std::unique_ptr<Projection>> open_live(const std::string& path,
                                                          store::Reader& reader) {
  auto projection = Projection::open(path, planted_drop());
  if (!projection) return projection;
  auto same = same_history((*projection)->checkpoints(), reader);
  if (!same) return Err{same.error()};
  if (*same) return projection;
  telemetry::log(telemetry::Level::warn,
                 "the read model is not of this store's history; making it again");
  projection->reset();
  remove_derived_file(path);
  return Projection::open(path, planted_drop());
}

class ReadModelImpl final : public ReadModel {
 public:
  ReadModelImpl(store::EventStore& store, const ReadModelOptions& options,
                std::unique_ptr<Follower> follower, std::string path)
      : store_(store),
        path_(std::move(path)),
        pool_(path_, options.readers),
        follower_(std::move(follower)),
        queries_(pool_, *follower_, store, options.shards) {}

  void announce(const store::CommittedEvents& events) override { follower_->announce(events); }
  Queries& queries() override { return queries_; }
  ProjectionStats stats() const override { return follower_->stats(); }
  bool catch_up(std::chrono::steady_clock::time_point deadline) override {
    return follower_->catch_up(deadline);
  }
  QueryResult<RebuildReport> rebuild(bool apply) override;

 private:
  store::StoreResult<RebuildReport> rebuild_beside(bool apply);
  store::StoreResult<Comparison> compare_with_live(Projection& rebuilt, store::Reader& reader);
  store::StoreResult<void> switch_to(std::unique_ptr<Projection> rebuilt, store::Reader& reader);
  std::string rebuilt_path() const { return path_ + ".rebuild"; }

  store::EventStore& store_;
  const std::string path_;
  ReadPool pool_;
  std::unique_ptr<Follower> follower_;
  QueryEngine queries_;
  std::mutex rebuild_mutex_;
};

QueryResult<RebuildReport> ReadModelImpl::rebuild(bool apply) {
  const std::unique_lock lock(rebuild_mutex_, std::try_to_lock);
  if (!lock.owns_lock()) {
    return Err{QueryError{QueryErrorKind::unavailable, "another rebuild is under way"}};
  }
  auto report = rebuild_beside(apply);
  remove_derived_file(rebuilt_path());
  if (!report) return Err{unavailable(report.error())};
  return std::move(*report);
}

store::StoreResult<RebuildReport> ReadModelImpl::rebuild_beside(bool apply) {
  remove_derived_file(rebuilt_path());
  auto rebuilt = Projection::open(rebuilt_path());
  if (!rebuilt) return Err{rebuilt.error()};
  auto reader = store_.open_reader();
  if (!reader) return Err{reader.error()};

  // Nearly all of it, while the live one goes on; never beyond it.
  telemetry::ScopedSpan feeding("rebuild feed");
  std::vector<std::uint64_t> targets(kBuckets);
  for (std::size_t i = 0; i < kBuckets; ++i) {
    targets[i] = follower_->applied(BucketId{static_cast<std::uint16_t>(i)});
  }
  if (auto fed = feed(**rebuilt, **reader, targets); !fed) {
    feeding.fail(to_string(fed.error().kind));
    return Err{fed.error()};
  }
  feeding.end();

  auto comparison = compare_with_live(**rebuilt, **reader);
  if (!comparison) return Err{comparison.error()};
  RebuildReport report;
  report.rows_compared = comparison->rows;
  report.differences = std::move(comparison->differences);
  if (comparison->differing > report.differences.size()) {
    report.differences.push_back(
        "and " + std::to_string(comparison->differing - report.differences.size()) + " more");
  }
  for (const auto& checkpoint : (*rebuilt)->checkpoints()) report.events += checkpoint.position;
  if (apply) {
    telemetry::ScopedSpan switching("rebuild switch");
    if (auto done = switch_to(std::move(*rebuilt), **reader); !done) {
      switching.fail(to_string(done.error().kind));
      return Err{done.error()};
    }
    report.switched = true;
  }
  return report;
}

// The live file as of one moment, and the rebuilt one brought to exactly that. The live projection
// goes on meanwhile; its WAL cannot be emptied until the comparison ends.
store::StoreResult<Comparison> ReadModelImpl::compare_with_live(Projection& rebuilt,
                                                                store::Reader& reader) {
  telemetry::ScopedSpan span("rebuild compare");
  auto live = open_derived_reader(path_);
  if (!live) return Err{live.error()};
  if (auto begun = live->execute("BEGIN"); !begun) return Err{begun.error()};
  std::vector<std::uint64_t> targets(kBuckets, 0);
  {
    auto statement = live->prepare("SELECT bucket, position FROM checkpoint");
    if (!statement) return Err{statement.error()};
    store::sqlite::Run run(*statement);
    int rc = 0;
    while ((rc = run.step()) == SQLITE_ROW) {
      run.rewind();
      const std::uint64_t bucket = run.next_integer() % kBuckets;
      targets[bucket] = run.next_integer();
    }
    if (rc != SQLITE_DONE) return Err{live->error("reading checkpoints")};
  }
  if (auto fed = feed(rebuilt, reader, targets); !fed) return Err{fed.error()};
  auto copy = open_derived_reader(rebuilt_path());
  if (!copy) return Err{copy.error()};
  auto comparison = compare(*live, *copy);
  if (comparison) {
    span.set("pim.rows", comparison->rows);
    if (comparison->differing > 0) {
      span.fail(std::to_string(comparison->differing) + " rows differ");
    }
  }
  return comparison;
}

store::StoreResult<void> ReadModelImpl::switch_to(std::unique_ptr<Projection> rebuilt,
                                                  store::Reader& reader) {
  store::StoreResult<void> result;
  follower_->replace_sink([&](std::unique_ptr<Sink>& sink) {
    // No batch is under way here, so the live file does not move.
    result = feed(*rebuilt, reader, positions_of(sink->checkpoints()));
    if (result) result = rebuilt->fold_wal();
    if (!result) return;
    rebuilt.reset();
    pool_.with_all_closed([&] {
      sink = std::make_unique<NoSink>();
      remove_derived_file(path_);
      if (std::rename(rebuilt_path().c_str(), path_.c_str()) != 0) {
        result = Err{store::StoreError{store::StoreErrorKind::unavailable,
                                       "the rebuilt file could not be renamed"}};
      }
    });
    auto opened = Projection::open(path_, planted_drop());
    if (!opened) {
      result = Err{opened.error()};
    } else {
      sink = std::move(*opened);
    }
  });
  return result;
}

}  // namespace

QueryResult<std::unique_ptr<ReadModel>> ReadModel::open(store::EventStore& store,
                                                        const ReadModelOptions& options) {
  std::error_code ignored;  // where the directory cannot be made, opening the file says why
  std::filesystem::create_directories(options.directory, ignored);
  const std::string path = options.directory + "/readmodel.db";
  auto reader = store.open_reader();
  if (!reader) return Err{unavailable(reader.error())};
  auto projection = open_live(path, **reader);
  if (!projection) return Err{unavailable(projection.error())};
  FollowerOptions follow;
  follow.name = "projection";
  follow.gather = std::chrono::milliseconds{100};
  follow.tracer = options.tracer;
  auto follower = Follower::start(store, std::move(*projection), std::move(follow));
  if (!follower) return Err{unavailable(follower.error())};
  return std::unique_ptr<ReadModel>(
      std::make_unique<ReadModelImpl>(store, options, std::move(*follower), path));
}

}  // namespace pim::readmodel
