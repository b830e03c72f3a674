// Cluster B asleep: the back ends stand still while the application is under load. Its requests do
// not notice, the Collector buffers on disk within its bound, and after they wake all has arrived,
// with nothing restarted. Twenty minutes are compressed to seconds; docs/stack.md has the bound.
#include <csignal>
#include <filesystem>
#include <set>

#include "stack.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;

class AsleepTest : public StackTest {
 protected:
  // One accepted command; its trace, if that is kept, goes to `kept`.
  void write(std::set<std::string>& kept) {
    const auto made = register_patient();
    EXPECT_EQ(made.status, 201) << made.body;
    const std::string trace(made.header("traceparent"));
    if (trace.ends_with("-01")) kept.insert(trace.substr(3, 32));
  }
  void signal(int number) {
    asleep_ = number == SIGSTOP;
    for (const char* part : {"loki", "tempo", "mimir", "pyroscope"}) {
      ASSERT_EQ(::kill(stack().description()["pids"][part].get<pid_t>(), number), 0) << part;
    }
  }
  void TearDown() override {
    if (asleep_) signal(SIGCONT);
    StackTest::TearDown();
  }

 private:
  bool asleep_ = false;
};

TEST_F(AsleepTest, LosesNothingThatTheBufferHolds) {
  serve_observed();
  std::set<std::string> traces;
  for (int i = 0; i < 20; ++i) write(traces);
  ASSERT_FALSE(traces.empty());
  const auto awake = *traces.begin();
  ASSERT_TRUE(eventually([&] { return !stack().span_ids(awake).empty(); }))
      << "the way there works";

  signal(SIGSTOP);
  const auto asleep = std::chrono::system_clock::now();
  std::set<std::string> slept_through;
  while (std::chrono::system_clock::now() - asleep < 30s) write(slept_through);
  EXPECT_EQ(metric("pim_spans_dropped_total{reason=\"queue_full\"}"), 0);
  EXPECT_EQ(metric("pim_spans_dropped_total{reason=\"not_taken\"}"), 0);
  signal(SIGCONT);
  const auto woken = std::chrono::system_clock::now();
  RecordProperty("traces_asleep", static_cast<int>(slept_through.size()));

  // Spans and lines of every trace of that time. Some thousand: asked for by time, then compared.
  const auto missing_lines = [&] {
    auto missing = slept_through;
    // Loki gives 5,000 lines at most: second by second
    for (auto from = asleep - 2s; from < woken + 2s; from += 1s) {
      for (const auto& line :
           stack().logs(R"({service_name="pim"} |= `request`)", from, from + 1s)) {
        const auto id = line.labels.find("trace_id");
        if (id != line.labels.end()) missing.erase(id->second);
      }
    }
    return missing.size();
  };
  EXPECT_TRUE(eventually([&] { return missing_lines() == 0; }, 120s))
      << missing_lines() << " of " << slept_through.size() << " traces have no line";
  auto missing_traces = slept_through;
  EXPECT_TRUE(eventually(
      [&] {
        std::erase_if(missing_traces,
                      [&](const auto& id) { return !stack().span_ids(id).empty(); });
        return missing_traces.empty();
      },
      180s))
      << missing_traces.size() << " of " << slept_through.size() << " traces are not in Tempo";

  // What was scraped while Mimir slept is there as well: no gap over two scrapes and a half.
  const auto samples = [&] {
    const auto seconds = [](WallTime time) {
      return std::to_string(
          std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
    };
    const auto answer = stack().get_json(
        "mimir",
        "/prometheus/api/v1/query_range?step=5&query=" + escaped("count_over_time(pim_ready[6s])") +
            "&start=" + seconds(asleep + 6s) + "&end=" + seconds(woken));
    std::size_t most = 0;
    if (answer.is_object()) {
      for (const auto& series : answer["data"]["result"])
        most = std::max(most, series["values"].size());
    }
    return most;
  };
  EXPECT_TRUE(eventually([&] { return samples() >= 4; }))
      << samples() << " of 5 steps have samples";
}

}  // namespace
}  // namespace pim::stack
