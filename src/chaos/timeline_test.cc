#include "chaos/timeline.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace pim::chaos {
namespace {

using namespace std::chrono_literals;

// What the effects of a test were told, in its order.
class Record {
 public:
  void add(const std::string& what) {
    const std::lock_guard lock(mutex_);
    told_.push_back(what);
  }
  std::vector<std::string> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> told_;  // guarded by mutex_
};

class RecordedEffect final : public Effect {
 public:
  RecordedEffect(std::string name, Record& record, bool fails_to_begin, int failing_ends)
      : name_(std::move(name)),
        record_(record),
        fails_to_begin_(fails_to_begin),
        failing_ends_(failing_ends) {}

  FaultResult begin() override {
    record_.add("+" + name_);
    if (fails_to_begin_) return Err{FaultError{Trouble::environment, name_ + " cannot be"}};
    return {};
  }
  FaultResult end() override {
    record_.add("-" + name_);
    if (failing_ends_-- > 0) return Err{FaultError{Trouble::not_undone, name_ + " stays"}};
    return {};
  }
  std::optional<std::uint64_t> hits() override { return 7; }

 private:
  std::string name_;
  Record& record_;
  bool fails_to_begin_;
  int failing_ends_;
};

struct Behaviour {
  bool fails_to_begin = false;
  int failing_ends = 0;
};

PlannedFault plan(Record& record, const std::string& name, std::chrono::nanoseconds at,
                  std::chrono::nanoseconds length, Behaviour behaviour = {}) {
  return {at, length,
          Fault(name, "spine", *Parameters::read({}, {}),
                std::make_unique<RecordedEffect>(name, record, behaviour.fails_to_begin,
                                                 behaviour.failing_ends))};
}

template <class... Planned>
std::vector<PlannedFault> plans(Planned... planned) {
  std::vector<PlannedFault> all;
  (all.push_back(std::move(planned)), ...);
  return all;
}

bool over(Timeline& timeline) {
  return timeline.wait_until(std::chrono::steady_clock::now() + 60s);
}

using Told = std::vector<std::string>;

TEST(Fault, IsUndoneOnceAndByItsDestructor) {
  Record record;
  {
    auto planned = plan(record, "a", 0ns, 0ns);
    auto& fault = planned.fault;
    EXPECT_TRUE(fault.undo().ok());
    EXPECT_EQ(record.told(), Told{});
    const auto before = Moment::now();
    ASSERT_TRUE(fault.inject().ok());
    EXPECT_TRUE(fault.in_force());
    EXPECT_TRUE(fault.undo().ok());
    EXPECT_TRUE(fault.undo().ok());
    EXPECT_EQ(record.told(), (Told{"+a", "-a"}));
    EXPECT_GE(fault.truth().from->steady, before.steady);
    EXPECT_GE(fault.truth().to->steady, fault.truth().from->steady);
    EXPECT_EQ(fault.truth().hits, 7U);
    auto left = plan(record, "b", 0ns, 0ns);
    ASSERT_TRUE(left.fault.inject().ok());
    const auto moved = std::move(left);
    EXPECT_TRUE(moved.fault.in_force());
  }
  EXPECT_EQ(record.told(), (Told{"+a", "-a", "+b", "-b"}));
}

TEST(Timeline, BeginsAndEndsInTheOrderOfTimes) {
  Record record;
  std::vector<std::string> news;
  Timeline timeline(
      plans(plan(record, "late", 40ms, 20ms), plan(record, "long", 0ms, 80ms),
            plan(record, "moment", 20ms, 0ms)),
      [&](const FaultNews& one) {
        news.push_back((one.phase == Phase::began ? "began " : "ended ") + one.truth.kind);
      });
  timeline.start(std::chrono::steady_clock::now());
  ASSERT_TRUE(over(timeline));
  EXPECT_EQ(record.told(), (Told{"+long", "+moment", "-moment", "+late", "-late", "-long"}));
  timeline.stop();
  EXPECT_EQ(news, (Told{"began long", "began moment", "ended moment", "began late", "ended late",
                        "ended long"}));
  const auto truths = timeline.truths();
  ASSERT_EQ(truths.size(), 3U);
  EXPECT_EQ(truths[0].kind, "late");
  EXPECT_GE(truths[0].to->steady - truths[0].from->steady, 20ms);
  EXPECT_TRUE(timeline.errors().empty());
}

TEST(Timeline, UndoesAtAStopAndBeginsNothingMore) {
  Record record;
  Timeline timeline(plans(plan(record, "now", 0s, 1h), plan(record, "too", 0s, 1h),
                          plan(record, "never", 1h, 1s)));
  timeline.start(std::chrono::steady_clock::now());
  EXPECT_FALSE(timeline.wait_until(std::chrono::steady_clock::now()));
  while (record.told().size() < 2) std::this_thread::yield();
  timeline.stop();
  EXPECT_EQ(record.told(), (Told{"+now", "+too", "-too", "-now"}));
  EXPECT_EQ(timeline.truths().size(), 2U);
  timeline.stop();
}

TEST(Timeline, GoesOnAfterAFaultThatCannotBegin) {
  Record record;
  Timeline timeline(plans(plan(record, "bad", 0ms, 10ms, {.fails_to_begin = true}),
                          plan(record, "good", 5ms, 5ms)));
  timeline.start(std::chrono::steady_clock::now());
  ASSERT_TRUE(over(timeline));
  timeline.stop();
  EXPECT_EQ(record.told(), (Told{"+bad", "-bad", "+good", "-good"}));
  ASSERT_EQ(timeline.truths().size(), 1U);
  EXPECT_EQ(timeline.truths()[0].kind, "good");
  ASSERT_EQ(timeline.errors().size(), 1U);
  EXPECT_EQ(timeline.errors()[0].message, "bad cannot be");
}

TEST(Timeline, TriesAgainToUndo) {
  Record record;
  Timeline timeline(plans(plan(record, "stubborn", 0ms, 0ms, {.failing_ends = 1})));
  timeline.start(std::chrono::steady_clock::now());
  ASSERT_TRUE(over(timeline));
  timeline.stop();
  EXPECT_EQ(record.told(), (Told{"+stubborn", "-stubborn", "-stubborn"}));
  EXPECT_TRUE(timeline.truths()[0].to.has_value());
  ASSERT_EQ(timeline.errors().size(), 1U);
  EXPECT_EQ(timeline.errors()[0].trouble, Trouble::not_undone);
}

TEST(Timeline, OfNothingIsOver) {
  Timeline timeline({});
  EXPECT_TRUE(timeline.wait_until(std::chrono::steady_clock::now()));
  timeline.start(std::chrono::steady_clock::now());
  EXPECT_TRUE(over(timeline));
}

}  // namespace
}  // namespace pim::chaos
