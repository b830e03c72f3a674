#include "grafana_links.h"

#include <algorithm>
#include <charconv>
#include <regex>

#include "grafana_variables.h"
#include "json_members.h"

namespace pim::grafana {
namespace {

constexpr std::string_view kProfileId = "pyroscope.profile.id";
constexpr std::int64_t kProfileMargin = 60'000;
constexpr std::int64_t kMetricsMargin = 120'000;  // where nothing is configured

// A section of a source's jsonData, where the source and the one it leads to are there.
const Json* section(const Provisioning& files, std::string_view uid, const std::string& name) {
  const auto* source = files.source(uid);
  if (source == nullptr) return nullptr;
  const auto& found = member(member(*source, "jsonData"), name);
  return files.source(text(found, "datasourceUid")) == nullptr ? nullptr : &found;
}

std::string type_of(const Provisioning& files, std::string_view uid) {
  const auto* source = files.source(uid);
  return source == nullptr ? std::string() : text(*source, "type");
}

// What `__tags` stands for: those of the wanted that the resource or the span has, and four of the
// span's own.
std::string tags_of(const Span& span, const Json& wanted) {
  Attributes all = span.resource;
  all.insert(all.end(), span.attributes.begin(), span.attributes.end());
  all.insert(all.end(), {{"spanId", span.span_id},
                         {"traceId", span.trace_id},
                         {"name", span.name},
                         {"duration", std::to_string((span.end_ns - span.start_ns) / 1000)}});
  std::string out;
  for (const auto& [key, value] : all) {
    for (const auto& tag : wanted) {
      if (text(tag, "key") != key) continue;
      const auto renamed = text(tag, "value");
      out += (out.empty() ? "" : ", ") + (renamed.empty() ? key : renamed) + "=\"" + value + "\"";
      break;
    }
  }
  return out;
}

Scope scope_of(const Span& span, const Json& wanted_tags) {
  Json tags = Json::object();
  for (const auto& [key, value] : span.resource) tags[key] = value;
  for (const auto& [key, value] : span.attributes) tags[key] = value;
  const auto duration = (span.end_ns - span.start_ns) / 1000;
  return {{"__trace", {{"traceId", span.trace_id}, {"name", span.name}, {"duration", duration}}},
          {"__span",
           {{"traceId", span.trace_id},
            {"spanId", span.span_id},
            {"name", span.name},
            {"duration", duration},
            {"tags", tags}}},
          {"__tags", tags_of(span, wanted_tags)}};
}

// Explore's addresses carry milliseconds, and an end after the start.
TimeRange around(const Span& span, std::int64_t before, std::int64_t after) {
  const auto floored = [](std::int64_t ns, std::int64_t shift) { return ns / 1'000'000 + shift; };
  TimeRange range{floored(span.start_ns, before), floored(span.end_ns, after)};
  if (range.from_ms == range.to_ms) ++range.to_ms;
  return range;
}

std::int64_t shift(const Json& section, const std::string& key, std::int64_t unset) {
  const auto set = text(section, key);
  return set.empty() ? unset : duration_ms(set);
}

// What a link knows of the row of an answer that it stands at.
struct Row {
  Attributes fields;         // in the order of the answer's columns
  std::int64_t time_ms = 0;  // what the fields of that name say
};

constexpr std::string_view kTimeField = "Time";

Scope scope_of(const Row& row, const std::string& value) {
  Json fields = Json::object();
  Scope scope;
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const auto& [name, content] = row.fields[i];
    Json cell = {{"text", content}};
    if (name == kTimeField) cell["numeric"] = row.time_ms;
    fields[name] = cell;
    fields[std::to_string(i)] = cell;
    scope[name] = cell;
  }
  scope["__data"] = {{"fields", fields}};
  scope["__value"] = {{"raw", value}};
  return scope;
}

void add_correlations(const Provisioning& files, const Json& source, const Row& row, TimeRange pane,
                      std::vector<Link>& links) {
  for (const auto& correlation : member(source, "correlations")) {
    const auto& config = member(correlation, "config");
    const auto at =
        std::ranges::find(row.fields, text(config, "field"), &Attributes::value_type::first);
    if (at == row.fields.end()) continue;
    auto scope = scope_of(row, at->second);
    for (const auto& step : member(config, "transformations")) {
      const auto from =
          std::ranges::find(row.fields, text(step, "field"), &Attributes::value_type::first);
      scope.update(
          transform(step, from == row.fields.end() ? at->second : from->second, at->first));
    }
    std::vector<std::string> missing;
    const auto target = interpolate_query(member(config, "target"), scope, missing);
    if (!missing.empty()) continue;
    auto type = text(correlation, "type");
    if (type.empty()) type = text(config, "type");
    if (type == "external") {
      links.emplace_back(AddressLink{text(correlation, "label"), text(target, "url")});
    } else if (files.source(text(correlation, "targetUID")) != nullptr) {
      links.emplace_back(
          QueryLink{text(correlation, "label"), text(correlation, "targetUID"), target, pane});
    }
  }
}

// A trace by its id, as derived fields and exemplars ask for it.
Json trace_query(const Provisioning& files, const std::string& uid, const std::string& id) {
  Json query = {{"query", id}};
  if (type_of(files, uid) == "tempo") query["queryType"] = "traceql";
  return query;
}

std::string label_or(const Json& config, std::string otherwise) {
  const auto label = text(config, "urlDisplayLabel");
  return label.empty() ? std::move(otherwise) : label;
}

// nullopt: what std::regex cannot read, as a look behind. It finds nothing.
std::optional<std::regex> compile(const std::string& expression,
                                  std::regex::flag_type flags = std::regex::ECMAScript) {
  try {
    return std::regex(expression, flags);
  } catch (const std::regex_error&) {
    return std::nullopt;
  }
}

// JavaScript's named groups, which std::regex does not know: taken out of the expression, in order.
std::vector<std::string> take_names(std::string& expression) {
  std::vector<std::string> names;
  for (auto at = expression.find("(?<"); at != expression.npos;
       at = expression.find("(?<", at + 1)) {
    const auto end = expression.find('>', at);
    const auto next = at + 3 < expression.size() ? expression[at + 3] : '=';
    if (end == expression.npos || next == '=' || next == '!') continue;  // looks behind
    names.push_back(expression.substr(at + 3, end - at - 3));
    expression.erase(at + 1, end - at);
  }
  return names;
}

Json logfmt(const std::string& line) {
  static const std::regex pair(R"x(([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*)))x");
  Json out = Json::object();
  for (std::sregex_iterator match(line.begin(), line.end(), pair), end; match != end; ++match) {
    out[(*match)[1].str()] = (*match)[2].matched ? (*match)[2].str() : (*match)[3].str();
  }
  return out;
}

}  // namespace

