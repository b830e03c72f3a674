#include <nlohmann/json.hpp>

#include "domain/ids.h"
#include "load/report/report.h"
#include "load/run/ending.h"
#include "load/run/verdict.h"

namespace pim::load::report {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::nanoseconds;

double seconds_of(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

Json latency_json(const Histogram& latency) {
  Json json = {{"count", latency.count()}};
  if (latency.count() == 0) return json;
  json["mean_ms"] = latency.mean() / 1000;
  constexpr std::pair<const char*, double> kShown[] = {{"p50_ms", 50},    {"p90_ms", 90},
                                                       {"p95_ms", 95},    {"p99_ms", 99},
                                                       {"p999_ms", 99.9}, {"max_ms", 100}};
  for (const auto& [name, percent] : kShown) {
    json[name] = static_cast<double>(latency.percentile(percent)) / 1000;
  }
  return json;
}

Json outcomes_json(const Outcomes& outcomes) {
  return {{"ok", outcomes.ok},
          {"rejected", outcomes.rejected},
          {"failed", outcomes.failed},
          {"latency", latency_json(outcomes.ok_latency)},
          {"failed_latency", latency_json(outcomes.failed_latency)}};
}

Json operation_json(const OperationResult& operation) {
  return {{"name", operation.name},
          {"command", operation.command},
          {"attempts", operation.attempts},
          {"first_try", outcomes_json(operation.before)},
          {"with_retries", outcomes_json(operation.after)}};
}

// A list by a function of each.
template <class List, class Function>
Json each_of(const List& list, const Function& function) {
  Json json = Json::array();
  for (const auto& item : list) json.push_back(function(item));
  return json;
}

Json check_json(const Check& check) {
  Json json = {
      {"name", check.name}, {"wanted", check.wanted}, {"got", check.got}, {"met", check.met}};
  if (check.budget_spent) json["budget_spent"] = *check.budget_spent;
  return json;
}

Json error_json(const ErrorResult& error) {
  return {{"kind", error.kind},         {"outcome", error.outcome},
          {"attempts", error.attempts}, {"requests", error.requests},
          {"example", error.example},   {"request_id", error.request_id},
          {"trace_id", error.trace_id}, {"at_seconds", seconds_of(error.at)}};
}

Json interval_json(const Interval& interval) {
  Json endings = Json::object();
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    endings[std::string(kEndings[i])] = interval.by_ending[i];
  }
  return {{"from_seconds", seconds_of(interval.from)},
          {"due", interval.due},
          {"sent", interval.sent},
          {"retries", interval.retries},
          {"ended", std::move(endings)},
          {"not_sent", interval.not_sent},
          {"first_failed", interval.first_failed},
          {"in_flight", interval.in_flight},
          {"waiting", interval.waiting},
          {"p50_micros", interval.p50_micros},
          {"p99_micros", interval.p99_micros},
          {"p999_micros", interval.p999_micros},
          {"max_micros", interval.max_micros},
          {"lag_micros", interval.lag_micros},
          {"generator_cpu", interval.cpu},
          {"by_shard", interval.by_shard}};
}

Json slow_json(const SlowRequest& request) {
  return {{"due_seconds", seconds_of(request.due)},
          {"latency_seconds", seconds_of(request.latency)},
          {"waited_seconds", seconds_of(request.waited)},
          {"operation", request.operation},
          {"request_id", request.request_id},
          {"trace_id", request.trace_id},
          {"sampled", request.sampled},
          {"shard", request.shard},
          {"attempts", request.attempts},
          {"outcome", request.outcome}};
}

Json stale_json(const StaleRead& read) {
  return {{"at_seconds", seconds_of(read.at)},
          {"path", read.path},
          {"position", read.position},
          {"wanted", read.wanted},
          {"seen", read.seen},
          {"request_id", read.request_id},
          {"trace_id", read.trace_id}};
}

Json generator_json(const GeneratorResult& generator) {
  return {{"cpu", generator.cpu},
          {"busiest_cpu", generator.busiest_cpu},
          {"cpu_wait_seconds", seconds_of(generator.cpu_wait)},
          {"cpu_micros_per_attempt", generator.cpu_micros_per_attempt},
          {"lag", latency_json(generator.lag)},
          {"most_waiting", generator.most_waiting},
          {"most_in_flight", generator.most_in_flight},
          {"bottlenecks", generator.bottlenecks}};
}

Json counts_json(const std::vector<NamedCount>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

Json history_json(const HistoryTruth& history) {
  return {{"true", history.violations.empty()},
          {"summary", history.summary},
          {"checked", counts_json(history.checked)},
          {"violations", counts_json(history.violations)},
          {"findings", history.findings}};
}

Json alert_json(const AlertSeen& alert) {
  Json json = {{"name", alert.name}, {"severity", alert.severity}, {"fault", alert.fault}};
  if (alert.wish != Wish::none) json["wanted"] = alert.wish == Wish::fires;
  if (alert.before) json["before"] = true;
  if (alert.fired) json["fired_seconds"] = seconds_of(*alert.fired);
  if (alert.after) json["after_seconds"] = seconds_of(*alert.after);
  return json;
}

Json machine_json(const LoadReport& report) {
  Json json = {{"description", report.machine}};
  if (report.noise) {
    json["busy"] = report.noise->busy;
    json["stolen"] = report.noise->stolen;
    if (report.noise->waited) json["waited"] = *report.noise->waited;
  }
  return json;
}

}  // namespace

std::string to_json(const LoadReport& report) {
  const RunResult& run = report.run;
  const auto started = std::chrono::floor<std::chrono::milliseconds>(run.started);
  Json json = {{"scenario", run.scenario},
               {"description", run.description},
               {"verdict", to_string(overall(report))},
               {"sentence", sentence(report)},
               {"reasons", run.reasons},
               {"objectives", each_of(run.checks, check_json)},
               {"started", UtcMillis{started.time_since_epoch().count()}.to_string()},
               {"seed", run.seed},
               {"model", run.open_model ? "open" : "closed"},
               {"rate_scale", run.rate_scale},
               {"target", run.target},
               {"warm_up_seconds", seconds_of(run.warm_up)},
               {"planned_seconds", seconds_of(run.planned)},
               {"elapsed_seconds", seconds_of(run.elapsed)},
               {"interrupted", run.interrupted}};
  json["faults"] = each_of(run.faults, [](const FaultPeriod& fault) {
    return Json{{"kind", fault.kind},
                {"target", fault.target},
                {"from_seconds", seconds_of(fault.from)},
                {"to_seconds", seconds_of(fault.to)},
                {"alert", fault.alert}};
  });
  json["alerts"] = each_of(report.alerts, alert_json);
  json["operations"] = each_of(run.operations, operation_json);
  json["shards"] = each_of(run.shards, [](const ShardResult& shard) {
    Json of_shard = outcomes_json(shard.after);
    of_shard["shard"] = shard.shard;
    return of_shard;
  });
  json["errors"] = each_of(run.errors, error_json);
  json["retry"] = {{"retries", run.retry.retries},
                   {"recovered", run.retry.recovered},
                   {"over_budget", run.retry.over_budget},
                   {"over_attempts", run.retry.over_attempts},
                   {"over_deadline", run.retry.over_deadline}};
  json["read_your_writes"] = {{"reads", operation_json(run.read_your_writes.reads)},
                              {"checked", run.read_your_writes.checked},
                              {"stale", run.read_your_writes.stale},
                              {"examples", each_of(run.read_your_writes.examples, stale_json)}};
  json["slowest"] = each_of(run.slowest, slow_json);
  if (report.history) json["history"] = history_json(*report.history);
  json["generator"] = generator_json(run.generator);
  json["machine"] = machine_json(report);
  json["interval_seconds"] = seconds_of(run.interval);
  json["series"] = each_of(run.series, interval_json);
  // examples come off the wire, and may be no UTF-8
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace pim::load::report
