#include "follow.h"

#include <algorithm>

#include "grafana_board.h"
#include "json_members.h"
#include "stack.h"

namespace pim::grafana {
namespace {

using stack::escaped;
using stack::hex_of_base64;

constexpr auto kTimeout = std::chrono::seconds(20);
constexpr std::int64_t kScrapeInterval = 15'000;
constexpr std::int64_t kMostPoints = 300;

std::map<std::string, std::string> all_texts(const Json& object) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : object.items()) out[name] = text(value);
  return out;
}

// An attribute of OTLP's JSON: {"key": ..., "value": {"stringValue": ...}}
Attributes attributes_of(const Json& list) {
  Attributes out;
  for (const auto& attribute : list) {
    const auto value = member(attribute, "value");
    out.emplace_back(text(member(attribute, "key")),
                     value.is_object() && !value.empty() ? text(value.begin().value()) : "");
  }
  return out;
}

Span span_of(const Json& json, const Attributes& resource) {
  return {hex_of_base64(text(member(json, "traceId"))),
          hex_of_base64(text(member(json, "spanId"))),
          hex_of_base64(text(member(json, "parentSpanId"))),
          text(member(json, "name")),
          integer(member(json, "startTimeUnixNano")),
          integer(member(json, "endTimeUnixNano")),
          resource,
          attributes_of(member(json, "attributes"))};
}

std::vector<Span> spans_of_trace(const Json& trace) {
  std::vector<Span> spans;
  for (const auto& batch : member(trace, "batches")) {
    const auto resource = attributes_of(member(member(batch, "resource"), "attributes"));
    for (const auto& scope : member(batch, "scopeSpans")) {
      for (const auto& span : member(scope, "spans")) spans.push_back(span_of(span, resource));
    }
  }
  return spans;
}

std::vector<Span> spans_of_search(const Json& answer) {
  std::vector<Span> spans;
  for (const auto& trace : member(answer, "traces")) {
    // Without the zeros that it begins with.
    auto id = text(member(trace, "traceID"));
    if (id.size() < 32) id.insert(0, 32 - id.size(), '0');
    for (const auto& span : member(member(trace, "spanSet"), "spans")) {
      const auto start = integer(member(span, "startTimeUnixNano"));
      spans.push_back({id,
                       text(member(span, "spanID")),
                       "",
                       "",
                       start,
                       start + integer(member(span, "durationNanos")),
                       {},
                       attributes_of(member(span, "attributes"))});
    }
  }
  return spans;
}

std::string decimal(std::int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(1000 + ms % 1000).substr(1);
}

}  // namespace

Json Follower::ask(std::string_view source, std::string_view type, std::string_view method,
                   const std::string& target, const std::string& body) {
  error_.clear();
  const auto* found = files_.source(source);
  if (found == nullptr || (*found)["type"] != type) {
    error_ = "no " + std::string(type) + " source is called " + std::string(source);
    return nullptr;
  }
  std::string_view url = found->at("url").get_ref<const std::string&>();
  if (!url.starts_with("http://")) {
    error_ = "not an http address: " + std::string(url);
    return nullptr;
  }
  url.remove_prefix(7);
  const auto slash = std::min(url.find('/'), url.size());
  const auto colon = url.find(':');
  const auto port = colon == url.npos ? 80 : std::atoi(std::string(url.substr(colon + 1)).c_str());
  load::Request request{
      method, std::string(url.substr(slash)) + target, {{"Accept", "application/json"}}, body};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  load::HttpClient client(std::string(url.substr(0, std::min(colon, slash))),
                          static_cast<std::uint16_t>(port), kTimeout);
  const auto response = client.send(request);
  if (!response || response->status / 100 != 2) {
    error_ = response ? std::to_string(response->status) + " " + response->body
                      : response.error().message;
    error_ += " to " + request.target;
    return nullptr;
  }
  auto json = Json::parse(response->body, nullptr, false);
  if (json.is_discarded()) {
    error_ = "no JSON from " + request.target;
    return nullptr;
  }
  return json;
}

std::int64_t Follower::scrape_interval_ms(std::string_view source) const {
  const auto* found = files_.source(source);
  const auto set = found == nullptr ? Json() : member(member(*found, "jsonData"), "timeInterval");
  return set.is_string() ? duration_ms(set.get<std::string>()) : kScrapeInterval;
}

