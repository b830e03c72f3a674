#include "telemetry/pyroscope.h"

#include <gtest/gtest.h>

#include <ctime>

#include "telemetry/current_span.h"
#include "telemetry/pprof_reader_testing.h"
#include "telemetry/profile_receiver_testing.h"

namespace pim::telemetry {
namespace {

using std::chrono::milliseconds;
using Outcome = ProfileSender::Outcome;

[[gnu::noinline]] void pushed_hot_function() {
  const auto end = std::clock() + CLOCKS_PER_SEC / 100;
  while (std::clock() < end) {
  }
}

// Answers as told, and keeps what it took.
class ScriptedSender final : public ProfileSender {
 public:
  struct Log {
    std::mutex mutex;
    Outcome answer = Outcome::taken;
    std::vector<std::int64_t> taken;  // start times
    std::uint64_t asked = 0;
  };
  explicit ScriptedSender(Log& log) : log_(log) {}
  Outcome send(const EncodedProfile& profile) override {
    const std::lock_guard lock(log_.mutex);
    ++log_.asked;
    if (log_.answer == Outcome::taken) {
      log_.taken.push_back(profile.start.time_since_epoch().count());
    }
    return log_.answer;
  }

 private:
  Log& log_;
};

TEST(ProfilePush, KeepsWhatIsNotTakenDropsTheOldestAndCounts) {
  const auto profiler = Profiler::start({.hz = 1000});
  ASSERT_NE(profiler, nullptr);
  ScriptedSender::Log log;
  log.answer = Outcome::unavailable;
  ProfilePush push(*profiler, std::make_unique<ScriptedSender>(log),
                   {.window = milliseconds(20), .buffer = 3});
  while (push.stats().dropped_full < 2) pushed_hot_function();
  EXPECT_EQ(push.stats().sent, 0U);
  EXPECT_GT(push.stats().failures, 2U);
  EXPECT_LE(push.stats().waiting, 3U);
  {
    const std::lock_guard lock(log.mutex);
    log.answer = Outcome::taken;
  }
  while (push.stats().sent < 4) pushed_hot_function();
  const std::lock_guard lock(log.mutex);
  EXPECT_TRUE(std::ranges::is_sorted(log.taken)) << "what waited goes first";
}

TEST(ProfilePush, DropsWhatIsRefusedAndGoesOn) {
  const auto profiler = Profiler::start({.hz = 1000});
  ASSERT_NE(profiler, nullptr);
  ScriptedSender::Log log;
  log.answer = Outcome::refused;
  ProfilePush push(*profiler, std::make_unique<ScriptedSender>(log), {.window = milliseconds(20)});
  while (push.stats().dropped_refused < 2) pushed_hot_function();
  EXPECT_EQ(push.stats().waiting + push.stats().sent, 0U);
}

TEST(ProfilePush, SendsAtItsEndWhatHasBegun) {
  const auto profiler = Profiler::start({.hz = 1000});
  ASSERT_NE(profiler, nullptr);
  ScriptedSender::Log log;
  {
    const ProfilePush push(*profiler, std::make_unique<ScriptedSender>(log),
                           {.window = std::chrono::hours(1)});
    while (profiler->stats().samples == 0) pushed_hot_function();
  }
  EXPECT_EQ(log.taken.size(), 1U);
}

TEST(PyroscopeSender, PostsAProfileUnderItsName) {
  ProfileReceiver receiver;
  const auto profiler = Profiler::start({.hz = 1000});
  ASSERT_NE(profiler, nullptr);
  auto sender = pyroscope_sender(receiver.endpoint(), "pim",
                                 {{"region", "local"}, {"service_version", "0.1"}});
  const TraceContext span = TraceContext::root();
  {
    const ProfilePush push(*profiler, std::move(sender), {.window = std::chrono::hours(1)});
    const SpanScope scope(span);
    while (profiler->stats().samples == 0) pushed_hot_function();
  }
  const auto received = receiver.wait_for(1);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_TRUE(
      received[0].target.starts_with("/ingest?format=pprof&spyName=pim&name=pim%7Bregion%3Dlocal%"
                                     "2Cservice_version%3D0.1%7D&from="))
      << received[0].target;
  EXPECT_NE(received[0].target.find("&until="), std::string::npos);
  bool labelled = false;
  for (const auto& sample : read_pprof(received[0].pprof).samples) {
    const auto label = sample.labels.find("span_id");
    labelled = labelled || (label != sample.labels.end() && label->second == span.span_hex());
    EXPECT_FALSE(sample.labels.contains("trace_id"));
  }
  EXPECT_TRUE(labelled);
}

TEST(PyroscopeSender, TellsWhatMayBeTriedAgain) {
  ProfileReceiver receiver;
  const auto sender = pyroscope_sender(receiver.endpoint(), "pim", {});
  const auto answer = [&](int status) {
    receiver.answer_with(status);
    return sender->send({{}, {}, "x"});
  };
  EXPECT_EQ(answer(200), Outcome::taken);
  EXPECT_EQ(answer(400), Outcome::refused);
  EXPECT_EQ(answer(422), Outcome::refused);
  EXPECT_EQ(answer(429), Outcome::unavailable);
  EXPECT_EQ(answer(503), Outcome::unavailable);
  EXPECT_EQ(pyroscope_sender("http://127.0.0.1:1", "pim", {})->send({{}, {}, "x"}),
            Outcome::unavailable)
      << "nobody listens";
}

}  // namespace
}  // namespace pim::telemetry
