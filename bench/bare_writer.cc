#include "bare_writer.h"

#include <sqlite3.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "domain/ids.h"
#include "load/dice.h"
#include "load/socket.h"

namespace pim::bench {
namespace {

using load::Clock;
using load::Deadline;

constexpr std::size_t kStreams = 20'000;
constexpr const char* kCreateTable =
    "CREATE TABLE IF NOT EXISTS events(position INTEGER PRIMARY KEY, stream BLOB NOT NULL, "
    "version INTEGER NOT NULL, request_id BLOB NOT NULL, data BLOB NOT NULL)";

class Database {
 public:
  Result<void, std::string> open(const std::string& file, bool indexed) {
    sqlite3* raw = nullptr;
    const int code = ::sqlite3_open_v2(
        file.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
        nullptr);
    connection_.reset(raw);
    if (code != SQLITE_OK) return Err{error("open")};
    // The memory and the checkpoints that our engine gives itself, too.
    for (const char* sql :
         {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-65536",
          "PRAGMA wal_autocheckpoint=4096", kCreateTable}) {
      if (auto done = run(sql); !done) return done;
    }
    if (indexed) {
      for (const char* sql :
           {"CREATE UNIQUE INDEX IF NOT EXISTS by_version ON events(stream, version)",
            "CREATE UNIQUE INDEX IF NOT EXISTS by_request ON events(request_id)"}) {
        if (auto done = run(sql); !done) return done;
      }
    }
    versions_.resize(kStreams);
    if (auto resumed = resume(); !resumed) return resumed;
    sqlite3_stmt* statement = nullptr;
    if (::sqlite3_prepare_v2(
            raw, "INSERT INTO events(stream, version, request_id, data) VALUES(?1,?2,?3,?4)", -1,
            &statement, nullptr) != SQLITE_OK) {
      return Err{error("prepare")};
    }
    insert_.reset(statement);
    return {};
  }
  Result<void, std::string> run(const char* sql) {
    return ::sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK
               ? Result<void, std::string>()
               : Err{error(sql)};
  }
  Result<void, std::string> insert(std::size_t stream, load::Dice& dice, const std::string& data) {
    const auto bytes_of = [](const Uuid& id) { return static_cast<const void*>(id.bytes.data()); };
    const Uuid stream_id = uuid_v7(0, load::mix(stream), load::mix(~stream));
    const auto high = dice.next();
    const Uuid request_id = uuid_v7(static_cast<std::int64_t>(++requests_ / 16), high, dice.next());
    ::sqlite3_bind_blob(insert_.get(), 1, bytes_of(stream_id), 16, SQLITE_STATIC);
    ::sqlite3_bind_int64(insert_.get(), 2, ++versions_[stream]);
    ::sqlite3_bind_blob(insert_.get(), 3, bytes_of(request_id), 16, SQLITE_STATIC);
    ::sqlite3_bind_blob(insert_.get(), 4, data.data(), static_cast<int>(data.size()),
                        SQLITE_STATIC);
    const int code = ::sqlite3_step(insert_.get());
    ::sqlite3_reset(insert_.get());
    return code == SQLITE_DONE ? Result<void, std::string>() : Err{error("insert")};
  }
  // One transaction of `count` events.
  Result<void, std::string> commit(std::size_t count, load::Dice& dice, const std::string& data) {
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) return begun;
    for (std::size_t i = 0; i < count; ++i) {
      if (auto done = insert(dice.below(kStreams), dice, data); !done) return done;
    }
    return run("COMMIT");
  }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { ::sqlite3_close_v2(connection); }
    void operator()(sqlite3_stmt* statement) const { ::sqlite3_finalize(statement); }
  };
  // Versions and request ids go on where an earlier run on the same file ended.
  Result<void, std::string> resume() {
    sqlite3_stmt* raw = nullptr;
    if (::sqlite3_prepare_v2(connection_.get(), "SELECT count(*) FROM events", -1, &raw, nullptr) !=
        SQLITE_OK) {
      return Err{error("prepare")};
    }
    const std::unique_ptr<sqlite3_stmt, Close> count(raw);
    if (::sqlite3_step(raw) != SQLITE_ROW) return Err{error("count")};
    const auto events = ::sqlite3_column_int64(raw, 0);
    requests_ = static_cast<std::uint64_t>(events);
    // No stream can have more versions than there are events.
    std::fill(versions_.begin(), versions_.end(), events);
    return {};
  }
  std::string error(const char* what) const {
    return std::string(what) + ": " + ::sqlite3_errmsg(connection_.get());
  }
  std::unique_ptr<sqlite3, Close> connection_;
  std::unique_ptr<sqlite3_stmt, Close> insert_;
  std::vector<std::int64_t> versions_;
  std::uint64_t requests_ = 0;
};

// Producers hand in events and wait; the writer takes all that wait as one batch.
class Queue {
 public:
  // False: the run is over.
  bool write_one() {
    std::unique_lock lock(mutex_);
    if (over_) return false;
    const auto ticket = ++submitted_;
    arrived_.notify_one();
    done_.wait(lock, [&] { return committed_ >= ticket || over_; });
    return !over_;
  }
  // How many events to commit; 0: the run is over.
  std::size_t take() {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return submitted_ > committed_ || over_; });
    return over_ ? 0 : submitted_ - committed_;
  }
  void finish(std::size_t count) {
    {
      const std::lock_guard lock(mutex_);
      committed_ += count;
    }
    done_.notify_all();
  }
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    arrived_.notify_all();
    done_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable done_;
  std::size_t submitted_ = 0;
  std::size_t committed_ = 0;
  bool over_ = false;
};

}  // namespace

Result<BareReport, std::string> run_bare_writer(const BareOptions& options) {
  Database database;
  if (auto opened = database.open(
          options.directory + (options.indexed ? "/bare.db" : "/bare-log.db"), options.indexed);
      !opened) {
    return Err{std::move(opened.error())};
  }
  const std::string data(options.event_bytes, 'x');
  load::Dice dice(1, 2, static_cast<std::uint64_t>(Clock::now().time_since_epoch().count()));
  Queue queue;
  std::vector<std::thread> producers;
  producers.reserve(options.producers);
  for (std::size_t i = 0; i < options.producers; ++i) {
    producers.emplace_back([&queue] {
      while (queue.write_one()) {
      }
    });
  }

  const auto started = Clock::now();
  const Deadline stop = started + options.duration;
  std::size_t events = 0;
  std::size_t commits = 0;
  Result<void, std::string> outcome;
  while (Clock::now() < stop) {
    const std::size_t batch = queue.take();
    outcome = database.commit(batch, dice, data);
    if (!outcome) break;
    events += batch;
    ++commits;
    queue.finish(batch);
  }
  const auto seconds = std::chrono::duration<double>(Clock::now() - started).count();
  queue.stop();
  for (auto& producer : producers) producer.join();
  if (!outcome) return Err{std::move(outcome.error())};
  return BareReport{static_cast<double>(events) / seconds,
                    static_cast<double>(events) / static_cast<double>(commits)};
}

}  // namespace pim::bench
