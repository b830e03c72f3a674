#include "telemetry_texts.h"

#include "json_members.h"

namespace pim::stack {
namespace {

using grafana::integer;
using grafana::member;
using grafana::text;
using std::chrono::system_clock;

constexpr auto kPage = std::size_t{5000};  // Loki's most lines an answer

bool is_planted(std::string_view service) { return service.starts_with(kPlantedPrefix); }

bool wanted(const TextScope& scope, std::string_view service) {
  return scope.service.empty() ? !is_planted(service) : service == scope.service;
}

// `service_name="x"`, or `service_name!~"planted-.*"`
std::string matcher(const TextScope& scope, const std::string& label) {
  if (!scope.service.empty()) return label + "=\"" + scope.service + "\"";
  return label + "!~\"" + std::string(kPlantedPrefix) + ".*\"";
}

std::string milliseconds(WallTime time) {
  const auto since = time.time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::string seconds_of(WallTime time) {
  const auto since = time.time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(since).count());
}

// All texts of a JSON value, each under the name of the member that it is in.
void gather(const Json& value, const std::string& where, Texts& texts) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) gather(inner, where + " " + key, texts);
  } else if (value.is_array()) {
    for (const auto& inner : value) gather(inner, where, texts);
  } else if (!value.is_null()) {
    texts[where].insert(text(value));
  }
}

std::string failure(const load::Response& response) {
  if (response.status / 100 == 2) return {};
  return std::to_string(response.status) + " " + response.body;
}

Json attribute(const std::string& key, const std::string& value) {
  return {{"key", key}, {"value", {{"stringValue", value}}}};
}

Json resource_of(const std::string& service) {
  return {{"attributes", Json::array({attribute("service.name", service)})}};
}

Json connect(const Stack& stack, const std::string& method, const Json& request) {
  const auto response = stack.post("pyroscope", "/querier.v1.QuerierService/" + method,
                                   "application/json", request.dump());
  auto json = Json::parse(response.body, nullptr, false);
  return response.status == 200 && !json.is_discarded() ? json : Json();
}

}  // namespace

std::size_t count(const Texts& texts) {
  std::size_t all = 0;
  for (const auto& [where, some] : texts) all += some.size();
  return all;
}

Texts loki_texts(const Stack& stack, const TextScope& scope) {
  Texts texts;
  auto from = scope.since;
  while (true) {
    // Every stream has a service's name; a selector must have one matcher that does not match
    // nothing.
    const auto lines = stack.logs("{service_name=~\".+\", " + matcher(scope, "service_name") + "}",
                                  from, system_clock::now());
    for (const auto& line : lines) {
      texts["loki line"].insert(line.text);
      for (const auto& [name, value] : line.labels) {
        texts["loki label name"].insert(name);
        texts["loki label " + name].insert(value);
      }
    }
    if (lines.size() < kPage) return texts;
    from = WallTime(std::chrono::duration_cast<WallTime::duration>(
        std::chrono::nanoseconds(lines.back().time_ns + 1)));
  }
}

Texts tempo_texts(const Stack& stack, const TextScope& scope, const std::set<std::string>& traces) {
  Texts texts;
  const auto window =
      "start=" + seconds_of(scope.since) + "&end=" + seconds_of(system_clock::now()) + "&q=" +
      escaped("{ resource." +
              (scope.service.empty() ? "service.name !~ \"" + std::string(kPlantedPrefix) + ".*\""
                                     : "service.name = \"" + scope.service + "\"") +
              " }");
  const auto tags = stack.get_json("tempo", "/api/v2/search/tags?limit=0&" + window);
  for (const auto& group : member(tags, "scopes")) {
    const auto name = text(group, "name");
    for (const auto& tag : member(group, "tags")) {
      texts["tempo attribute name"].insert(text(tag));
      const auto full = name == "intrinsic" ? text(tag) : name + "." + text(tag);
      const auto values =
          stack.get_json("tempo", "/api/v2/search/tag/" + escaped(full) + "/values?" + window);
      for (const auto& value : member(values, "tagValues")) {
        if (full == "resource.service.name" && !wanted(scope, text(value, "value"))) continue;
        texts["tempo attribute " + full].insert(text(value, "value"));
      }
    }
  }
  for (const auto& trace : traces) {
    const auto whole = stack.trace(trace);
    for (const auto& batch : member(whole, "batches")) {
      gather(member(batch, "resource"), "tempo resource", texts);
      for (const auto& part : member(batch, "scopeSpans")) {
        for (auto span : member(part, "spans")) {
          for (const auto* id : {"traceId", "spanId", "parentSpanId"}) span.erase(id);  // base64
          for (auto& link : span["links"]) {
            for (const auto* id : {"traceId", "spanId"}) link.erase(id);
          }
          gather(span, "tempo span", texts);
        }
      }
    }
  }
  return texts;
}

