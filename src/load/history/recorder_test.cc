#include "load/history/recorder.h"

#include <gtest/gtest.h>

#include <vector>

#include "load/history/history_reader.h"
#include "load/loopback_testing.h"
#include "load/temporary_directory_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

PreparedCommand bill_under(const std::string& request_id) {
  return {"open-bill",     "POST", "/v1/patients/p/encounters/e/bill", "{\"a\":1}", request_id,
          Uuid{{1, 2, 3}}, 7};
}

class RecorderTest : public testing::Test {
 protected:
  std::vector<HistoryRecord> records() {
    EXPECT_TRUE(history_.flush().ok());
    std::vector<HistoryRecord> all;
    auto reader = HistoryReader::open(directory_.path("history"));
    HistoryRecord record;
    while (*reader->next(record)) all.push_back(record);
    return all;
  }

  TemporaryDirectory directory_;
  HistoryWriter history_ = HistoryWriter::create(directory_.path("history")).value();
  Recorder recorder_{history_};
  const Caller caller_{5, "ann", "t"};
};

TEST_F(RecorderTest, RecordsAnAnswerAndASilence) {
  LoopbackServer server([](const std::string& request, std::size_t) {
    if (request.find("Idempotency-Key: k2") != std::string::npos) {
      return ScriptedReply{"", ScriptedReply::Then::reset};
    }
    return ScriptedReply{ok_reply("{}",
                                  "ETag: \"12\"\r\nPim-Position: 7.1.3\r\n"
                                  "Idempotency-Replayed: true\r\n")};
  });
  HttpClient client("127.0.0.1", server.port(), 5s);
  Response response;
  const auto told = recorder_.send(client, bill_under("k1"), caller_, &response);
  EXPECT_EQ(told.version, 12u);
  EXPECT_EQ(told.position, (Position{7, 1, 3}));
  EXPECT_TRUE(told.replayed);
  EXPECT_EQ(response.body, "{}");
  EXPECT_EQ(recorder_.send(client, bill_under("k2"), caller_).outcome, CallOutcome::info);
  const auto all = records();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].invocation.client, 5u);
  EXPECT_EQ(all[0].invocation.expected, 7u);
  EXPECT_EQ(all[0].invocation.fingerprint,
            request_fingerprint("POST", "/v1/patients/p/encounters/e/bill", "{\"a\":1}", 7));
  EXPECT_EQ(all[1].completion.outcome, CallOutcome::ok);
  EXPECT_EQ(all[1].completion.answer, answer_fingerprint("{}"));
  EXPECT_EQ(all[3].completion.outcome, CallOutcome::info);
}

TEST_F(RecorderTest, ACallThatReachedNobodyHasFailed) {
  HttpClient client("127.0.0.1", 1, 1s);
  EXPECT_EQ(recorder_.send(client, bill_under("k1"), caller_).outcome, CallOutcome::fail);
}

TEST_F(RecorderTest, AReadOfTheHistoryIsTheSameQuestionAsOneOfThePresent) {
  std::vector<std::string> requests;
  LoopbackServer server([&](const std::string& request, std::size_t) {
    requests.push_back(request);
    return ScriptedReply{ok_reply("{}", "ETag: \"12\"\r\n")};
  });
  HttpClient client("127.0.0.1", server.port(), 5s);
  ReadCall read{.operation = "get-patient",
                .target = "/v1/patients/p",
                .stream = Uuid{{1}},
                .min_position = {7, 1, 3}};
  EXPECT_EQ(recorder_.read(client, read, caller_).version, 12u);
  read.min_position = {};
  read.version = 12;
  recorder_.read(client, read, caller_);
  ASSERT_EQ(requests.size(), 2u);
  EXPECT_NE(requests[0].find("GET /v1/patients/p HTTP"), std::string::npos);
  EXPECT_NE(requests[0].find("Pim-Min-Position: 7.1.3"), std::string::npos);
  EXPECT_NE(requests[1].find("GET /v1/patients/p?version=12 HTTP"), std::string::npos);
  const auto all = records();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].invocation.kind, CallKind::read);
  EXPECT_EQ(all[0].invocation.min_position, (Position{7, 1, 3}));
  EXPECT_EQ(all[0].invocation.fingerprint, all[2].invocation.fingerprint);
  EXPECT_EQ(all[2].invocation.expected, 12u);
}

}  // namespace
}  // namespace pim::load
