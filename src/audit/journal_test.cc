#include "audit/journal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "audit/record_json.h"
#include "audit/segment.h"
#include "audit/verify_parts.h"
#include "store/sqlite/temporary_directory_testing.h"

namespace pim::audit {
namespace {

namespace fs = std::filesystem;
using store::sqlite::TemporaryDirectory;

Entry entry(int number) {
  Entry entry;
  entry.kind = EntryKind::read;
  entry.at = UtcMillis{1'750'000'000'000 + number};
  entry.user_id = "nurse.joy";
  entry.role = "clinician";
  entry.tenant = "north-health";
  entry.request_id = "request-" + std::to_string(number);
  entry.trace_id.fill(0xAB);
  entry.patient = PatientId{uuid_v7(1'750'000'000'000, 7, 9)};
  entry.operation = "get-chart";
  entry.status = 200;
  entry.rows = 3;
  return entry;
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

class JournalTest : public testing::Test {
 protected:
  void open() {
    JournalOptions options;
    options.directory = directory_.path();
    options.node = node_;
    options.segment_bytes = segment_bytes_;
    options.reserve_bytes = 1 << 20;
    auto opened = Journal::open(options);
    ASSERT_TRUE(opened) << opened.error().message;
    journal_ = std::move(*opened);
  }
  void append(int from, int to) {
    for (int i = from; i < to; ++i) {
      const auto appended = journal_->append(entry(i));
      ASSERT_TRUE(appended) << appended.error().message;
    }
  }
  std::string segment(std::uint32_t number) const {
    return segment_path(directory_.path(), number);
  }
  // All lines but headers, over all segments.
  std::vector<std::string> entries() const {
    std::vector<std::string> lines;
    for (const auto& file : list_segments(directory_.path())) {
      auto reader = LineReader::open(file.path);
      std::string_view line;
      while (reader->next(line)) {
        if (!parse_header(line)) lines.emplace_back(line);
      }
    }
    return lines;
  }
  std::vector<Finding> findings() const {
    VerifyReport report;
    const auto read = verify_journals(directory_.path(), report);
    EXPECT_TRUE(read) << read.error().message;
    return report.findings;
  }

  TemporaryDirectory directory_;
  NodeId node_{uuid_v7(1'750'000'000'000, 1, 2)};
  std::uint64_t segment_bytes_ = 64 << 20;
  std::unique_ptr<Journal> journal_;
};

TEST_F(JournalTest, AnEntryIsInTheFileWhenAppendReturns) {
  open();
  append(0, 1);
  const auto lines = entries();
  ASSERT_EQ(lines.size(), 1U);
  for (const char* part :
       {"{\"seq\":1,\"kind\":\"read\",\"at\":\"2025-06-15T15:06:40.000Z\",\"who\":\"nurse.joy\"",
        "\"tenant\":\"north-health\"", "\"what\":\"get-chart\"", "\"request_id\":\"request-0\"",
        "\"trace_id\":\"abababababababababababababababab\"", "\"outcome\":\"success\"",
        "\"rows\":3", "\"prev\":\"", "\"hash\":\""}) {
    EXPECT_NE(lines[0].find(part), std::string::npos) << part << " in " << lines[0];
  }
  EXPECT_EQ(lines[0].find("span_id"), std::string::npos) << "an empty field is left out";
  EXPECT_EQ(journal_->stats().entries, 1U);
  EXPECT_EQ(journal_->stats().bytes,
            std::filesystem::file_size(segment_path(directory_.path(), 1)));
}

TEST_F(JournalTest, GoesOnWithTheChainWhenOpenedAgain) {
  for (int round = 0; round < 3; ++round) {
    open();
    append(round * 10, round * 10 + 10);
    journal_.reset();
  }
  EXPECT_EQ(entries().size(), 30U);
  EXPECT_EQ(list_segments(directory_.path()).size(), 1U);
  EXPECT_TRUE(findings().empty()) << findings().front().what;
}

TEST_F(JournalTest, SaysHowLargeItIsAndWhatIsNotOnDisk) {
  segment_bytes_ = 4096;
  for (int round = 0; round < 2; ++round) {
    open();
    append(round * 20, round * 20 + 20);
    std::uintmax_t bytes = 0;
    for (const auto& segment : list_segments(directory_.path())) {
      bytes += std::filesystem::file_size(segment.path);
    }
    EXPECT_EQ(journal_->stats().bytes, bytes) << "also of what it found";
    if (round == 0) journal_.reset();
  }
  ASSERT_TRUE(journal_->sync());
  const auto synced = journal_->stats();
  EXPECT_EQ(synced.lag.count(), 0);
  EXPECT_GE(synced.syncs.count(), 1U);
  append(40, 41);
  // A sync in the background may already have it.
  const auto dirty = journal_->stats();
  EXPECT_TRUE(dirty.lag.count() > 0 || dirty.syncs.count() > synced.syncs.count());
}

TEST_F(JournalTest, RotatesAndChainsItsSegments) {
  segment_bytes_ = 4096;
  open();
  append(0, 100);
  journal_.reset();
  open();
  append(100, 120);
  EXPECT_GT(list_segments(directory_.path()).size(), 5U);
  const auto lines = entries();
  ASSERT_EQ(lines.size(), 120U);
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_EQ(sequence_of(lines[i]), i + 1);
  EXPECT_TRUE(findings().empty()) << findings().front().what;
}

TEST_F(JournalTest, ManyThreadsMakeOneChain) {
  segment_bytes_ = 64 * 1024;
  open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([this, t] {
      for (int i = 0; i < 250; ++i) EXPECT_TRUE(journal_->append(entry(t * 1000 + i)));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(journal_->sync());
  EXPECT_EQ(journal_->stats().entries, 1000U);
  EXPECT_EQ(entries().size(), 1000U);
  EXPECT_TRUE(findings().empty()) << findings().front().what;
}

// After a power loss the file may end anywhere within the last record.
TEST_F(JournalTest, ATornLastRecordIsCutOffKeptAndReported) {
  open();
  append(0, 5);
  journal_.reset();
  const std::string whole = read_file(segment(1));
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;
  for (const std::size_t end : {last + 1, last + 40, whole.size() - 1}) {
    std::ofstream(segment(1), std::ios::binary) << whole.substr(0, end);
    fs::remove(cut_path(segment(1)));
    open();
    append(100, 102);
    journal_.reset();
    const auto lines = entries();
    ASSERT_EQ(lines.size(), 7U) << "cut at " << end;
    EXPECT_EQ(text_field(lines[4], "what"), "journal-recovered");
    EXPECT_EQ(text_field(lines[4], "rule"), "torn-record");
    EXPECT_NE(lines[4].find("\"cut_bytes\":" + std::to_string(end - last) + ","),
              std::string::npos);
    EXPECT_EQ(read_file(cut_path(segment(1))), whole.substr(last, end - last));
    EXPECT_TRUE(findings().empty()) << findings().front().what;
  }
}

TEST_F(JournalTest, ASegmentWhoseHeaderIsTornIsBegunAgain) {
  segment_bytes_ = 4096;
  open();
  append(0, 30);
  journal_.reset();
  const auto count = static_cast<std::uint32_t>(list_segments(directory_.path()).size());
  for (const std::string& rest : {std::string(), std::string("{\"format\":1,\"seg")}) {
    std::ofstream(segment(count + 1), std::ios::binary) << rest;
    open();
    append(30, 31);
    journal_.reset();
    EXPECT_EQ(list_segments(directory_.path()).size(), count + 1);
    EXPECT_TRUE(findings().empty()) << findings().front().what;
    fs::remove(segment(count + 1));
    fs::remove(cut_path(segment(count + 1)));
  }
}

// What follows a changed record is no tear: nothing of it may be lost, and verify has to tell.
TEST_F(JournalTest, ACutThatTakesWholeRecordsIsFound) {
  open();
  append(0, 10);
  journal_.reset();
  std::string content = read_file(segment(1));
  const std::size_t at = content.find("request-4");
  content[at + 8] = '5';
  std::ofstream(segment(1), std::ios::binary) << content;
  EXPECT_FALSE(findings().empty());
  open();
  append(20, 22);
  journal_.reset();
  EXPECT_NE(read_file(cut_path(segment(1))).find("request-9"), std::string::npos);
  EXPECT_FALSE(findings().empty()) << "restarting must not hide it";
}

TEST_F(JournalTest, AnotherNodeBeginsASegmentOfItsOwn) {
  open();
  append(0, 3);
  journal_.reset();
  node_ = NodeId{uuid_v7(1'750'000'000'001, 3, 4)};
  open();
  append(3, 6);
  EXPECT_EQ(list_segments(directory_.path()).size(), 2U);
  EXPECT_TRUE(findings().empty()) << findings().front().what;
}

TEST_F(JournalTest, HasOneWriter) {
  open();
  JournalOptions options;
  options.directory = directory_.path();
  options.node = node_;
  EXPECT_FALSE(Journal::open(options));
}

// /dev/full stands for the disk: every write to it fails with ENOSPC.
TEST_F(JournalTest, AFullDiskCostsTheReserveAndThenFailsAndThenRecovers) {
  segment_bytes_ = 1;  // every append begins a segment
  open();
  append(0, 1);
  const std::string reserve = directory_.path() + "/journal.reserve";
  ASSERT_TRUE(fs::exists(reserve));
  const auto next = static_cast<std::uint32_t>(list_segments(directory_.path()).size()) + 1;
  fs::create_symlink("/dev/full", segment(next));
  const auto refused = journal_->append(entry(1));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("No space left"), std::string::npos);
  EXPECT_FALSE(fs::exists(reserve)) << "given up before anything was refused";
  append(1, 3);
  EXPECT_TRUE(findings().empty()) << findings().front().what;
  EXPECT_EQ(entries().size(), 3U);
}

TEST_F(JournalTest, TextsAreEscaped) {
  open();
  Entry strange = entry(1);
  strange.request_id = "a\"b\\c";
  strange.rule = "x\",\"who\":\"root";
  ASSERT_TRUE(journal_->append(strange));
  const auto lines = entries();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(text_field(lines[0], "request_id"), "a\\\"b\\\\c");
  EXPECT_EQ(lines[0].find(field_pattern("who", "root")), std::string::npos);
  EXPECT_NE(lines[0].find(field_pattern("request_id", strange.request_id)), std::string::npos);
  EXPECT_TRUE(findings().empty());
}

TEST_F(JournalTest, AnEntryThatIsTooLongIsRefused) {
  open();
  Entry huge = entry(1);
  huge.rule = std::string(100'000, 'x');
  EXPECT_FALSE(journal_->append(huge));
  append(0, 1);
  EXPECT_TRUE(findings().empty());
}

}  // namespace
}  // namespace pim::audit