std::string_view find_attribute(const Attributes& attributes, std::string_view name) {
  const auto found = std::ranges::find(attributes, name, &Attributes::value_type::first);
  return found == attributes.end() ? std::string_view() : std::string_view(found->second);
}

std::int64_t duration_ms(std::string_view text) {
  double amount = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc()) return 0;
  const std::string_view name(unit, static_cast<std::size_t>(text.data() + text.size() - unit));
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}, {"w", 604800e3}};
  const auto* found = std::ranges::find(kUnits, name, &std::pair<std::string_view, double>::first);
  return found == std::end(kUnits) ? 0 : static_cast<std::int64_t>(amount * found->second);
}

std::optional<QueryLink> trace_to_logs(const Provisioning& files, std::string_view tempo,
                                       const Span& span) {
  const auto* config = section(files, tempo, "tracesToLogsV2");
  if (config == nullptr) return std::nullopt;
  const auto scope = scope_of(span, member(*config, "tags"));
  if (scope["__tags"] == "") return std::nullopt;
  std::string expr = "{${__tags}}";
  if (member(*config, "customQuery") == true) {
    expr = text(*config, "query");
  } else {
    if (member(*config, "filterByTraceID") == true) {
      expr +=
          R"( | label_format log_line_contains_trace_id=`{{ contains "${__span.traceId}" __line__  }}`)"
          R"( | log_line_contains_trace_id="true" or trace_id="${__span.traceId}")";
    }
    if (member(*config, "filterBySpanID") == true) {
      expr +=
          R"( | label_format log_line_contains_span_id=`{{ contains "${__span.spanId}" __line__  }}`)"
          R"( | log_line_contains_span_id="true" or span_id="${__span.spanId}")";
    }
  }
  std::vector<std::string> missing;
  expr = interpolate(expr, scope, missing);
  if (!missing.empty()) return std::nullopt;
  return QueryLink{
      "Related logs",
      text(*config, "datasourceUid"),
      {{"expr", expr}},
      around(span, shift(*config, "spanStartTimeShift", 0), shift(*config, "spanEndTimeShift", 0))};
}

