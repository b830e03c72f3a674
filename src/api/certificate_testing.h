// Certificates for tests, valid for an hour around now.
#pragma once

#include <memory>
#include <string>

namespace pim::api {

struct TestCertificate {
  std::string certificate;  // PEM
  std::string key;
};

class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();
  TestAuthority(const TestAuthority&) = delete;
  TestAuthority& operator=(const TestAuthority&) = delete;

  const std::string& certificate() const;  // PEM: what to trust
  // `names` as OpenSSL writes a subjectAltName: `DNS:localhost,IP:127.0.0.1`.
  TestCertificate issue(const std::string& names) const;

 private:
  struct Keys;
  std::unique_ptr<Keys> keys_;
};

}  // namespace pim::api
