// A real store, a journal and anchors; each test damages a copy of them in one way, past the
// program's back, and verify has to find it.
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "audit/audit.h"
#include "audit/segment.h"
#include "readmodel/history_testing.h"
#include "store/anchor.h"
#include "store/sqlite/engine.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::audit {
namespace {

namespace fs = std::filesystem;
using store::sqlite::TemporaryDirectory;

std::unique_ptr<store::EventStore> open_store(const std::string& directory) {
  store::sqlite::SqliteOptions options;
  options.directory = directory + "/store";
  options.low_water_bytes = 0;
  auto store = store::sqlite::open_sqlite_store(options);
  EXPECT_TRUE(store) << store.error().message;
  return store ? std::move(*store) : nullptr;
}

// The undamaged state: about 200 events, 60 journal entries in several segments, all heads
// anchored.
class Pristine {
 public:
  Pristine() {
    const auto store = open_store(directory());
    auto key = store::AnchorKey::load_or_create(directory() + "/anchors/key");
    auto anchors =
        store::AnchorLog::open(directory() + "/anchors/heads.jsonl", *key, store->node());
    readmodel::History history(*store, 71, 4);
    history.grow(200);
    auto reader = store->open_reader();
    EXPECT_TRUE(anchors->write(*(*reader)->heads(), UtcMillis{1'750'000'000'000}));

    JournalOptions options;
    options.directory = directory() + "/journal";
    options.node = store->node();
    options.segment_bytes = 4096;
    options.reserve_bytes = 0;
    auto journal = Journal::open(options);
    for (int i = 0; i < 60; ++i) {
      Entry entry;
      entry.at = UtcMillis{1'750'000'000'000 + i};
      entry.user_id = "user-" + std::to_string(i % 3);
      entry.operation = "get-chart";
      entry.request_id = "read-" + std::to_string(i);
      entry.status = 200;
      EXPECT_TRUE((*journal)->append(entry));
    }
  }
  std::string directory() const { return directory_.path(); }

 private:
  TemporaryDirectory directory_;
};

class TamperTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { pristine_ = std::make_unique<Pristine>(); }
  static void TearDownTestSuite() { pristine_.reset(); }

