#include "load/history/history.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <vector>

#include "load/history/codec.h"
#include "load/history/history_reader.h"
#include "load/temporary_directory_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

const std::string kUuid = "018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10";

class HistoryTest : public testing::Test {
 protected:
  HistoryWriter create(const HistoryOptions& options = {}) {
    std::filesystem::remove(file_);
    return HistoryWriter::create(file_, options).value();
  }
  struct Read {
    std::vector<HistoryRecord> records;
    std::vector<std::string> request_ids;
    std::string error;
    bool sealed = false;
  };
  Read read() const {
    Read all;
    auto reader = HistoryReader::open(file_);
    if (!reader) return {{}, {}, reader.error(), false};
    HistoryRecord record;
    while (true) {
      const auto more = reader->next(record);
      if (!more) all.error = more.error();
      if (!more || !*more) break;
      all.records.push_back(record);
      if (record.is_invoke) all.request_ids.emplace_back(record.invocation.request_id);
    }
    all.sealed = reader->sealed();
    return all;
  }
  std::string bytes() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& bytes) const {
    std::ofstream(file_, std::ios::binary | std::ios::trunc) << bytes;
  }

  TemporaryDirectory directory_;
  const std::string file_ = directory_.path("history.bin");
};

TEST_F(HistoryTest, KeepsBothEndsOfACall) {
  {
    auto writer = create({.started_at = {1234}});
    Invocation call;
    call.client = 70'000;
    call.at = 5s;
    call.operation = writer.intern("open-bill");
    call.user = writer.intern("ann");
    EXPECT_EQ(writer.intern("open-bill"), call.operation);
    call.request_id = kUuid;
    call.stream = Uuid{{1, 2, 3}};
    call.fingerprint = 0xfedc'ba98'7654'3210;
    call.expected = 300;
    call.attempt = 2;
    EXPECT_EQ(writer.invoke(call), 1u);
    Invocation read;
    read.kind = CallKind::read;
    read.at = 4s;  // another thread's clock
    read.request_id = "not a uuid";
    read.min_position = {4095, 2, 1'000'000'000'000};
    EXPECT_EQ(writer.invoke(read), 2u);
    Completion answer;
    answer.at = 6s;
    answer.outcome = CallOutcome::ok;
    answer.status = 201;
    answer.version = 301;
    answer.position = {7, 1, 9};
    answer.replayed = true;
    answer.answer = 42;
    writer.complete(1, answer);
    Completion refusal;
    refusal.outcome = CallOutcome::fail;
    refusal.status = 404;
    refusal.problem = writer.intern("not-found");
    writer.complete(2, refusal);
    EXPECT_TRUE(writer.seal().ok());
  }
  const auto all = read();
  EXPECT_EQ(all.error, "");
  EXPECT_TRUE(all.sealed);
  ASSERT_EQ(all.records.size(), 4u);
  const auto& call = all.records[0].invocation;
  EXPECT_TRUE(all.records[0].is_invoke);
  EXPECT_EQ(all.records[0].call, 1u);
  EXPECT_EQ(call.kind, CallKind::command);
  EXPECT_EQ(call.client, 70'000u);
  EXPECT_EQ(call.at, 5s);
  EXPECT_EQ(all.request_ids[0], kUuid);
  EXPECT_EQ(call.stream, (Uuid{{1, 2, 3}}));
  EXPECT_EQ(call.fingerprint, 0xfedc'ba98'7654'3210);
  EXPECT_EQ(call.expected, 300u);
  EXPECT_EQ(call.attempt, 2u);
  EXPECT_EQ(call.min_position, Position{});
  const auto& other = all.records[1].invocation;
  EXPECT_EQ(other.kind, CallKind::read);
  EXPECT_EQ(other.at, 4s);
  EXPECT_EQ(all.request_ids[1], "not a uuid");
  EXPECT_TRUE(other.stream.is_nil());
  EXPECT_EQ(other.min_position, (Position{4095, 2, 1'000'000'000'000}));
  EXPECT_EQ(other.attempt, 1u);
  const auto& answer = all.records[2].completion;
  EXPECT_FALSE(all.records[2].is_invoke);
  EXPECT_EQ(all.records[2].call, 1u);
  EXPECT_EQ(answer.at, 6s);
  EXPECT_EQ(answer.outcome, CallOutcome::ok);
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.version, 301u);
  EXPECT_EQ(answer.position, (Position{7, 1, 9}));
  EXPECT_TRUE(answer.replayed);
  EXPECT_EQ(answer.answer, 42u);
  auto reader = HistoryReader::open(file_);
  EXPECT_EQ(reader->started_at().value, 1234);
  HistoryRecord record;
  while (*reader->next(record)) {
  }
  EXPECT_EQ(reader->text(record.completion.problem), "not-found");
  EXPECT_EQ(reader->text(call.operation), "open-bill");
  EXPECT_EQ(reader->text(0), "");
  EXPECT_EQ(reader->text(99), "");
}

TEST_F(HistoryTest, IsOfOneRun) {
  create();
  const auto again = HistoryWriter::create(file_);
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().find(file_), std::string::npos) << again.error();
}

