// `pim data mockaroo-fetch` over TLS: whom it trusts, and that nobody else gets the key.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

#include "cli/data.h"
#include "cli/mockaroo_api.h"
#include "cli/tls_server_testing.h"
#include "load/loopback_testing.h"
#include "load/temporary_directory_testing.h"

namespace pim::cli {
namespace {

constexpr std::string_view kTlsKey = "k3y-s3cret-4711";

// The environment as it was comes back at its end.
class CertFileOfEnvironment {
 public:
  explicit CertFileOfEnvironment(const std::string& file) {
    if (const char* before = std::getenv("SSL_CERT_FILE")) before_ = before;
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
  }
  ~CertFileOfEnvironment() {
    if (before_) {
      ::setenv("SSL_CERT_FILE", before_->c_str(), 1);
    } else {
      ::unsetenv("SSL_CERT_FILE");
    }
  }
  CertFileOfEnvironment(const CertFileOfEnvironment&) = delete;
  CertFileOfEnvironment& operator=(const CertFileOfEnvironment&) = delete;

 private:
  std::optional<std::string> before_;
};

class FetchTlsTest : public testing::Test {
 protected:
  FetchTlsTest() {
    write("key", std::string(kTlsKey) + "\n");
    ::chmod(directory_.path("key").c_str(), 0600);
    write("t.schema.json", R"({"name":"t","num_rows":2,"columns":[{"name":"id","type":"GUID"}]})");
    write("trusted.pem", trusted_.certificate());
    write("other.pem", other_.certificate());
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_.path(name), std::ios::binary) << text;
  }
  std::string text(const std::string& name) const {
    std::ifstream in(directory_.path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string answer(const std::string& request) {
    const std::lock_guard lock(mutex_);
    request_ = request;
    return reply_;
  }
  std::string request() {
    const std::lock_guard lock(mutex_);
    return request_;
  }
  std::unique_ptr<TlsServer> serve(const std::string& names) {
    return std::make_unique<TlsServer>(
        trusted_.issue(names), [this](const std::string& request) { return answer(request); });
  }

  struct Run {
    int exit = 0;
    std::string out;
    std::string err;
  };
  Run fetch(const std::string& host, std::uint16_t port, std::vector<std::string> more = {}) {
    CLI::App app;
    Action action;
    add_data_fetch(app, action);
    std::vector<std::string> arguments = {"mockaroo-fetch",
                                          "--key-file",
                                          directory_.path("key"),
                                          "--url",
                                          "https://" + host + ":" + std::to_string(port),
                                          "--out",
                                          directory_.path("out")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    arguments.push_back(directory_.path("t.schema.json"));
    std::reverse(arguments.begin(), arguments.end());
    Run run;
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    app.parse(arguments);
    run.exit = action();
    run.out = testing::internal::GetCapturedStdout();
    run.err = testing::internal::GetCapturedStderr();
    EXPECT_EQ((run.out + run.err).find(kTlsKey), std::string::npos) << run.out << run.err;
    return run;
  }
  std::vector<std::string> trusting(const std::string& name) const {
    return {"--ca-file", directory_.path(name)};
  }

  // Refused in the handshake, once, for `reason`; the server saw no byte of a request.
  static void expect_refused(const Run& run, const TlsServer& server, const std::string& reason) {
    EXPECT_EQ(run.exit, 3);
    EXPECT_NE(run.err.find(reason), std::string::npos) << run.err;
    EXPECT_EQ(run.out.find("once more"), std::string::npos) << run.out;
    EXPECT_EQ(server.bytes(), 0u) << "the key was sent";
    EXPECT_EQ(server.connections(), 1u) << "no use in trying again";
  }

  const load::TemporaryDirectory directory_;
  const api::TestAuthority trusted_;
  const api::TestAuthority other_;
  std::mutex mutex_;
  std::string request_;                                 // guarded by mutex_
  std::string reply_ = load::ok_reply("id\ng1\ng2\n");  // set before a fetch
};

TEST_F(FetchTlsTest, TrustsTheAuthorityOfCaFile) {
  for (const auto* host : {"localhost", "127.0.0.1"}) {
    std::filesystem::remove_all(directory_.path("out"));
    const auto server = serve("DNS:localhost,IP:127.0.0.1");
    const auto run = fetch(host, server->port(), trusting("trusted.pem"));
    ASSERT_EQ(run.exit, 0) << host << ": " << run.err;
    EXPECT_EQ(text("out/t.csv"), "id\ng1\ng2\n");
    EXPECT_NE(request().find("X-API-Key: " + std::string(kTlsKey) + "\r\n"), std::string::npos);
  }
}

TEST_F(FetchTlsTest, TrustsTheAuthorityOfTheEnvironment) {
  const auto server = serve("DNS:localhost");
  const CertFileOfEnvironment environment(directory_.path("trusted.pem"));
  const auto run = fetch("localhost", server->port());
  ASSERT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(text("out/t.csv"), "id\ng1\ng2\n");
}

TEST_F(FetchTlsTest, AnUntrustedCertificateIsRefusedBeforeTheKeyIsSent) {
  constexpr auto kReason = "no TLS with localhost: its certificate is not trusted (";
  const auto server = serve("DNS:localhost");
  expect_refused(fetch("localhost", server->port(), trusting("other.pem")), *server, kReason);

  const auto second = serve("DNS:localhost");
  const CertFileOfEnvironment environment(directory_.path("other.pem"));
  expect_refused(fetch("localhost", second->port()), *second, kReason);
}

TEST_F(FetchTlsTest, CaFileTakesThePlaceOfTheEnvironment) {
  const auto server = serve("DNS:localhost");
  const CertFileOfEnvironment environment(directory_.path("trusted.pem"));
  expect_refused(fetch("localhost", server->port(), trusting("other.pem")), *server,
                 "its certificate is not trusted (");
}

TEST_F(FetchTlsTest, AnotherHostsCertificateIsRefusedBeforeTheKeyIsSent) {
  const auto named = serve("DNS:api.example.com,IP:127.0.0.1");
  expect_refused(fetch("localhost", named->port(), trusting("trusted.pem")), *named,
                 "no TLS with localhost: its certificate is another host's (");

  const auto numbered = serve("DNS:localhost,IP:127.0.0.2");
  expect_refused(fetch("127.0.0.1", numbered->port(), trusting("trusted.pem")), *numbered,
                 "no TLS with 127.0.0.1: its certificate is another host's (");
}

TEST_F(FetchTlsTest, ACaFileThatIsNoneIsNamed) {
  write("nonsense.pem", "nonsense");
  for (const auto* name : {"nonsense.pem", "absent.pem"}) {
    const auto server = serve("DNS:localhost");
    const auto run = fetch("localhost", server->port(), trusting(name));
    EXPECT_EQ(run.exit, 3);
    EXPECT_NE(run.err.find(directory_.path(name)), std::string::npos) << run.err;
    EXPECT_EQ(server->connections(), 0u);
  }
}

TEST_F(FetchTlsTest, CutsTheKeyOutOfWhatIsSaid) {
  const std::string body = R"({"error":"no type Foo, key )" + std::string(kTlsKey) + "\"}";
  reply_ = "HTTP/1.1 422 X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  const auto server = serve("DNS:localhost");
  const auto run = fetch("localhost", server->port(), trusting("trusted.pem"));
  EXPECT_EQ(run.exit, 2);
  EXPECT_NE(run.err.find("no type Foo, key ***"), std::string::npos) << run.err;
}

TEST_F(FetchTlsTest, AServerWithoutTlsGetsNoRequest) {
  std::size_t asked = 0;
  load::LoopbackServer plain([&asked](const std::string&, std::size_t) {
    ++asked;
    return load::ScriptedReply{load::ok_reply("id\n"), load::ScriptedReply::Then::close};
  });
  MockarooApi api({true, "127.0.0.1", plain.port()}, std::string(kTlsKey),
                  directory_.path("trusted.pem"), std::chrono::milliseconds(200));
  const auto reply = api.post({"/api/generate.csv?count=1", "application/json", "[]"});
  ASSERT_FALSE(reply.ok());
  EXPECT_NE(reply.error().message.find("no TLS with 127.0.0.1"), std::string::npos)
      << reply.error().message;
  EXPECT_FALSE(reply.error().lasting);
  plain.stop();
  EXPECT_EQ(asked, 0u);
}

}  // namespace
}  // namespace pim::cli
