#include "telemetry/profiler.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <thread>

#include "telemetry/current_span.h"
#include "telemetry/pprof.h"
#include "telemetry/pprof_reader_testing.h"
#include "telemetry/sample_ring.h"
#include "telemetry/thread_name.h"

namespace pim::telemetry {
namespace {

std::chrono::nanoseconds thread_cpu_time() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::atomic<std::uint64_t> work_done{0};

// Work that inlining must not take apart: its name, and the name of what it has inlined, are
// looked for.
[[gnu::always_inline]] inline std::uint64_t profiled_inlined_step(std::uint64_t x) {
  for (int i = 0; i < 2000; ++i) x = x * 6364136223846793005U + (x >> 31U);
  return x;
}
constexpr int kHotLine = __LINE__ + 2;
[[gnu::noinline]] void profiled_hot_function(std::chrono::nanoseconds cpu) {
  const auto end = thread_cpu_time() + cpu;
  std::uint64_t x = 1;
  while (thread_cpu_time() < end) x = profiled_inlined_step(x);
  work_done += x;
}
[[gnu::noinline]] void profiled_caller(std::chrono::nanoseconds cpu) {
  profiled_hot_function(cpu);
  work_done += 1;  // so that it is no tail call
}

using std::chrono::milliseconds;

std::unique_ptr<Profiler> start_profiler(std::uint32_t hz = 1000) {
  auto profiler = Profiler::start({.hz = hz, .census = milliseconds(5)});
  EXPECT_NE(profiler, nullptr);
  return profiler;
}

Pprof encode_and_read(const Profile& profile) {
  Symbolizer symbolizer({.patience = std::chrono::minutes(1)});
  return read_pprof(encode_pprof(profile, symbolizer));
}

std::uint64_t ticks_of(const Profile& profile) {
  std::uint64_t sum = 0;
  for (const auto& [stack, ticks] : profile.ticks) sum += ticks;
  return sum;
}

TEST(Profiler, FindsTheFunctionThatWorks) {
  const auto profiler = start_profiler();
  Profiler::Recording recording(*profiler);
  std::thread([] {
    name_thread("hot");
    profiled_caller(milliseconds(900));
  }).join();
  const Profile seen = recording.take();
  const Pprof profile = encode_and_read(seen);
  using Type = std::pair<std::string, std::string>;
  EXPECT_EQ(profile.sample_types,
            (std::vector<Type>{{"samples", "count"}, {"cpu", "nanoseconds"}}));
  EXPECT_EQ(profile.period_type, Type("cpu", "nanoseconds"));
  EXPECT_EQ(profile.period, 1'000'000);
  EXPECT_GT(profile.time_nanos, 1'700'000'000'000'000'000);
  EXPECT_GT(profile.duration_nanos, 100'000'000);

  const auto hot = profile.ticks("profiled_hot_function");
  EXPECT_GT(hot, 100) << "of 900 that it used, whatever else ran: a busy machine finds it late";
  EXPECT_LE(hot, 1'000);
  std::int64_t with_caller = 0;
  bool inlined = false;
  for (const auto& sample : profile.samples) {
    if (!sample.has("profiled_hot_function")) continue;
    EXPECT_EQ(sample.values[1], sample.values[0] * 1'000'000);
    EXPECT_EQ(sample.labels.at("thread"), "hot");
    if (sample.has("profiled_caller")) with_caller += sample.values[0];
    for (const auto& frame : sample.frames) {
      if (frame.function.find("profiled_inlined_step") != std::string::npos) inlined = true;
      if (frame.function.find("profiled_hot_function") == std::string::npos) continue;
      EXPECT_TRUE(frame.file.ends_with("telemetry/profiler_test.cc")) << frame.file;
      EXPECT_GE(frame.line, kHotLine);
      EXPECT_LE(frame.line, kHotLine + 5);
    }
  }
  EXPECT_TRUE(inlined) << "a frame of its own for what was inlined";
  EXPECT_GE(with_caller * 10, hot * 9) << "frame pointers lead to the caller";
  bool own = false;
  for (const auto& mapping : profile.mappings) {
    own = own || (mapping.file.ends_with("telemetry_test") && mapping.build_id.size() == 40);
  }
  EXPECT_TRUE(own);
}

TEST(Profiler, LabelsSamplesWithTheSpanOfTheThread) {
  const auto profiler = start_profiler();
  Profiler::Recording recording(*profiler);
  const TraceContext outer = TraceContext::root();
  const TraceContext inner = outer.child();
  {
    const SpanScope outer_scope(outer);
    profiled_hot_function(milliseconds(100));
    {
      const SpanScope inner_scope(inner);
      profiled_hot_function(milliseconds(200));
    }
    profiled_hot_function(milliseconds(100));
  }
  profiled_hot_function(milliseconds(100));
  std::thread([] { profiled_hot_function(milliseconds(100)); }).join();

  const Profile seen = recording.take();
  std::map<std::string, std::int64_t> by_span;
  for (const auto& sample : encode_and_read(seen).samples) {
    if (!sample.has("profiled_hot_function")) continue;
    const auto span = sample.labels.find("span_id");
    if (span != sample.labels.end()) {
      EXPECT_EQ(sample.labels.at("trace_id"), outer.trace_hex());
    }
    by_span[span == sample.labels.end() ? "" : span->second] += sample.values[0];
  }
  EXPECT_EQ(by_span.size(), 3U);
  for (const auto& span : {outer.span_hex(), inner.span_hex(), std::string()}) {
    EXPECT_GT(by_span[span], 70) << span << " of 200";
    EXPECT_LE(by_span[span], 260) << span;
  }
  Symbolizer symbolizer;
  for (const auto& sample :
       read_pprof(encode_pprof(seen, symbolizer, {.trace_ids = false})).samples) {
    EXPECT_FALSE(sample.labels.contains("trace_id"));
  }
}

// Each thread's share, and not what the one that is best placed for signals got.
TEST(Profiler, GivesEachThreadItsOwnSamples) {
  const auto profiler = start_profiler();
  Profiler::Recording recording(*profiler);
  std::vector<std::thread> threads;
  threads.reserve(3);
  for (int i = 1; i <= 3; ++i) {
    threads.emplace_back([i] {
      name_thread("worker", static_cast<std::size_t>(i));
      profiled_hot_function(milliseconds(100 * i));
    });
  }
  for (auto& thread : threads) thread.join();
  std::map<std::string, std::int64_t> by_thread;
  for (const auto& sample : encode_and_read(recording.take()).samples) {
    by_thread[sample.labels.at("thread")] += sample.values[0];
  }
  for (int i = 1; i <= 3; ++i) {
    const auto ticks = by_thread["worker-" + std::to_string(i)];
    EXPECT_GE(ticks, 60 * i) << i;
    EXPECT_LE(ticks, 130 * i) << i;
  }
}

TEST(Profiler, SurvivesThreadsThatComeAndGo) {
  const auto profiler = start_profiler();
  Profiler::Recording recording(*profiler);
  const TraceContext span = TraceContext::root();
  for (int round = 0; round < 40; ++round) {
    std::vector<std::thread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&span] {
        const SpanScope scope(span);
        profiled_hot_function(milliseconds(3));
      });
    }
    for (auto& thread : threads) thread.join();
  }
  const Profile profile = recording.take();
  EXPECT_GT(ticks_of(profile), 0U);
  for (const auto& [stack, ticks] : profile.ticks) EXPECT_FALSE(stack.frames.empty());
}

