// Queries over HTTP: what reaches the read model, how it is told, and what is on record first.
#include <gtest/gtest.h>

#include "api/server_testing.h"
#include "api/tokens_testing.h"
#include "domain/json.h"

namespace pim::api {
namespace {

using readmodel::QueryErrorKind;

TEST(Queries, HandOnPagePositionTenantsAndDeadline) {
  TestServer server;
  const std::string patient = server.add_patient().to_string();
  const auto reply = server.send("GET", "/v1/patients/" + patient + "?limit=7&cursor=next",
                                 "clinician", "", "Pim-Min-Position: 17.2.40\r\n");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.header("etag"), "\"3\"");
  EXPECT_FALSE(reply.header("pim-position").empty());
  const auto& queries = server.read_model.fake_queries();
  EXPECT_EQ(queries.last_page().limit, 7U);
  EXPECT_EQ(queries.last_page().cursor, "next");
  const auto context = queries.last_context();
  ASSERT_TRUE(context.min_position);
  EXPECT_EQ(context.min_position->to_string(), "17.2.40");
  ASSERT_EQ(context.tenants.size(), 1U);
  EXPECT_EQ(context.tenants.front().text(), "north-health");
}

TEST(Queries, EveryReadOfPatientDataIsOnRecordBeforeItsReply) {
  TestServer server;
  const Uuid patient = server.add_patient();
  server.world.add(*Uuid::parse("0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22"), "north-health");
  const std::string id = "0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22";
  const std::string base = "/v1/patients/" + patient.to_string();
  struct Read {
    std::string target;
    std::string operation;
    std::uint32_t rows;
  };
  for (const auto& [target, operation, rows] :
       std::vector<Read>{{base, "get-chart", 0},
                         {base + "/timeline", "get-timeline", 2},
                         {base + "/bills", "list-bills", 2},
                         {base + "/encounters/" + id, "get-encounter", 1},
                         {"/v1/providers/" + id + "/encounters", "list-encounters-by-provider", 1},
                         {"/v1/facilities/" + id + "/census", "get-census", 1},
                         {"/v1/encounters?day=2025-01-31", "list-encounters-by-day", 1}}) {
    const std::size_t before = server.journal.all().size();
    const auto reply = server.send("GET", target, "registrar", "",
                                   "X-Request-Id: look-1\r\nPim-Purpose: TREAT\r\n");
    ASSERT_EQ(reply.status, 200) << target << reply.body;
    EXPECT_EQ(reply.header("x-request-id"), "look-1");
    const auto entries = server.journal.all();
    ASSERT_EQ(entries.size(), before + 1) << target;
    const audit::Entry& entry = entries.back();
    EXPECT_EQ(entry.kind, audit::EntryKind::read);
    EXPECT_EQ(entry.operation, operation);
    EXPECT_EQ(entry.rows, rows) << target;
    EXPECT_EQ(entry.status, 200);
    EXPECT_EQ(entry.user_id, "dr.lee");
    EXPECT_EQ(entry.role, "registrar");
    EXPECT_EQ(entry.tenant, "north-health");
    EXPECT_EQ(entry.request_id, "look-1");
    EXPECT_EQ(entry.purpose, "TREAT");
    EXPECT_EQ(entry.fingerprint.size(), 64U);
    EXPECT_EQ(entry.patient.has_value(), target.starts_with(base)) << target;
  }
}

TEST(Queries, ReadsOfReferenceDataAndCountsNeedNoJournal) {
  TestServer server;
  const std::string id = "0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22";
  server.world.add(*Uuid::parse(id), "north-health");
  server.journal.break_it(true);
  EXPECT_EQ(server.send("GET", "/v1/providers/" + id, "operator").status, 200);
  EXPECT_EQ(server.send("GET", "/v1/facilities/" + id, "operator").status, 200);
  EXPECT_EQ(server.send("GET", "/v1/codes/RXNORM/frequency", "operator").status, 200);
}

TEST(Queries, NothingIsShownThatIsNotOnRecord) {
  TestServer server;
  const std::string base = "/v1/patients/" + server.add_patient().to_string();
  server.journal.break_it(true);
  for (const std::string& target :
       {base, base + "/timeline", std::string("/v1/encounters?day=2025-01-31")}) {
    const auto reply = server.send("GET", target, "clinician");
    EXPECT_EQ(reply.status, 503) << target;
    EXPECT_EQ(problem_name(reply), "audit-unavailable") << target;
    EXPECT_EQ(reply.body.find("birth_year"), std::string::npos);
    EXPECT_FALSE(reply.header("retry-after").empty());
  }
  EXPECT_EQ(server.send("GET", "/v1/audit", "auditor").status, 503);
}

TEST(Queries, FailuresAreToldAndRecorded) {
  TestServer server;
  const std::string target = "/v1/patients/" + server.add_patient().to_string() + "/bills";
  struct Failure {
    QueryErrorKind error;
    int status;
    std::string problem;
    audit::EntryKind kind;
  };
  for (const auto& [error, status, problem, kind] : std::vector<Failure>{
           {QueryErrorKind::not_found, 404, "not-found", audit::EntryKind::read},
           {QueryErrorKind::bad_cursor, 400, "bad-cursor", audit::EntryKind::read},
           {QueryErrorKind::position_lost, 409, "position-lost", audit::EntryKind::read},
           {QueryErrorKind::timeout, 503, "read-timeout", audit::EntryKind::failed},
           {QueryErrorKind::unavailable, 503, "read-unavailable", audit::EntryKind::failed}}) {
    server.read_model.fake_queries().fail_with(error);
    const auto reply = server.send("GET", target, "biller");
    EXPECT_EQ(reply.status, status) << problem;
    EXPECT_EQ(problem_name(reply), problem);
    EXPECT_EQ(reply.header("retry-after"), status == 503 ? "1" : "") << problem;
    const auto entries = server.journal.all();
    ASSERT_FALSE(entries.empty());
    EXPECT_EQ(entries.back().kind, kind) << problem;
    EXPECT_EQ(entries.back().rule, problem);
    EXPECT_EQ(entries.back().status, status);
  }
}

TEST(Queries, SayWhatIsWrongAndWhere) {
  TestServer server;
  const std::string base = "/v1/patients/" + server.add_patient().to_string();
  struct Bad {
    std::string target;
    std::string headers;
    std::string problem;
    std::string field;
  };
  for (const auto& [target, headers, problem, field] :
       std::vector<Bad>{{base + "?limit=0", "", "bad-parameter", "limit"},
                        {base + "?limit=201", "", "bad-parameter", "limit"},
                        {base + "?limit=1&limit=2", "", "unknown-parameter", "limit"},
                        {base + "?limit", "", "bad-parameter", "limit"},
                        {base + "?cursor=", "", "bad-parameter", "cursor"},
                        {base + "?cursor=abc", "", "bad-cursor", "cursor"},
                        {base + "?version=0", "", "bad-parameter", "version"},
                        {base + "?at=yesterday", "", "bad-parameter", "at"},
                        {base + "?at=2025-01-31T09:30:00%2B01:00", "", "bad-parameter", "at"},
                        {base + "/timeline?version=1", "", "unknown-parameter", "version"},
                        {base + "?x%20y=1", "", "unknown-parameter", "x y"},
                        {"/v1/encounters", "", "bad-parameter", "day"},
                        {"/v1/encounters?day=2025-02-29", "", "bad-parameter", "day"},
                        {"/v1/codes/CPT/frequency", "", "bad-parameter", "system"},
                        {base, "Pim-Min-Position: 1.2\r\n", "bad-header", "pim-min-position"},
                        {base, "Pim-Purpose: why not\r\n", "bad-header", "pim-purpose"},
                        {base, "X-Request-Id: a b\r\n", "bad-header", "x-request-id"},
                        {base, "Content-Length: 2\r\n\r\n{}", "body-not-allowed", ""}}) {
    RawClient client(server.port());
    client.send("GET " + target + " HTTP/1.1\r\nHost: lab\r\nAuthorization: Bearer " +
                TestServer::token("loadgen") + "\r\n" + headers +
                (headers.ends_with("{}") ? "" : "\r\n"));
    const auto reply = client.receive();
    ASSERT_TRUE(reply) << target;
    EXPECT_EQ(reply->status, 400) << target << headers << reply->body;
    EXPECT_EQ(problem_name(*reply), problem) << target << headers << reply->body;
    EXPECT_EQ(json_member(reply->body, "field"), field) << target << headers;
  }
}

TEST(Queries, SpanningListsSayHowFarEachShardWas) {
  TestServer server;
  const auto reply = server.send("GET", "/v1/encounters?day=2025-01-31", "clinician");
  EXPECT_EQ(reply.body,
            R"({"items":[{"row":1}],"positions":[{"shard":0,"events_applied":5,)"
            R"("events_committed":6},{"shard":1,"events_applied":7,"events_committed":7}]})");
}

TEST(Queries, AuditSearchHandsOnItsCriteriaAndIsItselfOnRecord) {
  TestServer server;
  const std::string patient = "0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d10";
  const auto reply = server.send("GET",
                                 "/v1/audit?user=dr.lee&request=r%2F1&patient=" + patient +
                                     "&trace=4bf92f3577b34da6a3ce929d0e0e4736&from=2025-01-31T00:"
                                     "00:00Z&to=2025-02-01T00:00:00Z"
                                     "&limit=9",
                                 "auditor");
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.body, R"({"items":[{"kind":"read"}]})");
  const auto query = server.audit_index.last_query();
  EXPECT_EQ(query.user_id, "dr.lee");
  EXPECT_EQ(query.request_id, "r/1");
  EXPECT_EQ(query.patient->to_string(), patient);
  EXPECT_EQ(query.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(query.from->to_string(), "2025-01-31T00:00:00.000Z");
  EXPECT_EQ(query.to->to_string(), "2025-02-01T00:00:00.000Z");
  EXPECT_EQ(query.limit, 9U);
  ASSERT_EQ(query.tenants.size(), 1U) << "an auditor sees its own tenants only";
  ASSERT_EQ(server.journal.all().size(), 1U);
  EXPECT_EQ(server.journal.all().front().kind, audit::EntryKind::audit_read);
  EXPECT_EQ(problem_name(server.send("GET", "/v1/audit?cursor=x", "auditor")), "bad-cursor");
}

TEST(Queries, DenialsAreRecordedWithTheirRule) {
  TestServer server;
  const std::string patient = server.add_patient().to_string();
  const auto reply = server.send("GET", "/v1/patients/" + patient, "operator", "",
                                 "Pim-Purpose: not a purpose\r\n");
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(problem_name(reply), "forbidden");
  ASSERT_EQ(server.journal.all().size(), 1U);
  const audit::Entry entry = server.journal.all().front();
  EXPECT_EQ(entry.kind, audit::EntryKind::denied);
  EXPECT_EQ(entry.rule, "role:operator");
  EXPECT_EQ(entry.patient->to_string(), patient);
  EXPECT_EQ(entry.purpose, "") << "an unchecked header must not reach the journal";
}

TEST(Queries, UnauthenticatedCallersAreChallengedAndCountedBySource) {
  TestServer server;
  const std::string target = "/v1/patients/" + server.add_patient().to_string();
  const auto missing = server.send("GET", target, "");
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.header("www-authenticate"), "Bearer realm=\"pim\"");
  for (const char* value :
       {"Basic Zm9vOmJhcg==", "Bearer", "Bearer ", "Bearer a b", "bearer x.y"}) {
    const auto reply =
        server.send("GET", target, "", "", "Authorization: " + std::string(value) + "\r\n");
    EXPECT_EQ(reply.status, 401) << value;
    EXPECT_NE(reply.header("www-authenticate").find("invalid_token"), std::string::npos) << value;
  }
  EXPECT_TRUE(server.journal.all().empty());
  const std::string metrics = server.metrics.render();
  EXPECT_NE(metrics.find("pim_http_unauthenticated_total{source=\"127.0.0.1\"} 6"),
            std::string::npos);
  EXPECT_NE(metrics.find("pim_http_denied_total{reason=\"missing\"} 1"), std::string::npos);
  EXPECT_NE(metrics.find("pim_http_denied_total{reason=\"malformed\"} 1"), std::string::npos);
}

