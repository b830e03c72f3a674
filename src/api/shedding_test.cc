// What is refused for lack of time: before it is read, and with a rest for its connection.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
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

// Sheds all but /pause, which holds the port's only thread.
class Shedder final : public HttpHandler {
 public:
  void handle(const std::shared_ptr<Exchange>& exchange) override {
    Response response;
    if (exchange->request().target == "/pause") {
      paused.set_value();
      go_on.get_future().wait();
    } else {
      const std::lock_guard lock(mutex_);
      late_.push_back(exchange->request().late);
      response.status = 503;
      response.shed = true;
    }
    exchange->respond(std::move(response));
  }
  Response refuse(const ProblemInfo&, std::string_view, std::string_view) override { return {}; }

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

TEST(Shedding, LetsAConnectionRestWhoseRequestWaitedAndDoesNotHoldTheRestAgainstIt) {
  Shedder shedder;
  ListenerOptions options;
  options.address = "127.0.0.1";
  auto listener = Listener::open(options, shedder);
  ASSERT_TRUE(listener.ok());
  ASSERT_TRUE((*listener)->accept().ok());
  RawClient client((*listener)->port());
  client.send(request_text("GET", "/shed"));
  ASSERT_EQ(client.receive()->status, 503);
  EXPECT_EQ((*listener)->stats().rests, 0U) << "it did not wait";

  RawClient other((*listener)->port());
  other.send(request_text("GET", "/pause"));
  shedder.paused.get_future().wait();
  const auto sent = std::chrono::steady_clock::now();
  client.send(request_text("GET", "/shed"));
  while (std::chrono::steady_clock::now() - sent < 150ms) std::this_thread::yield();
  shedder.go_on.set_value();
  ASSERT_EQ(client.receive()->status, 503);

  // It rests now, in which this waits.
  const auto resting = std::chrono::steady_clock::now();
  client.send(request_text("GET", "/shed"));
  ASSERT_EQ(client.receive()->status, 503);
  EXPECT_GE(std::chrono::steady_clock::now() - resting, 200ms);
  EXPECT_GE((*listener)->stats().rests, 1U);
  EXPECT_EQ(shedder.late(), (std::vector<bool>(3, false))) << "one pause is no overload";
  (*listener)->stop();
}

TEST(Shedding, ADrainAnswersWhatCameDuringARest) {
  Shedder shedder;
  ListenerOptions options;
  options.address = "127.0.0.1";
  auto listener = Listener::open(options, shedder);
  ASSERT_TRUE(listener.ok());
  ASSERT_TRUE((*listener)->accept().ok());
  RawClient other((*listener)->port());
  RawClient client((*listener)->port());
  client.send(request_text("GET", "/shed"));
  ASSERT_EQ(client.receive()->status, 503);
  other.send(request_text("GET", "/pause"));
  shedder.paused.get_future().wait();
  const auto sent = std::chrono::steady_clock::now();
  client.send(request_text("GET", "/shed") + request_text("GET", "/shed"));
  while (std::chrono::steady_clock::now() - sent < 50ms) std::this_thread::yield();
  shedder.go_on.set_value();
  ASSERT_EQ(client.receive()->status, 503);
  EXPECT_TRUE((*listener)->drain(10s));
  const auto reply = client.receive();
  ASSERT_TRUE(reply) << "it was read before the drain";
  EXPECT_EQ(reply->status, 503);
  (*listener)->stop();
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