// Works until `recording` has so many ticks: a busy machine may arm the timer late.
std::uint64_t ticks_of_work(Profiler::Recording& recording, std::uint64_t wanted) {
  std::uint64_t ticks = 0;
  while (ticks < wanted) {
    profiled_hot_function(milliseconds(20));
    ticks += ticks_of(recording.take());
  }
  return ticks;
}

TEST(Profiler, RecordingsAreApart) {
  const auto profiler = start_profiler();
  Profiler::Recording first(*profiler);
  const auto before = ticks_of_work(first, 50);
  Profiler::Recording second(*profiler);
  EXPECT_LE(ticks_of(second.take()), before / 2) << "of before it began";
  const auto of_second = ticks_of_work(second, 50);
  const auto of_first = ticks_of(first.take());
  EXPECT_GE(of_first + 5, of_second);
}

TEST(Profiler, IsQuietWhileNobodyRecords) {
  const auto profiler = start_profiler();
  {
    const Profiler::Recording recording(*profiler);
  }
  const auto before = profiler->stats().samples;
  profiled_hot_function(milliseconds(100));
  Profiler::Recording recording(*profiler);
  EXPECT_LE(profiler->stats().samples, before + 2) << "what was under way at the end may come";
}

TEST(Profiler, IsOneAtATimeAndLeavesAnothersHandlerAlone) {
  {
    const auto profiler = start_profiler();
    EXPECT_EQ(Profiler::start({}), nullptr);
  }
  EXPECT_NE(Profiler::start({}), nullptr) << "again, once the first has gone";
  struct sigaction ours{};
  struct sigaction theirs{};
  theirs.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGPROF, &theirs, &ours), 0);
  EXPECT_EQ(Profiler::start({}), nullptr);
  ASSERT_EQ(::sigaction(SIGPROF, &ours, nullptr), 0);
}

