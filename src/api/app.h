// The data port's application: route, authenticate, authorise, check, run, record, answer.
#pragma once

#include <memory>
#include <string>

#include "api/api_metrics.h"
#include "api/audit_trail.h"
#include "api/authenticator.h"
#include "api/call.h"
#include "api/command_service.h"
#include "api/http.h"
#include "api/query_service.h"
#include "api/router.h"
#include "api/server.h"
#include "api/worker_pool.h"

namespace pim::api {

class App final : public HttpHandler {
 public:
  App(const ServerOptions& options, const Services& services, Authenticator& authenticator,
      ApiMetrics& metrics, AuditTrail& trail, WorkerPool& workers);

  void handle(const std::shared_ptr<Exchange>& exchange) override;
  Response refuse(const ProblemInfo& problem, std::string_view detail,
                  std::string_view peer) override;

 private:
  using CallPtr = std::shared_ptr<Call>;

  void run(const CallPtr& call);
  bool find_route(Call& call);
  bool turned_away(Call& call);
  bool admit(Call& call);  // authenticate and authorise
  void run_command(const CallPtr& call);
  void run_query(const CallPtr& call);
  void execute_query(Call& call);
  void locate(Call& call, const Uuid& routing_id) const;
  void answer(Call& call, Response response);
  void answer(Call& call, const Problem& problem) { answer(call, call.problem(problem)); }

  const ServerOptions options_;
  Authenticator& authenticator_;
  ApiMetrics& metrics_;
  AuditTrail& trail_;
  WorkerPool& workers_;
  telemetry::Tracer* const tracer_;
  telemetry::LogSender* const logs_;
  const Router router_;
  CommandService commands_;
  const QueryService queries_;
  const std::string openapi_;
};

}  // namespace pim::api
