#include "api/request_head.h"

#include <gtest/gtest.h>

#include <string>

#include "api/problem.h"
#include "api/target.h"

namespace pim::api {
namespace {

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t step = 1; step <= head.size() + 4; ++step) {
    HeadScanner scanner;
    const std::string bytes = head + "rest";
    std::size_t found = 0;
    for (std::size_t n = std::min(step, bytes.size()); found == 0;
         n = std::min(n + step, bytes.size())) {
      found = scanner.scan(std::string_view(bytes).substr(0, n));
      ASSERT_FALSE(scanner.refusal()) << step;
      if (n == bytes.size() && found == 0) break;
    }
    EXPECT_EQ(found, head.size()) << step;
  }
}

TEST(HeadScanner, RefusesBytesThatReadersDisagreeAbout) {
  const auto refuses = [](std::string bytes) {
    HeadScanner scanner;
    scanner.scan(bytes);
    return scanner.refusal().has_value();
  };
  EXPECT_TRUE(refuses("GET / HTTP/1.1\n"));
  EXPECT_TRUE(refuses("GET / HTTP/1.1\r\nHost: a\n"));
  EXPECT_TRUE(refuses(std::string("GET / HTTP/1.1\r\nA: b\0c\r\n", 23)));
  EXPECT_TRUE(refuses("GET / HTTP/1.1\r\nA: \x01\r\n"));
  EXPECT_TRUE(refuses("GET / HTTP/1.1\r\nA: \x7f\r\n"));
  EXPECT_TRUE(refuses("\r\nGET / HTTP/1.1\r\n"));
  EXPECT_FALSE(refuses("GET / HTTP/1.1\r\nA:\tb \xc3\xa9\r\n"));
}

std::string_view verdict(const std::string& head) {
  const auto refusal = check_head(head);
  return refusal ? refusal->problem->name : std::string_view("accepted");
}

std::string get_with(const std::string& lines) {
  return "GET /x HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

TEST(CheckHead, AcceptsWhatIsClear) {
  EXPECT_EQ(verdict(get_with("")), "accepted");
  EXPECT_EQ(verdict(get_with("Content-Length: 12\r\n")), "accepted");
  EXPECT_EQ(verdict(get_with("transfer-encoding: CHUNKED\r\n")), "accepted");
  EXPECT_EQ(verdict("GET /x HTTP/1.0\r\n\r\n"), "accepted");
  EXPECT_EQ(verdict("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n"), "accepted");
}

TEST(CheckHead, RefusesWhatSmugglesAndWhatIsUnclear) {
  for (const std::string& head : {
           get_with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"),
           get_with("Content-Length: 1\r\nContent-Length: 1\r\n"),
           get_with("Content-Length: 1, 1\r\n"),
           get_with("Content-Length: +1\r\n"),
           get_with("Content-Length: 0x1\r\n"),
           get_with("Content-Length: 1 \r\nContent-Length: 2\r\n"),
           get_with("Content-Length:\r\n"),
           get_with("Content-Length: 9999999999999999999999\r\n"),
           get_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
           get_with("Transfer-Encoding: gzip, chunked\r\n"),
           get_with("Transfer-Encoding: identity\r\n"),
           get_with("Transfer-Encoding: xchunked\r\n"),
           get_with("A: b\r\n folded\r\n"),
           get_with("A: b\r\n\tfolded\r\n"),
           get_with("A : b\r\n"),
           get_with("A\r\n"),
           get_with(": b\r\n"),
           get_with("A b: c\r\n"),
           get_with("A: b\rc\r\n"),
           get_with("Host: b\r\n"),
           std::string("GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n"),
           std::string("GET /x HTTP/1.1\r\n\r\n"),
           std::string("GET /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
           std::string("GET /x\r\nHost: a\r\n\r\n"),
           std::string("GET  /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /x y HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("G(T /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string(" GET /x HTTP/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /x HTTPS/1.1\r\nHost: a\r\n\r\n"),
           std::string("GET /x http/1.1\r\nHost: a\r\n\r\n"),
       }) {
    EXPECT_EQ(verdict(head), "malformed-request") << head;
  }
  EXPECT_EQ(verdict("GET /x HTTP/2.0\r\nHost: a\r\n\r\n"), "http-version");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "A: b\r\n";
  EXPECT_EQ(verdict(get_with(many)), "headers-too-large");
}

TEST(Target, IsReadStrictly) {
  const auto target = parse_target("/v1/a%20b/c?x=1&y=%C3%A9&z");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/a%20b/c");
  EXPECT_EQ(target->segments, (std::vector<std::string>{"v1", "a b", "c"}));
  const std::vector<std::pair<std::string, std::string>> query = {
      {"x", "1"}, {"y", "é"}, {"z", ""}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(parse_target("http://lab:80/v1?a=b")->path, "/v1");
  for (const char* bad : {"", "*", "v1", "/%", "/%2", "/%zz", "/a%00b", "/%ff", "/a?x=%0d%0a",
                          "/a#b", "ftp://lab/x", "http://", "http:///x", "lab:443"}) {
    EXPECT_FALSE(parse_target(bad)) << bad;
  }
}

}  // namespace
}  // namespace pim::api
