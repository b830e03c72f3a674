// Commands over HTTP: what reaches the spine, and how its replies are told.
#include <gtest/gtest.h>

#include "api/idempotency.h"
#include "api/server_testing.h"
#include "telemetry/trace.h"

namespace pim::api {
namespace {

constexpr const char* kPatient = R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";

std::string key(const std::string& value) { return "Idempotency-Key: " + value + "\r\n"; }

TEST(Commands, HandTheSpineEverythingItMustRecord) {
  TestServer server;
  const Uuid patient = server.add_patient();
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const auto reply = server.send(
      "POST", "/v1/patients/" + patient.to_string() + "/deactivate", "registrar",
      R"({"reason":"moved-away"})",
      key("import-7") + "If-Match: \"4\"\r\nPim-Deadline-Ms: 60000\r\ntraceparent: 00-" + trace +
          "-b7ad6b7169203331-01\r\n");
  ASSERT_EQ(reply.status, 200) << reply.body;
  ASSERT_EQ(server.spine.requests().size(), 1U);
  const spine::CommandRequest request = server.spine.requests().front();
  EXPECT_EQ(request.stream.value, patient);
  EXPECT_EQ(request.if_match, 4U);
  EXPECT_EQ(request.origin.user_id, "dr.lee");
  EXPECT_EQ(request.origin.role, "registrar");
  EXPECT_EQ(request.origin.request_id, "import-7");
  EXPECT_EQ(request.origin.reason, "moved-away");
  EXPECT_EQ(request.origin.tenant.text(), "north-health");
  EXPECT_GT(request.origin.recorded_at.value, 1'700'000'000'000);
  ASSERT_EQ(request.tenants.size(), 1U);
  EXPECT_GT(request.deadline, std::chrono::steady_clock::now() + std::chrono::seconds(30));
  EXPECT_EQ(std::get<DeactivatePatient>(request.command).reason.text(), "moved-away");
  EXPECT_EQ(request.fingerprint,
            command_fingerprint("POST", "/v1/patients/" + patient.to_string() + "/deactivate",
                                R"({"reason":"moved-away"})", "\"4\""));
  // the same trace, a span of ours
  telemetry::TraceContext context;
  context.trace_id = request.origin.trace_id;
  EXPECT_EQ(context.trace_hex(), trace);
  const auto returned = telemetry::TraceContext::parse(reply.header("traceparent"));
  ASSERT_TRUE(returned);
  EXPECT_EQ(returned->trace_hex(), trace);
  EXPECT_EQ(returned->span_id, request.origin.span_id);
  EXPECT_NE(returned->span_hex(), "b7ad6b7169203331");
}

TEST(Commands, AnswerWithVersionPositionAndPlace) {
  TestServer server;
  const auto reply = server.send("POST", "/v1/patients", "registrar", kPatient, key("k1"));
  ASSERT_EQ(reply.status, 201) << reply.body;
  const Uuid id = derived_id("dr.lee", "k1");
  const std::string bucket = std::to_string(bucket_of(id).value);
  EXPECT_EQ(reply.body, R"({"id":")" + id.to_string() + R"(","stream":")" + id.to_string() +
                            R"(","version":1,"bucket":)" + bucket + R"(,"position":7,"events":1})");
  EXPECT_EQ(reply.header("etag"), "\"1\"");
  EXPECT_EQ(reply.header("pim-position"), bucket + ".1.7");
  EXPECT_EQ(reply.header("pim-shard"), std::to_string(default_shard(bucket_of(id), 4).value));
  EXPECT_EQ(reply.header("location"), "/v1/patients/" + id.to_string());
  EXPECT_EQ(reply.header("idempotency-key"), "k1");
  EXPECT_EQ(reply.header("x-request-id"), "k1");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(reply.header("idempotency-replayed"), "");
  EXPECT_TRUE(server.journal.all().empty()) << "an accepted command is audited by its events";
}

TEST(Commands, ReplayRendersTheSameBytes) {
  TestServer server;
  const auto first = server.send("POST", "/v1/patients", "registrar", kPatient, key("same"));
  const auto again = server.send("POST", "/v1/patients", "registrar", kPatient, key("same"));
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.status, first.status);
  EXPECT_EQ(again.header("idempotency-replayed"), "true");
  for (const char* name : {"etag", "pim-position", "location", "pim-shard", "idempotency-key"}) {
    EXPECT_EQ(again.header(name), first.header(name)) << name;
  }
}

