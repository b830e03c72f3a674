#include "load/run/live.h"

#include <gtest/gtest.h>

#include <tuple>

namespace pim::load {
namespace {

using namespace std::chrono_literals;

LiveView a_view() {
  LiveView view;
  view.phase = "measuring";
  view.elapsed = 75s;
  view.planned = 10min;
  view.last.due = 1200;
  view.last.ok = 1100;
  view.last.failed = 70;
  view.last.retries = 30;
  view.p50_micros = 2340;
  view.p99_micros = 41'200;
  view.in_flight = 12;
  view.waiting = 3;
  view.retry_budget = 87.9;
  view.cpu = 0.23;
  view.lag_micros = 420;
  for (const auto& [kind, attempts, requests] :
       {std::tuple{"timeout", 2, 1}, std::tuple{"503 overloaded", 90, 60}}) {
    ErrorResult& error = view.errors.emplace_back();
    error.kind = kind;
    error.attempts = static_cast<std::uint64_t>(attempts);
    error.requests = static_cast<std::uint64_t>(requests);
  }
  return view;
}

TEST(Live, ALineSaysWhatMattersNow) {
  EXPECT_EQ(live_line(a_view(), {}),
            "1:15/10:00 measuring  due 1200/s  ok 1100/s  p50 2.34 ms  p99 41.2 ms  in flight 12  "
            "waiting 3  retries 30/s  failed 70/s  [503 overloaded 150]  [timeout 3]");
  const std::vector<FaultPeriod> faults{{"sigstop", "spine", 70s, 0s},
                                        {"sigkill", "spine", 1s, 2s}};
  const auto line = live_line(a_view(), faults);
  EXPECT_TRUE(line.ends_with("  FAULT sigstop on spine")) << line;
}

TEST(Live, AScreenKeepsToItsWidth) {
  const auto screen = live_screen(a_view(), {{"disk-slow", "", 1s, 0s}}, 40);
  EXPECT_NE(screen.find("1:15 of 10:00  measuring\n"), std::string::npos);
  EXPECT_NE(screen.find("faults    disk-slow\n"), std::string::npos);
  std::size_t at = 0;
  while (at < screen.size()) {
    const auto end = screen.find('\n', at);
    EXPECT_LE(end - at, 40u);
    at = end + 1;
  }
}

TEST(Live, ASecondWithoutAnAnswerSaysSo) {
  auto view = a_view();
  view.last.ok = 0;
  EXPECT_NE(live_line(view, {}).find("  no answer  "), std::string::npos);
}

}  // namespace
}  // namespace pim::load
