#include "audit/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "audit/disk_reserve.h"
#include "audit/journal_tail.h"
#include "audit/record_json.h"
#include "audit/segment.h"
#include "store/sqlite/descriptor.h"
#include "telemetry/log.h"
#include "telemetry/thread_name.h"

namespace pim::audit {
namespace {

using store::sqlite::Descriptor;
using SharedFile = std::shared_ptr<const Descriptor>;

constexpr std::chrono::milliseconds kSyncInterval{100};
constexpr int kSyncsBetweenReserveChecks = 100;
constexpr std::size_t kMaxRecord = 60 * 1024;

UtcMillis wall_clock() {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
}

JournalError failed(const std::string& doing) {
  return {"journal: " + doing + ": " + std::strerror(errno)};
}

class FileJournal final : public Journal {
 public:
  explicit FileJournal(const JournalOptions& options)
      : options_(options),
        reserve_(options.directory + "/journal.reserve", options.reserve_bytes) {}
  ~FileJournal() override;

  Result<void, JournalError> start();
  Result<void, JournalError> append(const Entry& entry) override;
  Result<void, JournalError> sync() override;
  JournalStats stats() const override;

 private:
  Result<void, JournalError> lock_directory();
  Result<void, JournalError> report_cut(std::uint64_t cut_bytes, const store::Digest& cut);
  Result<void, JournalError> append_locked(std::string_view body);
  Result<void, JournalError> write_locked(const std::string& line);
  Result<void, JournalError> begin_segment_locked();
  void sync_loop();

  const JournalOptions options_;
  Descriptor directory_;
  std::atomic<std::uint64_t> entries_{0};
  std::atomic<std::uint64_t> bytes_{0};

  telemetry::Histogram syncs_;

  mutable std::mutex mutex_;
  DiskReserve reserve_;
  SharedFile segment_;
  std::uint32_t segment_number_ = 0;
  std::uint64_t segment_size_ = 0;
  std::uint64_t next_seq_ = 1;
  store::Digest hash_;
  std::vector<SharedFile> unsynced_;  // full segments that the next sync has to include
  bool new_name_ = false;             // a segment's name is not synced yet
  bool dirty_ = false;
  using TimePoint = std::chrono::steady_clock::time_point;
  std::optional<TimePoint> unsynced_since_;      // the oldest entry that no sync has taken up
  std::optional<TimePoint> being_synced_since_;  // the oldest one that a sync under way has
  std::string broken_;                           // why nothing more may be appended; empty: it may
  bool stop_ = false;
  std::condition_variable stopping_;

