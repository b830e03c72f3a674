#include "load/http_reply.h"

#include <gtest/gtest.h>

namespace pim::load {
namespace {

using State = ReplyScan::State;

TEST(HttpReply, EveryPrefixOfAReplyWantsMoreAndTheWholeIsComplete) {
  const std::string whole = "HTTP/1.1 201 Created\r\nETag: \"7\"\r\ncontent-LENGTH: 5\r\n\r\nhello";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(scan_reply(std::string_view(whole).substr(0, size), false, false).state, State::more)
        << size;
  }
  const std::string followed = whole + "HTTP/1.1 200";
  const auto scan = scan_reply(followed, false, false);
  ASSERT_EQ(scan.state, State::complete);
  EXPECT_EQ(scan.status, 201);
  EXPECT_EQ(scan.body, "hello");
  EXPECT_EQ(scan.bytes, whole.size());
  EXPECT_TRUE(scan.keep_alive);
  EXPECT_EQ(find_header(scan.head, "etag"), "\"7\"");
  EXPECT_EQ(find_header(scan.head, "eta"), "");
}

TEST(HttpReply, EveryPrefixOfAChunkedReplyWantsMoreAndTheWholeIsComplete) {
  const std::string whole =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nwiki\r\n6\r\npedia.\r\n0\r\n"
      "Trailer: 1\r\n\r\n";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(scan_reply(std::string_view(whole).substr(0, size), false, false).state, State::more)
        << size;
  }
  const auto scan = scan_reply(whole, false, false);
  ASSERT_EQ(scan.state, State::complete);
  ASSERT_TRUE(scan.chunked);
  EXPECT_EQ(unchunk(scan.body), "wikipedia.");
  EXPECT_EQ(scan.bytes, whole.size());
}

TEST(HttpReply, ABodyWithoutALengthEndsWithTheConnection) {
  const std::string text = "HTTP/1.1 200 OK\r\n\r\nall of it";
  EXPECT_EQ(scan_reply(text, false, false).state, State::more);
  const auto scan = scan_reply(text, false, true);
  ASSERT_EQ(scan.state, State::complete);
  EXPECT_EQ(scan.body, "all of it");
  EXPECT_FALSE(scan.keep_alive);
}

TEST(HttpReply, NoBodyFollowsAHeadRequestOrAStatusWithout) {
  EXPECT_EQ(scan_reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true, false).state,
            State::complete);
  EXPECT_EQ(scan_reply("HTTP/1.1 204 No Content\r\n\r\n", false, false).state, State::complete);
}

TEST(HttpReply, InterimRepliesAreSteppedOver) {
  const std::string text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  const auto scan = scan_reply(text, false, false);
  ASSERT_EQ(scan.state, State::complete);
  EXPECT_EQ(scan.status, 200);
  EXPECT_EQ(scan.bytes, text.size());
}

TEST(HttpReply, ConnectionCloseAndHttp10EndKeepAlive) {
  EXPECT_FALSE(
      scan_reply("HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n", false, false)
          .keep_alive);
  EXPECT_FALSE(scan_reply("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false, false).keep_alive);
}

TEST(HttpReply, WhatIsNoReplyIsMalformed) {
  const std::string too_long(kMaxReplyHead + 1, 'x');
  for (const std::string& text : {
           std::string("HTP/1.1 200 OK\r\n\r\n"),
           std::string("HTTP/1.1 2x0 OK\r\n\r\n"),
           std::string("HTTP/1.1 20\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n"),
           std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2q\r\nab\r\n"),
           too_long,
       }) {
    EXPECT_EQ(scan_reply(text, false, false).state, State::malformed) << text.substr(0, 80);
  }
}

TEST(HttpReply, AConnectionThatEndsInsideAReplyMakesItMalformed) {
  for (const std::string_view text : {
           "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwi",
           "HTTP/1.1 200 OK\r\nConte",
       }) {
    EXPECT_EQ(scan_reply(text, false, true).state, State::malformed) << text;
  }
}

}  // namespace
}  // namespace pim::load