  void SetUp() override {
    fs::copy(pristine_->directory(), copy_.path(),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  }

  void sql(const std::string& statements) const {
    sqlite3* raw = nullptr;
    const std::string path = copy_.path() + "/store/events.db";
    ASSERT_TRUE(fs::exists(path));
    ASSERT_EQ(sqlite3_open(path.c_str(), &raw), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(raw, statements.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(raw) << " in " << statements;
    EXPECT_GT(sqlite3_total_changes(raw), 0) << "changed nothing: " << statements;
    sqlite3_close(raw);
  }
  std::string segment(std::uint32_t number) const {
    return segment_path(copy_.path() + "/journal", number);
  }
  std::vector<std::string> lines_of(const std::string& path) const {
    std::ifstream in(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
  }
  void write_lines(const std::string& path, const std::vector<std::string>& lines) const {
    std::ofstream out(path, std::ios::trunc);
    for (const auto& line : lines) out << line << '\n';
  }

  VerifyReport verify_copy(bool with_anchors = true) const {
    const auto store = open_store(copy_.path());
    if (!store) return {};
    auto reader = store->open_reader();
    VerifyOptions options;
    options.journal_directory = copy_.path() + "/journal";
    if (with_anchors) {
      options.anchor_file = copy_.path() + "/anchors/heads.jsonl";
      options.anchor_key_file = copy_.path() + "/anchors/key";
    }
    auto report = verify(**reader, options);
    EXPECT_TRUE(report) << report.error().message;
    return report ? *report : VerifyReport{};
  }
  // `where` and `what`: parts of one of the findings.
  void expect_found(const std::string& where, const std::string& what,
                    bool with_anchors = true) const {
    const auto report = verify_copy(with_anchors);
    std::string all;
    for (const auto& finding : report.findings) all += finding.where + ": " + finding.what + "\n";
    const bool found =
        std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
          return finding.where.find(where) != std::string::npos &&
                 finding.what.find(what) != std::string::npos;
        });
    EXPECT_TRUE(found) << "wanted " << where << ": " << what << "\n" << all;
  }

  // The bucket with the most events, read before it is damaged.
  std::vector<store::EventRecord> longest_bucket() const {
    const auto store = open_store(copy_.path());
    auto reader = store->open_reader();
    std::vector<store::EventRecord> longest;
    const auto heads = (*reader)->heads();
    for (const auto& head : *heads) {
      if (head.next_position - 1 <= longest.size()) continue;
      longest = *(*reader)->read_bucket(head.bucket, 0, 10'000);
    }
    EXPECT_GT(longest.size(), 10U);
    return longest;
  }
  static std::string key_of(const store::EventRecord& event) {
    return std::to_string(store::sqlite::event_key(event.bucket, event.position));
  }
  static std::string place(const store::EventRecord& event) {
    return "bucket " + std::to_string(event.bucket.value) + " position " +
           std::to_string(event.position);
  }
  static std::string blob(const store::Digest& digest) { return "x'" + digest.to_hex() + "'"; }
  static std::string blob(const Uuid& id) {
    std::string text = id.to_string();
    std::erase(text, '-');
    return "x'" + text + "'";
  }

  static std::unique_ptr<Pristine> pristine_;
  TemporaryDirectory copy_;
};
std::unique_ptr<Pristine> TamperTest::pristine_;

TEST_F(TamperTest, AnUndamagedStoreHasNoFindings) {
  const auto report = verify_copy();
  for (const auto& finding : report.findings) ADD_FAILURE() << finding.where << finding.what;
  EXPECT_EQ(report.buckets, kBuckets);
  EXPECT_GT(report.events, 200U);
  EXPECT_GT(report.receipts, 100U);
  EXPECT_EQ(report.journal_entries, 60U);
  EXPECT_GT(report.anchors, 0U);
}

// --- one event's fields

TEST_F(TamperTest, AChangedFieldOfAnEvent) {
  const auto events = longest_bucket();
  const auto& victim = events[events.size() / 2];
  const std::pair<const char*, const char*> changes[] = {
      {"data", "replace(data, '2025', '2024') || ' '"},
      {"user_id", "'mallory'"},
      {"role", "'operator'"},
      {"request_id", "'another'"},
      {"tenant", "'west-health'"},
      {"type", "'patient-amended-twice'"},
      {"schema_version", "schema_version + 1"},
      {"recorded_at", "recorded_at + 1"},
      {"reason", "'because'"},
      {"trace_id", "zeroblob(16)"},
      {"span_id", "zeroblob(8)"},
      {"id", "zeroblob(16)"},
      {"hash", "zeroblob(32)"},
      {"prev_hash", "zeroblob(32)"},
      {"kind", "2"}};
  for (const auto& [column, value] : changes) {
    SCOPED_TRACE(column);
    SetUp();  // each on a fresh copy
    for (const char* suffix : {"-wal", "-shm"}) {
      fs::remove(copy_.path() + "/store/events.db" + suffix);
    }
    sql(std::string("UPDATE event SET ") + column + "=" + value + " WHERE key=" + key_of(victim));
    expect_found(place(victim), "");
  }
}

TEST_F(TamperTest, ASingleBitOfData) {
  const auto victim = longest_bucket()[3];
  std::string data = victim.data;
  data[data.size() / 2] ^= 1;
  sql("UPDATE event SET data=CAST(x'" +
      [&] {
        std::string hex;
        char digits[3];
        for (const char c : data) {
          std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
          hex += digits;
        }
        return hex;
      }() +
      "' AS TEXT) WHERE key=" + key_of(victim));
  expect_found(place(victim), "does not match its hash");
}

TEST_F(TamperTest, AFieldThatIsNoFieldAtAll) {
  const auto victim = longest_bucket()[4];
  sql("UPDATE event SET kind=9 WHERE key=" + key_of(victim));
  expect_found("bucket " + std::to_string(victim.bucket.value), "cannot be read");
}

// The hash fits again; the next event does not.
TEST_F(TamperTest, AnEventWithItsHashMadeAnew) {
  const auto events = longest_bucket();
  auto victim = events[5];
  victim.origin.user_id = "mallory";
  sql("UPDATE event SET user_id='mallory', hash=" + blob(store::hash_of(victim)) +
      " WHERE key=" + key_of(victim));
  expect_found(place(events[6]), "does not continue the chain");
}

// --- events removed, inserted, moved

TEST_F(TamperTest, AnEventRemovedFromTheMiddle) {
  const auto victim = longest_bucket()[5];
  sql("DELETE FROM event WHERE key=" + key_of(victim));
  expect_found(place(victim), "missing");
}

TEST_F(TamperTest, TheFirstEventRemoved) {
  const auto victim = longest_bucket().front();
  sql("DELETE FROM event WHERE key=" + key_of(victim));
  expect_found(place(victim), "missing");
}

TEST_F(TamperTest, TheLastEventRemoved) {
  const auto victim = longest_bucket().back();
  sql("DELETE FROM event WHERE key=" + key_of(victim));
  expect_found(place(victim), "the head says");
}

TEST_F(TamperTest, EveryEventOfABucketRemoved) {
  const auto events = longest_bucket();
  sql("DELETE FROM event WHERE key BETWEEN " + key_of(events.front()) + " AND " +
      key_of(events.back()));
  expect_found(place(events.front()), "the head says");
}

std::string insert_of(const store::EventRecord& event, const std::string& blob_of_hash,
                      const std::string& blob_of_prev, const std::string& from_key) {
  const auto key = store::sqlite::event_key(event.bucket, event.position);
  return "INSERT INTO event(" + std::string(store::sqlite::kEventColumns) + ") SELECT " +
         std::to_string(key) + ", stream, " + std::to_string(event.version) +
         ", id, kind, type, schema_version, data, tenant, user_id, role, request_id, trace_id, "
         "span_id, recorded_at, reason, " +
         blob_of_prev + ", " + blob_of_hash + " FROM event WHERE key=" + from_key;
}

// A forged event in the chain's own form, beyond the head.
TEST_F(TamperTest, AnEventInsertedAfterTheLast) {
  const auto events = longest_bucket();
  auto forged = events.back();
  forged.position += 1;
  forged.version += 1;
  forged.prev_hash = events.back().hash;
  forged.hash = store::hash_of(forged);
  sql(insert_of(forged, blob(forged.hash), blob(forged.prev_hash), key_of(events.back())));
  expect_found("bucket " + std::to_string(forged.bucket.value), "the head says");
}

// The same with the head moved along: its receipt is missing.
TEST_F(TamperTest, AnEventInsertedWithTheHeadMovedAlong) {
  const auto events = longest_bucket();
  auto forged = events.back();
  forged.position += 1;
  forged.version += 1;
  forged.prev_hash = events.back().hash;
  forged.origin.request_id = "forged";
  forged.hash = store::hash_of(forged);
  sql(insert_of(forged, blob(forged.hash), blob(forged.prev_hash), key_of(events.back())) +
      "; UPDATE event SET request_id='forged' WHERE key=" + key_of(forged) +
      "; UPDATE bucket_head SET next_position=next_position+1, chain_hash=" + blob(forged.hash) +
      " WHERE bucket=" + std::to_string(forged.bucket.value));
  expect_found(place(forged), "no receipt");
}

// Where no bucket walk comes by, but a stream's own index does.
TEST_F(TamperTest, AnEventOfAStreamHiddenInAnotherBucket) {
  const auto events = longest_bucket();
  auto forged = events.back();
  const auto bucket = forged.bucket;
  forged.bucket.value = static_cast<std::uint16_t>(forged.bucket.value ^ 1);
  forged.position = 1'000'000;
  Version newest = 0;
  for (const auto& event : events) {
    if (event.stream == forged.stream) newest = std::max(newest, event.version);
  }
  forged.version = newest + 1;
  sql(insert_of(forged, blob(forged.hash), blob(forged.prev_hash), key_of(events.back())));
  expect_found(place(forged), "outside its history");
  expect_found("bucket " + std::to_string(bucket.value ^ 1), "missing");
}

TEST_F(TamperTest, TwoEventsInEachOthersPlace) {
  const auto events = longest_bucket();
  const auto& a = events[4];
  const auto& b = events[5];
  sql("UPDATE event SET key=-1 WHERE key=" + key_of(a) + "; UPDATE event SET key=" + key_of(a) +
      " WHERE key=" + key_of(b) + "; UPDATE event SET key=" + key_of(b) + " WHERE key=-1");
  expect_found(place(a), "does not");
}

// --- heads

TEST_F(TamperTest, AHeadThatIsMovedBackOrForth) {
  const auto events = longest_bucket();
  const std::string bucket = std::to_string(events[0].bucket.value);
  sql("UPDATE bucket_head SET next_position=next_position-1 WHERE bucket=" + bucket);
  expect_found("bucket " + bucket, "the head says");
  sql("UPDATE bucket_head SET next_position=next_position+2 WHERE bucket=" + bucket);
  expect_found("bucket " + bucket, "the head says");
}

TEST_F(TamperTest, AHeadWithAnotherHash) {
  const std::string bucket = std::to_string(longest_bucket()[0].bucket.value);
  sql("UPDATE bucket_head SET chain_hash=zeroblob(32) WHERE bucket=" + bucket);
  expect_found("bucket " + bucket, "another hash");
}

// --- what fits in itself: only something outside the store can tell

// The bucket's end cut off, with head and receipts as if it had never been.
TEST_F(TamperTest, ATruncatedBucketIsKnownByItsAnchor) {
  const auto events = longest_bucket();
  // Back to the end of a command.
  std::size_t keep = events.size() - 4;
  while (events[keep - 1].origin.request_id == events[keep].origin.request_id) --keep;
  const auto& last = events[keep - 1];
  const std::string bucket = std::to_string(last.bucket.value);
  std::string statements =
      "DELETE FROM event WHERE key > " + key_of(last) + " AND key <= " + key_of(events.back()) +
      "; UPDATE bucket_head SET next_position=" + std::to_string(last.position + 1) +
      ", chain_hash=" + blob(last.hash) + " WHERE bucket=" + bucket;
  for (std::size_t i = keep; i < events.size(); ++i) {
    statements += "; DELETE FROM receipt WHERE request_id='" + events[i].origin.request_id + "'";
  }
  sql(statements);
  const auto blind = verify_copy(false);
  EXPECT_TRUE(blind.intact()) << blind.findings.front().where << blind.findings.front().what;
  expect_found(place(events.back()), "was anchored at");
}

// A user replaced in a bucket's whole history, every hash made anew, receipts and head with it.
TEST_F(TamperTest, ARewrittenBucketIsKnownByItsAnchor) {
  const auto events = longest_bucket();
  std::string statements;
  store::Digest chain;
  for (auto event : events) {
    event.origin.user_id = "mallory";
    event.prev_hash = chain;
    chain = store::hash_of(event);
    statements +=
        "UPDATE event SET user_id='mallory', prev_hash=" + blob(event.prev_hash) +
        ", hash=" + blob(chain) + " WHERE key=" + key_of(event) +
        "; UPDATE receipt SET user_id='mallory' WHERE routing_id=" + blob(event.stream.value) + ";";
  }
  statements += "UPDATE bucket_head SET chain_hash=" + blob(chain) +
                " WHERE bucket=" + std::to_string(events[0].bucket.value);
  sql(statements);
  const auto blind = verify_copy(false);
  EXPECT_TRUE(blind.intact()) << blind.findings.front().where << blind.findings.front().what;
  expect_found(place(events.back()), "with another hash");
}

TEST_F(TamperTest, AnAnchorThatIsNotSigned) {
  const std::string file = copy_.path() + "/anchors/heads.jsonl";
  auto lines = lines_of(file);
  ASSERT_FALSE(lines.empty());
  const auto at = lines[0].find("\"next_position\":") + 16;
  lines[0][at] = lines[0][at] == '9' ? '8' : '9';
  write_lines(file, lines);
  expect_found("anchors", "");
}

// --- receipts

TEST_F(TamperTest, AReceiptRemoved) {
  const auto victim = longest_bucket()[2];
  sql("DELETE FROM receipt WHERE request_id='" + victim.origin.request_id + "'");
  expect_found("bucket " + std::to_string(victim.bucket.value), "no receipt");
}

TEST_F(TamperTest, AReceiptThatTellsAnotherStory) {
  const auto victim = longest_bucket()[2];
  const std::string of = " WHERE request_id='" + victim.origin.request_id + "'";
  for (const char* change :
       {"user_id='mallory'", "tenant='west-health'", "recorded_at=recorded_at+1",
        "version=version+1", "last_position=last_position+1", "reason='because'"}) {
    SCOPED_TRACE(change);
    SetUp();
    for (const char* suffix : {"-wal", "-shm"}) {
      fs::remove(copy_.path() + "/store/events.db" + suffix);
    }
    sql(std::string("UPDATE receipt SET ") + change + of);
    expect_found("bucket " + std::to_string(victim.bucket.value), "receipt");
  }
}

TEST_F(TamperTest, AReceiptOfSomethingThatNeverHappened) {
  const auto victim = longest_bucket().back();
  sql("INSERT INTO receipt(" + std::string(store::sqlite::kReceiptColumns) +
      ") SELECT 'never', user_id, routing_id, kind, tenant, role, trace_id, span_id, recorded_at,"
      " reason, command, fingerprint, status, problem_type, problem_params, version,"
      " first_position+100, last_position+100, epoch FROM receipt WHERE request_id='" +
      victim.origin.request_id + "'");
  expect_found("bucket " + std::to_string(victim.bucket.value), "not there");
}

// --- journals

TEST_F(TamperTest, AJournalLineChanged) {
  auto lines = lines_of(segment(2));
  auto& line = lines[3];
  line.replace(line.find("user-"), 6, "user-9");
  write_lines(segment(2), lines);
  expect_found("journal-000002.log:4", "does not match its hash");
}

TEST_F(TamperTest, AJournalLineRemoved) {
  auto lines = lines_of(segment(2));
  lines.erase(lines.begin() + 3);
  write_lines(segment(2), lines);
  expect_found("journal-000002.log:4", "does not continue the chain");
}

TEST_F(TamperTest, AJournalLineInserted) {
  auto lines = lines_of(segment(2));
  lines.insert(lines.begin() + 3, lines[3]);
  write_lines(segment(2), lines);
  expect_found("journal-000002.log:5", "does not continue the chain");
}

TEST_F(TamperTest, TwoJournalLinesInEachOthersPlace) {
  auto lines = lines_of(segment(2));
  std::swap(lines[2], lines[3]);
  write_lines(segment(2), lines);
  expect_found("journal-000002.log:3", "does not continue the chain");
}

TEST_F(TamperTest, ATruncatedSegment) {
  auto lines = lines_of(segment(2));
  lines.resize(lines.size() - 2);
  write_lines(segment(2), lines);
  expect_found("journal-000003.log:1", "does not continue the chain");
}

TEST_F(TamperTest, ASegmentCutWithinALine) {
  fs::resize_file(segment(2), fs::file_size(segment(2)) - 10);
  expect_found("journal-000002.log", "no end");
}

TEST_F(TamperTest, AMissingSegment) {
  fs::remove(segment(2));
  expect_found("journal-000003.log", "segment 2 is missing");
}

TEST_F(TamperTest, AMissingFirstSegment) {
  fs::remove(segment(1));
  expect_found("journal-000002.log", "segment 1 is missing");
}

TEST_F(TamperTest, AnEmptiedSegment) {
  fs::resize_file(segment(2), 0);
  expect_found("journal-000002.log", "holds no record");
}

TEST_F(TamperTest, AChangedHeader) {
  auto lines = lines_of(segment(2));
  lines[0].replace(lines[0].find("\"segment\":2"), 11, "\"segment\":3");
  write_lines(segment(2), lines);
  expect_found("journal-000002.log:1", "does not match its hash");
}

}  // namespace
}  // namespace pim::audit