std::vector<QueryLink> trace_to_metrics(const Provisioning& files, std::string_view tempo,
                                        const Span& span) {
  std::vector<QueryLink> links;
  const auto* config = section(files, tempo, "tracesToMetrics");
  if (config == nullptr) return links;
  const auto scope = scope_of(span, member(*config, "tags"));
  if (scope["__tags"] == "") return links;
  for (const auto& query : member(*config, "queries")) {
    std::vector<std::string> missing;
    const auto expr = interpolate(text(query, "query"), scope, missing);
    if (!missing.empty()) continue;
    links.push_back({text(query, "name"),
                     text(*config, "datasourceUid"),
                     {{"expr", expr}},
                     around(span, shift(*config, "spanStartTimeShift", -kMetricsMargin),
                            shift(*config, "spanEndTimeShift", kMetricsMargin))});
  }
  return links;
}

std::optional<QueryLink> trace_to_profile(const Provisioning& files, std::string_view tempo,
                                          const Span& span) {
  const auto* config = section(files, tempo, "tracesToProfiles");
  const auto profile = find_attribute(span.attributes, kProfileId);
  if (config == nullptr || profile.empty()) return std::nullopt;
  const auto uid = text(*config, "datasourceUid");
  if (type_of(files, uid) != "grafana-pyroscope-datasource") return std::nullopt;
  const auto scope = scope_of(span, member(*config, "tags"));
  if (scope["__tags"] == "") return std::nullopt;
  const bool custom = member(*config, "customQuery") == true;
  std::vector<std::string> missing;
  const auto selector =
      interpolate(custom ? text(*config, "query") : "{${__tags}}", scope, missing);
  if (!missing.empty()) return std::nullopt;
  return QueryLink{"Profiles for this span",
                   uid,
                   {{"labelSelector", selector},
                    {"profileTypeId", text(*config, "profileTypeId")},
                    {"queryType", "profile"},
                    {"spanSelector", Json::array({std::string(profile)})}},
                   around(span, -kProfileMargin, kProfileMargin)};
}

std::vector<Link> span_links(const Provisioning& files, std::string_view tempo, const Span& span) {
  std::vector<Link> links;
  const auto* source = files.source(tempo);
  if (source == nullptr) return links;
  const Row row{{{"traceID", span.trace_id},
                 {"spanID", span.span_id},
                 {"parentSpanID", span.parent_id},
                 {"operationName", span.name},
                 {"serviceName", std::string(find_attribute(span.resource, "service.name"))}}};
  const bool profiled = section(files, tempo, "tracesToProfiles") != nullptr &&
                        !find_attribute(span.attributes, kProfileId).empty();
  const auto margin = profiled ? kProfileMargin : 0;
  add_correlations(files, *source, row, around(span, -margin, margin), links);
  return links;
}

