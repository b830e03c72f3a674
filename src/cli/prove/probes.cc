#include "cli/prove/probes.h"

#include <simdjson.h>

#include <algorithm>
#include <thread>

#include "cli/http_sender.h"
#include "cli/prove/interrupt.h"

namespace pim::cli::prove {
namespace {

constexpr std::chrono::seconds kAuditLag{10};
constexpr std::size_t kSearches = 24;

load::HttpClient client_of(const LabServer& server) {
  return {"127.0.0.1", server.port(), std::chrono::seconds(10)};
}

// Whether the search finds a record that holds all of `texts`.
bool audit_has(load::HttpClient& client, const std::string& token, const std::string& query,
               const std::vector<std::string>& texts) {
  const auto response =
      client.send({"GET", "/v1/audit?" + query, {{"Authorization", "Bearer " + token}}, {}});
  return response && response->status == 200 &&
         std::ranges::all_of(texts, [&](const std::string& text) {
           return response->body.find(text) != std::string::npos;
         });
}

// Asks once at least.
template <class Condition>
bool eventually(Clock::time_point until, Condition&& holds) {
  while (!interrupted()) {
    if (holds()) return true;
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

}  // namespace

ReplayProbe probe_replays(const LabServer& server, const std::vector<Remembered>& remembered,
                          const TrafficOptions& traffic, load::Recorder& recorder) {
  ReplayProbe probe;
  auto client = client_of(server);
  const load::Caller caller{traffic.connections, traffic.user, traffic.token};
  for (const auto& before : remembered) {
    load::Response now;
    const auto result = recorder.send(client, before.command, caller, &now);
    ++probe.repeated;
    const bool same = result.replayed && now.status == before.status &&
                      now.header("etag") == before.etag && result.position == before.position &&
                      now.body == before.body;
    if (same) ++probe.same;
    if (probe.repeated % 10 != 1) continue;
    auto other = before.command;
    other.body.insert(1, " ");  // another body, the same meaning: still another request
    ++probe.key_reuse_tried;
    const auto refused = recorder.send(client, other, caller);
    if (refused.status == 422) ++probe.key_reuse_refused;
  }
  return probe;
}

AuditProbe probe_audit(const LabServer& server, const std::string& auditor, const std::string& user,
                       const std::vector<Remembered>& known) {
  AuditProbe probe;
  auto client = client_of(server);
  const std::size_t step = std::max<std::size_t>(1, known.size() / kSearches);
  // The index follows the commits: all of these may be a moment late, and none may be later.
  auto until = Clock::now() + kAuditLag;
  for (std::size_t i = 0; i < known.size() && !interrupted(); i += step) {
    const auto& id = known[i].command.request_id;
    ++probe.searched;
    const bool found = eventually(until, [&] {
      return audit_has(client, auditor, "request=" + id, {"\"" + user + "\"", id});
    });
    if (found) ++probe.found;
  }
  if (known.empty()) return probe;

  until = Clock::now() + kAuditLag;
  const std::string denied_id = "demo-denied-command";
  const auto denied = client.send({"POST",
                                   "/v1/patients",
                                   {{"Authorization", "Bearer " + auditor},
                                    {"Content-Type", "application/json"},
                                    {"Idempotency-Key", denied_id}},
                                   "{}"});
  probe.denied_found =
      denied && denied->status == 403 && eventually(until, [&] {
        return audit_has(client, auditor, "request=" + denied_id, {denied_id, "denied"});
      });
  const std::string read_id = "demo-chart-read";
  const auto read =
      client.send({"GET",
                   "/v1/patients/" + known.front().command.routing_id.to_string(),
                   {{"Authorization", "Bearer " + auditor}, {"X-Request-Id", read_id}},
                   {}});
  probe.read_found = read && read->status == 200 && eventually(until, [&] {
                       return audit_has(client, auditor, "request=" + read_id, {read_id, "read"});
                     });
  return probe;
}

bool await_projection(const LabServer& server, std::chrono::seconds limit) {
  return eventually(Clock::now() + limit, [&] {
    const auto behind = server.metric("pim_projection_events_behind");
    return behind.ok() && *behind == 0;
  });
}

RebuildProbe probe_rebuild(const LabServer& server, const std::string& operator_token) {
  RebuildProbe probe;
  load::HttpClient client("127.0.0.1", server.admin_port(), std::chrono::seconds(60));
  const auto response =
      client.send({"POST", "/admin/rebuild", {{"Authorization", "Bearer " + operator_token}}, {}});
  if (!response) {
    probe.error = response.error().message;
    return probe;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array differences;
  if (response->status != 200 ||
      parser.parse(simdjson::padded_string(response->body)).get(document) != simdjson::SUCCESS ||
      document["rows_compared"].get(probe.rows_compared) != simdjson::SUCCESS ||
      document["switched"].get(probe.switched) != simdjson::SUCCESS ||
      document["differences"].get(differences) != simdjson::SUCCESS) {
    probe.error = problem_text(*response);
    return probe;
  }
  probe.differences = differences.size();
  return probe;
}

}  // namespace pim::cli::prove
