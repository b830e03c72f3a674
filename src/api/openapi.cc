#include "api/openapi.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "api/json_schema.h"
#include "api/openapi_examples.h"
#include "api/problem.h"
#include "api/server.h"
#include "api/version.h"
#include "domain/command_json.h"
#include "domain/state.h"

namespace pim::api {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

// Joins what is appended with commas.
class List {
 public:
  void add(const std::string& item) {
    if (!text_.empty()) text_ += ',';
    text_ += item;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string status_title(std::uint16_t status) {
  for (const ProblemInfo* problem : problem_catalogue()) {
    if (problem->status == status) return std::string(problem->title);
  }
  return "A problem.";
}

std::string parameter(const ParamInfo& info, std::string_view in, bool required) {
  std::string out = "{\"name\":" + json_text(info.name) + ",\"in\":\"" + std::string(in) + '"';
  if (required) out += ",\"required\":true";
  out += ",\"description\":" + json_text(info.description);
  out += ",\"schema\":" + std::string(info.schema);
  if (!info.example.empty()) out += ",\"example\":" + std::string(info.example);
  return out + "}";
}

std::vector<std::string_view> path_names(std::string_view path) {
  std::vector<std::string_view> names;
  for (auto open = path.find('{'); open != std::string_view::npos; open = path.find('{')) {
    const auto close = path.find('}');
    names.push_back(path.substr(open + 1, close - open - 1));
    path.remove_prefix(close + 1);
  }
  return names;
}

std::string parameters(const Route& route) {
  List list;
  for (const auto name : path_names(route.path))
    list.add(parameter(path_param(name), "path", true));
  for (const Param param : route.query_params) {
    const bool required = param == route.required_query && param != Param::cursor;
    list.add(parameter(info_of(param), "query", required));
  }
  const auto header = [&](Param param) { list.add(parameter(info_of(param), "header", false)); };
  if (route.open) return list.text();
  header(Param::pim_deadline_ms);
  if (route.is_command()) {
    header(Param::idempotency_key);
    header(Param::if_match);
    if (route.stream() && !route.addresses_stream()) header(Param::pim_tenant);
  } else {
    header(Param::pim_purpose);
    header(Param::pim_min_position);
    header(Param::x_request_id);
  }
  return list.text();
}

std::string reply_schema(const Route& route) {
  const auto reference = [](std::string_view name) {
    return R"({"$ref":"#/components/schemas/)" + std::string(name) + "\"}";
  };
  if (route.is_command()) return reference("CommandReply");
  switch (route.query) {
    case Query::chart:
      return reference("Chart");
    case Query::encounter:
      return reference("Encounter");
    case Query::provider:
      return reference("Provider");
    case Query::facility:
      return reference("Facility");
    case Query::timeline:
    case Query::bills:
    case Query::audit:
      return reference("Page");
    case Query::encounters_by_provider:
    case Query::census:
    case Query::encounters_by_day:
    case Query::code_frequency:
      return reference("SpanningPage");
    case Query::openapi:
    case Query::none:
      break;
  }
  return R"({"type":"object"})";
}

std::string reply_headers(const Route& route) {
  List list;
  const auto header = [&](std::string_view name, std::string_view description,
                          std::string_view schema) {
    list.add(json_text(name) + ":{\"description\":" + json_text(description) +
             ",\"schema\":" + std::string(schema) + "}");
  };
  constexpr std::string_view kText = R"({"type":"string"})";
  header("X-Request-Id", "The request id.", kText);
  header("traceparent", "W3C trace context of the server's span.", kText);
  const bool versioned = route.is_command() || route.query == Query::chart ||
                         route.query == Query::encounter || route.query == Query::provider ||
                         route.query == Query::facility;
  if (versioned) header("ETag", "The version of the patient, provider or facility.", kText);
  if (route.is_command()) {
    header("Idempotency-Key", "The key that the command ran under.", kText);
    header("Idempotency-Replayed", "`true` where this is an earlier answer again.", kText);
    header("Pim-Position", "Send it back as Pim-Min-Position to read this write.", kText);
    header("Pim-Shard", "The shard that holds the stream.", R"({"type":"integer"})");
  }
  if (!route.location.empty()) header("Location", "Where it can be read.", kText);
  return list.text();
}

// Where the target's path parameters come from, once `made` has answered; nullopt where it does not
// say all of them.
std::optional<std::string> link_parameters(const Route& made, const Route& target) {
  const auto known = path_names(made.path);
  List list;
  for (const auto name : path_names(target.path)) {
    std::string source;
    if (name == made.created_id) {
      source = "$response.body#/id";
    } else if (std::find(known.begin(), known.end(), name) != known.end()) {
      source = "$request.path." + std::string(name);
    } else {
      return std::nullopt;
    }
    list.add(json_text("path." + std::string(name)) + ":" + json_text(source));
  }
  // so that a read that follows at once finds what was made
  if (!target.is_command()) {
    list.add(json_text("header." + std::string(info_of(Param::pim_min_position).name)) +
             R"(:"$response.header.Pim-Position")");
  }
  return list.text();
}

// From a command that makes something to all that can be done with it.
std::string links(const Route& route) {
  List list;
  if (route.created_id.empty()) return {};
  for (const Route& target : routes()) {
    if (!target.path.starts_with(std::string(route.path) + "/")) continue;
    const auto parameters = link_parameters(route, target);
    if (!parameters) continue;
    list.add(json_text(target.operation) + ":{\"operationId\":" + json_text(target.operation) +
             ",\"parameters\":{" + *parameters + "}}");
  }
  return ",\"links\":{" + list.text() + "}";
}

std::string responses(const Route& route) {
  List list;
  list.add("\"" + std::to_string(route.success) + R"(":{"description":"Done.","headers":{)" +
           reply_headers(route) + R"(},"content":{"application/json":{"schema":)" +
           reply_schema(route) + "}}" + links(route) + "}");
  std::vector<std::uint16_t> statuses = {400, 404, 405, 408, 413, 417, 431, 500, 503, 505};
  if (!route.open) statuses.insert(statuses.begin() + 1, {401, 403});
  if (!route.open) statuses.insert(statuses.end(), {409});
  if (route.is_command()) statuses.insert(statuses.end(), {412, 415, 422, 507});
  for (const auto status : statuses) {
    list.add("\"" + std::to_string(status) + R"(":{"$ref":"#/components/responses/)" +
             std::to_string(status) + "\"}");
  }
  return list.text();
}

std::string request_body(const Route& route) {
  std::string out = R"(,"requestBody":{"required":)";
  out += body_is_optional(route) ? "false" : "true";
  out += R"(,"content":{"application/json":{"schema":)";
  out += body_schema(route);
  out += ",\"example\":" + std::string(example_body(route.command)) + "}}}";
  return out;
}

std::string operation(const Route& route) {
  std::string out = "{\"operationId\":" + json_text(route.operation);
  out += ",\"summary\":" + json_text(route.summary);
  const auto second = route.path.find('/', 1);
  const auto tag =
      second == std::string_view::npos
          ? std::string_view("meta")
          : route.path.substr(second + 1, route.path.find('/', second + 1) - second - 1);
  out += ",\"tags\":[" + json_text(tag) + "]";
  if (route.open) {
    out += ",\"security\":[]";
  } else {
    List roles;
    for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
      if (route.roles.contains(static_cast<Role>(i))) roles.add(json_text(kRoleNames[i]));
    }
    out += ",\"x-roles\":[" + roles.text() + "]";
  }
  out += ",\"parameters\":[" + parameters(route) + "]";
  if (route.is_command()) out += request_body(route);
  return out + ",\"responses\":{" + responses(route) + "}}";
}

std::string lower(std::string_view text) {
  std::string out;
  for (const char c : text) out += static_cast<char>(c + ('a' - 'A'));
  return out;
}

std::string paths() {
  std::map<std::string_view, List> by_path;
  for (const Route& route : routes()) {
    by_path[route.path].add(json_text(lower(to_string(route.method))) + ":" + operation(route));
  }
  List list;
  for (const auto& [path, operations] : by_path) {
    list.add(json_text(path) + ":{" + operations.text() + "}");
  }
  return list.text();
}

constexpr std::string_view kProblemSchema =
    R"({"type":"object","description":"RFC 9457 problem details; docs/errors.md lists the types.",)"
    R"("properties":{"type":{"type":"string","pattern":"^urn:pim:problem:[a-z0-9-]+$"},)"
    R"("title":{"type":"string"},"status":{"type":"integer"},"detail":{"type":"string"},)"
    R"("field":{"type":"string","description":"A JSON pointer, or a parameter's or header's name."},)"
    R"("outcome":{"type":"string","enum":["unknown","not-applied"]},)"
    R"("request_id":{"type":"string"},"trace_id":{"type":"string","pattern":"^[0-9a-f]{32}$"}},)"
    R"("required":["type","title","status","request_id","trace_id"]})";
constexpr std::string_view kReplySchema =
    R"({"type":"object","properties":{"id":{"type":"string","format":"uuid",)"
    R"("description":"Of what the command made."},"stream":{"type":"string","format":"uuid"},)"
    R"("version":{"type":"integer","minimum":1},)"
    R"("bucket":{"type":"integer","minimum":0,"maximum":4095},)"
    R"("position":{"type":"integer","minimum":0},"events":{"type":"integer","minimum":0}},)"
    R"("required":["stream","version","bucket","position","events"]})";
constexpr std::string_view kPageSchema =
    R"({"type":"object","properties":{"items":{"type":"array","items":{"type":"object"}},)"
    R"("next_cursor":{"type":"string"}},"required":["items"]})";
constexpr std::string_view kSpanningSchema =
    R"({"type":"object","properties":{"items":{"type":"array","items":{"type":"object"}},)"
    R"("next_cursor":{"type":"string"},"positions":{"type":"array","items":{"type":"object",)"
    R"("properties":{"shard":{"type":"integer"},"events_applied":{"type":"integer"},)"
    R"("events_committed":{"type":"integer"}},)"
    R"("required":["shard","events_applied","events_committed"]}}},)"
    R"("required":["items","positions"]})";

std::string chart_schema() {
  return R"({"type":"object","properties":{"patient":)" + object_schema<PatientFacts>() +
         R"(,"encounters":{"type":"array","items":{"$ref":"#/components/schemas/Encounter"}},)"
         R"("next_cursor":{"type":"string"},"version":{"type":"integer","minimum":1},)"
         R"("recorded_at":{"type":"string","format":"date-time"}},)"
         R"("required":["patient","encounters","version"]})";
}

std::string problem_responses() {
  List list;
  for (const std::uint16_t status :
       {400, 401, 403, 404, 405, 408, 409, 412, 413, 415, 417, 422, 431, 500, 503, 505, 507}) {
    std::string headers;
    if (status == 401) {
      headers = R"("headers":{"WWW-Authenticate":{"schema":{"type":"string"}}},)";
    } else if (status == 405) {
      headers = R"("headers":{"Allow":{"schema":{"type":"string"}}},)";
    } else if (status == 503 || status == 507) {
      headers = R"("headers":{"Retry-After":{"schema":{"type":"string"}}},)";
    }
    list.add("\"" + std::to_string(status) +
             "\":{\"description\":" + json_text(status_title(status)) + "," + headers +
             R"("content":{"application/problem+json":{"schema":)"
             R"({"$ref":"#/components/schemas/Problem"}}}})");
  }
  return list.text();
}

constexpr std::string_view kDescription =
    "A health data spine for practising site reliability engineering: synthetic data only. "
    "Commands are repeated safely with the same Idempotency-Key; ETag and If-Match carry the "
    "version of the patient, provider or facility that a path names; `traceparent` is taken and "
    "given. HEAD works wherever GET does.";

}  // namespace

std::vector<std::string> preset_names(const Route& route) {
  std::vector<std::string> names;
  const auto in_path = path_names(route.path);
  for (std::size_t i = route.addresses_stream() ? 1 : 0; i < in_path.size(); ++i) {
    names.emplace_back(in_path[i]);
  }
  if (!route.created_id.empty()) names.emplace_back(route.created_id);
  return names;
}

std::string body_schema(const Route& route) {
  std::string schema = command_schema(route.command, preset_names(route));
  const auto in_path = path_names(route.path);
  const auto is_in_path = [&](std::string_view name) {
    return std::find(in_path.begin(), in_path.end(), name) != in_path.end();
  };
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(schema).get(members) != simdjson::SUCCESS) return schema;
  List out;
  for (const auto member : members) {
    std::string value = simdjson::minify(member.value);
    if (member.key == "properties") {
      List properties;
      for (const auto property : simdjson::dom::object(member.value)) {
        if (is_in_path(property.key)) continue;
        properties.add(json_text(property.key) + ":" +
                       std::string(simdjson::minify(property.value)));
      }
      value = "{" + properties.text() + "}";
    }
    out.add(json_text(member.key) + ":" + value);
  }
  return "{" + out.text() + "}";
}

bool body_is_optional(const Route& route) {
  PresetFields presets;
  for (const auto& name : preset_names(route)) {
    presets.emplace_back(name, name == "line_no" ? "1" : Uuid{}.to_string());
  }
  return command_from_json(route.command, "", presets).ok();
}

std::string openapi_document() {
  std::string out = R"({"openapi":"3.1.0","info":{"title":"PIM SRE Lab","version":)";
  out += json_text(kVersion);
  out += ",\"description\":" + json_text(kDescription);
  out += R"(,"license":{"name":"Apache-2.0","identifier":"Apache-2.0"}},"servers":[{"url":"/"}],)";
  out += R"("security":[{"bearer":[]}],"paths":{)" + paths() + R"(},"components":{)";
  out += R"("securitySchemes":{"bearer":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}},)";
  out += R"("responses":{)" + problem_responses() + "},";
  out += R"("schemas":{"Problem":)" + std::string(kProblemSchema);
  out += R"(,"CommandReply":)" + std::string(kReplySchema);
  out += R"(,"Page":)" + std::string(kPageSchema);
  out += R"(,"SpanningPage":)" + std::string(kSpanningSchema);
  out += R"(,"Chart":)" + chart_schema();
  out += R"(,"Encounter":)" + object_schema<Encounter>();
  out += R"(,"Provider":)" + object_schema<Provider>();
  out += R"(,"Facility":)" + object_schema<Facility>();
  return out + "}}}";
}

}  // namespace pim::api
