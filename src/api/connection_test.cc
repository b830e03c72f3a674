// The server's sockets: framing, limits, time-outs, order, and the way out.
#include <gtest/gtest.h>

#include <thread>

#include "api/listener.h"
#include "api/server_testing.h"

namespace pim::api {
namespace {

using std::chrono::milliseconds;

std::string with_token(const std::string& lines = "") {
  return "Authorization: Bearer " + TestServer::token("registrar") + "\r\n" + lines;
}

constexpr const char* kPatient = R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";

std::string post(const std::string& lines, const std::string& rest) {
  return "POST /v1/patients HTTP/1.1\r\nHost: lab\r\nContent-Type: application/json\r\n" +
         with_token(lines) + "\r\n" + rest;
}

struct Malformed {
  std::string name;
  std::string bytes;
  int status;
};

std::vector<Malformed> malformed() {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  return {
      {"CL and TE", post("Content-Length: 5\r\n" + chunked, "0\r\n\r\n"), 400},
      {"TE and CL", post(chunked + "Content-Length: 5\r\n", "0\r\n\r\n"), 400},
      {"CL twice", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"), 400},
      {"CL list", post("Content-Length: 5,5\r\n", "hello"), 400},
      {"CL negative", post("Content-Length: -1\r\n", ""), 400},
      {"TE unknown", post("Transfer-Encoding: gzip\r\n", ""), 400},
      {"bare LF in the request line", "GET /livez HTTP/1.1\nHost: a\n\n", 400},
      {"bare LF in a header", "GET /livez HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", 400},
      {"bare CR in a header", "GET /livez HTTP/1.1\r\nHost: a\r\nX: y\rz\r\n\r\n", 400},
      {"obs-fold", "GET /livez HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n", 400},
      {"space before the colon", "GET /livez HTTP/1.1\r\nHost : a\r\n\r\n", 400},
      {"NUL", std::string("GET /livez HTTP/1.1\r\nHost: a\0b\r\n\r\n", 35), 400},
      {"no Host", "GET /livez HTTP/1.1\r\n\r\n", 400},
      {"Host twice", "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"no version", "GET /livez\r\n\r\n", 400},
      {"nonsense", "\x16\x03\x01\x02\r\n\r\n", 400},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"chunk size not hexadecimal", post(chunked, "zz\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk size negative", post(chunked, "-5\r\nhello\r\n0\r\n\r\n"), 400},
      {"chunk size overflows", post(chunked, "fffffffffffffffff\r\nx\r\n0\r\n\r\n"), 400},
      {"chunk without its CRLF", post(chunked, "5\r\nhelloX0\r\n\r\n"), 400},
      {"chunk with a bare LF", post(chunked, "5\nhello\n0\n\n\r\n"), 400},
      {"chunk larger than the limit", post(chunked, "fffff\r\nhello"), 413},
      {"body larger than the limit", post("Content-Length: 65537\r\n", ""), 413},
      {"head larger than the limit",
       "GET /livez HTTP/1.1\r\nHost: a\r\nX: " + std::string(17000, 'x') + "\r\n\r\n", 431},
      {"endless head", "GET /livez HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x'), 431},
      {"too many headers",
       [] {
         std::string text = "GET /livez HTTP/1.1\r\nHost: a\r\n";
         for (int i = 0; i < 101; ++i) text += "X: y\r\n";
         return text + "\r\n";
       }(),
       431},
      {"unknown expectation", post("Expect: teapot\r\nContent-Length: 2\r\n", ""), 417},
  };
}

TEST(Connection, RefusesMalformedRequestsAndCloses) {
  TestServer server;
  for (const auto& [name, bytes, status] : malformed()) {
    RawClient client(server.port());
    client.send(bytes);
    const auto reply = client.receive();
    ASSERT_TRUE(reply) << name;
    EXPECT_EQ(reply->status, status) << name << reply->body;
    EXPECT_EQ(reply->header("content-type"), "application/problem+json") << name;
    EXPECT_EQ(reply->header("connection"), "close") << name;
    EXPECT_EQ(json_member(reply->body, "status"), std::to_string(status)) << name;
    EXPECT_TRUE(client.closed()) << name;
  }
  EXPECT_TRUE(server.spine.requests().empty()) << "nothing malformed may reach the spine";
}

TEST(Connection, AnswersPipelinedRequestsInOrder) {
  TestServer server;
  RawClient client(server.port());
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    const std::string id = "X-Request-Id: order-" + std::to_string(i) + "\r\n";
    bytes +=
        request_text("GET", i % 2 == 0 ? "/v1/codes/PCS/frequency" : "/nothing", with_token(id));
    const std::string key = "Idempotency-Key: key-" + std::to_string(i) + "\r\n";
    bytes += request_text("POST", "/v1/patients",
                          with_token(key + "Content-Type: application/json\r\n"), kPatient);
  }
  client.send(bytes);
  for (int i = 0; i < 20; ++i) {
    const auto read = client.receive();
    ASSERT_TRUE(read);
    EXPECT_EQ(read->status, i % 2 == 0 ? 200 : 404);
    EXPECT_EQ(read->header("x-request-id"), "order-" + std::to_string(i));
    const auto write = client.receive();
    ASSERT_TRUE(write);
    EXPECT_EQ(write->status, 201);
    EXPECT_EQ(write->header("idempotency-key"), "key-" + std::to_string(i));
  }
}

TEST(Connection, ReadsARequestThatArrivesByteByByte) {
  TestServer server;
  RawClient client(server.port());
  const std::string bytes = post("Transfer-Encoding: chunked\r\n",
                                 "11;ext=1\r\n{\"birth_year\":195\r\n26\r\n7,\"sex\":\"F\","
                                 "\"state\":\"OH\",\"zip3\":\"441\"}\r\n"
                                 "0\r\nAuthorization: Bearer nonsense\r\n\r\n");
  for (const char c : bytes) client.send({&c, 1});
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 201) << reply->body;
}

TEST(Connection, KeepsAliveAndClosesWhenAsked) {
  TestServer server;
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send(request_text("GET", "/openapi.json"));
    ASSERT_EQ(client.receive()->status, 200);
  }
  client.send(request_text("GET", "/openapi.json", "Connection: close\r\n"));
  const auto last = client.receive();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST(Connection, SpeaksHttp10AndCloses) {
  TestServer server;
  RawClient client(server.port());
  client.send("GET /openapi.json HTTP/1.0\r\n\r\n");
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->header("connection"), "close");
  EXPECT_TRUE(client.closed());
}

TEST(Connection, AnswersHeadWithoutABody) {
  TestServer server;
  RawClient client(server.port());
  client.send(request_text("HEAD", "/openapi.json") + request_text("GET", "/nothing"));
  const auto head = client.receive(true);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->status, 200);
  EXPECT_GT(std::stoul(head->header("content-length")), 1000U);
  const auto next = client.receive();
  ASSERT_TRUE(next) << "a body after HEAD would be read as the next reply";
  EXPECT_EQ(next->status, 404);
}

TEST(Connection, AsksForTheBodyThatWaits) {
  TestServer server;
  RawClient client(server.port());
  const std::string body = kPatient;
  client.send(
      post("Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) + "\r\n", ""));
  const auto go = client.receive(true);
  ASSERT_TRUE(go);
  EXPECT_EQ(go->status, 100);
  client.send(body);
  const auto reply = client.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 201);
}

TEST(Connection, EndsSlowHeadsAndBodiesWith408) {
  ServerOptions options;
  options.header_timeout = milliseconds(60);
  options.body_timeout = milliseconds(60);
  TestServer server(options);
  RawClient head(server.port());
  head.send("GET /openapi.json HTT");
  RawClient body(server.port());
  body.send(post("Content-Length: 50\r\n", "{\"birth"));
  for (RawClient* client : {&head, &body}) {
    const auto reply = client->receive();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->status, 408);
    EXPECT_EQ(problem_name(*reply), "request-timeout");
    EXPECT_TRUE(client->closed());
  }
  EXPECT_TRUE(server.spine.requests().empty());
}

TEST(Connection, EndsASlowHeadThoughItNeverStops) {
  ServerOptions options;
  options.header_timeout = milliseconds(100);
  TestServer server(options);
  RawClient client(server.port());
  client.send("GET /openapi.json HTTP/1.1\r\nHost: a\r\n");
  std::atomic<bool> ended{false};
  std::thread drip([&] {
    while (!ended.load()) {
      client.send("X: y\r\n");
      std::this_thread::yield();
    }
  });
  const auto reply = client.receive();
  ended.store(true);
  drip.join();
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->status == 408 || reply->status == 431) << reply->status;
}