std::vector<LogLine> Follower::logs(const QueryLink& link) {
  std::vector<LogLine> lines;
  const auto answer = ask(link.source, "loki", "GET",
                          "/loki/api/v1/query_range?limit=5000&direction=forward&query=" +
                              escaped(text(member(link.query, "expr"))) +
                              "&start=" + std::to_string(link.range.from_ms) +
                              "000000&end=" + std::to_string(link.range.to_ms) + "000000");
  for (const auto& stream : member(member(answer, "data"), "result")) {
    for (const auto& value : member(stream, "values")) {
      lines.push_back({integer(value[0]), text(value[1]), all_texts(stream["stream"])});
    }
  }
  std::ranges::sort(lines, {}, &LogLine::time_ns);
  return lines;
}

std::vector<Span> Follower::spans(const QueryLink& link) {
  const auto query = text(member(link.query, "query"));
  if (query.find('{') == query.npos) {
    return spans_of_trace(ask(link.source, "tempo", "GET", "/api/traces/" + escaped(query)));
  }
  return spans_of_search(ask(link.source, "tempo", "GET",
                             "/api/search?limit=1000&spss=100&q=" + escaped(query) +
                                 "&start=" + std::to_string(link.range.from_ms / 1000) +
                                 "&end=" + std::to_string(link.range.to_ms / 1000 + 1)));
}

std::vector<Series> Follower::series(const QueryLink& link) {
  std::vector<Series> found;
  const auto expr =
      fill_intervals(text(member(link.query, "expr")), link.range, scrape_interval_ms(link.source));
  const auto step =
      std::max<std::int64_t>((link.range.to_ms - link.range.from_ms) / kMostPoints, 1000);
  const auto answer =
      ask(link.source, "prometheus", "GET",
          "/api/v1/query_range?query=" + escaped(expr) + "&start=" + decimal(link.range.from_ms) +
              "&end=" + decimal(link.range.to_ms) + "&step=" + decimal(step));
  for (const auto& one : member(member(answer, "data"), "result")) {
    Series series{all_texts(member(one, "metric")), {}};
    for (const auto& point : member(one, "values")) {
      series.points.emplace_back(point[0].get<double>(),
                                 std::strtod(text(point[1]).c_str(), nullptr));
    }
    found.push_back(std::move(series));
  }
  return found;
}

std::vector<Exemplar> Follower::exemplars(const QueryLink& link) {
  std::vector<Exemplar> found;
  const auto expr =
      fill_intervals(text(member(link.query, "expr")), link.range, scrape_interval_ms(link.source));
  const auto answer = ask(link.source, "prometheus", "GET",
                          "/api/v1/query_exemplars?query=" + escaped(expr) + "&start=" +
                              decimal(link.range.from_ms) + "&end=" + decimal(link.range.to_ms));
  for (const auto& series : member(answer, "data")) {
    for (const auto& exemplar : member(series, "exemplars")) {
      found.push_back({all_texts(member(series, "seriesLabels")),
                       all_texts(member(exemplar, "labels")),
                       std::strtod(text(member(exemplar, "value")).c_str(), nullptr)});
    }
  }
  return found;
}

Profile Follower::profile(const QueryLink& link) {
  Json body = {{"profileTypeID", member(link.query, "profileTypeId")},
               {"labelSelector", member(link.query, "labelSelector")},
               {"start", std::to_string(link.range.from_ms)},
               {"end", std::to_string(link.range.to_ms)},
               {"maxNodes", "2048"}};
  const auto spans = member(link.query, "spanSelector");
  const bool of_spans = spans.is_array() && !spans.empty();
  if (of_spans) body["spanSelector"] = spans;
  const auto answer = ask(link.source, "grafana-pyroscope-datasource", "POST",
                          std::string("/querier.v1.QuerierService/") +
                              (of_spans ? "SelectMergeSpanProfile" : "SelectMergeStacktraces"),
                          body.dump());
  const auto graph = member(answer, "flamegraph");
  Profile profile;
  profile.total = integer(member(graph, "total"));
  for (const auto& name : member(graph, "names")) profile.names.push_back(text(name));
  return profile;
}

std::vector<std::string> Follower::label_values(std::string_view source,
                                                const std::string& selector,
                                                const std::string& label) {
  std::vector<std::string> values;
  const auto answer = ask(source, "prometheus", "GET",
                          "/api/v1/label/" + label + "/values?match[]=" + escaped(selector));
  for (const auto& value : member(answer, "data")) values.push_back(text(value));
  return values;
}

}  // namespace pim::grafana
