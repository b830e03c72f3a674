#include "chaos/net/proxy.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <thread>
#include <utility>

#include "chaos/process/process_id.h"
#include "load/http_client.h"
#include "load/loopback_testing.h"

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;
using load::Clock;

constexpr auto kLimit = 60s;  // of what must come; a slow machine may take its time

class ProxyTest : public testing::Test {
 protected:
  void SetUp() override {
    auto proxy = Proxy::start({"127.0.0.1", 0}, {"127.0.0.1", server_.port()});
    ASSERT_TRUE(proxy.ok()) << proxy.error();
    proxy_ = std::move(*proxy);
  }

  RuleId add(std::string_view kind, const ParameterTexts& texts = {}) {
    const auto rule = proxy_->instrument().add(kind, texts);
    EXPECT_TRUE(rule.ok()) << rule.error();
    return rule ? *rule : 0;
  }
  std::uint64_t hits(RuleId rule) { return proxy_->instrument().hits(rule); }
  void remove(RuleId rule) { proxy_->instrument().remove(rule); }

  load::HttpClient client() const { return {"127.0.0.1", proxy_->port(), kLimit}; }
  static bool answers(load::HttpClient& client) {
    const auto response = client.send({"GET", "/", {}, ""});
    return response.ok() && response->body == "here";
  }
  load::Fd connect() const {
    auto fd = load::connect_tcp("127.0.0.1", proxy_->port(), Clock::now() + kLimit);
    EXPECT_TRUE(fd.ok());
    return std::move(*fd);
  }

  std::string body_ = "here";
  load::LoopbackServer server_{[this](const std::string&, std::size_t) -> load::ScriptedReply {
    return {load::ok_reply(body_), load::ScriptedReply::Then::keep};
  }};
  std::unique_ptr<Proxy> proxy_;
};

TEST_F(ProxyTest, PassesBytesAndEndsOn) {
  body_ = "here";
  auto one = client();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(answers(one));
  EXPECT_EQ(server_.connections(), 1U);
  body_ = std::string(5'000'000, 'x');
  const auto large = client().send({"GET", "/", {}, ""});
  ASSERT_TRUE(large.ok()) << large.error().message;
  EXPECT_EQ(large->body, body_);
  // the server's end comes through
  const auto raw = connect();
  server_.stop();
  ASSERT_TRUE(load::wait_for(raw, POLLIN, Clock::now() + kLimit));
  char byte = 0;
  EXPECT_LE(::recv(raw.get(), &byte, 1, 0), 0);
}

TEST_F(ProxyTest, DelaysEachWay) {
  auto one = client();
  ASSERT_TRUE(answers(one));
  const auto rule = add("net-delay", {{"delay", "40ms"}, {"direction", "to-server"}});
  const auto back = add("net-delay", {{"delay", "30ms"}, {"direction", "to-client"}});
  const auto begin = Clock::now();
  EXPECT_TRUE(answers(one));
  EXPECT_GE(Clock::now() - begin, 70ms);
  EXPECT_EQ(hits(rule), 1U);
  EXPECT_GE(hits(back), 1U);
}

TEST_F(ProxyTest, JitterKeepsTheOrderOfBytes) {
  body_ = std::string(300'000, 'x');
  for (std::size_t i = 0; i < body_.size(); ++i) body_[i] = static_cast<char>('a' + i / 1000 % 26);
  const auto rule = add("net-delay", {{"delay", "5ms"}, {"jitter", "5ms"}});
  const auto response = client().send({"GET", "/", {}, ""});
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->body, body_);
  EXPECT_GT(hits(rule), 2U);
}

TEST_F(ProxyTest, ThinsTheLine) {
  body_ = std::string(50'000, 'x');
  add("net-bandwidth", {{"rate", "200000"}, {"direction", "to-client"}});
  const auto begin = Clock::now();
  const auto response = client().send({"GET", "/", {}, ""});
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response->body, body_);
  EXPECT_GE(Clock::now() - begin, 240ms);
}