TEST_F(HistoryTest, ACallTakesAbout120BytesAtMost) {
  auto writer = create();
  constexpr std::uint64_t kCalls = 1000;
  for (std::uint64_t i = 1; i <= kCalls; ++i) {
    Invocation call;
    call.at = std::chrono::microseconds(300 * i);
    call.client = 200;
    call.operation = writer.intern("open-bill");
    call.user = writer.intern("ann");
    call.request_id = kUuid;
    call.stream = Uuid{{1}};
    call.fingerprint = i << 40;
    Completion answer;
    answer.at = call.at + 5ms;
    answer.outcome = CallOutcome::ok;
    answer.status = 201;
    answer.version = i;
    answer.position = {4000, 3, i * 100};
    answer.answer = i << 50;
    writer.complete(writer.invoke(call), answer);
  }
  ASSERT_TRUE(writer.flush().ok());
  EXPECT_LT(std::filesystem::file_size(file_), kCalls * 120);
}

TEST_F(HistoryTest, IsSealedOnlyWhereTheSealIsTheLastRecord) {
  auto writer = create();
  writer.invoke({});
  ASSERT_TRUE(writer.flush().ok());
  EXPECT_FALSE(read().sealed);
  ASSERT_TRUE(writer.seal().ok());
  EXPECT_TRUE(read().sealed);
  writer.complete(1, {});
  ASSERT_TRUE(writer.flush().ok());
  EXPECT_FALSE(read().sealed);
  EXPECT_EQ(read().records.size(), 2u);
}

TEST_F(HistoryTest, AKilledWriterLeavesWhatItHadWrittenAnIntervalBefore) {
  auto writer = create({.started_at = {}, .flush_interval = 0ms});
  writer.invoke({});
  EXPECT_EQ(read().records.size(), 1u);  // while the writer lives
}

// Wherever the last block is cut, the records before it are read, and nothing else.
TEST_F(HistoryTest, ATornEndIsTheEnd) {
  auto writer = create();
  writer.intern("ann");
  writer.invoke({});
  ASSERT_TRUE(writer.flush().ok());
  const auto first = bytes().size();
  writer.invoke({});
  ASSERT_TRUE(writer.seal().ok());
  const auto whole = bytes();
  for (auto size = first; size < whole.size(); ++size) {
    write(whole.substr(0, size));
    const auto all = read();
    EXPECT_EQ(all.error, "") << size;
    EXPECT_EQ(all.records.size(), 1u) << size;
    EXPECT_FALSE(all.sealed) << size;
  }
  auto garbled = whole;
  garbled.back() ^= 1;
  write(garbled);
  EXPECT_EQ(read().records.size(), 1u);
  EXPECT_EQ(read().error, "");
}

TEST_F(HistoryTest, DamageBeforeTheEndIsAnError) {
  auto writer = create();
  writer.invoke({});
  ASSERT_TRUE(writer.flush().ok());
  const auto first = bytes().size();
  writer.invoke({});
  ASSERT_TRUE(writer.seal().ok());
  const auto whole = bytes();
  for (auto at = history_format::kHeaderBytes; at < first; ++at) {
    auto damaged = whole;
    damaged[at] ^= 1;
    write(damaged);
    const auto all = read();
    // A length that became too long for the file looks like a torn end.
    const bool cut = all.error.empty() && all.records.empty() && !all.sealed;
    EXPECT_TRUE(cut || all.error.find("damaged at byte 24") != std::string::npos)
        << at << " " << all.error;
  }
}

TEST_F(HistoryTest, RefusesWhatIsNoHistoryOrOfALaterFormat) {
  create();
  auto header = bytes();
  write("{\"op\":\"invoke\"}");
  EXPECT_NE(read().error.find("not a history"), std::string::npos);
  header[history_format::kMagic.size()] = 9;
  write(header);
  EXPECT_NE(read().error.find("format 9"), std::string::npos) << read().error;
  EXPECT_FALSE(HistoryReader::open(directory_.path("absent")).ok());
}

TEST_F(HistoryTest, AnImpossibleRecordUnderAGoodChecksumIsAnError) {
  auto writer = create();
  writer.complete(1, {});  // of a call that was never invoked
  ASSERT_TRUE(writer.flush().ok());
  EXPECT_NE(read().error.find("damaged"), std::string::npos);
}