Texts mimir_texts(const Stack& stack, const TextScope& scope) {
  Texts texts;
  const auto window = "start=" + seconds_of(scope.since) +
                      "&end=" + seconds_of(system_clock::now()) +
                      "&match[]=" + escaped("{" + matcher(scope, "job") + ", __name__=~\".+\"}");
  const auto names = stack.get_json("mimir", "/prometheus/api/v1/labels?" + window);
  for (const auto& name : member(names, "data")) {
    texts["mimir label name"].insert(text(name));
    const auto values =
        stack.get_json("mimir", "/prometheus/api/v1/label/" + text(name) + "/values?" + window);
    gather(member(values, "data"), "mimir label " + text(name), texts);
  }
  if (scope.service.empty()) {
    gather(stack.get_json("mimir", "/prometheus/api/v1/metadata")["data"], "mimir metadata", texts);
  }
  for (const auto& exemplar : stack.exemplars("{" + matcher(scope, "job") + ", __name__=~\".+\"}",
                                              scope.since, system_clock::now())) {
    for (const auto& [name, value] : exemplar.labels) {
      texts["mimir exemplar label " + name].insert(value);
    }
  }
  return texts;
}

Texts pyroscope_texts(const Stack& stack, const TextScope& scope) {
  Texts texts;
  const Json window = {{"start", milliseconds(scope.since)},
                       {"end", milliseconds(system_clock::now())}};
  auto request = window;
  request["matchers"] = Json::array({"{" + matcher(scope, "service_name") + "}"});
  std::set<std::string> services;
  const auto series = connect(stack, "Series", request);
  for (const auto& set : member(series, "labelsSet")) {
    for (const auto& label : member(set, "labels")) {
      const auto name = text(label, "name");
      texts["pyroscope label name"].insert(name);
      texts["pyroscope label " + name].insert(text(label, "value"));
      if (name == "service_name") services.insert(text(label, "value"));
    }
  }
  const auto types = connect(stack, "ProfileTypes", window);
  for (const auto& type : member(types, "profileTypes")) {
    for (const auto& service : services) {
      if (!wanted(scope, service)) continue;
      auto profile = window;
      profile["profileTypeID"] = member(type, "ID");
      profile["labelSelector"] = "{service_name=\"" + service + "\"}";
      profile["maxNodes"] = "16384";
      const auto merged = connect(stack, "SelectMergeStacktraces", profile);
      gather(member(member(merged, "flamegraph"), "names"), "pyroscope function", texts);
    }
  }
  return texts;
}

std::string plant_in_loki(const Stack& stack, const std::string& service, const std::string& what) {
  const Json value = {nanoseconds(system_clock::now()), what};
  const Json stream = {{"stream", {{"service_name", service}}}, {"values", Json::array({value})}};
  return failure(stack.post("loki", "/loki/api/v1/push", "application/json",
                            Json{{"streams", Json::array({stream})}}.dump()));
}

std::string plant_in_tempo(const Stack& stack, const std::string& service, const std::string& what,
                           const std::string& trace_id) {
  const auto now = system_clock::now();
  const Json span = {{"traceId", trace_id},
                     {"spanId", random_hex(16)},
                     {"name", "planted"},
                     {"kind", 1},
                     {"startTimeUnixNano", nanoseconds(now - std::chrono::milliseconds(5))},
                     {"endTimeUnixNano", nanoseconds(now)},
                     {"attributes", Json::array({attribute("note", what)})}};
  const Json body = {
      {"resourceSpans",
       Json::array({{{"resource", resource_of(service)},
                     {"scopeSpans", Json::array({{{"spans", Json::array({span})}}})}}})}};
  return failure(stack.post("otlp", "/v1/traces", "application/json", body.dump()));
}

std::string plant_in_mimir(const Stack& stack, const std::string& service,
                           const std::string& what) {
  const Json point = {{"asDouble", 1.0},
                      {"timeUnixNano", nanoseconds(system_clock::now())},
                      {"attributes", Json::array({attribute("note", what)})}};
  const Json metric = {{"name", "planted"}, {"gauge", {{"dataPoints", Json::array({point})}}}};
  const Json body = {
      {"resourceMetrics",
       Json::array({{{"resource", resource_of(service)},
                     {"scopeMetrics", Json::array({{{"metrics", Json::array({metric})}}})}}})}};
  return failure(stack.post("mimir", "/otlp/v1/metrics", "application/json", body.dump()));
}

std::string plant_in_pyroscope(const Stack& stack, const std::string& service,
                               const std::string& what) {
  const auto now = system_clock::now();
  auto frame = what;
  for (auto& c : frame) {
    if (c == ' ' || c == ';') c = '_';
  }
  return failure(stack.post("pyroscope",
                            "/ingest?name=" + escaped("process_cpu{service_name=" + service + "}") +
                                "&from=" + seconds_of(now - std::chrono::seconds(10)) +
                                "&until=" + seconds_of(now) + "&format=folded&sampleRate=100",
                            "text/plain", "main;" + frame + " 100\n"));
}

}  // namespace pim::stack