  std::mutex sync_mutex_;  // one sync at a time; taken before mutex_
  std::thread syncer_;
};

Result<void, JournalError> FileJournal::lock_directory() {
  std::error_code ignored;
  std::filesystem::create_directories(options_.directory, ignored);
  directory_ = Descriptor(::open(options_.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_) return Err{failed("opening " + options_.directory)};
  if (::flock(directory_.get(), LOCK_EX | LOCK_NB) != 0) {
    return Err{JournalError{"journal: another process writes in " + options_.directory}};
  }
  return {};
}

Result<void, JournalError> FileJournal::start() {
  if (auto locked = lock_directory(); !locked) return locked;
  auto tail = read_tail(options_.directory);
  if (!tail) return Err{tail.error()};
  const std::uint64_t cut_bytes = tail->total_bytes - tail->good_bytes;
  store::Digest cut;
  if (cut_bytes > 0) {
    auto moved = cut_tail(options_.directory, *tail);
    if (!moved) return Err{moved.error()};
    cut = *moved;
  }
  const std::lock_guard lock(mutex_);
  next_seq_ = tail->next_seq;
  hash_ = tail->hash;
  segment_number_ = tail->segment;
  segment_size_ = tail->good_bytes;
  for (const SegmentFile& segment : list_segments(options_.directory)) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(segment.path, ignored);
    if (!ignored) bytes_.fetch_add(size, std::memory_order_relaxed);
  }
  const bool go_on = segment_size_ > 0 && tail->node == options_.node;
  if (go_on) {
    const std::string path = segment_path(options_.directory, segment_number_);
    segment_ =
        std::make_shared<const Descriptor>(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (!*segment_) return Err{failed("opening " + path)};
  } else {
    if (segment_number_ > 0 && segment_size_ == 0) --segment_number_;  // its header is written anew
    if (auto begun = begin_segment_locked(); !begun) return begun;
  }
  if (cut_bytes > 0) {
    if (auto reported = report_cut(cut_bytes, cut); !reported) return reported;
  }
  syncer_ = std::thread([this] {
    telemetry::name_thread("journal-sync");
    sync_loop();
  });
  return {};
}

FileJournal::~FileJournal() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopping_.notify_all();
  if (syncer_.joinable()) syncer_.join();
  (void)sync();
}

Result<void, JournalError> FileJournal::report_cut(std::uint64_t cut_bytes,
                                                   const store::Digest& cut) {
  telemetry::log(telemetry::Level::warn, "the journal's end was torn and has been cut off",
                 {{"bytes", std::to_string(cut_bytes)}});
  std::string body;
  RecordWriter writer(body);
  writer.text("kind", to_string(EntryKind::failed));
  writer.time("at", wall_clock());
  writer.text("who", "pim");
  writer.text("what", "journal-recovered");
  writer.text("outcome", "error");
  writer.text("rule", "torn-record");
  writer.number("cut_bytes", cut_bytes);
  writer.text("cut_sha256", cut.to_hex());
  return append_locked(body);
}

Result<void, JournalError> FileJournal::append(const Entry& entry) {
  std::string body;
  body.reserve(768);
  RecordWriter writer(body);
  write_entry(writer, entry);
  if (body.size() > kMaxRecord) return Err{JournalError{"journal: the entry is too long"}};
  const std::lock_guard lock(mutex_);
  if (segment_size_ >= options_.segment_bytes) {
    if (auto begun = begin_segment_locked(); !begun) return begun;
  }
  return append_locked(body);
}

Result<void, JournalError> FileJournal::append_locked(std::string_view body) {
  if (!broken_.empty()) return Err{JournalError{broken_}};
  std::string line = "{\"seq\":";
  line.reserve(body.size() + 192);
  line += std::to_string(next_seq_);
  line += ',';
  line += body.substr(1);
  store::Digest hash;
  seal_record(line, hash_, hash);
  line += '\n';
  if (auto written = write_locked(line); !written) return written;
  hash_ = hash;
  ++next_seq_;
  entries_.fetch_add(1, std::memory_order_relaxed);
  return {};
}

// All of the line, or nothing of it.
Result<void, JournalError> FileJournal::write_locked(const std::string& line) {
  for (;;) {
    const ssize_t written = ::write(segment_->get(), line.data(), line.size());
    if (written == static_cast<ssize_t>(line.size())) {
      segment_size_ += line.size();
      bytes_.fetch_add(line.size(), std::memory_order_relaxed);
      dirty_ = true;
      if (!unsynced_since_) unsynced_since_ = std::chrono::steady_clock::now();
      return {};
    }
    if (written < 0 && errno == EINTR) continue;
    const int why = written < 0 ? errno : ENOSPC;
    if (written > 0 && ::ftruncate(segment_->get(), static_cast<off_t>(segment_size_)) != 0) {
      broken_ = "journal: half a record could not be taken back; restart";
      return Err{JournalError{broken_}};
    }
    if ((why == ENOSPC || why == EDQUOT) && reserve_.held()) {
      telemetry::log(telemetry::Level::warn, "the disk is full: the journal uses its reserve");
      reserve_.release();
      continue;
    }
    errno = why;
    return Err{failed("appending")};
  }
}

Result<void, JournalError> FileJournal::begin_segment_locked() {
  const std::uint32_t number = segment_number_ + 1;
  const std::string path = segment_path(options_.directory, number);
  // Truncated where it is there: its header never got to the disk.
  auto file = std::make_shared<const Descriptor>(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!*file) return Err{failed("creating " + path)};
  std::string line = header_line({number, options_.node, wall_clock(), next_seq_});
  store::Digest hash;
  seal_record(line, hash_, hash);
  line += '\n';

  const SharedFile old = std::exchange(segment_, std::move(file));
  const std::uint64_t old_size = std::exchange(segment_size_, 0);
  if (auto written = write_locked(line); !written) {
    std::filesystem::remove(path);
    segment_ = old;
    segment_size_ = old_size;
    return written;
  }
  if (old) unsynced_.push_back(old);
  new_name_ = true;
  segment_number_ = number;
  hash_ = hash;
  return {};
}

Result<void, JournalError> FileJournal::sync() {
  const std::lock_guard one(sync_mutex_);
  std::vector<SharedFile> files;
  bool new_name = false;
  {
    const std::lock_guard lock(mutex_);
    files.swap(unsynced_);
    if (std::exchange(dirty_, false) && segment_) files.push_back(segment_);
    new_name = std::exchange(new_name_, false);
    if (!being_synced_since_) being_synced_since_ = unsynced_since_;
    unsynced_since_.reset();
  }
  const auto began = std::chrono::steady_clock::now();
  bool synced = true;
  for (const auto& file : files) synced = ::fdatasync(file->get()) == 0 && synced;
  if (new_name) synced = ::fsync(directory_.get()) == 0 && synced;
  if (new_name || !files.empty()) syncs_.observe(std::chrono::steady_clock::now() - began);
  const std::lock_guard lock(mutex_);
  if (synced) {
    being_synced_since_.reset();
    return {};
  }
  // The page cache may show what the disk never got: no more is promised on top of it.
  broken_ = "journal: a sync failed; restart once the disk is sound";
  telemetry::log(telemetry::Level::error, broken_);
  return Err{JournalError{broken_}};
}

JournalStats FileJournal::stats() const {
  JournalStats stats;
  stats.entries = entries_.load(std::memory_order_relaxed);
  stats.bytes = bytes_.load(std::memory_order_relaxed);
  stats.syncs = syncs_.snapshot();
  const std::lock_guard lock(mutex_);
  const auto oldest = being_synced_since_ ? being_synced_since_ : unsynced_since_;
  if (oldest) stats.lag = std::chrono::steady_clock::now() - *oldest;
  return stats;
}

void FileJournal::sync_loop() {
  for (int round = 1;; ++round) {
    {
      std::unique_lock lock(mutex_);
      if (stopping_.wait_for(lock, kSyncInterval, [&] { return stop_; })) return;
      if (round % kSyncsBetweenReserveChecks == 0) reserve_.take();
    }
    (void)sync();  // a failure is kept in broken_
  }
}

}  // namespace

Result<std::unique_ptr<Journal>, JournalError> Journal::open(const JournalOptions& options) {
  std::error_code ignored;  // where it cannot be made, locking it says so
  std::filesystem::create_directories(options.directory, ignored);
  auto journal = std::make_unique<FileJournal>(options);
  if (auto started = journal->start(); !started) return Err{started.error()};
  return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace pim::audit