// A history of two versions: a patient, and one encounter.
std::vector<store::EventRecord> history(const Uuid& patient) {
  std::vector<store::EventRecord> events(2);
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].stream = StreamId{patient};
    events[i].version = i + 1;
    events[i].bucket = bucket_of(patient);
    events[i].position = i + 1;
    events[i].origin.tenant = *TenantId::parse("north-health");
    events[i].origin.recorded_at =
        *UtcMillis::parse("2025-01-3" + std::to_string(i) + "T10:00:00Z");
  }
  events[0].type = "patient-registered";
  events[0].data = R"({"patient_id":")" + patient.to_string() +
                   R"(","birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";
  EncounterAdmitted admitted;
  admitted.admitted_at = *UtcMillis::parse("2025-01-31T09:00:00Z");
  events[1].type = "encounter-admitted";
  events[1].data = event_to_json(admitted);
  return events;
}

TEST(Queries, ChartsAsOfAVersionOrATimeComeFromTheHistory) {
  TestServer server;
  const Uuid patient = uuid_v7(1'700'000'000'000, 7, 7);
  server.store.events = history(patient);
  const std::string target = "/v1/patients/" + patient.to_string();
  const auto first = server.send("GET", target + "?version=1", "auditor");
  ASSERT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(first.header("etag"), "\"1\"");
  EXPECT_EQ(json_member(first.body, "encounters"), "[]");
  EXPECT_NE(first.body.find("\"age_band\":\""), std::string::npos);
  const auto second = server.send("GET", target + "?at=2025-01-31T23:00:00Z", "auditor");
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(json_member(second.body, "version"), "2");
  EXPECT_NE(second.body.find("2025-01-31T09:00:00.000Z"), std::string::npos);
  const auto between = server.send("GET", target + "?at=2025-01-30T23:00:00Z", "auditor");
  EXPECT_EQ(json_member(between.body, "version"), "1");
  EXPECT_EQ(server.send("GET", target + "?at=2020-01-01T00:00:00Z", "auditor").status, 404);
  EXPECT_EQ(server.send("GET", target + "?version=2&cursor=1-0", "auditor").status, 400);

  const std::string other =
      "Authorization: Bearer " + TestServer::token("auditor", R"(["south-health"])") + "\r\n";
  EXPECT_EQ(server.send("GET", target + "?version=1", "", "", other).status, 404);
  EXPECT_EQ(server.journal.all().size(), 6U) << "reads of history are reads";
}

}  // namespace
}  // namespace pim::api
