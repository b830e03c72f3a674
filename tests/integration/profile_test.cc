// A real server under load and what its profiles say: of ours, by file and line, and for which of
// the spans that were sent.
#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include "lab.h"
#include "telemetry/otlp_receiver_testing.h"
#include "telemetry/pprof_reader_testing.h"
#include "telemetry/profile_receiver_testing.h"

namespace pim::integration {
namespace {

using telemetry::Pprof;

class ProfileTest : public Lab {
 protected:
  // Writes as fast as it goes while `during` runs.
  template <class During>
  void under_load(During during) {
    const std::string registrar = token("registrar");
    std::atomic<bool> stop{false};
    std::vector<std::thread> writers;
    writers.reserve(4);
    for (int i = 0; i < 4; ++i) {
      writers.emplace_back([&] {
        load::HttpClient client("127.0.0.1", server().port(), std::chrono::seconds(10));
        const std::string body = R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";
        while (!stop) {
          const auto made = client.send(
              {"POST",
               "/v1/patients",
               {{"Authorization", "Bearer " + registrar}, {"Content-Type", "application/json"}},
               body});
          EXPECT_TRUE(made && made->status == 201);
        }
      });
    }
    during();
    stop = true;
    for (auto& writer : writers) writer.join();
  }
};

bool names_our_source(const Pprof& profile) {
  return std::ranges::any_of(profile.samples, [](const auto& sample) {
    return std::ranges::any_of(sample.frames, [](const telemetry::PprofFrame& frame) {
      return frame.function.starts_with("pim::") && frame.line > 0 &&
             frame.file.find("/src/") != std::string::npos;
    });
  });
}

std::set<std::string> spans_of(const Pprof& profile) {
  std::set<std::string> spans;
  for (const auto& sample : profile.samples) {
    const auto label = sample.labels.find("span_id");
    if (label != sample.labels.end()) spans.insert(label->second);
  }
  return spans;
}

std::set<std::string> threads_of(const Pprof& profile) {
  std::set<std::string> threads;
  for (const auto& sample : profile.samples) {
    const auto label = sample.labels.find("thread");
    if (label != sample.labels.end()) threads.insert(label->second);
  }
  return threads;
}

TEST_F(ProfileTest, HasOurFunctionsAndTheSpansThatWereSent) {
  telemetry::OtlpReceiver receiver;
  serve(
      {"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "1000000", "--profile-hz", "1000"});
  Pprof profile;
  under_load([&] {
    std::atomic<bool> stop{false};
    std::thread prober([&] {
      while (!stop) EXPECT_EQ(admin("GET", "/livez").status, 200);
    });
    const auto got = admin("GET", "/debug/pprof/profile?seconds=3");
    stop = true;
    prober.join();
    EXPECT_EQ(got.status, 200) << got.body;
    profile = telemetry::read_pprof(got.body);
  });
  ASSERT_EQ(stop_server(), 0);
  EXPECT_TRUE(names_our_source(profile));
  EXPECT_GT(profile.ticks("pim::spine::ShardExecutor::"), 0);
  const auto threads = threads_of(profile);
  for (const auto* thread : {"store-write", "http"}) {
    EXPECT_TRUE(threads.contains(thread)) << thread;
  }
  // Each for itself may have little to do where the machine is busy.
  EXPECT_TRUE(std::ranges::any_of(
      threads, [](const std::string& thread) { return thread.starts_with("shard-"); }));
  const auto spans = spans_of(profile);
  EXPECT_GT(spans.size(), 5U);
  std::set<std::string> sent;
  bool batch = false;
  for (const auto& span : receiver.spans()) {
    sent.insert(span.span_id);
    batch = batch || (span.name == "commit batch" && spans.contains(span.span_id));
  }
  for (const auto& span : spans) EXPECT_TRUE(sent.contains(span)) << span;
  EXPECT_TRUE(batch) << "the writer works for its batch's span";
}

TEST_F(ProfileTest, LabelsNoSpanWhereNoTraceIsKept) {
  serve({"--profile-hz", "1000"});
  Pprof profile;
  under_load([&] {
    profile = telemetry::read_pprof(admin("GET", "/debug/pprof/profile?seconds=1").body);
  });
  EXPECT_GT(profile.ticks(), 0);
  EXPECT_TRUE(spans_of(profile).empty());
}

TEST_F(ProfileTest, IsPushedAtTheEndToo) {
  telemetry::ProfileReceiver receiver;
  serve({"--pyroscope-endpoint", receiver.endpoint()});
  // What is pushed has seen what a recording beside it saw, however long the clock takes to tick.
  under_load([&] {
    int recordings = 0;
    while (!names_our_source(
        telemetry::read_pprof(admin("GET", "/debug/pprof/profile?seconds=1").body))) {
      ASSERT_LT(++recordings, 60);
    }
  });
  ASSERT_EQ(stop_server(), 0);
  const auto received = receiver.wait_for(1);
  ASSERT_FALSE(received.empty());
  EXPECT_TRUE(received[0].target.starts_with("/ingest?format=pprof&spyName=pim&name=pim%7B"));
  EXPECT_NE(received[0].target.find("region%3Dlocal"), std::string::npos);
  EXPECT_TRUE(names_our_source(telemetry::read_pprof(received[0].pprof)));
}

TEST_F(ProfileTest, ALongCommandPushesItsOwn) {
  telemetry::ProfileReceiver receiver;
  const auto run = pim({"data", "generate", "--out", path("rows"), "--patients", "6000"},
                       {"PIM_PYROSCOPE_ENDPOINT=" + receiver.endpoint()});
  ASSERT_EQ(run.exit, 0) << run.err;
  const auto received = receiver.wait_for(1);
  ASSERT_FALSE(received.empty());
  EXPECT_NE(received[0].target.find("name=pim-cli%7B"), std::string::npos) << received[0].target;
  EXPECT_NE(received[0].target.find("command%3Ddata-generate"), std::string::npos);
  EXPECT_GT(telemetry::read_pprof(received[0].pprof).ticks("pim::data::"), 0);
}

TEST_F(ProfileTest, OffSaysSo) {
  serve({"--profile-hz", "0"});
  const auto off = admin("GET", "/debug/pprof/profile?seconds=1");
  EXPECT_EQ(off.status, 404);
  EXPECT_NE(off.body.find("urn:pim:problem:profiler-off"), std::string::npos) << off.body;
}

}  // namespace
}  // namespace pim::integration
