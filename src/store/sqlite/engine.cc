#include "store/sqlite/engine.h"

#include <algorithm>
#include <utility>

#include "store/planted.h"
#include "store/sqlite/gate.h"
#include "store/sqlite/reader_pool.h"
#include "store/sqlite/recovery.h"
#include "store/sqlite/write_session.h"
#include "store/sqlite/writer.h"

namespace pim::store::sqlite {
namespace {

constexpr std::size_t kMaxPage = 10'000;

Err<StoreError> closing_error() {
  return Err{StoreError{StoreErrorKind::unavailable, "the store is closing"}};
}

class SqliteReader final : public Reader {
 public:
  SqliteReader(std::shared_ptr<Gate> gate, std::string database, std::string vfs)
      : session_(std::move(gate), std::move(database), std::move(vfs)) {}

  StoreResult<std::vector<BucketHead>> heads() override {
    return session_.run([](Queries& q) { return q.heads(); });
  }
  StoreResult<std::vector<EventRecord>> read_bucket(BucketId bucket, std::uint64_t after_position,
                                                    std::size_t limit) override {
    return session_.run([&](Queries& q) {
      return q.read_bucket(bucket, after_position, std::min(limit, kMaxPage));
    });
  }
  StoreResult<std::vector<EventRecord>> read_stream(BucketId bucket, StreamId stream,
                                                    Version after_version,
                                                    std::size_t limit) override {
    return session_.run([&](Queries& q) {
      return q.read_stream(bucket, stream, after_version, std::min(limit, kMaxPage));
    });
  }
  StoreResult<std::vector<Receipt>> read_receipts(std::uint64_t& cursor,
                                                  std::size_t limit) override {
    return session_.run(
        [&](Queries& q) { return q.read_receipts(cursor, std::min(limit, kMaxPage)); });
  }
  StoreResult<std::optional<std::uint64_t>> last_position_of(BucketId bucket,
                                                             Epoch epoch) override {
    return session_.run([&](Queries& q) { return q.last_position_of(bucket, epoch); });
  }

 private:
  ReadSession session_;
};

class SqliteStore final : public EventStore {
 public:
  SqliteStore(const SqliteOptions& options, Files& files, std::unique_ptr<Files::Lock> lock,
              std::unique_ptr<WriteSession> session, std::unique_ptr<Meter> meter)
      : directory_(options.directory),
        low_water_bytes_(options.low_water_bytes),
        database_(database_path(options.directory)),
        vfs_(options.vfs),
        node_(session->node()),
        files_(files),
        meter_(std::move(meter)),
        lock_(std::move(lock)),
        gate_(std::make_shared<Gate>()),
        writer_(options, files, gate_, std::move(session), *meter_),
        readers_(options.reader_threads, gate_, database_, vfs_) {
    gate_->put_in_service();
  }

  void append(std::vector<Append> batch, BatchDone done) override {
    writer_.append(std::move(batch), std::move(done));
  }
  void load(BucketId bucket, StreamId stream, LoadDone done) override {
    readers_.submit([bucket, stream, done = std::move(done)](ReadSession* session) {
      if (session == nullptr) return done(closing_error());
      done(session->run([&](Queries& q) { return q.load(bucket, stream); }));
    });
  }
  void save_snapshot(Snapshot snapshot) override { writer_.save_snapshot(std::move(snapshot)); }
  void find_receipt(std::string user_id, std::string request_id, StreamId routing_id,
                    ReceiptDone done) override {
    readers_.submit([user_id = std::move(user_id), request_id = std::move(request_id), routing_id,
                     done = std::move(done)](ReadSession* session) {
      if (session == nullptr) return done(closing_error());
      done(session->run(
          [&](Queries& q) { return q.find_receipt(user_id, request_id, routing_id); }));
    });
  }
  void recover(Done done) override { writer_.recover(std::move(done)); }
  StoreResult<void> change_head(const BucketHead& expected, const BucketHead& next) override {
    return writer_.change_head(expected, next);
  }
  StoreResult<std::unique_ptr<Reader>> open_reader() override {
    auto reader = std::make_unique<SqliteReader>(gate_, database_, vfs_);
    return std::unique_ptr<Reader>(std::move(reader));
  }
  void on_commit(CommitListener listener) override { writer_.on_commit(std::move(listener)); }
  NodeId node() const override { return node_; }
  std::chrono::nanoseconds synced() const override {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(meter_->log_sync.snapshot().sum));
  }
  StoreStats stats() const override {
    StoreStats stats;
    stats.log_sync = meter_->log_sync.snapshot();
    stats.database_sync = meter_->database_sync.snapshot();
    stats.checkpoint = meter_->checkpoint.snapshot();
    stats.page_hits = meter_->page_hits.load(std::memory_order_relaxed);
    stats.page_misses = meter_->page_misses.load(std::memory_order_relaxed);
    stats.page_spills = meter_->page_spills.load(std::memory_order_relaxed);
    stats.log_bytes = meter_->log_bytes.load(std::memory_order_relaxed);
    if (const auto size = files_.size(database_)) stats.database_bytes = *size;
    if (const auto free = files_.free_bytes(directory_)) stats.free_bytes = *free;
    stats.low_water_bytes = low_water_bytes_;
    return stats;
  }
  void backup(const std::string& target_directory, Done done) override {
    writer_.backup(target_directory, std::move(done));
  }

 private:
  const std::string directory_;
  const std::uint64_t low_water_bytes_;
  const std::string database_;
  const std::string vfs_;
  const NodeId node_;
  Files& files_;
  const std::unique_ptr<Meter> meter_;
  // Destroyed from the bottom up: readers, then the writer with its files, then the lock.
  std::unique_ptr<Files::Lock> lock_;
  std::shared_ptr<Gate> gate_;
  Writer writer_;
  ReaderPool readers_;
};

}  // namespace

StoreResult<std::unique_ptr<EventStore>> open_sqlite_store(const SqliteOptions& options) {
  Files& files = options.files == nullptr ? posix_files() : *options.files;
  if (auto made = files.make_directory(options.directory); !made) return Err{made.error()};
  auto lock = files.lock_directory(options.directory);
  if (!lock) return Err{lock.error()};
  if (!planted(Bug::reopen_in_place)) {
    if (auto trusted = rewrite_log(files, options.directory); !trusted) return Err{trusted.error()};
  }
  auto meter = std::make_unique<Meter>();
  auto session = WriteSession::open(options, files, *meter);
  if (!session) return Err{session.error()};
  return std::unique_ptr<EventStore>(std::make_unique<SqliteStore>(
      options, files, std::move(*lock), std::move(*session), std::move(meter)));
}

}  // namespace pim::store::sqlite
