// What is refused for lack of time: before it is read, and with a rest for its connection.
#include <gtest/gtest.h>

#include <chrono>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "api/io_thread.h"
#include "api/listener.h"
#include "api/server_testing.h"

namespace pim::api {
namespace {

using namespace std::chrono_literals;

constexpr const char* kSomePatient = "/v1/patients/018f2c9e-5b7a-7c11-9e57-2f6f8d0a4b10";

TEST(Shedding, RefusesACommandByItsPathAlone) {
  TestServer server;
  server.spine.set_full(true);
  RawClient client(server.port());
  client.send(request_text("PATCH", kSomePatient, "Content-Type: application/json\r\n",
                           "neither JSON nor from anyone with a token"));
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(problem_name(*reply), "overloaded");
  EXPECT_EQ(json_member(reply->body, "outcome"), "not-applied");
  EXPECT_EQ(reply->header("retry-after"), "1");
  EXPECT_NE(reply->header("pim-shard"), "");
  EXPECT_TRUE(server.spine.requests().empty());
  EXPECT_EQ(server.journal.all().size(), 0U) << "nobody knows whose it was";

  server.spine.set_full(false);
  client.send(request_text("PATCH", kSomePatient, "Content-Type: application/json\r\n", "{}"));
  EXPECT_EQ(client.receive()->status, 401);
}

TEST(Shedding, LeavesQueriesToTheirOwnQueue) {
  TestServer server;
  server.spine.set_full(true);
  RawClient client(server.port());
  client.send(request_text("GET", kSomePatient));
  EXPECT_EQ(client.receive()->status, 401);
}

// Sheds /shed, answers the rest; /pause holds the port's only thread, and /slow does for 60 ms.
class Shedder final : public HttpHandler {
 public:
  void handle(const std::shared_ptr<Exchange>& exchange) override {
    Response response;
    const auto target = exchange->request().target;
    if (target == "/pause") {
      paused.set_value();
      go_on.get_future().wait();
    } else if (target == "/slow") {
      const auto begin = std::chrono::steady_clock::now();
      while (std::chrono::steady_clock::now() - begin < 60ms) std::this_thread::yield();
    } else if (target == "/shed") {
      const std::lock_guard lock(mutex_);
      late_.push_back(exchange->request().late);
      response.status = 503;
      response.shed = true;
    }
    exchange->respond(std::move(response));
  }
  Response refuse(const ProblemInfo&, std::string_view, std::string_view) override { return {}; }

  // Of /shed, in turn.
  std::vector<bool> late() {
    const std::lock_guard lock(mutex_);
    return late_;
  }

  std::promise<void> paused;
  std::promise<void> go_on;

 private:
  std::mutex mutex_;
  std::vector<bool> late_;
};

// A client that was shed once without having waited, and a port whose thread another one holds.
class Rest : public testing::Test {
 protected:
  void SetUp() override {
    ListenerOptions options;
    options.address = "127.0.0.1";
    auto opened = Listener::open(options, shedder_);
    ASSERT_TRUE(opened.ok());
    listener_ = std::move(opened).value();
    ASSERT_TRUE(listener_->accept().ok());
    client_.emplace(listener_->port());
    client_->send(kShed);
    ASSERT_EQ(client_->receive()->status, 503);
    EXPECT_EQ(listener_->stats().rests, 0U);
    for (int i = 0; i < 9; ++i) {
      RawClient& other = others_.emplace_back(listener_->port());
      other.send(request_text("GET", "/hello"));
      ASSERT_EQ(other.receive()->status, 200);
    }
    pausing_.emplace(listener_->port());
    pausing_->send(request_text("GET", "/pause"));
    shedder_.paused.get_future().wait();
  }
  void TearDown() override { listener_->stop(); }
  // Sends it while nothing is read, for so long.
  void send_into_pause(const std::string& requests, std::chrono::milliseconds pause) {
    const auto sent = std::chrono::steady_clock::now();
    client_->send(requests);
    while (std::chrono::steady_clock::now() - sent < pause) std::this_thread::yield();
    shedder_.go_on.set_value();
    ASSERT_EQ(client_->receive()->status, 503);
  }

  const std::string kShed = request_text("GET", "/shed");
  Shedder shedder_;
  std::unique_ptr<Listener> listener_;
  std::optional<RawClient> client_, pausing_;
  std::deque<RawClient> others_;  // that are connected
};

TEST_F(Rest, FollowsARefusalWhoseRequestWaited) {
  ASSERT_NO_FATAL_FAILURE(send_into_pause(kShed, 150ms));
  const auto resting = std::chrono::steady_clock::now();
  client_->send(kShed);
  ASSERT_EQ(client_->receive()->status, 503);
  EXPECT_GE(std::chrono::steady_clock::now() - resting, 200ms);
  EXPECT_GE(listener_->stats().rests, 1U);
  EXPECT_EQ(shedder_.late(), std::vector<bool>(3, false)) << "one pause is no overload";
}

TEST_F(Rest, IsNotHeldAgainstWhatWaitsInIt) {
  // Read 60 ms apart, so that the queue stands when it is the client's turn, and long afterwards.
  for (std::size_t i = 0; i < others_.size(); ++i) {
    if (i == 4) client_->send(kShed);
    others_[i].send(request_text("GET", "/slow"));
  }
  shedder_.go_on.set_value();
  ASSERT_EQ(client_->receive()->status, 503);
  client_->send(kShed);
  ASSERT_EQ(client_->receive()->status, 503);
  EXPECT_EQ(shedder_.late(), (std::vector<bool>{false, true, false}));
}

TEST_F(Rest, EndsWithADrainWhichAnswersWhatCameInIt) {
  ASSERT_NO_FATAL_FAILURE(send_into_pause(kShed + kShed, 50ms));
  EXPECT_TRUE(listener_->drain(10s));
  const auto reply = client_->receive();
  ASSERT_TRUE(reply) << "it was read before the drain";
  EXPECT_EQ(reply->status, 503);
}

TEST(Shedding, IsOfAQueueThatStandsAndNotOfPausesFarApart) {
  IoThread thread(1s);
  const auto begin = std::chrono::steady_clock::now();
  const auto pass = [&](std::chrono::milliseconds until) {
    while (std::chrono::steady_clock::now() - begin < until) std::this_thread::yield();
  };
  EXPECT_FALSE(thread.late(2s)) << "what a pause left";
  pass(160ms);
  EXPECT_FALSE(thread.late(50ms)) << "nothing waited in between";
  pass(300ms);
  EXPECT_TRUE(thread.late(250ms)) << "something has waited ever since";
}

}  // namespace
}  // namespace pim::api
