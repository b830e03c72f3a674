#include "api/app.h"

#include <algorithm>
#include <exception>

#include "api/ascii.h"
#include "api/request_checks.h"
#include "api/request_log.h"
#include "api/request_trace.h"
#include "routing/bucket.h"
#include "telemetry/current_span.h"
#include "telemetry/log.h"

namespace pim::api {
namespace {

UtcMillis wall_clock() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
}

// The request's trace, where it is kept.
const telemetry::TraceContext* kept(const Call& call) {
  return call.trace.sampled ? &call.trace : nullptr;
}

Response overloaded(const Call& call) {
  Problem problem = Problem::of(problems::kOverloaded);
  if (call.route->is_command()) problem.outcome = "not-applied";
  Response response = call.problem(problem);
  response.shed = true;
  add_header(response, "retry-after", "1");
  return response;
}

bool may_retry(const Problem& problem) { return problem.status == 503 || problem.status == 507; }

}  // namespace

App::App(const ServerOptions& options, const Services& services, Authenticator& authenticator,
         ApiMetrics& metrics, AuditTrail& trail, WorkerPool& workers)
    : options_(options),
      authenticator_(authenticator),
      metrics_(metrics),
      trail_(trail),
      workers_(workers),
      tracer_(services.tracer),
      logs_(services.logs),
      router_(routes()),
      commands_(services.spine, trail, options.shards),
      queries_(services.read_model, services.store, services.audit_index),
      openapi_(openapi_document()) {}

Response App::refuse(const ProblemInfo& problem, std::string_view detail, std::string_view) {
  metrics_.refused(problem);
  Call call;
  call.now = wall_clock();
  identify(call, tracer_);
  Response response = call.problem(Problem::of(problem, std::string(detail)));
  if (problem.status == 503) add_header(response, "retry-after", "1");
  add_header(response, "x-request-id", call.request_id);
  return response;
}

void App::handle(const std::shared_ptr<Exchange>& exchange) {
  const auto call = std::make_shared<Call>();
  call->exchange = exchange;
  call->started = std::chrono::steady_clock::now();
  call->now = wall_clock();
  try {
    call->headers = KnownHeaders(exchange->request().headers);
    run(call);
  } catch (const std::exception& error) {
    telemetry::log(telemetry::Level::error, "a request ended in an exception",
                   {{"what", error.what()}}, &call->trace);
    answer(*call, Problem::of(problems::kInternal));
  }
}

void App::run(const CallPtr& call) {
  if (!find_route(*call)) return;
  const telemetry::KeptSpanScope scope(call->trace);
  if (call->route->open) {
    Response response;
    response.body = openapi_;
    return answer(*call, std::move(response));
  }
  if (turned_away(*call)) return;
  if (!admit(*call)) return;
  if (auto problem = check_parameters(*call)) return answer(*call, *problem);
  const auto deadline = parse_decimal(call->headers[KnownHeader::pim_deadline_ms]);
  call->deadline =
      call->started + (deadline ? std::chrono::milliseconds(*deadline) : options_.default_deadline);
  call->route->is_command() ? run_command(call) : run_query(call);
}

// Before the token is looked at: what exists is public, in /openapi.json.
bool App::find_route(Call& call) {
  const Request& request = call.request();
  auto target = parse_target(request.target);
  if (!target) {
    identify(call, tracer_);
    answer(call, Problem::of(problems::kBadTarget));
    return false;
  }
  call.target = std::move(*target);
  Match match = router_.match(call.target.segments, parse_method(request.method));
  call.route = match.route;
  call.path = std::move(match.values);
  identify(call, tracer_);
  if (match.route != nullptr) return true;
  if (!match.path_exists) {
    answer(call, Problem::of(problems::kNoRoute));
    return false;
  }
  Response response = call.problem(Problem::of(problems::kMethodNotAllowed));
  add_header(response, "allow", match.allow);
  answer(call, std::move(response));
  return false;
}

// Before anything of it is read but its head: under overload there is time for no more.
bool App::turned_away(Call& call) {
  if (call.request().late) {
    metrics_.late();
    answer(call, overloaded(call));
    return true;
  }
  if (!call.route->is_command() || !call.route->addresses_stream()) return false;
  const auto id = Uuid::parse(call.path.front().value);
  if (!id) return false;
  auto response = commands_.turn_away(call, StreamId{*id});
  if (!response) return false;
  locate(call, *id);
  answer(call, std::move(*response));
  return true;
}