TEST(Commands, DerivedIdsGoByUserAndKeyAndAreUuidV8) {
  const Uuid id = derived_id("dr.lee", "k1");
  EXPECT_EQ(id.to_string(), "e3b1ba31-676d-8b1b-8d7f-8dcff5e2dbb2");
  EXPECT_NE(id, derived_id("dr.lee", "k2"));
  EXPECT_NE(id, derived_id("dr.le", "ek1"));
  EXPECT_NE(derived_id("a", "bc"), derived_id("ab", "c"));
}

TEST(Commands, TakeTheIdFromTheBodyWhereItIsThere) {
  TestServer server;
  const std::string id = "0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d10";
  const auto reply = server.send(
      "POST", "/v1/patients", "registrar",
      R"({"patient_id":")" + id + R"(","birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
  ASSERT_EQ(reply.status, 201) << reply.body;
  EXPECT_EQ(json_member(reply.body, "id"), id);
  EXPECT_EQ(server.spine.requests().front().stream.to_string(), id);
}

TEST(Commands, FingerprintsTellRequestsApart) {
  const auto of = [](auto... parts) { return command_fingerprint(parts...); };
  const auto base = of("POST", "/a", "{}", "");
  EXPECT_EQ(base, of("POST", "/a", "{}", ""));
  EXPECT_NE(base, of("PATCH", "/a", "{}", ""));
  EXPECT_NE(base, of("POST", "/b", "{}", ""));
  EXPECT_NE(base, of("POST", "/a", "{ }", ""));
  EXPECT_NE(base, of("POST", "/a", "{}", "*"));
  EXPECT_NE(of("POST", "/a", "b", ""), of("POST", "/ab", "", "")) << "parts must be framed";
}

struct BadRequest {
  std::string target;
  std::string headers;
  std::string body;
  int status;
  std::string problem;
  std::string field;
};

TEST(Commands, SayWhatIsWrongAndWhere) {
  TestServer server;
  const std::string patient = "/v1/patients/" + server.add_patient().to_string();
  const std::string encounter = patient + "/encounters/0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d44";
  const std::vector<BadRequest> requests = {
      {"/v1/patients", "", "", 400, "bad-field", "/birth_year"},
      {"/v1/patients", "", "{", 400, "bad-json", ""},
      {"/v1/patients", "", "[]", 400, "bad-json", ""},
      {"/v1/patients", "", "null", 400, "bad-json", ""},
      {"/v1/patients", "", "\"\xff\"", 400, "bad-json", ""},
      {"/v1/patients", "", std::string(2000, '['), 400, "bad-json", ""},
      {"/v1/patients", "", R"({"birth_year":"1957","sex":"F","state":"OH","zip3":"441"})", 400,
       "bad-field", "/birth_year"},
      {"/v1/patients", "", R"({"birth_year":1957.5,"sex":"F","state":"OH","zip3":"441"})", 400,
       "bad-field", "/birth_year"},
      {"/v1/patients", "", R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441","x":1})", 400,
       "bad-field", "/x"},
      {"/v1/patients", "", R"({"birth_year":1957,"sex":"F","sex":"M","state":"OH","zip3":"441"})",
       400, "bad-field", "/sex"},
      {"/v1/patients", "", R"({"birth_year":1957,"sex":"F","state":"ZZ","zip3":"441"})", 400,
       "bad-field", "/state"},
      {"/v1/patients", "", R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"036"})", 400,
       "bad-field", "/zip3"},
      {"/v1/patients", "",
       R"({"patient_id":"x","birth_year":1957,"sex":"F","state":"OH","zip3":"441"})", 400,
       "bad-field", "/patient_id"},
      {"/v1/facilities", "",
       R"({"npi":"1234567893","alias":"FAC-000045","kind":"clinic","state":"OH","zip3":"441","beds":1})",
       400, "bad-field", "/npi"},
      {encounter + "/diagnoses", "",
       R"({"icd10cm":"11E","rank":1,"present_on_admission":true,"recorded_at":"2025-01-31T10:00:00Z"})",
       400, "bad-field", "/icd10cm"},
      {encounter + "/procedures", "",
       R"({"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22","system":"PCS","code":"G0438",)"
       R"("performed_at":"2025-01-31T11:00:00Z","quantity":1})",
       400, "bad-field", "/code"},
      {encounter + "/procedures", "",
       R"({"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22","system":"HCPCS","code":"99213",)"
       R"("performed_at":"2025-01-31T11:00:00Z","quantity":1})",
       400, "bad-field", "/code"},
      {encounter + "/medications", "",
       R"({"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22","rxcui":"860975",)"
       R"("ndc11":"0093-1048","dose":"500","unit":"mg","route":"oral","start":"2025-01-31T12:00:00Z"})",
       400, "bad-field", "/ndc11"},
      {encounter + "/discharge", "",
       R"({"encounter_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d45",)"
       R"("discharged_at":"2025-02-03T11:00:00Z","disposition":"home"})",
       400, "bad-field", "/encounter_id"},
      {"/v1/patients/nobody/deceased", "", R"({"deceased_year":2024})", 400, "bad-parameter",
       "patient_id"},
      {patient + "/encounters/7/cancel", "", R"({"reason":"entered-in-error"})", 400,
       "bad-parameter", "encounter_id"},
      {encounter + "/bill/charges/0/void", "", R"({"reason":"entered-in-error"})", 400,
       "bad-parameter", "line_no"},
      {encounter + "/bill/charges/01/void", "", R"({"reason":"entered-in-error"})", 400,
       "bad-parameter", "line_no"},
      {"/v1/patients?dry_run=1", "", kPatient, 400, "unknown-parameter", "dry_run"},
      {"/v1/patients", "Idempotency-Key: \r\n", kPatient, 400, "bad-header", "idempotency-key"},
      {"/v1/patients", "Idempotency-Key: two words\r\n", kPatient, 400, "bad-header",
       "idempotency-key"},
      {"/v1/patients", key(std::string(129, 'k')), kPatient, 400, "bad-header", "idempotency-key"},
      {"/v1/patients", key("a") + key("b"), kPatient, 400, "bad-header", "idempotency-key"},
      {patient + "/deceased", "If-Match: 4\r\n", R"({"deceased_year":2024})", 400, "bad-header",
       "if-match"},
      {patient + "/deceased", "If-Match: W/\"4\"\r\n", R"({"deceased_year":2024})", 400,
       "bad-header", "if-match"},
      {"/v1/patients", "Pim-Deadline-Ms: 0\r\n", kPatient, 400, "bad-header", "pim-deadline-ms"},
      {"/v1/patients", "Pim-Deadline-Ms: 60001\r\n", kPatient, 400, "bad-header",
       "pim-deadline-ms"},
      {"/v1/patients", "Pim-Tenant: North\r\n", kPatient, 400, "bad-header", "pim-tenant"},
      {"/v1/patients", "Pim-Tenant: south-health\r\n", kPatient, 403, "tenant-forbidden",
       "pim-tenant"},
      {"/v1/patients", "Content-Type: text/plain\r\n", kPatient, 415, "unsupported-media-type",
       "content-type"},
      {"/v1/patients", "Content-Type: application/json; charset=latin1\r\n", kPatient, 415,
       "unsupported-media-type", "content-type"},
      {"/v1/patients/%zz/deceased", "", "{}", 400, "bad-target", ""},
      {"/v1/patient", "", "{}", 404, "no-route", ""},
      {patient, "", "{}", 405, "method-not-allowed", ""},
  };
  for (const auto& [target, headers, body, status, problem, field] : requests) {
    const auto reply = server.send("POST", target, "loadgen", body, headers);
    const std::string what = target + " " + headers + body + "\n" + reply.body;
    EXPECT_EQ(reply.status, status) << what;
    EXPECT_EQ(problem_name(reply), problem) << what;
    EXPECT_EQ(json_member(reply.body, "field"), field) << what;
    EXPECT_EQ(json_member(reply.body, "request_id"), reply.header("x-request-id")) << what;
    EXPECT_EQ(json_member(reply.body, "trace_id").size(), 32U) << what;
  }
  EXPECT_TRUE(server.spine.requests().empty());
}

