#include "traffic.h"

#include <array>
#include <chrono>
#include <utility>

#include "domain/ids.h"
#include "load/http_client.h"
#include "load/workload.h"

namespace pim::stack {
namespace {

using namespace std::chrono_literals;

constexpr auto kPause = 40ms;  // fewer than 50 requests a second: all their traces are kept

// Queries that follow a write, in turn. `{}` is the patient of it.
constexpr auto kQueries = std::to_array<std::string_view>(
    {"/v1/patients/{}", "/v1/patients/{}/timeline", "/v1/patients/{}/bills",
     "/v1/codes/ICD-10-CM/frequency?limit=5", "/v1/encounters?day=2026-01-01&limit=5"});

std::string target_of(std::string_view query, const Uuid& patient) {
  std::string target(query);
  if (const auto at = target.find("{}"); at != target.npos) {
    target.replace(at, 2, patient.to_string());
  }
  return target;
}

}  // namespace

Traffic::Traffic(std::uint16_t port, std::string loadgen_token, std::string auditor_token)
    : thread_([this, port, loadgen = std::move(loadgen_token), auditor = std::move(auditor_token)] {
        run(port, loadgen, auditor);
      }) {}

Traffic::~Traffic() { stop(); }

Traffic::Totals Traffic::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  return totals_;
}

void Traffic::run(std::uint16_t port, const std::string& loadgen, const std::string& auditor) {
  const load::WorkloadOptions options;
  const load::ReferenceData reference(options.seed, options.start, 2, 4);
  load::Session session(options, reference, 0);
  load::HttpClient client("127.0.0.1", port, 10s);
  const auto send = [&](const load::Request& request) {
    auto response = client.send(request);
    const bool good = response.ok() && response->status / 100 == 2;
    if (good) {
      ++totals_.answered;
    } else if (totals_.refused.empty()) {
      totals_.refused = std::string(request.method) + " " + request.target + ": " +
                        (response ? response->body : response.error().message);
    }
    return good ? std::move(*response) : load::Response{};
  };

  for (const auto& command : reference.setup()) send(to_request(command, loadgen));
  for (std::size_t turn = 0; !stopping_; ++turn) {
    const auto patient = session.current().routing_id;
    const auto written = send(to_request(session.current(), loadgen));
    if (written.status == 0) {
      session.abandon();
    } else {
      session.accepted(load::version_of_etag(written.header("etag")));
      load::Request query{"GET", target_of(kQueries[turn % kQueries.size()], patient), {}, {}};
      query.headers = {{"Authorization", "Bearer " + loadgen},
                       {"Pim-Min-Position", std::string(written.header("pim-position"))}};
      send(query);
    }
    if (turn % 10 == 0) {
      send({"GET",
            "/v1/audit?user=loadgen-user&limit=5",
            {{"Authorization", "Bearer " + auditor}},
            {}});
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace pim::stack