std::vector<Link> log_links(const Provisioning& files, std::string_view loki, const LogLine& line,
                            TimeRange pane) {
  std::vector<Link> links;
  const auto* source = files.source(loki);
  if (source == nullptr) return links;
  Row row{{{"labels", ""},
           {std::string(kTimeField), ""},
           {"Line", line.text},
           {"tsNs", std::to_string(line.time_ns)},
           {"id", ""}},
          line.time_ns / 1'000'000};
  for (const auto& derived : member(member(*source, "jsonData"), "derivedFields")) {
    const auto expression = compile(text(derived, "matcherRegex"));
    std::string value;
    if (!expression) {
      // a field without a value
    } else if (text(derived, "matcherType") == "label") {
      const auto matching = std::ranges::find_if(line.labels, [&](const auto& label) {
        return std::regex_search(label.first, *expression);
      });
      if (matching != line.labels.end()) value = matching->second;
    } else if (std::smatch match;
               std::regex_search(line.text, match, *expression) && match.size() > 1) {
      value = match[1];
    }
    // A field without a value is there all the same, and has no link.
    row.fields.emplace_back(text(derived, "name"), value);
    const auto uid = text(derived, "datasourceUid");
    if (value.empty() || files.source(uid) == nullptr) continue;
    std::vector<std::string> missing;
    const auto id = interpolate(text(derived, "url"), scope_of(row, value), missing);
    if (!missing.empty()) continue;
    links.emplace_back(QueryLink{label_or(derived, text(*files.source(uid), "name")), uid,
                                 trace_query(files, uid, id), pane});
  }
  add_correlations(files, *source, row, pane, links);
  return links;
}

std::vector<Link> exemplar_links(const Provisioning& files, std::string_view mimir,
                                 const Exemplar& exemplar, TimeRange pane) {
  std::vector<Link> links;
  const auto* source = files.source(mimir);
  if (source == nullptr) return links;
  Row row;
  row.fields.insert(row.fields.end(), exemplar.series.begin(), exemplar.series.end());
  row.fields.insert(row.fields.end(), exemplar.labels.begin(), exemplar.labels.end());
  for (const auto& to : member(member(*source, "jsonData"), "exemplarTraceIdDestinations")) {
    const auto id = exemplar.labels.find(text(to, "name"));
    const auto uid = text(to, "datasourceUid");
    if (id == exemplar.labels.end() || files.source(uid) == nullptr) continue;
    auto query = trace_query(files, uid, id->second);
    const auto span = exemplar.labels.find("span_id");  // the one that is opened
    query["spanId"] = span == exemplar.labels.end() ? "" : span->second;
    links.emplace_back(QueryLink{label_or(to, "Query with " + text(*files.source(uid), "name")),
                                 uid, std::move(query), pane});
  }
  add_correlations(files, *source, row, pane, links);
  return links;
}

const QueryLink* find_query(const std::vector<Link>& links, std::string_view label) {
  for (const auto& link : links) {
    if (const auto* query = std::get_if<QueryLink>(&link); query && query->label == label) {
      return query;
    }
  }
  return nullptr;
}

const AddressLink* find_address(const std::vector<Link>& links, std::string_view label) {
  for (const auto& link : links) {
    if (const auto* address = std::get_if<AddressLink>(&link); address && address->label == label) {
      return address;
    }
  }
  return nullptr;
}

Json transform(const Json& transformation, const std::string& text_in, const std::string& field) {
  if (text(transformation, "type") == "logfmt") return logfmt(text_in);
  auto expression = text(transformation, "expression");
  Json out = Json::object();
  if (expression.empty()) return out;
  const auto names = take_names(expression);
  const auto compiled = compile(expression, std::regex::ECMAScript | std::regex::icase);
  if (!compiled) return out;
  const auto renamed = text(transformation, "mapValue");
  for (std::sregex_iterator match(text_in.begin(), text_in.end(), *compiled), end; match != end;
       ++match) {
    if (names.empty()) {
      const bool group = match->size() > 1 && (*match)[1].length() > 0;
      out[renamed.empty() ? field : renamed] = (*match)[group ? 1 : 0].str();
    }
    for (std::size_t i = 0; i < names.size() && i + 1 < match->size(); ++i) {
      out[names[i]] = (*match)[i + 1].str();
    }
  }
  return out;
}

}  // namespace pim::grafana
