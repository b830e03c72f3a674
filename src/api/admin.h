// The admin port: probes, metrics, and what only an operator may start.
#pragma once

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "api/api_metrics.h"
#include "api/audit_trail.h"
#include "api/authenticator.h"
#include "api/http.h"
#include "api/profile_endpoint.h"
#include "api/server.h"
#include "api/worker_pool.h"

namespace pim::api {

class AdminApp final : public HttpHandler {
 public:
  AdminApp(const Services& services, Authenticator& authenticator, ApiMetrics& metrics,
           AuditTrail& trail, std::string region)
      : services_(services),
        authenticator_(authenticator),
        metrics_(metrics),
        trail_(trail),
        region_(std::move(region)),
        profiles_(services.profiler) {}

  void handle(const std::shared_ptr<Exchange>& exchange) override;
  Response refuse(const ProblemInfo& problem, std::string_view detail,
                  std::string_view peer) override;

  void set_ready() { ready_.store(true); }
  void set_draining() { draining_.store(true); }
  // Why not, one word each; empty: ready.
  std::vector<std::string_view> unready_reasons() const;
  // Joins the threads that rebuilds and profiles run on.
  void stop() {
    profiles_.stop();
    workers_.stop();
  }

 private:
  using CallPtr = std::shared_ptr<Call>;

  void dispatch(const CallPtr& call);
  void probe(Call& call, const std::vector<std::string_view>& reasons);
  bool admit(Call& call);
  void backup(const CallPtr& call);
  void rebuild(const CallPtr& call);
  void finish_rebuild(Call& call, bool apply);
  void answer(Call& call, Response response);
  void answer(Call& call, const Problem& problem) { answer(call, call.problem(problem)); }

  const Services services_;
  Authenticator& authenticator_;
  ApiMetrics& metrics_;
  AuditTrail& trail_;
  const std::string region_;
  std::atomic<bool> ready_{false};
  std::atomic<bool> draining_{false};
  WorkerPool workers_{1, 4};
  ProfileEndpoint profiles_;
};

}  // namespace pim::api
