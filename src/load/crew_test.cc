#include "load/crew.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "load/history/history_reader.h"
#include "load/http_reply.h"
#include "load/loopback_testing.h"
#include "load/temporary_directory_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedReply::Then;

// A store in memory with receipts: what a server must be to a client.
class FakeSpine {
 public:
  ScriptedReply answer(const std::string& request, bool lose_reply = false) {
    const auto head = std::string_view(request).substr(0, request.find("\r\n\r\n") + 2);
    const std::string key(find_header(head, "idempotency-key"));
    const auto known = receipts_.find(key);
    const bool replayed = known != receipts_.end();
    const Version version = replayed ? known->second : (receipts_[key] = receipts_.size() + 1);
    if (lose_reply) return {"", Then::reset};
    return {ok_reply("{}", "ETag: \"" + std::to_string(version) + "\"\r\nPim-Position: 1.1." +
                               std::to_string(version) + "\r\n" +
                               (replayed ? "Idempotency-Replayed: true\r\n" : ""))};
  }
  void forget(std::size_t count) {
    for (auto entry = receipts_.begin(); entry != receipts_.end();) {
      if (entry->second + count > last_)
        entry = receipts_.erase(entry);
      else
        ++entry;
    }
  }
  void remember_last() { last_ = receipts_.size(); }
  std::size_t size() const { return receipts_.size(); }

 private:
  std::map<std::string, Version> receipts_;
  std::size_t last_ = 0;
};

class CrewTest : public testing::Test {
 protected:
  Crew make_crew(std::size_t members) {
    std::vector<CrewMember> all;
    all.reserve(members);
    for (std::size_t i = 0; i < members; ++i) all.push_back({"user-" + std::to_string(i), "t"});
    return {all, {.seed = 3}, reference_, recorder_};
  }
  std::vector<Completion> answers() {
    EXPECT_TRUE(history_.flush().ok());
    std::vector<Completion> all;
    auto reader = HistoryReader::open(directory_.path("history"));
    HistoryRecord record;
    while (*reader->next(record)) {
      if (!record.is_invoke) all.push_back(record.completion);
    }
    return all;
  }
  TemporaryDirectory directory_;
  ReferenceData reference_{3, {1'767'225'600'000}, 2, 4};
  HistoryWriter history_ = HistoryWriter::create(directory_.path("history")).value();
  Recorder recorder_{history_};
};

TEST_F(CrewTest, WritesUntilItIsStopped) {
  FakeSpine spine;
  LoopbackServer server(
      [&](const std::string& request, std::size_t) { return spine.answer(request); });
  auto crew = make_crew(4);
  ASSERT_TRUE(crew.prepare(server.port()).ok());
  crew.start(server.port());
  EXPECT_TRUE(crew.await_acknowledged(200, Clock::now() + 20s));
  crew.stop();
  EXPECT_GE(crew.totals().acknowledged, 200u);
  EXPECT_EQ(crew.totals().refused, 0u);
  EXPECT_FALSE(crew.patients().empty());
  EXPECT_EQ(std::ranges::count(answers(), CallOutcome::ok, &Completion::outcome),
            static_cast<std::ptrdiff_t>(crew.totals().acknowledged + reference_.setup().size()));
}

TEST_F(CrewTest, AsksAgainWithTheSameKeyOrGivesUpAfterALostReply) {
  FakeSpine spine;
  bool losing = true;
  LoopbackServer server(
      [&](const std::string& request, std::size_t) { return spine.answer(request, losing); });
  auto crew = make_crew(16);
  crew.start(server.port());
  EXPECT_FALSE(crew.await_acknowledged(1, Clock::now() + 20s));  // all are stuck
  crew.stop();
  EXPECT_EQ(crew.totals().unknown, 16u);
  EXPECT_EQ(spine.size(), 16u);
  losing = false;
  crew.start(server.port());
  EXPECT_TRUE(crew.await_acknowledged(100, Clock::now() + 20s));
  crew.stop();
  const auto replayed = std::ranges::count(answers(), true, &Completion::replayed);
  EXPECT_GT(replayed, 0);
  EXPECT_LT(replayed, 16);
}

TEST_F(CrewTest, AReplayFindsWhatTheServerForgot) {
  FakeSpine spine;
  LoopbackServer server(
      [&](const std::string& request, std::size_t) { return spine.answer(request); });
  auto crew = make_crew(1);
  crew.start(server.port());
  ASSERT_TRUE(crew.await_acknowledged(50, Clock::now() + 20s));
  crew.stop();
  const auto healthy = crew.replay(server.port(), 8);
  EXPECT_EQ(healthy.sent, 8u);
  EXPECT_EQ(healthy.not_replayed + healthy.different + healthy.unanswered, 0u);
  spine.remember_last();
  spine.forget(3);
  const auto damaged = crew.replay(server.port(), 8);
  EXPECT_EQ(damaged.not_replayed, 3u);
  EXPECT_EQ(damaged.findings.size(), 3u);
}

TEST_F(CrewTest, CountsRefusalsAndLeavesThePatient) {
  LoopbackServer server([&](const std::string&, std::size_t) {
    return ScriptedReply{"HTTP/1.1 409 Conflict\r\nContent-Length: 3\r\n\r\nwhy"};
  });
  auto crew = make_crew(1);
  crew.start(server.port());
  EXPECT_FALSE(crew.await_acknowledged(1, Clock::now() + 50ms));
  crew.stop();
  EXPECT_GT(crew.totals().refused, 0u);
  EXPECT_NE(crew.totals().first_refusal.find("why"), std::string::npos);
}

TEST_F(CrewTest, AServerThatIsGoneStopsEveryMember) {
  FakeSpine spine;
  auto server = std::make_unique<LoopbackServer>(
      [&](const std::string& request, std::size_t) { return spine.answer(request); });
  auto crew = make_crew(3);
  crew.start(server->port());
  ASSERT_TRUE(crew.await_acknowledged(20, Clock::now() + 20s));
  server->stop();
  EXPECT_FALSE(crew.await_acknowledged(1'000'000, Clock::now() + 20s));
  crew.stop();
  EXPECT_EQ(crew.totals().refused, 0u);
}

}  // namespace
}  // namespace pim::load