TEST_F(ProxyTest, StallsAShareAsLossDoes) {
  const auto rule = add("net-loss", {{"percent", "25"}, {"stall", "50ms"}});
  auto one = client();
  const auto begin = Clock::now();
  for (int i = 0; i < 8; ++i) EXPECT_TRUE(answers(one));  // 16 reads at least
  EXPECT_GE(hits(rule), 4U);
  EXPECT_GE(Clock::now() - begin, 200ms);
}

TEST_F(ProxyTest, ResetsAShare) {
  const auto rule = add("net-reset", {{"percent", "50"}});
  int failed = 0;
  for (int i = 0; i < 10; ++i) {
    auto one = client();
    if (!answers(one)) ++failed;
  }
  EXPECT_GE(failed, 5);
  EXPECT_GE(hits(rule), 5U);
  remove(rule);
  auto one = client();
  EXPECT_TRUE(answers(one));
}

TEST_F(ProxyTest, CutsOldAndNewConnections) {
  auto old = client();
  ASSERT_TRUE(answers(old));
  const auto idle = connect();
  const auto rule = add("net-cut");
  ASSERT_TRUE(load::wait_for(idle, POLLIN, Clock::now() + kLimit)) << "idle ones notice, too";
  char byte = 0;
  EXPECT_EQ(::recv(idle.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
  EXPECT_FALSE(answers(old));
  auto fresh = client();
  EXPECT_FALSE(answers(fresh));
  EXPECT_GE(hits(rule), 3U);
  remove(rule);
  EXPECT_TRUE(answers(fresh));
}

TEST_F(ProxyTest, HoldsWhatPassesUntilTheRuleIsRemoved) {
  auto one = client();
  ASSERT_TRUE(answers(one));
  const auto requests = server_.requests();
  const auto rule = add("net-blackhole");
  bool answered = false;
  std::thread asking([&] { answered = answers(one); });
  ASSERT_TRUE(wait_until_so(kLimit, [&] { return hits(rule) > 0; }));
  EXPECT_EQ(server_.requests(), requests);
  remove(rule);
  asking.join();
  EXPECT_TRUE(answered) << "what was held goes on";
}

TEST_F(ProxyTest, HoldsOneWayOnly) {
  auto one = client();
  ASSERT_TRUE(answers(one));
  const auto requests = server_.requests();
  const auto rule = add("net-blackhole", {{"direction", "to-client"}});
  std::thread asking([&] { EXPECT_TRUE(answers(one)); });
  ASSERT_TRUE(wait_until_so(kLimit, [&] { return hits(rule) > 0; }));
  EXPECT_EQ(server_.requests(), requests + 1) << "requests arrive, replies do not";
  remove(rule);
  asking.join();
}

TEST_F(ProxyTest, ResetsWhereTheServerIsAway) {
  server_.stop();
  auto fresh = client();
  EXPECT_FALSE(answers(fresh));
}

TEST_F(ProxyTest, EndsWithOpenConnections) {
  const auto idle = connect();
  add("net-blackhole");
  proxy_.reset();
  char byte = 0;
  ASSERT_TRUE(load::wait_for(idle, POLLIN, Clock::now() + kLimit));
  EXPECT_LE(::recv(idle.get(), &byte, 1, 0), 0);
}

TEST(Loopback, IsWhereFaultsGo) {
  for (const auto* good : {"127.0.0.1:8080", "127.9.9.9:1", "localhost:80", "[::1]:443"}) {
    EXPECT_TRUE(parse_loopback(good).ok()) << good;
  }
  for (const auto* bad :
       {"", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "127.0.0.1:80x", "128.0.0.1:80",
        "192.0.2.1:80", "0.0.0.0:80", "example.org:80", "[::]:80", "[2001:db8::1]:80"}) {
    EXPECT_FALSE(parse_loopback(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace pim::chaos
