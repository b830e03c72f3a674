#include "cli/load_result.h"

#include <cstdio>
#include <string_view>
#include <vector>

#include "cli/json_object.h"
#include "domain/ids.h"
#include "load/run/verdict.h"

namespace pim::cli {
namespace {

using load::Outcomes;
using load::RunResult;

double in_seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string latency_json(const load::Histogram& latency) {
  JsonObject object;
  object.add("count", latency.count()).add("mean", latency.mean()).add("min", latency.min());
  for (const auto& [name, percent] :
       {std::pair{"p50", 50.0}, std::pair{"p90", 90.0}, std::pair{"p95", 95.0},
        std::pair{"p99", 99.0}, std::pair{"p999", 99.9}, std::pair{"p9999", 99.99}}) {
    object.add(name, latency.percentile(percent));
  }
  return object.add("max", latency.max()).str();
}

std::string outcomes_json(const Outcomes& outcomes) {
  return JsonObject()
      .add("ok", outcomes.ok)
      .add("rejected", outcomes.rejected)
      .add("failed", outcomes.failed)
      .raw("ok_micros", latency_json(outcomes.ok_latency))
      .raw("failed_micros", latency_json(outcomes.failed_latency))
      .str();
}

std::string operation_json(const load::OperationResult& operation) {
  return JsonObject()
      .add("name", operation.name)
      .add("kind", operation.command ? "command" : "query")
      .add("attempts", operation.attempts)
      .raw("before_retries", outcomes_json(operation.before))
      .raw("after_retries", outcomes_json(operation.after))
      .str();
}

std::string interval_json(const load::Interval& interval) {
  JsonObject endings;
  for (std::size_t i = 0; i < load::kEndings.size(); ++i) {
    if (interval.by_ending[i] > 0) endings.add(load::kEndings[i], interval.by_ending[i]);
  }
  std::vector<std::string> shards;
  for (const auto count : interval.by_shard) shards.push_back(std::to_string(count));
  return JsonObject()
      .add("from", in_seconds(interval.from))
      .add("due", interval.due)
      .add("sent", interval.sent)
      .add("retries", interval.retries)
      .raw("ended", endings.str())
      .add("not_sent", interval.not_sent)
      .add("in_flight", interval.in_flight)
      .add("waiting", interval.waiting)
      .add("p50_micros", interval.p50_micros)
      .add("p99_micros", interval.p99_micros)
      .add("p999_micros", interval.p999_micros)
      .add("max_micros", interval.max_micros)
      .add("lag_micros", interval.lag_micros)
      .add("cpu", interval.cpu)
      .raw("by_shard", json_array(shards))
      .str();
}

std::string error_json(const load::ErrorResult& error) {
  return JsonObject()
      .add("kind", error.kind)
      .add("outcome", error.outcome)
      .add("attempts", error.attempts)
      .add("requests", error.requests)
      .add("example", error.example)
      .add("request_id", error.request_id)
      .add("trace_id", error.trace_id)
      .add("at", in_seconds(error.at))
      .str();
}

std::string slow_json(const load::SlowRequest& slow) {
  return JsonObject()
      .add("due", in_seconds(slow.due))
      .add("seconds", in_seconds(slow.latency))
      .add("waited", in_seconds(slow.waited))
      .add("operation", slow.operation)
      .add("outcome", slow.outcome)
      .add("attempts", slow.attempts)
      .add("shard", slow.shard)
      .add("request_id", slow.request_id)
      .add("trace_id", slow.trace_id)
      .add("sampled", slow.sampled)
      .str();
}

std::string stale_json(const load::StaleRead& stale) {
  return JsonObject()
      .add("at", in_seconds(stale.at))
      .add("path", stale.path)
      .add("position", stale.position)
      .add("wanted", stale.wanted)
      .add("seen", stale.seen)
      .add("request_id", stale.request_id)
      .add("trace_id", stale.trace_id)
      .str();
}

std::string generator_json(const load::GeneratorResult& generator) {
  std::vector<std::string> bottlenecks;
  for (const auto& why : generator.bottlenecks) {
    append_json_string(bottlenecks.emplace_back(), why);
  }
  return JsonObject()
      .add("cpu", generator.cpu)
      .add("busiest_cpu", generator.busiest_cpu)
      .add("cpu_wait", in_seconds(generator.cpu_wait))
      .add("cpu_micros_per_attempt", generator.cpu_micros_per_attempt)
      .add("most_waiting", generator.most_waiting)
      .add("most_in_flight", generator.most_in_flight)
      .raw("lag_micros", latency_json(generator.lag))
      .raw("bottlenecks", json_array(bottlenecks))
      .str();
}

std::string checks_json(const RunResult& result) {
  std::vector<std::string> checks;
  for (const auto& check : result.checks) {
    JsonObject object;
    object.add("name", check.name).add("wanted", check.wanted).add("got", check.got);
    object.add("met", check.met);
    if (check.budget_spent) object.add("budget_spent", *check.budget_spent);
    checks.push_back(object.str());
  }
  return json_array(checks);
}

template <class Item>
std::string items_json(const std::vector<Item>& items, std::string (*json)(const Item&)) {
  std::vector<std::string> texts;
  for (const Item& item : items) texts.push_back(json(item));
  return json_array(texts);
}

std::string line_of(const load::OperationResult& operation) {
  const Outcomes& after = operation.after;
  const auto millis = [&](double percent) {
    return static_cast<double>(after.ok_latency.percentile(percent)) / 1000;
  };
  char line[256];
  std::snprintf(line, sizeof line, "  %-28s %9llu %9llu %8llu %8llu %9.2f %9.2f %9.2f %9.2f\n",
                operation.name.c_str(), static_cast<unsigned long long>(after.ok),
                static_cast<unsigned long long>(after.rejected),
                static_cast<unsigned long long>(operation.before.failed),
                static_cast<unsigned long long>(after.failed), millis(50), millis(95), millis(99),
                millis(99.9));
  return line;
}

}  // namespace

std::string load_result_json(const RunResult& result) {
  std::vector<std::string> reasons;
  for (const auto& reason : result.reasons) append_json_string(reasons.emplace_back(), reason);
  std::vector<std::string> shards;
  for (const auto& shard : result.shards) {
    shards.push_back(JsonObject()
                         .add("shard", shard.shard)
                         .raw("after_retries", outcomes_json(shard.after))
                         .str());
  }
  std::vector<std::string> faults;
  for (const auto& fault : result.faults) {
    faults.push_back(JsonObject()
                         .add("kind", fault.kind)
                         .add("target", fault.target)
                         .add("from", in_seconds(fault.from))
                         .add("to", in_seconds(fault.to))
                         .str());
  }
  const auto started =
      std::chrono::duration_cast<std::chrono::milliseconds>(result.started.time_since_epoch());
  const auto& own = result.read_your_writes;
  return JsonObject()
             .add("verdict", load::to_string(result.verdict))
             .raw("reasons", json_array(reasons))
             .raw("checks", checks_json(result))
             .add("scenario", result.scenario)
             .add("description", result.description)
             .add("seed", result.seed)
             .add("model", result.open_model ? "open" : "closed")
             .add("rate_scale", result.rate_scale)
             .add("target", result.target)
             .add("started", UtcMillis{started.count()}.to_string())
             .add("warm_up", in_seconds(result.warm_up))
             .add("planned", in_seconds(result.planned))
             .add("elapsed", in_seconds(result.elapsed))
             .add("interrupted", result.interrupted)
             .raw("operations", items_json(result.operations, operation_json))
             .raw("shards", json_array(shards))
             .raw("errors", items_json(result.errors, error_json))
             .raw("retries", JsonObject()
                                 .add("sent", result.retry.retries)
                                 .add("recovered", result.retry.recovered)
                                 .add("over_budget", result.retry.over_budget)
                                 .add("over_attempts", result.retry.over_attempts)
                                 .add("over_deadline", result.retry.over_deadline)
                                 .str())
             .raw("read_your_writes", JsonObject()
                                          .add("checked", own.checked)
                                          .add("stale", own.stale)
                                          .raw("reads", operation_json(own.reads))
                                          .raw("examples", items_json(own.examples, stale_json))
                                          .str())
             .raw("faults", json_array(faults))
             .raw("generator", generator_json(result.generator))
             .raw("slowest", items_json(result.slowest, slow_json))
             .add("interval", in_seconds(result.interval))
             .raw("series", items_json(result.series, interval_json))
             .str() +
         "\n";
}

std::string load_result_text(const RunResult& result) {
  std::string out = result.scenario + ": " + std::string(load::to_string(result.verdict)) + "\n";
  for (const auto& reason : result.reasons) out += "  " + reason + "\n";
  for (const auto& check : result.checks) {
    out += std::string(check.met ? "  met       " : "  VIOLATED  ") + check.name + ": " +
           check.got + " (wanted " + check.wanted + ")\n";
  }
  out +=
      "\n  operation                           ok  rejected   failed    after       p50"
      "       p95       p99     p99.9\n"
      "                                                   at first  retries        "
      "ms from the intended start\n";
  for (const auto& operation : result.operations) out += line_of(operation);
  const auto& own = result.read_your_writes;
  if (own.checked > 0) {
    out += "\n  own writes read: " + std::to_string(own.checked) +
           ", missing the write: " + std::to_string(own.stale) + "\n";
  }
  for (const auto& error : result.errors) {
    out += "  " + error.kind + ": " + std::to_string(error.attempts) + " attempts, " +
           std::to_string(error.requests) + " requests; first: " + error.example.substr(0, 160) +
           "\n";
  }
  char self[256];
  std::snprintf(self, sizeof self,
                "\n  generator: %.0f %% of a processor, %.1f us an attempt, arrivals taken up %.2f "
                "ms late at p99, at most %llu waiting\n",
                result.generator.cpu * 100, result.generator.cpu_micros_per_attempt,
                static_cast<double>(result.generator.lag.percentile(99)) / 1000,
                static_cast<unsigned long long>(result.generator.most_waiting));
  return out + self;
}

}  // namespace pim::cli
