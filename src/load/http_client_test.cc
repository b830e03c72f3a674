#include "load/http_client.h"

#include <gtest/gtest.h>

#include "load/http_reply.h"
#include "load/loopback_testing.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;
using Then = ScriptedReply::Then;

Request get(std::string target) { return {"GET", std::move(target), {}, ""}; }

HttpClient client_of(const LoopbackServer& server, std::chrono::milliseconds timeout = 5s) {
  return {"127.0.0.1", server.port(), timeout};
}

TEST(HttpClient, KeepsOneConnectionForManyRequests) {
  LoopbackServer server([](const std::string& request, std::size_t) {
    return ScriptedReply{ok_reply(request.substr(0, request.find(" HTTP")))};
  });
  auto client = client_of(server);
  for (int i = 0; i < 100; ++i) {
    const auto target = "/item/" + std::to_string(i);
    const auto response = client.send(get(target));
    ASSERT_TRUE(response.ok());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, "GET " + target);
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClient, SendsMethodHeadersAndBodyAsGiven) {
  std::string seen;
  LoopbackServer server([&seen](const std::string& request, std::size_t) {
    seen = request;
    return ScriptedReply{ok_reply("{}", "ETag: \"3\"\r\nPim-Position:  7.1.9 \r\n")};
  });
  auto client = client_of(server);
  const auto response =
      client.send({"POST", "/v1/patients", {{"Idempotency-Key", "k1"}}, R"({"sex":"F"})"});
  ASSERT_TRUE(response.ok());
  EXPECT_TRUE(seen.starts_with("POST /v1/patients HTTP/1.1\r\n")) << seen;
  const auto head = std::string_view(seen).substr(0, seen.find("\r\n\r\n") + 2);
  EXPECT_EQ(find_header(head, "idempotency-key"), "k1");
  EXPECT_EQ(find_header(head, "content-length"), "11");
  EXPECT_EQ(find_header(head, "host"), "127.0.0.1:" + std::to_string(server.port()));
  EXPECT_TRUE(seen.ends_with("\r\n\r\n{\"sex\":\"F\"}")) << seen;
  EXPECT_EQ(response->header("etag"), "\"3\"");
  EXPECT_EQ(response->header("pim-position"), "7.1.9");
  EXPECT_EQ(response->header("absent"), "");
}

TEST(HttpClient, PostWithoutABodyStatesItsLength) {
  std::string seen;
  LoopbackServer server([&seen](const std::string& request, std::size_t) {
    seen = request;
    return ScriptedReply{ok_reply("")};
  });
  ASSERT_TRUE(client_of(server).send({"POST", "/x", {}, ""}).ok());
  EXPECT_NE(seen.find("Content-Length: 0\r\n"), std::string::npos) << seen;
}

TEST(HttpClient, ReadsChunkedAndLargeBodies) {
  const std::string large(3'000'000, 'x');
  LoopbackServer server([&large](const std::string& request, std::size_t) {
    if (request.starts_with("GET /chunked")) {
      return ScriptedReply{
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
          "chunked\r\n\r\n4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n"};
    }
    return ScriptedReply{ok_reply(large)};
  });
  auto client = client_of(server);
  EXPECT_EQ(client.send(get("/chunked")).value().body, "wikipedia");
  EXPECT_EQ(client.send(get("/large")).value().body, large);
  EXPECT_EQ(client.send(get("/chunked")).value().body, "wikipedia");
  EXPECT_EQ(server.connections(), 1u);
}

TEST(HttpClient, ConnectsAnewAfterTheServerClosed) {
  LoopbackServer server([](const std::string& request, std::size_t connection) {
    const bool says_so = request.starts_with("GET /says");
    return ScriptedReply{
        ok_reply(std::to_string(connection), says_so ? "Connection: close\r\n" : ""), Then::close};
  });
  auto client = client_of(server);
  EXPECT_EQ(client.send(get("/says")).value().body, "0");
  EXPECT_EQ(client.send(get("/says")).value().body, "1");
}

TEST(HttpClient, NothingListensIsAnErrorBeforeSending) {
  std::uint16_t port = 0;
  {
    LoopbackServer gone([](const std::string&, std::size_t) { return ScriptedReply{}; });
    port = gone.port();
  }
  HttpClient client("127.0.0.1", port, 2s);
  const auto response = client.send(get("/"));
  ASSERT_FALSE(response.ok());
  EXPECT_FALSE(response.error().sent) << response.error().message;
}

TEST(HttpClient, AResetOrAnEndInsideAReplyLeavesTheOutcomeUnknown) {
  for (const Then then : {Then::reset, Then::close}) {
    for (const std::string partial : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}) {
      LoopbackServer server([&](const std::string& request, std::size_t) {
        if (request.starts_with("GET /again")) return ScriptedReply{ok_reply("back")};
        return ScriptedReply{partial, then};
      });
      auto client = client_of(server);
      const auto response = client.send(get("/"));
      ASSERT_FALSE(response.ok());
      EXPECT_TRUE(response.error().sent) << response.error().message;
      EXPECT_EQ(client.send(get("/again")).value().body, "back");
    }
  }
}

TEST(HttpClient, ASilentServerTimesOutWithTheOutcomeUnknown) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{"HTTP/1.1 2", Then::hang}; });
  auto client = client_of(server, 50ms);
  const auto started = Clock::now();
  const auto response = client.send(get("/"));
  ASSERT_FALSE(response.ok());
  EXPECT_TRUE(response.error().sent);
  EXPECT_GE(Clock::now() - started, 50ms);
  EXPECT_NE(response.error().message.find("timed out"), std::string::npos);
}

TEST(HttpClient, GarbageIsAnErrorNotAReply) {
  LoopbackServer server(
      [](const std::string&, std::size_t) { return ScriptedReply{"SSH-2.0-OpenSSH\r\n\r\n"}; });
  const auto response = client_of(server).send(get("/"));
  ASSERT_FALSE(response.ok());
  EXPECT_TRUE(response.error().sent);
}

}  // namespace
}  // namespace pim::load
