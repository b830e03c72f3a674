// The flood limit on a clock of the test's own, and a reader that does not read.
#include "telemetry/log_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <string>

namespace pim::telemetry {
namespace {

using namespace std::chrono_literals;

class Pipe {
 public:
  Pipe() {
    EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0);
    EXPECT_EQ(::fcntl(ends_[0], F_SETFL, O_NONBLOCK), 0);
  }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int in() const { return ends_[1]; }
  std::string read_all() const {
    std::string all;
    char piece[4096];
    for (ssize_t got = 0; (got = ::read(ends_[0], piece, sizeof piece)) > 0;) {
      all.append(piece, static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  int ends_[2] = {-1, -1};
};

LogRecord line_at(Level level, std::string body) {
  LogRecord record;
  record.level = level;
  record.body = std::move(body);
  return record;
}

TEST(LogWriter, CutsAFloodAndSaysSo) {
  const Pipe pipe;
  LogWriter writer(pipe.in());
  const LogWriter::Time start(100h);
  int written = 0;
  std::string out;
  for (int i = 0; i < 5000; ++i) {
    written += writer.write(line_at(Level::info, "flood"), start + i * 100us) ? 1 : 0;
    out += pipe.read_all();
  }
  EXPECT_EQ(written, kLinesPerSecond) << "half a second";
  EXPECT_EQ(std::ranges::count(out, '\n'), kLinesPerSecond);
  EXPECT_EQ(writer.dropped_in_floods(), 5000U - kLinesPerSecond);

  EXPECT_TRUE(writer.write(line_at(Level::warn, "of another level"), start + 900ms));
  EXPECT_NE(pipe.read_all().find("of another level"), std::string::npos);

  EXPECT_TRUE(writer.write(line_at(Level::info, "after"), start + 1s));
  out = pipe.read_all();
  EXPECT_EQ(std::ranges::count(out, '\n'), 2);
  EXPECT_NE(out.find("\"dropped\":4800"), std::string::npos) << out;
  EXPECT_TRUE(writer.write(line_at(Level::info, "and on"), start + 1s));
  EXPECT_EQ(pipe.read_all().find("dropped"), std::string::npos) << "told once";
}

TEST(LogWriter, WaitsForNobodyWhoDoesNotRead) {
  const Pipe pipe;
  LogWriter writer(pipe.in());
  LogWriter::Time now(100h);
  const auto write = [&] {  // one a second: no flood
    EXPECT_TRUE(writer.write(line_at(Level::info, std::string(1000, 'x')), now += 1s));
  };
  for (int i = 0; i < 1000; ++i) write();  // a pipe takes 64 KiB, and here is a megabyte
  const auto lost = writer.dropped_unread();
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(writer.dropped_in_floods(), 0U);
  const auto out = pipe.read_all();
  EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(out, '\n')), 1000 - lost)
      << "whole lines";
  write();
  EXPECT_EQ(writer.dropped_unread(), lost) << "and it reads again";
}

TEST(LogWriter, BeginsALineAfterOneThatWasTorn) {
  const Pipe pipe;
  ASSERT_GE(::fcntl(pipe.in(), F_SETPIPE_SZ, 4096), 4096);
  LogWriter writer(pipe.in());
  EXPECT_TRUE(writer.write(line_at(Level::info, std::string(6000, 'x')), LogWriter::Time(100h)));
  EXPECT_EQ(writer.dropped_unread(), 1U);
  const auto torn = pipe.read_all();
  ASSERT_FALSE(torn.empty());
  ASSERT_EQ(torn.find('\n'), torn.npos) << "the pipe holds no more than its beginning";
  EXPECT_TRUE(writer.write(line_at(Level::info, "whole"), LogWriter::Time(101h)));
  EXPECT_TRUE(writer.write(line_at(Level::info, "and on"), LogWriter::Time(102h)));
  const auto after = pipe.read_all();
  EXPECT_TRUE(after.starts_with("\n{")) << after;
  EXPECT_EQ(after.find("\n\n"), after.npos) << "once";
}

TEST(LogWriter, OfAClosedDescriptorIsNoTrouble) {
  LogWriter writer(-1);
  EXPECT_TRUE(writer.write(line_at(Level::info, "to nobody"), LogWriter::Time(100h)));
  EXPECT_EQ(writer.dropped_unread(), 1U);
}

}  // namespace
}  // namespace pim::telemetry