bool App::admit(Call& call) {
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
  if (call.route->roles.contains(call.caller->role)) return true;
  metrics_.forbidden();
  const std::string rule = "role:" + std::string(to_string(call.caller->role));
  // a denial shows nothing, so it stands even where the journal is gone; that is counted
  trail_.record(call, {.kind = audit::EntryKind::denied, .status = 403, .rule = rule});
  answer(call, Problem::of(problems::kForbidden,
                           "The role " + std::string(to_string(call.caller->role)) + " may not " +
                               std::string(call.route->operation) + "."));
  return false;
}

void App::run_command(const CallPtr& call) {
  auto request = commands_.read(*call);
  if (!request) {
    if (request.error().status == 403) {
      metrics_.forbidden();
      trail_.record(
          *call, {.kind = audit::EntryKind::denied, .status = 403, .rule = request.error().name});
    }
    return answer(*call, request.error());
  }
  const StreamId stream = request->stream;
  const auto created = created_id(request->command);
  locate(*call, stream.value);
  commands_.submit(std::move(*request), [this, call, stream, created](spine::CommandReply reply) {
    // on the committer's thread: only hand it on
    call->exchange->post([this, call, stream, created, reply = std::move(reply)] {
      const telemetry::KeptSpanScope scope(call->trace);
      call->command = reply.timing;
      if (logs_ != nullptr)
        metrics_.domain_events_logged(log_domain_events(*logs_, *call, reply, options_.region));
      answer(*call, commands_.render(*call, reply, stream, created));
    });
  });
}

void App::locate(Call& call, const Uuid& routing_id) const {
  call.bucket = bucket_of(routing_id);
  call.shard = default_shard(*call.bucket, options_.shards);
}

void App::run_query(const CallPtr& call) {
  const bool taken = workers_.submit([this, call] {
    try {
      execute_query(*call);
    } catch (const std::exception& error) {
      telemetry::log(telemetry::Level::error, "a query ended in an exception",
                     {{"what", error.what()}}, &call->trace);
      answer(*call, Problem::of(problems::kInternal));
    }
  });
  if (!taken) {
    metrics_.query_shed();
    answer(*call, overloaded(*call));
  }
}

void App::execute_query(Call& call) {
  call.query_began = std::chrono::steady_clock::now();
  metrics_.query_waited(call.query_began - call.admitted, kept(call));
  const telemetry::KeptSpanScope scope(call.trace);
  if (const auto patient = call.patient()) locate(call, patient->value);
  const bool late = call.query_began >= call.deadline;
  auto found = late ? Result<QueryAnswer, Problem>(Err{Problem::of(problems::kDeadlineExceeded)})
                    : queries_.run(call);
  const bool about_audit = call.route->query == Query::audit;
  const bool failed = !found && found.error().status >= 500;
  if (call.route->patient_data || about_audit || failed) {
    AuditTrail::Fact fact;
    fact.kind = failed        ? audit::EntryKind::failed
                : about_audit ? audit::EntryKind::audit_read
                              : audit::EntryKind::read;
    fact.status = found ? found->response.status : found.error().status;
    fact.rule = found ? std::string_view() : found.error().name;
    if (found) {
      fact.tenant = found->tenant;
      fact.rows = found->rows;
    }
    if (!trail_.record(call, fact) && !failed) {
      found = Err{Problem::of(problems::kAuditUnavailable)};
    }
  }
  if (found) return answer(call, std::move(found->response));
  Response response = call.problem(found.error());
  if (may_retry(found.error())) add_header(response, "retry-after", "1");
  answer(call, std::move(response));
}

void App::answer(Call& call, Response response) {
  add_header(response, "x-request-id", call.request_id);
  add_header(response, "traceparent", call.trace.traceparent());
  response.headers += "cache-control: no-store\r\nx-content-type-options: nosniff\r\n";
  const auto now = std::chrono::steady_clock::now();
  metrics_.answered({call.route, call.shard, response.status, now - call.started, kept(call)});
  if (call.trace.sampled) trace_request(*tracer_, call, response, now, options_.region);
  log_request(logs_, call, response, now, options_.region);
  call.exchange->respond(std::move(response));
}

}  // namespace pim::api