TEST_F(HistoryTest, RecordsOfSeveralThreadsNeverMix) {
  constexpr int kThreads = 4;
  constexpr int kEach = 2500;
  {
    auto writer = create();
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&writer, t] {
        for (int i = 0; i < kEach; ++i) {
          const auto id = std::to_string(t) + "-" + std::to_string(i);
          Invocation call;
          call.user = writer.intern("user-" + std::to_string(t));
          call.request_id = id;
          Completion answer;
          answer.status = static_cast<std::uint16_t>(t);
          writer.complete(writer.invoke(call), answer);
        }
      });
    }
    for (auto& thread : threads) thread.join();
    ASSERT_TRUE(writer.seal().ok());
  }
  const auto all = read();
  EXPECT_EQ(all.error, "");
  EXPECT_TRUE(all.sealed);
  EXPECT_EQ(all.records.size(), 2u * kThreads * kEach);
  const std::set<std::string> ids(all.request_ids.begin(), all.request_ids.end());
  EXPECT_EQ(ids.size(), 1u * kThreads * kEach);
}

TEST_F(HistoryTest, SaysWhyItCannotWrite) {
  EXPECT_FALSE(HistoryWriter::create(directory_.path("absent/history.bin")).ok());
  auto writer = create();
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{history_format::kHeaderBytes, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &none);
  writer.invoke({});
  const auto flushed = writer.flush();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(flushed.ok());
  EXPECT_NE(flushed.error().find(file_), std::string::npos) << flushed.error();
  writer.invoke({});
  EXPECT_FALSE(writer.seal().ok()) << "nothing is written behind a hole";
  EXPECT_TRUE(read().records.empty());
}

TEST(HistoryPosition, IsWhatTheHeaderSays) {
  EXPECT_EQ(Position::parse("17.2.99"), (Position{17, 2, 99}));
  EXPECT_EQ((Position{17, 2, 99}).to_string(), "17.2.99");
  for (const auto* text : {"", "17", "17.2", "17.2.", "a.b.c", "17.2.9x", "1.2.3.4", "-1.2.3"}) {
    EXPECT_EQ(Position::parse(text), Position{}) << text;
  }
}

TEST(HistoryFingerprint, IsTheBeginningOfTheServersOwn) {
  // sha256 of the parts, each behind its length as 64 bits, big-endian:
  //   printf '\0\0\0\0\0\0\0\4POST\0\0\0\0\0\0\0\2/x\0\0\0\0\0\0\0\2{}\0\0\0\0\0\0\0\3"7"'
  EXPECT_EQ(request_fingerprint("POST", "/x", "{}", 7), 0xf0ef'ea1f'47f7'755f);
  EXPECT_NE(request_fingerprint("POST", "/x", "{}", 7), request_fingerprint("POST", "/x", "{}", 8));
  EXPECT_NE(request_fingerprint("POST", "/x", "{}"), request_fingerprint("POST", "/x{}", ""));
}

TEST(HistoryFingerprint, OfAChartIsWithoutItsEnd) {
  const std::string chart = R"({"patient":{"sex":"x"},"encounters":[{"a":1}])";
  const auto of = [](const std::string& body) { return answer_fingerprint(body); };
  EXPECT_EQ(of(chart + R"(,"next_cursor":"abc","version":7})"),
            of(chart + R"(,"next_cursor":"7-20","version":7,"recorded_at":"2026"})"));
  EXPECT_NE(of(chart + R"(,"version":7})"),
            of(R"({"patient":{"sex":"x"},"encounters":[{"a":2}],"version":7})"));
  EXPECT_NE(of(R"({"id":"a"})"), of(R"({"id":"b"})"));
}

TEST(HistoryOutcome, KnowsWhatARefusalAndAnUnknownOutcomeAre) {
  EXPECT_EQ(outcome_of(201, ""), CallOutcome::ok);
  EXPECT_EQ(outcome_of(404, ""), CallOutcome::fail);
  EXPECT_EQ(outcome_of(412, ""), CallOutcome::fail);
  EXPECT_EQ(outcome_of(500, ""), CallOutcome::info);
  EXPECT_EQ(outcome_of(503, R"({"outcome":"unknown"})"), CallOutcome::info);
  EXPECT_EQ(outcome_of(503, R"({"outcome":"not-applied"})"), CallOutcome::fail);
  EXPECT_EQ(outcome_of(507, ""), CallOutcome::fail);
  EXPECT_EQ(problem_of(R"({"type":"urn:pim:problem:stale-version","title":"x"})"), "stale-version");
  EXPECT_EQ(problem_of("{}"), "");
}

}  // namespace
}  // namespace pim::load
