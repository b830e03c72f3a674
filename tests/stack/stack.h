// The observability stack that `./lab stack up` runs, as tests see it: where its parts are, and
// what they answer. The file that PIM_STACK names says where; a test without one fails and says so.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "lab.h"
#include "load/http_client.h"
#include "signals.h"

namespace pim::stack {

using Json = nlohmann::json;
using WallTime = std::chrono::system_clock::time_point;

// For a URL's query: all but letters, digits and -._~ as %XX.
std::string escaped(std::string_view text);
// So many random hex digits, for ids of traces (32) and spans (16).
std::string random_hex(std::size_t digits);
// Tempo gives ids in base64, as protobuf's JSON has bytes.
std::string hex_of_base64(std::string_view base64);
std::string nanoseconds(WallTime time);  // since 1970, as OTLP and Loki write them

// Asks `condition` until what it answers is true or `limit` has passed; its last answer.
template <class Condition>
auto eventually(Condition condition, std::chrono::seconds limit = std::chrono::seconds(60)) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  auto answer = condition();
  while (!answer && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    answer = condition();
  }
  return answer;
}

// The parts are called as in stack.json: loki, tempo, mimir, pyroscope, otlp, collector_metrics,
// collector_health, alert_sink. One thread at a time.
class Stack {
 public:
  // An error: PIM_STACK is not set, or names no file of a stack.
  static Result<Stack, std::string> from_environment();

  bool has(const std::string& part) const { return description_.contains(part); }
  std::string url(const std::string& part) const;  // http://HOST:PORT
  const Json& description() const { return description_; }

  // A failure of the transport is an answer of status 0 with the reason as its body, so that
  // conditions can ask again.
  load::Response get(const std::string& part, const std::string& target) const;
  load::Response post(const std::string& part, const std::string& target,
                      const std::string& content_type, const std::string& body) const;
  // The answer's JSON; null where it was none, or not 2xx.
  Json get_json(const std::string& part, const std::string& target) const;

  // The trace as Tempo's API gives it ({"batches": ...}); null where it has none of that id.
  Json trace(const std::string& trace_id) const;
  // Every span id of it; for comparing with what was sent.
  std::vector<std::string> span_ids(const std::string& trace_id) const;
  // Lines of a LogQL query, oldest first, at most 5,000.
  std::vector<LogLine> logs(const std::string& query, WallTime from, WallTime to) const;
  // The result of an instant PromQL query, an array of {"metric":..., "value":[time, "text"]}.
  Json metrics(const std::string& query, WallTime at = std::chrono::system_clock::now()) const;
  // Of the first series of it; `otherwise` where there is none.
  double metric(const std::string& query, double otherwise = -1) const;
  std::vector<Exemplar> exemplars(const std::string& selector, WallTime from, WallTime to) const;

  // Has the Collector scrape HOST:PORT as job `pim` from now on (`name` is a file's), or no more.
  void scrape(const std::string& name, const std::string& address) const;
  void scrape_no_more(const std::string& name) const;

 private:
  explicit Stack(Json description) : description_(std::move(description)) {}
  load::Response send(const std::string& part, const load::Request& request) const;

  Json description_;
};

// A test with the stack and, where it calls serve_observed(), with a real server that the stack
// sees.
class StackTest : public integration::Lab {
 protected:
  void SetUp() override;
  void TearDown() override;

  Stack& stack() { return *stack_; }
  // A server whose traces and logs go to the Collector, which scrapes its metrics.
  void serve_observed(std::vector<std::string> extra = {});

 private:
  std::optional<Stack> stack_;
  std::string target_;  // the name under which the Collector scrapes
};

}  // namespace pim::stack
