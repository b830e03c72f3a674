#include "paused_server.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "load/http_client.h"
#include "load/temporary_directory_testing.h"

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST(PausedServerRecord, IsReadBack) {
  const auto record =
      parse_record("port 40001\nfirst 1000\npause 1500 9500\npause 20000 30000\nrequests 12\n");
  ASSERT_TRUE(record) << record.error();
  EXPECT_EQ(record->first, nanoseconds(1000));
  EXPECT_EQ(record->requests, 12u);
  ASSERT_EQ(record->pauses.size(), 2u);
  EXPECT_EQ(record->pauses[0].from, nanoseconds(1500));
  EXPECT_EQ(record->pauses[0].to, nanoseconds(9500));
  EXPECT_EQ(record->pauses[1].to, nanoseconds(30000));
}

TEST(PausedServerRecord, IsRefusedWhereItsEndIsMissingOrALineIsStrange) {
  EXPECT_FALSE(parse_record(""));
  EXPECT_FALSE(parse_record("port 40001\nfirst 1000\n"));
  EXPECT_FALSE(parse_record("port 40001\npause 1500\nrequests 12\n"));
  EXPECT_FALSE(parse_record("port 40001\npaws 1500 1600\nrequests 12\n"));
}

TEST(PausePlan, TookPlaceWhereEveryPauseIsInTheRecordAndLongEnough) {
  const PausePlan plan{.stops = {{100ms, 50ms}}, .stalls = {{300ms, 20ms}}};
  const Pause stop{1s + 101ms, 1s + 151ms};
  const Pause stall{1s + 300ms, 1s + 321ms};
  EXPECT_TRUE(took_place(plan, {1s, 9, {stop, stall}}));
  EXPECT_FALSE(took_place(plan, {1s, 9, {stop}}));
  EXPECT_FALSE(took_place(plan, {1s, 9, {stall}}));
  EXPECT_FALSE(took_place(plan, {1s, 9, {stop, {1s + 300ms, 1s + 310ms}}}));
  EXPECT_TRUE(took_place({}, {1s, 9, {}}));
}

class PausedServerTest : public testing::Test {
 protected:
  void start(PausePlan plan) {
    auto started = PausedServer::start({directory_.path(), {2ms, 4ms}, std::move(plan)});
    ASSERT_TRUE(started) << started.error();
    server_ = std::move(started).value();
    client_ = std::make_unique<load::HttpClient>("127.0.0.1", server_->port(), 30s);
  }
  void get() {
    const auto reply = client_->send({"GET", "/", {}, ""});
    ASSERT_TRUE(reply) << reply.error().message;
    EXPECT_EQ(reply->status, 200);
    ++sent_;
  }
  // The longest pause of its record.
  nanoseconds longest_pause() {
    const auto record = server_->finish();
    EXPECT_TRUE(record) << record.error();
    if (!record) return {};
    EXPECT_EQ(record->requests, sent_);
    nanoseconds longest{0};
    for (const Pause& pause : record->pauses) {
      EXPECT_LT(pause.from, pause.to);
      longest = std::max(longest, pause.to - pause.from);
    }
    return longest;
  }

  load::TemporaryDirectory directory_;
  std::unique_ptr<PausedServer> server_;
  std::unique_ptr<load::HttpClient> client_;
  std::uint64_t sent_ = 0;
};

TEST_F(PausedServerTest, RecordsThatItWasStopped) {
  start({.stops = {{20ms, 300ms}}, .stalls = {}});
  while (server_->stopped() < 1 && !HasFatalFailure()) get();
  EXPECT_GE(longest_pause(), 300ms);
}

TEST_F(PausedServerTest, RecordsThatItStalled) {
  start({.stops = {}, .stalls = {{20ms, 300ms}}});
  get();
  const auto due = load::Clock::now() + 20ms;
  while (load::Clock::now() < due && !HasFatalFailure()) get();
  get();  // it looks for what is due after each request
  get();
  EXPECT_GE(longest_pause(), 300ms);
}

TEST_F(PausedServerTest, AnswersNoSoonerThanItsServiceTime) {
  start({});
  const auto begin = load::Clock::now();
  for (int i = 0; i < 10; ++i) get();
  nanoseconds least{0};
  for (std::uint64_t n = 0; n < 10; ++n) least += ServiceTimes{2ms, 4ms}.of(n);
  EXPECT_GE(load::Clock::now() - begin, least);
}

}  // namespace
}  // namespace pim::bench
