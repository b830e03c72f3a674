// Profiles over mutual TLS: who is trusted, what is shown, and that files are read anew.
#include <gtest/gtest.h>

#include <fstream>

#include "cli/tls_server_testing.h"
#include "load/temporary_directory_testing.h"
#include "telemetry/pyroscope.h"

namespace pim::cli {
namespace {

using Outcome = telemetry::ProfileSender::Outcome;

class ProfileTlsTest : public testing::Test {
 protected:
  ProfileTlsTest() {
    write("ca.crt", authority_.certificate());
    write("other-ca.crt", other_.certificate());
    show(authority_);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(directory_.path(name), std::ios::binary) << text;
  }
  // From now on the client has a certificate of that authority.
  void show(const api::TestAuthority& authority) const {
    const auto client = authority.issue("DNS:spine");
    write("tls.crt", client.certificate);
    write("tls.key", client.key);
  }
  std::unique_ptr<telemetry::ProfileSender> sender(const telemetry::ClientTls& tls) const {
    return telemetry::pyroscope_sender("https://127.0.0.1:" + std::to_string(server_.port()), "pim",
                                       {}, tls);
  }
  telemetry::ClientTls files() const {
    return {directory_.path("ca.crt"), directory_.path("tls.crt"), directory_.path("tls.key")};
  }
  static Outcome push(telemetry::ProfileSender& sender) { return sender.send({{}, {}, "profile"}); }

  const load::TemporaryDirectory directory_;
  const api::TestAuthority authority_;
  const api::TestAuthority other_;
  TlsServer server_{authority_.issue("IP:127.0.0.1"),
                    [](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"; },
                    authority_.certificate()};
};

TEST_F(ProfileTlsTest, IsTakenWithACertificateOfTheAuthority) {
  EXPECT_EQ(push(*sender(files())), Outcome::taken);
  EXPECT_GT(server_.bytes(), 0U);
}

TEST_F(ProfileTlsTest, IsKeptWithoutACertificate) {
  auto tls = files();
  tls.certificate.clear();
  tls.key.clear();
  EXPECT_EQ(push(*sender(tls)), Outcome::unavailable);
  EXPECT_EQ(server_.bytes(), 0U);
}

TEST_F(ProfileTlsTest, IsNotSentToAServerOfAnotherAuthority) {
  auto tls = files();
  tls.authorities = directory_.path("other-ca.crt");
  EXPECT_EQ(push(*sender(tls)), Outcome::unavailable);
  EXPECT_EQ(server_.bytes(), 0U);
}

TEST_F(ProfileTlsTest, ReadsTheFilesAnewForEachProfile) {
  show(other_);
  const auto same = sender(files());
  EXPECT_EQ(push(*same), Outcome::unavailable) << "of another authority";
  show(authority_);
  EXPECT_EQ(push(*same), Outcome::taken) << "rotated";
  show(other_);
  EXPECT_EQ(push(*same), Outcome::unavailable) << "no connection is kept";
}

}  // namespace
}  // namespace pim::cli
