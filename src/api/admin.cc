#include "api/admin.h"

#include <simdjson.h>

#include <type_traits>

#include "api/build_info.h"
#include "api/json_members.h"
#include "api/request_checks.h"
#include "api/request_trace.h"
#include "api/version.h"
#include "domain/json.h"
#include "telemetry/log.h"
#include "telemetry/scoped_span.h"

namespace pim::api {
namespace {

// What an operator starts; the rest of this port is read by machines, and has no traces.
constexpr Route kBackup{.method = Method::post,
                        .path = "/admin/backup",
                        .operation = "backup",
                        .summary = {},
                        .roles = RoleSet{Role::operations}};
constexpr Route kRebuild{.method = Method::post,
                         .path = "/admin/rebuild",
                         .operation = "rebuild",
                         .summary = {},
                         .roles = RoleSet{Role::operations}};

const Route* command_at(std::string_view path) {
  for (const Route* route : {&kBackup, &kRebuild}) {
    if (route->path == path) return route;
  }
  return nullptr;
}

UtcMillis wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

Response text(std::string body) {
  Response response;
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

// The one member `name` of a body that has no other; nullopt where the body is not of that form.
template <class T>
std::optional<T> only_member(const std::string& body, std::string_view name) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(body).get(root) != simdjson::SUCCESS) return std::nullopt;
  const auto members = JsonMembers::of(root);
  if (!members || members->all().size() != 1) return std::nullopt;
  const auto element = members->find(name);
  // A text lies in the parser, which ends here: T must own it.
  std::conditional_t<std::is_same_v<T, std::string>, std::string_view, T> value{};
  if (!element || element->get(value) != simdjson::SUCCESS) return std::nullopt;
  return T(value);
}

bool is_plain_absolute(std::string_view path) {
  return path.size() > 1 && path.size() <= 4096 && path.front() == '/' &&
         path.find("/../") == std::string_view::npos && !path.ends_with("/..") &&
         path.find('\0') == std::string_view::npos;
}

std::string render(const readmodel::RebuildReport& report) {
  std::string out = "{\"events\":" + std::to_string(report.events);
  out += ",\"rows_compared\":" + std::to_string(report.rows_compared);
  out += ",\"differences\":[";
  for (bool first = true; const auto& difference : report.differences) {
    if (!first) out += ',';
    first = false;
    append_json_string(out, difference);
  }
  return out + "],\"switched\":" + (report.switched ? "true" : "false") + "}";
}

}  // namespace

Response AdminApp::refuse(const ProblemInfo& problem, std::string_view detail, std::string_view) {
  metrics_.refused(problem);
  Call call;
  call.now = wall_clock();
  identify(call, nullptr);
  return call.problem(Problem::of(problem, std::string(detail)));
}

void AdminApp::handle(const std::shared_ptr<Exchange>& exchange) {
  const auto call = std::make_shared<Call>();
  call->exchange = exchange;
  call->started = std::chrono::steady_clock::now();
  call->now = wall_clock();
  call->headers = KnownHeaders(exchange->request().headers);
  const std::string_view target = exchange->request().target;
  call->route = command_at(target.substr(0, target.find('?')));
  identify(*call, call->route == nullptr ? nullptr : services_.tracer);
  dispatch(call);
}

std::vector<std::string_view> AdminApp::unready_reasons() const {
  std::vector<std::string_view> reasons;
  if (!ready_.load()) reasons.emplace_back("starting");
  if (draining_.load()) reasons.emplace_back("draining");
  if (!services_.spine.writable()) reasons.emplace_back("store-not-writable");
  return reasons;
}

void AdminApp::dispatch(const CallPtr& call) {
  const Request& request = call->request();
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  const bool command = call->route != nullptr;
  const bool known = command || path == "/livez" || path == "/readyz" || path == "/startupz" ||
                     path == "/metrics" || path == "/version" || path == "/debug/pprof/profile";
  if (!known) return answer(*call, Problem::of(problems::kNoRoute));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (command ? request.method != "POST" : !reads) {
    Response response = call->problem(Problem::of(problems::kMethodNotAllowed));
    add_header(response, "allow", command ? "POST" : "GET, HEAD");
    return answer(*call, std::move(response));
  }
  if (path == "/livez") return answer(*call, text("ok\n"));
  if (path == "/readyz") return probe(*call, unready_reasons());
  if (path == "/startupz") {
    return probe(*call, ready_.load() ? std::vector<std::string_view>()
                                      : std::vector<std::string_view>{"starting"});
  }
  if (path == "/version") {
    Response response;
    response.body = R"({"name":"pim","version":")" + std::string(kVersion) + R"(","commit":")" +
                    std::string(build_commit()) + R"(","api":"v1"})";
    return answer(*call, std::move(response));
  }
  if (path == "/metrics") {
    Response response;
    response.content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    response.body = services_.metrics.render();
    return answer(*call, std::move(response));
  }
  if (path == "/debug/pprof/profile") {
    return profiles_.handle(call, [this](const CallPtr& each, Response response) {
      answer(*each, std::move(response));
    });
  }
  call->route == &kBackup ? backup(call) : rebuild(call);
}

