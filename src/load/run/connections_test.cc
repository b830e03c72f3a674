#include "load/run/connections.h"

#include <gtest/gtest.h>

#include "load/loopback_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedReply::Then;

// What connections told, and a loop that waits for it.
class Told : public Connections::Owner {
 public:
  explicit Told(std::uint16_t port, std::size_t count = 1)
      : connections(*Connections::create("127.0.0.1", port, count, *this)) {}
  void replied(std::size_t, const Connections::Reply& reply, Deadline) override {
    statuses.push_back(reply.status);
    bodies.emplace_back(reply.body);
  }
  void failed(std::size_t, const AttemptError& error, Deadline) override {
    errors.push_back(error);
  }
  bool send(const std::string& path, std::chrono::milliseconds limit = 5s) {
    const auto connection = connections.take();
    if (!connection) return false;
    connections.wire(*connection) = "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    connections.send(*connection, Clock::now() + limit);
    return true;
  }
  void await_all() {
    while (connections.busy() > 0) {
      connections.wait(Clock::now() + 5ms);
      connections.expire(Clock::now());
    }
  }
  Connections connections;
  std::vector<int> statuses;
  std::vector<std::string> bodies;
  std::vector<AttemptError> errors;
};

std::string path_of(const std::string& request) {
  return request.substr(4, request.find(" HTTP") - 4);
}

TEST(Connections, AreMadeWhenWantedAndKept) {
  LoopbackServer server([](const std::string& request, std::size_t) {
    return ScriptedReply{ok_reply(path_of(request))};
  });
  Told told(server.port(), 3);
  EXPECT_EQ(server.connections(), 0u);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(told.send("/" + std::to_string(i)));
    told.await_all();
  }
  EXPECT_EQ(server.connections(), 1u);
  EXPECT_EQ(told.bodies.size(), 10u);
  EXPECT_EQ(told.bodies[9], "/9");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(told.send("/more"));
  EXPECT_FALSE(told.send("/none is free"));
  told.await_all();
  EXPECT_EQ(server.connections(), 3u);
  EXPECT_EQ(told.statuses.size(), 13u);
}

TEST(Connections, WhoIsAwayIsMetByEveryRequest) {
  std::uint16_t port = 0;
  {
    LoopbackServer gone([](const std::string&, std::size_t) { return ScriptedReply{}; });
    port = gone.port();
  }
  Told told(port, 2);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(told.send("/"));
    EXPECT_EQ(told.errors.size(), static_cast<std::size_t>(i)) << "nobody is called from send()";
    told.await_all();
  }
  ASSERT_EQ(told.errors.size(), 5u);
  EXPECT_EQ(told.errors[0].kind, Failure::connect);
  EXPECT_FALSE(told.errors[0].sent);
  EXPECT_EQ(told.errors[0].to_string(), "connect: Connection refused");
}

TEST(Connections, TellFailuresApartAndGoOn) {
  LoopbackServer server([](const std::string& request, std::size_t) {
    const auto path = path_of(request);
    if (path == "/reset") return ScriptedReply{"", Then::reset};
    if (path == "/close") return ScriptedReply{"", Then::close};
    if (path == "/part")
      return ScriptedReply{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nha", Then::close};
    if (path == "/hang") return ScriptedReply{"", Then::hang};
    if (path == "/noise") return ScriptedReply{"220 ready\r\n\r\n"};
    return ScriptedReply{ok_reply("well")};
  });
  Told told(server.port());
  const auto kinds = {std::pair{"/reset", Failure::reset}, std::pair{"/close", Failure::ended},
                      std::pair{"/part", Failure::ended}, std::pair{"/hang", Failure::timeout},
                      std::pair{"/noise", Failure::malformed}};
  for (const auto& [path, kind] : kinds) {
    ASSERT_TRUE(told.send(path, 200ms));
    told.await_all();
    ASSERT_FALSE(told.errors.empty()) << path;
    EXPECT_EQ(told.errors.back().kind, kind) << path;
    EXPECT_TRUE(told.errors.back().sent) << path;
    ASSERT_TRUE(told.send("/"));
    told.await_all();
  }
  EXPECT_EQ(told.errors.size(), 5u);
  EXPECT_EQ(told.statuses, std::vector<int>(5, 200));
}

TEST(Connections, OneThatTheServerClosedWhileIdleIsNotAFailure) {
  LoopbackServer server([](const std::string&, std::size_t connection) {
    return ScriptedReply{ok_reply("x"), connection == 0 ? Then::close : Then::keep};
  });
  Told told(server.port());
  ASSERT_TRUE(told.send("/"));
  told.await_all();
  // Until the end of the connection has come.
  for (int i = 0; i < 200; ++i) told.connections.wait(Clock::now() + 5ms);
  ASSERT_TRUE(told.send("/"));
  told.await_all();
  EXPECT_TRUE(told.errors.empty());
  EXPECT_EQ(told.statuses.size(), 2u);
  EXPECT_EQ(server.connections(), 2u);
}

TEST(Connections, AnAbortEndsWhatIsUnderWay) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{"", Then::hang}; });
  Told told(server.port(), 4);
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(told.send("/"));
  told.connections.wait(Clock::now() + 5ms);
  told.connections.abort(Clock::now());
  EXPECT_EQ(told.connections.busy(), 0u);
  EXPECT_EQ(told.errors.size(), 4u);
}

}  // namespace
}  // namespace pim::load