TEST(Commands, MethodsThatAreNotThereAreNamed) {
  TestServer server;
  const std::string patient = "/v1/patients/" + server.add_patient().to_string();
  for (const char* method : {"PUT", "DELETE", "OPTIONS", "TRACE", "BREW", "get"}) {
    const auto reply = server.send(method, patient, "");
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.header("allow"), "GET, HEAD, PATCH") << method;
  }
}

TEST(Commands, ATokenOfSeveralTenantsMustChooseForACreate) {
  TestServer server;
  const std::string bearer = "Authorization: Bearer " +
                             TestServer::token("registrar", R"(["north-health","south-health"])") +
                             "\r\n";
  const auto none = server.send("POST", "/v1/patients", "", kPatient, bearer);
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(problem_name(none), "tenant-required");
  const auto chosen =
      server.send("POST", "/v1/patients", "", kPatient, bearer + "Pim-Tenant: south-health\r\n");
  ASSERT_EQ(chosen.status, 201) << chosen.body;
  EXPECT_EQ(server.spine.requests().front().origin.tenant.text(), "south-health");
  EXPECT_EQ(server.spine.requests().front().tenants.size(), 2U);
}

TEST(Commands, EmptyBodiesAndStarAreFine) {
  TestServer server;
  const std::string bill = "/v1/patients/" + server.add_patient().to_string() +
                           "/encounters/0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d44/bill";
  EXPECT_EQ(server.send("POST", bill, "biller", "", "If-Match: *\r\n").status, 201);
  EXPECT_EQ(server.send("POST", bill + "/finalize", "biller").status, 200);
  EXPECT_FALSE(server.spine.requests().front().if_match);
}

