// `./lab stack` itself: asked twice it changes nothing, its data survive it, and what waits in the
// Collector does, too. The tests that end parts run only where PIM_STACK_IS_MINE says that nobody
// else uses this stack.
#include <signal.h>

#include <cstdlib>
#include <filesystem>

#include "load/child_process.h"
#include "otlp_samples.h"
#include "stack.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

class StackRestartTest : public StackTest {
 protected:
  void own_stack_or_skip() {
    if (std::getenv("PIM_STACK_IS_MINE") == nullptr) GTEST_SKIP() << "others may use this stack";
  }
  // ./lab stack VERB on this stack's directory.
  void lab(const std::string& verb) {
    load::ChildOptions options;
    options.arguments = {PIM_SOURCE_DIR "/lab", "stack", verb, "--dir", stack().url("directory")};
    options.stdout_file = options.stderr_file = path("lab.out");
    const auto exit = load::run_child(options, 180s);
    ASSERT_TRUE(exit.ok() && exit->clean())
        << (exit.ok() ? exit->to_string() : exit.error()) << "\n"
        << integration::read_text(path("lab.out"));
  }
  void kill(const std::string& part) {
    const auto pid = stack().description()["pids"][part].get<pid_t>();
    ASSERT_EQ(::kill(pid, SIGKILL), 0);
    ASSERT_TRUE(eventually([&] { return ::kill(pid, 0) != 0; }));
  }
  void reread() {
    auto stack = Stack::from_environment();
    ASSERT_TRUE(stack.ok()) << stack.error();
    this->stack() = std::move(*stack);
  }
  bool has_log(const std::string& trace) {
    return !this->stack()
                .logs("{service_name=\"stack-test\"} | trace_id=\"" + trace + "\"",
                      system_clock::now() - 10min, system_clock::now() + 1min)
                .empty();
  }
  void send_log(const std::string& trace) {
    ASSERT_EQ(
        stack()
            .post("otlp", "/v1/logs", "application/json",
                  log_sample("stack-test", "kept", trace, random_hex(16), system_clock::now()))
            .status,
        200);
  }
};

TEST_F(StackRestartTest, AskedTwiceItChangesNothing) {
  const auto before = stack().description();
  lab("up");
  reread();
  EXPECT_EQ(stack().description(), before);
}

TEST_F(StackRestartTest, DataSurviveARestart) {
  own_stack_or_skip();
  if (IsSkipped()) return;
  const auto now = system_clock::now();
  const auto trace = random_hex(32);
  const auto span = random_hex(16);
  const auto gauge = "pim_stack_test_kept_" + random_hex(8);
  const auto service = "kept-" + random_hex(8);
  const auto before = stack().description();
  const auto all_there = [&] {
    return has_log(trace) && stack().span_ids(trace) == std::vector{span} &&
           !stack().metrics(gauge, now + 1s).empty() &&
           stack().get("pyroscope",
                       "/pyroscope/render?from=now-10m&until=now&format=json&query=" +
                           escaped("process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name=\"" +
                                   service + "\"}"))
                   .body.find("pim::kept") != std::string::npos;
  };
  send_log(trace);
  stack().post("otlp", "/v1/traces", "application/json",
               span_sample("stack-test", trace, span, now));
  stack().post("otlp", "/v1/metrics", "application/json",
               gauge_sample("stack-test", gauge, 1, now));
  stack().post("pyroscope", "/ingest?name=" + service + "&format=pprof", "application/octet-stream",
               profile_sample("pim::kept", 500, now));
  ASSERT_TRUE(eventually(all_there)) << "before";
  lab("down");
  EXPECT_FALSE(std::filesystem::exists(std::getenv("PIM_STACK")));
  lab("up");
  reread();
  for (const auto& [part, pid] : stack().description()["pids"].items()) {
    EXPECT_NE(pid, before["pids"][part]) << part << " was not restarted";
  }
  EXPECT_TRUE(eventually(all_there)) << "after";
}

TEST_F(StackRestartTest, WhatWaitsInTheCollectorSurvivesItsDeath) {
  own_stack_or_skip();
  if (IsSkipped()) return;
  kill("loki");
  const auto trace = random_hex(32);
  send_log(trace);
  ASSERT_TRUE(eventually([&] {
    return stack().metric("otelcol_exporter_queue_size{exporter=\"otlp_http/loki\"}") > 0;
  })) << "it waits";
  kill("collector");
  lab("up");
  reread();
  EXPECT_TRUE(eventually([&] { return has_log(trace); }));
}

}  // namespace
}  // namespace pim::stack