void AdminApp::probe(Call& call, const std::vector<std::string_view>& reasons) {
  std::string body = reasons.empty() ? R"({"ready":true})" : R"({"ready":false,"reasons":[)";
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (i > 0) body += ',';
    append_json_string(body, reasons[i]);
  }
  if (!reasons.empty()) body += "]}";
  Response response;
  response.status = reasons.empty() ? 200 : 503;
  response.body = std::move(body);
  answer(call, std::move(response));
}

bool AdminApp::admit(Call& call) {
  auto caller = authenticator_.authenticate(call.headers, call.now.value / 1000);
  if (!caller) {
    metrics_.unauthenticated(caller.error(), call.request().peer);
    Response response = call.problem(
        Problem::of(problems::kUnauthenticated, std::string(describe(caller.error()))));
    add_header(response, "www-authenticate", challenge(caller.error()));
    answer(call, std::move(response));
    return false;
  }
  call.caller = std::move(*caller);
  call.admitted = std::chrono::steady_clock::now();
  if (call.caller->role == Role::operations) return true;
  metrics_.forbidden();
  const std::string rule = "role:" + std::string(to_string(call.caller->role));
  trail_.record(call, {.kind = audit::EntryKind::denied, .status = 403, .rule = rule});
  answer(call, Problem::of(problems::kForbidden));
  return false;
}

void AdminApp::backup(const CallPtr& call) {
  if (!admit(*call)) return;
  const auto target = only_member<std::string>(call->request().body, "target");
  if (!target || !is_plain_absolute(*target)) {
    return answer(*call,
                  Problem::of(problems::kBadField,
                              "/target: must be the absolute path of a directory.", "/target"));
  }
  const telemetry::WorkScope work({services_.tracer, call->trace});
  services_.store.backup(*target, [this, call](store::StoreResult<void> done) {
    call->exchange->post([this, call, done = std::move(done)] {
      const std::uint16_t status = done ? 200 : 500;
      const bool recorded = trail_.record(
          *call,
          {.kind = done ? audit::EntryKind::exported : audit::EntryKind::failed, .status = status});
      if (!done)
        return answer(*call, Problem::of(problems::kOperationFailed, done.error().message));
      if (!recorded) return answer(*call, Problem::of(problems::kAuditUnavailable));
      Response response;
      response.body = R"({"backup":"done"})";
      answer(*call, std::move(response));
    });
  });
}

void AdminApp::rebuild(const CallPtr& call) {
  if (!admit(*call)) return;
  const std::string& body = call->request().body;
  const auto apply = body.empty() ? std::optional<bool>(true) : only_member<bool>(body, "apply");
  if (!apply) {
    return answer(*call,
                  Problem::of(problems::kBadField, "/apply: must be true or false.", "/apply"));
  }
  const bool taken =
      workers_.submit([this, call, apply = *apply] { finish_rebuild(*call, apply); });
  if (!taken) answer(*call, Problem::of(problems::kOverloaded));
}

void AdminApp::finish_rebuild(Call& call, bool apply) {
  telemetry::ScopedSpan work(services_.tracer, "rebuild", call.trace);
  const auto report = services_.read_model.rebuild(apply);
  if (!report) {
    work.fail("unavailable");
    work.end();
    trail_.record(call, {.kind = audit::EntryKind::failed, .status = 500});
    return answer(call, Problem::of(problems::kOperationFailed, report.error().message));
  }
  work.set("pim.events", report->events);
  work.set("pim.rows", report->rows_compared);
  work.set("pim.differences", report->differences.size());
  work.set("pim.switched", report->switched);
  if (!report->differences.empty()) work.fail("rows differ");
  work.end();
  telemetry::log(telemetry::Level::info, "the read model was rebuilt",
                 {{"events", std::to_string(report->events)},
                  {"differences", std::to_string(report->differences.size())},
                  {"switched", report->switched ? "true" : "false"}},
                 &call.trace);
  Response response;
  response.body = render(*report);
  answer(call, std::move(response));
}

void AdminApp::answer(Call& call, Response response) {
  if (response.status == 503) add_header(response, "retry-after", "1");
  add_header(response, "x-request-id", call.request_id);
  response.headers += "cache-control: no-store\r\nx-content-type-options: nosniff\r\n";
  if (call.trace.sampled) {
    add_header(response, "traceparent", call.trace.traceparent());
    trace_request(*services_.tracer, call, response, std::chrono::steady_clock::now(), region_);
  }
  call.exchange->respond(std::move(response));
}

}  // namespace pim::api
