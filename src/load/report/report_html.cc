#include <algorithm>
#include <cmath>

#include "domain/ids.h"
#include "load/report/markup.h"
#include "load/report/report.h"
#include "load/report/run_plots.h"

namespace pim::load::report {
namespace {

using std::chrono::nanoseconds;

std::string seconds_text(nanoseconds time) {
  return fixed(std::chrono::duration<double>(time).count(), 1) + " s";
}

std::string millis_text(double micros) {
  const double millis = micros / 1000;
  return millis < 10 ? fixed(millis, 2) : millis < 100 ? fixed(millis, 1) : fixed(millis, 0);
}

std::string millis_at(const Histogram& latency, double percent) {
  return latency.count() == 0 ? "-" : millis_text(static_cast<double>(latency.percentile(percent)));
}

std::string percent_text(double share) { return fixed(share * 100, 1) + " %"; }

// Of the requests, to as many digits as it takes to see that one was not.
std::string ok_text(const Outcomes& outcomes) {
  if (outcomes.all() == 0) return "-";
  return shortest(100 * static_cast<double>(outcomes.ok) / static_cast<double>(outcomes.all())) +
         " %";
}

std::string_view kind_of_verdict(Verdict verdict) {
  switch (verdict) {
    case Verdict::met:
      return "good";
    case Verdict::violated:
      return "bad";
    case Verdict::inconclusive:
      break;
  }
  return "unsure";
}

std::string title_of(const LoadReport& report) { return "Load report: " + report.run.scenario; }

std::string head(const LoadReport& report) {
  const RunResult& run = report.run;
  const auto started = std::chrono::floor<std::chrono::milliseconds>(run.started);
  std::string out = "<h1>" + escape_markup(title_of(report)) + "</h1>\n<p class=\"banner ";
  out += kind_of_verdict(overall(report));
  out += "\">" + escape_markup(sentence(report)) + "</p>\n<p>" + escape_markup(run.description);
  out += run.description.empty() ? "" : ". ";
  out += run.open_model ? "Open model: latency counts from when a request was due"
                        : "Closed model: clients wait for their answers";
  out += ". " + UtcMillis{started.time_since_epoch().count()}.to_string() + ", " +
         seconds_text(run.elapsed) + " against <code>" + escape_markup(run.target) +
         "</code>, the first " + seconds_text(run.warm_up) + " not measured; seed " +
         std::to_string(run.seed);
  if (run.rate_scale != 1) out += ", rates times " + shortest(run.rate_scale);
  return out + ".</p>\n";
}

std::string objectives(const RunResult& run) {
  if (run.checks.empty()) return "<p>The scenario has no objectives.</p>\n";
  Table table({"objective", "wanted", "got", "budget spent", ""});
  for (const auto& check : run.checks) {
    table.row({{check.name, {}},
               {check.wanted, {}},
               {check.got, {}},
               {check.budget_spent ? percent_text(*check.budget_spent) : "-", "number"},
               {check.met ? "met" : "MISSED", check.met ? "good" : "bad"}});
  }
  return "<h2>Objectives</h2>\n" + table.str() +
         "<p><small>Budget: how much of what an objective allows to be bad was bad. Beyond 100 % "
         "it "
         "is missed.</small></p>\n";
}

// What happened while a fault was in force, by the intervals that it touches.
std::string faults(const LoadReport& report) {
  const RunResult& run = report.run;
  if (run.faults.empty()) return {};
  Table table({"fault", "from", "to", "failed meanwhile", "worst p99 meanwhile"});
  for (const auto& fault : run.faults) {
    std::uint64_t failed = 0;
    std::uint64_t worst = 0;
    for (const auto& interval : run.series) {
      if (interval.from + run.interval <= fault.from || interval.from >= fault.to) continue;
      failed += interval.failed;
      worst = std::max(worst, interval.p99_micros);
    }
    table.row({{fault.target.empty() ? fault.kind : fault.kind + " of " + fault.target, {}},
               {seconds_text(fault.from), "number"},
               {seconds_text(fault.to), "number"},
               {grouped(failed), "number"},
               {worst == 0 ? "-" : millis_text(static_cast<double>(worst)) + " ms", "number"}});
  }
  return "<h2>What was broken</h2>\n" + table.str();
}

Cell judged(const AlertSeen& alert) {
  if (alert.wish == Wish::none) return {"", {}};
  if (alert.before) return {"fired before", "unsure"};
  const bool right = alert.fired.has_value() == (alert.wish == Wish::fires);
  return {right ? "as it should" : "WRONG", right ? "good" : "bad"};
}

std::string alerts(const LoadReport& report) {
  if (report.alerts.empty()) {
    return report.run.faults.empty() ? "" : "<p>No ruler was asked which alerts fired.</p>\n";
  }
  Table table({"alert", "severity", "fault", "fired at", "after", ""});
  for (const auto& alert : report.alerts) {
    table.row({{alert.name, {}},
               {alert.severity, {}},
               {alert.fault, {}},
               {alert.fired ? seconds_text(*alert.fired) : "silent", "number"},
               {alert.after ? seconds_text(*alert.after) : "-", "number"},
               judged(alert)});
  }
  return "<h2>Alerts</h2>\n" + table.str();
}

std::string operations(const RunResult& run) {
  Table table({"operation", "requests", "well at first try", "well with retries", "p50 ms",
               "p99 ms", "p99.9 ms", "most ms"});
  const auto row = [&](const OperationResult& operation) {
    const Histogram& latency = operation.after.ok_latency;
    table.row({{operation.name, {}},
               {grouped(operation.after.all()), "number"},
               {ok_text(operation.before), "number"},
               {ok_text(operation.after), "number"},
               {millis_at(latency, 50), "number"},
               {millis_at(latency, 99), "number"},
               {millis_at(latency, 99.9), "number"},
               {millis_at(latency, 100), "number"}});
  };
  for (const auto& operation : run.operations) row(operation);
  if (run.read_your_writes.reads.after.all() > 0) row(run.read_your_writes.reads);
  std::string out = "<h2>By operation</h2>\n" + table.str();
  const auto& retry = run.retry;
  if (retry.retries + retry.over_budget + retry.over_attempts + retry.over_deadline > 0) {
    out += "<p>" + grouped(retry.retries) + " retries saved " + grouped(retry.recovered) +
           " requests; the budget forbade " + grouped(retry.over_budget) + ", " +
           grouped(retry.over_attempts) + " requests used up their attempts and " +
           grouped(retry.over_deadline) + " their deadline.</p>\n";
  }
  return out;
}

std::string failures(const RunResult& run) {
  std::string out = "<h2>Failures</h2>\n";
  if (run.errors.empty()) return out + "<p>None: every attempt was answered well.</p>\n";
  const Plot plot = failures_over_time(run);
  if (!plot.series.empty()) out += to_svg(plot);
  Table table({"kind", "attempts", "requests", "first at", "it said", "request, trace"});
  for (const auto& error : run.errors) {
    table.row({{error.kind, {}},
               {grouped(error.attempts), "number"},
               {grouped(error.requests), "number"},
               {seconds_text(error.at), "number"},
               {error.example, {}},
               {error.request_id + " " + error.trace_id, "code"}});
  }
  return out + table.str() +
         "<p><small>Attempts that ended so, and requests whose last attempt did.</small></p>\n";
}

std::string shards(const RunResult& run) {
  Table table({"shard", "requests", "well", "p50 ms", "p99 ms", "p99.9 ms"});
  for (const auto& shard : run.shards) {
    const Histogram& latency = shard.after.ok_latency;
    table.row({{shard.shard < 0 ? "of none known" : std::to_string(shard.shard), {}},
               {grouped(shard.after.all()), "number"},
               {ok_text(shard.after), "number"},
               {millis_at(latency, 50), "number"},
               {millis_at(latency, 99), "number"},
               {millis_at(latency, 99.9), "number"}});
  }
  return "<h2>By shard</h2>\n" + to_svg(requests_by_shard(run)) + table.str();
}

std::string slowest(const RunResult& run) {
  if (run.slowest.empty()) return {};
  Table table({"due", "ms", "of it in the generator", "operation", "shard", "attempts", "ended",
               "trace", "request"});
  for (const auto& request : run.slowest) {
    const auto micros = [](nanoseconds time) { return static_cast<double>(time.count()) / 1000; };
    table.row({{seconds_text(request.due), "number"},
               {millis_text(micros(request.latency)), "number"},
               {millis_text(micros(request.waited)), "number"},
               {request.operation, {}},
               {request.shard < 0 ? "-" : std::to_string(request.shard), "number"},
               {std::to_string(request.attempts), "number"},
               {request.outcome, {}},
               {request.trace_id + (request.sampled ? " (kept)" : ""), "code"},
               {request.request_id, "code"}});
  }
  return "<h2>Slowest requests</h2>\n" + table.str() +
         "<p><small>Kept: the server was asked to keep the trace. Others may be kept for their "
         "slowness.</small></p>\n";
}

std::string truth(const LoadReport& report) {
  std::string out = "<h2>Was it true?</h2>\n";
  const auto& own = report.run.read_your_writes;
  out += "<p>" + grouped(own.checked) + " reads at the position of an acknowledged write, " +
         grouped(own.stale) + " of which missed it.</p>\n";
  if (!report.history) return out + "<p>The history was not checked.</p>\n";
  const HistoryTruth& history = *report.history;
  const bool clean = history.violations.empty();
  out += std::string("<p class=\"") + (clean ? "good" : "bad") + "\">" +
         escape_markup(history.summary) + "</p>\n";
  Table checked({"checked", ""});
  for (const auto& [name, count] : history.checked) {
    checked.row({{name, {}}, {grouped(count), "number"}});
  }
  out += checked.str();
  if (clean) return out;
  Table violations({"violation", "times"});
  for (const auto& [name, count] : history.violations) {
    violations.row({{name, {}}, {grouped(count), "bad"}});
  }
  out += violations.str() + "<ul>\n";
  for (const auto& finding : history.findings) out += "<li>" + escape_markup(finding) + "</li>\n";
  return out + "</ul>\n";
}

std::string machine(const LoadReport& report) {
  const GeneratorResult& generator = report.run.generator;
  std::string out = "<h2>The machine and its noise</h2>\n<p>" + escape_markup(report.machine);
  if (const auto& noise = report.noise) {
    out += ": " + percent_text(noise->busy) + " busy, " + percent_text(noise->stolen) +
           " taken by a hypervisor";
    if (noise->waited) {
      out +=
          ", for " + percent_text(*noise->waited) + " of the time something waited for a processor";
    }
  }
  out += ".</p>\n<p>The generator took " + percent_text(generator.cpu) + " of one processor (" +
         percent_text(generator.busiest_cpu) + " at its busiest), waited " +
         seconds_text(generator.cpu_wait) + " for it, and took up arrivals late by " +
         millis_at(generator.lag, 50) + " ms at p50, " + millis_at(generator.lag, 99) +
         " ms at p99 and " + millis_at(generator.lag, 100) + " ms at most. At most " +
         grouped(generator.most_in_flight) + " requests were on the wire, " +
         grouped(generator.most_waiting) + " waited in the generator.</p>\n";
  for (const auto& each : generator.bottlenecks) {
    out += "<p class=\"unsure\">" + escape_markup(each) + "</p>\n";
  }
  return out;
}

}  // namespace

std::string to_html(const LoadReport& report) {
  const RunResult& run = report.run;
  const std::string body = head(report) + objectives(run) + faults(report) + alerts(report) +
                           "<h2>Over time</h2>\n" + to_svg(latency_over_time(run)) +
                           to_svg(requests_over_time(run)) + failures(run) + operations(run) +
                           to_svg(latency_by_percentile(run)) + shards(run) + slowest(run) +
                           truth(report) + machine(report);
  return html_page(title_of(report), body);
}

}  // namespace pim::load::report