TEST(Connection, EndsIdleConnectionsQuietly) {
  ServerOptions options;
  options.idle_timeout = milliseconds(60);
  TestServer server(options);
  RawClient fresh(server.port());
  std::optional<RawClient> used;
  std::optional<RawReply> reply;
  int connections = 1;
  // On a slow machine one may be idle for too long before its request comes.
  for (; !reply && connections < 100; ++connections) {
    used.emplace(server.port());
    used->send(request_text("GET", "/openapi.json"));
    reply = used->receive();
  }
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 200);
  EXPECT_TRUE(used->closed());
  EXPECT_TRUE(fresh.closed());
  const std::string metrics = server.metrics.render();
  EXPECT_NE(metrics.find("pim_http_connection_timeouts_total{port=\"data\",phase=\"idle\"} " +
                         std::to_string(connections) + "\n"),
            std::string::npos)
      << metrics;
}

TEST(Connection, TellsWhenThereAreTooMany) {
  ServerOptions options;
  options.max_connections = 2;
  TestServer server(options);
  std::optional<RawClient> first(std::in_place, server.port());
  RawClient second(server.port());
  for (RawClient* client : {&*first, &second}) {
    client->send(request_text("GET", "/openapi.json"));
    ASSERT_EQ(client->receive()->status, 200);
  }
  RawClient third(server.port());
  const auto reply = third.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 503);
  EXPECT_EQ(problem_name(*reply), "too-many-connections");
  EXPECT_FALSE(reply->header("retry-after").empty());
  EXPECT_TRUE(third.closed());

  first.reset();
  for (int attempt = 0;; ++attempt) {
    ASSERT_LT(attempt, 10'000) << "a place must become free";
    RawClient again(server.port());
    again.send(request_text("GET", "/openapi.json"));
    const auto answer = again.receive();
    if (answer && answer->status == 200) break;
  }
}