TEST(Profiler, KeepsErrno) {
  const auto profiler = start_profiler();
  const Profiler::Recording recording(*profiler);
  const auto before = profiler->stats().samples;
  int changed = 0;
  const auto end = thread_cpu_time() + milliseconds(200);
  errno = E2BIG;
  while (thread_cpu_time() < end) {
    // NOLINTNEXTLINE(clang-analyzer-unix.Errno): clock_gettime() sets it only where it fails
    if (errno != E2BIG) ++changed;
  }
  EXPECT_EQ(changed, 0);
  Profiler::Recording other(*profiler);  // empties the ring
  EXPECT_GT(profiler->stats().samples, before + 20) << "it was interrupted";
}

TEST(Profiler, CountsStacksBeyondItsLimit) {
  const auto profiler = Profiler::start({.hz = 1000, .stacks = 1, .census = milliseconds(5)});
  ASSERT_NE(profiler, nullptr);
  Profiler::Recording recording(*profiler);
  for (int i = 0; i < 5; ++i) {
    const SpanScope scope(TraceContext::root());
    profiled_hot_function(milliseconds(20));
  }
  const Profile profile = recording.take();
  EXPECT_EQ(profile.ticks.size(), 1U);
  EXPECT_GT(profile.dropped, 0U);
  EXPECT_EQ(profiler->stats().dropped_stacks, profile.dropped);
}

TEST(Profiler, AChildProcessIsNotProfiledAndEndsWell) {
  const auto profiler = start_profiler();
  const Profiler::Recording recording(*profiler);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto end = thread_cpu_time() + milliseconds(50);
    while (thread_cpu_time() < end) {
    }
    ::execl("/bin/true", "true", nullptr);
    ::_exit(1);
  }
  profiled_hot_function(milliseconds(50));
  int status = -1;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  EXPECT_EQ(status, 0);
}

TEST(SampleRing, CountsWhatItHasNoRoomFor) {
  const auto owned = std::make_unique<SampleRing<4>>();
  auto& ring = *owned;
  const auto push = [&ring](std::uint32_t depth) {
    return ring.push([depth](StackSample& sample) { sample.depth = depth; });
  };
  for (std::uint32_t lap = 0; lap < 3; ++lap) {
    for (std::uint32_t i = 0; i < 4; ++i) EXPECT_TRUE(push(i));
    EXPECT_FALSE(push(9));
    EXPECT_EQ(ring.dropped(), lap + 1);
    for (std::uint32_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(ring.pop([i](const StackSample& sample) { EXPECT_EQ(sample.depth, i); }));
    }
    EXPECT_FALSE(ring.pop([](const StackSample&) { FAIL(); }));
  }
}

TEST(SampleRing, LosesAndTearsNothingBetweenThreads) {
  const auto owned = std::make_unique<SampleRing<64>>();
  auto& ring = *owned;
  constexpr std::uint32_t kEach = 20'000;
  std::atomic<std::uint64_t> pushed{0};
  std::atomic<int> running{4};
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (std::uint32_t i = 1; i <= kEach; ++i) {
        pushed += ring.push([i](StackSample& sample) {
          sample.frames[0] = i;
          sample.depth = i;
        });
      }
      --running;
    });
  }
  std::uint64_t popped = 0;
  const auto check = [&](const StackSample& sample) {
    EXPECT_EQ(sample.frames[0], sample.depth);
    ++popped;
  };
  while (running > 0) (void)ring.pop(check);
  while (ring.pop(check)) {
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(popped, pushed);
  EXPECT_EQ(popped + ring.dropped(), 4U * kEach);
}

}  // namespace
}  // namespace pim::telemetry
