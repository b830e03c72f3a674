#include "link_checks.h"

#include <algorithm>

#include "json_members.h"

namespace pim::grafana {
namespace {

constexpr auto kTempo = "tempo";
constexpr auto kLoki = "loki";
constexpr auto kMimir = "mimir";
constexpr std::string_view kLatency = "pim_http_request_duration_seconds";
constexpr std::int64_t kTwoMinutes = 120'000;

Finding wrong(std::string why, Json seen = Json::object()) {
  return {std::move(why), std::move(seen)};
}

Json shown(const QueryLink& link) {
  return {{"label", link.label},
          {"source", link.source},
          {"query", link.query},
          {"from_ms", link.range.from_ms},
          {"to_ms", link.range.to_ms}};
}

TimeRange around(std::int64_t time_ns) {
  return {time_ns / 1'000'000 - kTwoMinutes, time_ns / 1'000'000 + kTwoMinutes};
}

std::string label_of(const LogLine& line, const std::string& name) {
  const auto found = line.labels.find(name);
  return found == line.labels.end() ? std::string() : found->second;
}

std::string expr_of(const QueryLink& link) { return text(link.query, "expr"); }

}  // namespace

bool LinkChecks::has_exemplar(const QueryLink& link, std::string_view trace) {
  return std::ranges::any_of(follower_.exemplars(link), [&](const Exemplar& exemplar) {
    const auto id = exemplar.labels.find("trace_id");
    return id != exemplar.labels.end() && id->second == trace;
  });
}

Finding LinkChecks::exemplar_to_trace(const Exemplar& exemplar) {
  const auto links = exemplar_links(files_, kMimir, exemplar, {});
  const auto* link = find_query(links, "Trace");
  if (link == nullptr) return wrong("no link");
  auto seen = shown(*link);
  spans_ = follower_.spans(*link);
  seen["spans"] = spans_.size();
  const auto trace = exemplar.labels.at("trace_id");
  if (spans_.empty()) return wrong("no spans: " + follower_.error(), seen);
  if (std::ranges::any_of(spans_, [&](const Span& span) { return span.trace_id != trace; })) {
    return wrong("spans of another trace", seen);
  }
  if (std::ranges::find(spans_, text(link->query, "spanId"), &Span::span_id) == spans_.end()) {
    return wrong("the exemplar's span is not in the trace", seen);
  }
  return {"", seen};
}

Finding LinkChecks::check_logs(const QueryLink* link, const std::string& trace) {
  if (link == nullptr) return wrong("no link");
  auto seen = shown(*link);
  lines_ = follower_.logs(*link);
  seen["lines"] = lines_.size();
  if (lines_.empty()) return wrong("no lines: " + follower_.error(), seen);
  if (std::ranges::any_of(
          lines_, [&](const LogLine& line) { return label_of(line, "trace_id") != trace; })) {
    return wrong("lines of other traces", seen);
  }
  return {"", seen};
}

Finding LinkChecks::exemplar_to_logs(const Exemplar& exemplar) {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  const auto links = exemplar_links(files_, kMimir, exemplar, {now - 3'600'000, now + 1000});
  return check_logs(find_query(links, "Logs of this request"), exemplar.labels.at("trace_id"));
}

Finding LinkChecks::trace_to_logs(const Span& span) {
  const auto link = grafana::trace_to_logs(files_, kTempo, span);
  return check_logs(link ? &*link : nullptr, span.trace_id);
}

Finding LinkChecks::trace_to_metrics(const Span& span) {
  const auto links = grafana::trace_to_metrics(files_, kTempo, span);
  if (links.empty()) return wrong("no link");
  Json seen = Json::array();
  bool found = false;
  for (const auto& link : links) {
    seen.push_back(shown(link));
    seen.back()["series"] = follower_.series(link).size();
    if (seen.back()["series"] == 0)
      return wrong(link.label + ": no series: " + follower_.error(), seen);
    if (expr_of(link).find(std::string(kLatency) + "_bucket") == std::string::npos) continue;
    found = true;
    if (!has_exemplar(link, span.trace_id)) {
      return wrong(link.label + ": the trace is not among the exemplars", seen);
    }
  }
  return found ? Finding{"", seen} : wrong("no query of the latency", seen);
}

Finding LinkChecks::log_to_trace(const LogLine& line) {
  const auto links = log_links(files_, kLoki, line, around(line.time_ns));
  const auto* link = find_query(links, "Trace");
  if (link == nullptr) return wrong("no link");
  auto seen = shown(*link);
  const auto spans = follower_.spans(*link);
  seen["spans"] = spans.size();
  if (spans.empty()) return wrong("no spans: " + follower_.error(), seen);
  if (std::ranges::find(spans, label_of(line, "span_id"), &Span::span_id) == spans.end()) {
    return wrong("the line's span is not in the trace", seen);
  }
  return {"", seen};
}

Finding LinkChecks::log_to_metrics(const LogLine& line, TimeRange pane) {
  const auto links = log_links(files_, kLoki, line, pane);
  const auto* link = find_query(links, "Latency of this operation on this shard");
  if (link == nullptr) return wrong("no link");
  auto seen = shown(*link);
  seen["series"] = follower_.series(*link).size();
  if (seen["series"] == 0) return wrong("no series: " + follower_.error(), seen);
  if (!has_exemplar(*link, label_of(line, "trace_id"))) {
    return wrong("the trace is not among the exemplars", seen);
  }
  return {"", seen};
}

Finding LinkChecks::log_to_board(const LogLine& line) {
  const auto links = log_links(files_, kLoki, line, {});
  const auto* link = find_address(links, "Two minutes around this line");
  if (link == nullptr) return wrong("no link");
  Json seen = {{"address", link->address}};
  const auto address = parse_board_address(link->address);
  if (!address) return wrong("leads to no board", seen);
  if (address->range != around(line.time_ns)) return wrong("not two minutes around the line", seen);
  const auto board = find_board(boards_, address->uid);
  if (board.is_null()) return wrong("no board is called " + address->uid, seen);
  const auto queries =
      board_queries(board, *address,
                    duration_ms(text(member(*files_.source(kMimir), "jsonData"), "timeInterval")),
                    [&](const std::string& selector, const std::string& label) {
                      return follower_.label_values(kMimir, selector, label);
                    });
  // What is asked with exemplars, of this shard and operation.
  const auto shard = "shard=~\"" + label_of(line, "pim_shard") + "\"";
  const auto operation = "operation=~\"" + label_of(line, "pim_operation") + "\"";
  seen["queries"] = Json::array();
  bool exemplar = false;
  for (const auto& query : queries) {
    const auto expr = expr_of(query);
    if (member(query.query, "exemplar") != true || expr.find(kLatency) == expr.npos ||
        expr.find(shard) == expr.npos || expr.find(operation) == expr.npos) {
      continue;
    }
    seen["queries"].push_back(expr);
    exemplar = exemplar || has_exemplar(query, label_of(line, "trace_id"));
  }
  if (seen["queries"].empty()) return wrong("no query is of the line's shard and operation", seen);
  return exemplar ? Finding{"", seen} : wrong("the trace is not among the exemplars", seen);
}

Finding LinkChecks::profiled(const QueryLink& link) {
  auto seen = shown(link);
  const auto profile = follower_.profile(link);
  seen["cpu_ns"] = profile.total;
  seen["functions"] = profile.names.size();
  if (profile.total == 0) return wrong("no samples: " + follower_.error(), seen);
  return {"", seen};
}

Finding LinkChecks::trace_to_profile(const Span& span) {
  const auto link = grafana::trace_to_profile(files_, kTempo, span);
  if (!link) return wrong("no link");
  return profiled(*link);
}

Finding LinkChecks::trace_to_process_profile(const Span& span) {
  const auto links = span_links(files_, kTempo, span);
  const auto* link = find_query(links, "Profile of the process around this span");
  if (link == nullptr) return wrong("no link");
  return profiled(*link);
}

Finding LinkChecks::profile_to_trace(const Span& span) {
  const auto profile = grafana::trace_to_profile(files_, kTempo, span);
  if (!profile) return wrong("no link");
  const QueryLink back{"",
                       kTempo,
                       {{"query", "{ span.pyroscope.profile.id = \"" +
                                      text(profile->query["spanSelector"][0]) + "\" }"}},
                       profile->range};
  auto seen = shown(back);
  const auto spans = follower_.spans(back);
  seen["spans"] = spans.size();
  if (std::ranges::find(spans, span.trace_id, &Span::trace_id) == spans.end()) {
    return wrong("the trace is not found: " + follower_.error(), seen);
  }
  return {"", seen};
}

}  // namespace pim::grafana