struct Told {
  spine::Outcome outcome;
  std::string type;
  int status;
  std::string problem;
  std::string outcome_member;
  audit::EntryKind kind;
};

TEST(Commands, EveryOutcomeIsToldAndRecorded) {
  using audit::EntryKind;
  using spine::Outcome;
  TestServer server;
  const std::string patient = server.add_patient().to_string();
  const std::vector<Told> outcomes = {
      {Outcome::rejected, "patient-deceased", 409, "patient-deceased", "", EntryKind::rejected},
      {Outcome::rejected, "from-the-future", 409, "conflict", "", EntryKind::rejected},
      {Outcome::stale, "stale-version", 412, "stale-version", "", EntryKind::rejected},
      {Outcome::not_found, "stream-unknown", 404, "stream-unknown", "", EntryKind::rejected},
      {Outcome::not_found, "", 404, "not-found", "", EntryKind::rejected},
      {Outcome::key_reused, "", 422, "key-reused", "", EntryKind::rejected},
      {Outcome::overloaded, "", 503, "overloaded", "not-applied", EntryKind::failed},
      {Outcome::deadline, "", 503, "deadline-exceeded", "not-applied", EntryKind::failed},
      {Outcome::not_applied, "", 503, "not-applied", "not-applied", EntryKind::failed},
      {Outcome::unknown, "", 503, "outcome-unknown", "unknown", EntryKind::failed},
      {Outcome::disk_low, "", 507, "disk-low", "", EntryKind::failed},
  };
  for (const auto& [outcome, type, status, problem, member, kind] : outcomes) {
    spine::CommandReply scripted;
    scripted.outcome = outcome;
    scripted.problem_type = type;
    scripted.version = 9;
    if (outcome == Outcome::stale) scripted.problem_params = {{"expected", "4"}, {"actual", "9"}};
    scripted.retry_after = std::chrono::milliseconds(1500);
    server.spine.answer_with(scripted);
    const std::size_t before = server.journal.all().size();
    const auto reply = server.send("POST", "/v1/patients/" + patient + "/deactivate", "registrar",
                                   R"({"reason":"moved-away"})", key("k-" + problem));
    EXPECT_EQ(reply.status, status) << problem;
    EXPECT_EQ(problem_name(reply), problem);
    EXPECT_EQ(json_member(reply.body, "outcome"), member) << problem;
    EXPECT_EQ(reply.header("retry-after"), status >= 500 ? "2" : "") << problem;
    EXPECT_EQ(reply.header("etag"), outcome == Outcome::stale ? "\"9\"" : "") << problem;
    const auto entries = server.journal.all();
    ASSERT_EQ(entries.size(), before + 1) << problem;
    const audit::Entry& entry = entries.back();
    EXPECT_EQ(entry.kind, kind) << problem;
    EXPECT_EQ(entry.status, status);
    EXPECT_EQ(entry.rule, problem);
    EXPECT_EQ(entry.operation, "deactivate-patient");
    EXPECT_EQ(entry.request_id, "k-" + problem);
    EXPECT_EQ(entry.user_id, "dr.lee");
    EXPECT_EQ(entry.patient->to_string(), patient);
    EXPECT_EQ(entry.bucket, bucket_of(entry.patient->value).value);
  }
}

TEST(Commands, ARejectionThatCannotBeRecordedIsNotTold) {
  TestServer server;
  server.journal.break_it(true);
  const auto reply =
      server.send("POST", "/v1/patients/0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d10/deactivate",
                  "registrar", R"({"reason":"moved-away"})");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(problem_name(reply), "audit-unavailable");
  EXPECT_EQ(json_member(reply.body, "outcome"), "not-applied");
  EXPECT_NE(server.metrics.render().find("pim_journal_failures_total 1"), std::string::npos);
  EXPECT_EQ(server.send("POST", "/v1/patients", "registrar", kPatient).status, 201)
      << "an accepted command needs no journal";
}

}  // namespace
}  // namespace pim::api