TEST(Connection, IsRefusedBeforeTheServerIsReady) {
  TestServer server({}, false);
  EXPECT_FALSE(RawClient(server.port()).connected());
  EXPECT_EQ(server.admin("GET", "/readyz").status, 503);
  server.server().ready();
  EXPECT_TRUE(RawClient(server.port()).connected());
  EXPECT_EQ(server.admin("GET", "/readyz").status, 200);
}

TEST(Drain, FinishesWhatIsUnderWayAndClosesTheRest) {
  TestServer server;
  server.spine.hold();
  RawClient idle(server.port());
  idle.send(request_text("GET", "/openapi.json"));
  ASSERT_EQ(idle.receive()->status, 200);
  RawClient busy(server.port());
  busy.send(request_text("POST", "/v1/patients", with_token("Content-Type: application/json\r\n"),
                         kPatient) +
            request_text("GET", "/openapi.json"));
  server.spine.await_held(1);

  bool drained = false;
  const std::uint16_t port = server.port();
  const std::uint16_t admin_port = server.admin_port();
  std::thread draining([&] { drained = server.server().drain(std::chrono::seconds(20)); });
  EXPECT_TRUE(idle.closed());
  EXPECT_FALSE(RawClient(port).connected()) << "new connections must be refused";
  RawClient probe(admin_port);
  probe.send(request_text("GET", "/readyz"));
  const auto readiness = probe.receive();
  ASSERT_TRUE(readiness);
  EXPECT_EQ(readiness->status, 503);
  EXPECT_NE(readiness->body.find("draining"), std::string::npos);

  server.spine.release();
  const auto reply = busy.receive();
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 201);
  EXPECT_EQ(reply->header("connection"), "close");
  EXPECT_TRUE(busy.closed()) << "what was pipelined behind it is not begun";
  draining.join();
  EXPECT_TRUE(drained);
}

TEST(Drain, SaysWhenTheLimitPassedAndDropsLateReplies) {
  TestServer server;
  server.spine.hold();
  RawClient busy(server.port());
  busy.send(request_text("POST", "/v1/patients", with_token("Content-Type: application/json\r\n"),
                         kPatient));
  server.spine.await_held(1);
  EXPECT_FALSE(server.server().drain(milliseconds(20)));
  EXPECT_TRUE(busy.closed());
  server.stop();
  server.spine.release();  // must not touch what is gone
}

TEST(Listener, RefusesOtherAddressesWithoutTls) {
  ServerOptions options;
  options.listen_address = "0.0.0.0";
  TempFile keys(
      R"([{"kid":"a","alg":"HS256","secret":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY"}])");
  options.jwt_keys_file = keys.path();
  TestServer parts;
  const Services services{parts.spine,       parts.store,   parts.read_model,
                          parts.audit_index, parts.journal, parts.metrics};
  const auto refused = Server::start(options, services);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("needs TLS"), std::string::npos);

  options.listen_address = "127.0.0.1";
  options.admin_address = "0.0.0.0";
  const auto admin_refused = Server::start(options, services);
  ASSERT_FALSE(admin_refused.ok());
  EXPECT_NE(admin_refused.error().message.find("needs TLS"), std::string::npos);

  options.plain_beyond_loopback = true;
  const auto asked_for = Server::start(options, services);
  EXPECT_TRUE(asked_for.ok()) << asked_for.error().message;
  options.plain_beyond_loopback = false;

  options.admin_address = "127.0.0.1";
  options.port = parts.port();
  EXPECT_FALSE(Server::start(options, services).ok()) << "the port is taken";
  options.port = 0;
  options.jwt_keys_file = "/nowhere/keys.json";
  EXPECT_FALSE(Server::start(options, services).ok());
}

}  // namespace
}  // namespace pim::api
