// A real server and a receiver that speaks OTLP: which log records and events arrive, what is in
// none of them, and that nobody notices a receiver that is gone.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "load/child_process.h"
#include "sample_calls.h"
#include "telemetry/otlp_receiver_testing.h"
#include "telemetry_lab.h"

namespace pim::integration {
namespace {

using telemetry::OtlpReceiver;
using telemetry::ReceivedLog;

std::string value(const ReceivedLog& record, const std::string& key) {
  const auto found = record.attributes.find(key);
  return found == record.attributes.end() ? "" : found->second;
}

bool is_request(const ReceivedLog& record) { return record.body.starts_with("request "); }

std::vector<ReceivedLog> events(const std::vector<ReceivedLog>& records, const std::string& name) {
  std::vector<ReceivedLog> found;
  std::ranges::copy_if(records, std::back_inserter(found), [&](const ReceivedLog& record) {
    return value(record, "event.name") == name;
  });
  return found;
}

// How many `request` records each trace has.
std::map<std::string, int> requests_by_trace(const std::vector<ReceivedLog>& records) {
  std::map<std::string, int> counts;
  for (const auto& record : records) {
    if (is_request(record)) ++counts[record.trace_id];
  }
  return counts;
}

class LogTest : public TelemetryLab {
 protected:
  // A port that was free a moment ago.
  static std::uint16_t free_port() { return OtlpReceiver().port(); }
};

TEST_F(LogTest, EveryKeptRequestHasOneRecordAndNothingClinicalIsInAny) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "100000"});
  const auto traces = traces_of_everything();
  const auto events_logged = metric("pim_domain_events_logged_total");
  const auto events_committed = metric("pim_commit_events_total{store=\"0\"}");
  ASSERT_EQ(stop_server(), 0);  // what was queued is sent before it goes
  const auto records = receiver.logs();

  const auto requests = requests_by_trace(records);
  EXPECT_EQ(requests.size(), traces.size());
  for (const auto& trace : traces) {
    const auto found = requests.find(trace);
    EXPECT_EQ(found == requests.end() ? 0 : found->second, 1) << trace;
  }
  for (const auto& record : records) {
    EXPECT_EQ(record.resource.at("service.name"), "pim");
    EXPECT_EQ(value(record, "sampled"), record.trace_id.empty() ? "" : "true") << record.body;
    if (!is_request(record)) continue;
    for (const auto* key : {"http.request.method", "http.route", "http.response.status_code",
                            "pim.operation", "pim.outcome", "pim.request_id", "pim.duration_ms"}) {
      EXPECT_NE(value(record, key), "") << record.body << " " << key;
    }
    if (value(record, "http.route").find("{patient_id}") == std::string::npos) continue;
    EXPECT_NE(value(record, "pim.shard"), "") << record.body;
    EXPECT_NE(value(record, "pim.bucket"), "") << record.body;
  }

  const auto happened = events(records, "pim.domain.event");
  EXPECT_GT(events_committed, 20);
  EXPECT_EQ(events_logged, events_committed) << "all were of kept traces";
  EXPECT_EQ(static_cast<double>(happened.size()), events_committed);
  std::set<std::string> places;
  std::set<std::string> types;
  for (const auto& event : happened) {
    EXPECT_TRUE(requests.contains(event.trace_id)) << event.body;
    EXPECT_NE(value(event, "pim.event.version"), "");
    EXPECT_EQ(value(event, "pim.event.schema_version"), "1");
    EXPECT_NE(value(event, "pim.shard"), "");
    places.insert(value(event, "pim.bucket") + "/" + value(event, "pim.position"));
    types.insert(value(event, "pim.event.type"));
  }
  EXPECT_EQ(places.size(), happened.size()) << "no two events have one place";
  EXPECT_TRUE(types.contains("diagnosis-recorded"));

  const auto deploys = events(records, "pim.deploy");
  ASSERT_EQ(deploys.size(), 2U);
  EXPECT_EQ(value(deploys[0], "pim.phase"), "started");
  EXPECT_EQ(value(deploys[0], "pim.shards"), "4");
  EXPECT_NE(value(deploys[0], "pim.version"), "");
  EXPECT_EQ(value(deploys[1], "pim.phase"), "stopped");

  const auto sent = receiver.bodies();
  EXPECT_NE(sent.find("diagnosis-recorded"), std::string::npos) << "what is there is found";
  std::size_t looked_for = 0;
  for (const auto& [name, id] : sample_ids('1')) {
    if (id.size() < 10) continue;  // a line's number is no id
    EXPECT_EQ(sent.find(id), std::string::npos) << name;
    ++looked_for;
  }
  EXPECT_GT(looked_for, 10U);
  for (const auto* clinical : {"E11.9", "G0438", "0DTJ4ZZ", "860975", "inpatient", "cardiology",
                               "entered-in-error", "FAC-000001", "room-board"}) {
    EXPECT_EQ(sent.find(clinical), std::string::npos) << clinical;
  }
}

TEST_F(LogTest, OfTracesThatAreNotKeptNothingArrives) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "0", "--trace-percent", "0"});
  for (int i = 0; i < 20; ++i) ASSERT_EQ(register_patient().status, 201);
  EXPECT_EQ(metric("pim_domain_events_logged_total"), 0);
  ASSERT_EQ(stop_server(), 0);
  const auto records = receiver.logs();
  EXPECT_EQ(requests_by_trace(records).size(), 0U);
  EXPECT_TRUE(events(records, "pim.domain.event").empty());
  EXPECT_EQ(events(records, "pim.deploy").size(), 2U);
}

TEST_F(LogTest, AReceiverThatIsGoneCostsNoRequestAndIsFoundAgain) {
  const auto port = free_port();
  serve({"--otlp-endpoint", "http://127.0.0.1:" + std::to_string(port), "--trace-rate", "100000"});
  std::set<std::string> traces;
  const auto write = [&] {
    const auto made = register_patient();
    EXPECT_EQ(made.status, 201);
    traces.emplace(made.header("traceparent").substr(3, 32));
  };
  for (int i = 0; i < 50; ++i) write();
  while (metric("pim_log_export_failures_total") < 1) write();
  EXPECT_EQ(metric("pim_log_records_sent_total"), 0);

  OtlpReceiver receiver(port);  // and what waited for it arrives
  receiver.wait_for_logs(50);
  write();
  EXPECT_EQ(metric("pim_log_records_dropped_total{reason=\"queue_full\"}"), 0);
  EXPECT_EQ(metric("pim_log_records_dropped_total{reason=\"not_taken\"}"), 0);
  EXPECT_EQ(stop_server(), 0);
  const auto requests = requests_by_trace(receiver.logs());
  EXPECT_EQ(requests.size(), traces.size()) << "none of what was said while it was gone is missing";
  for (const auto& [trace, count] : requests) {
    EXPECT_EQ(count, 1) << trace;
    EXPECT_TRUE(traces.contains(trace));
  }
}

TEST_F(LogTest, TheServersLinesAreOnItsStandardOutput) {
  load::ChildOptions options;
  options.arguments = {PIM_PROGRAM,       "serve",      "--data", data(),         "--keys",
                       path("keys.json"), "--port",     "0",      "--admin-port", "0",
                       "--ready-file",    path("ready")};
  options.stdout_file = path("out");
  options.stderr_file = path("err");
  auto child = load::ChildProcess::start(options);
  ASSERT_TRUE(child.ok()) << child.error();
  const auto limit = load::Clock::now() + std::chrono::seconds(30);
  while (!std::filesystem::exists(path("ready")) && load::Clock::now() < limit) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  child->signal(SIGTERM);
  const auto exit = child->wait(limit);
  ASSERT_TRUE(exit && exit->clean());
  const auto out = read_text(path("out"));
  EXPECT_NE(out.find("\"message\":\"ready\""), std::string::npos) << out;
  EXPECT_NE(out.find("\"message\":\"stopped\""), std::string::npos) << out;
  EXPECT_EQ(read_text(path("err")), "");
}

TEST_F(LogTest, AnEventOfTheCommandLineArrives) {
  OtlpReceiver receiver;
  const auto run = pim({"event", "pim.fault", "--otlp-endpoint", receiver.endpoint(), "--field",
                        "kind=kill", "--field", "pim.shard=2", "--from", "2026-11-28T09:30:00Z",
                        "--to", "2026-11-28T09:30:12.5Z"});
  ASSERT_EQ(run.exit, 0) << run.err;
  const auto records = receiver.logs();
  ASSERT_EQ(records.size(), 1U);
  const auto& event = records[0];
  EXPECT_EQ(event.body, "pim.fault kind=kill pim.shard=2");
  EXPECT_EQ(event.time_ns, 1'795'858'200'000'000'000U) << "when it began";
  EXPECT_EQ(value(event, "event.name"), "pim.fault");
  EXPECT_EQ(value(event, "kind"), "kill");
  EXPECT_EQ(value(event, "pim.shard"), "2");
  EXPECT_EQ(value(event, "pim.from"), "2026-11-28T09:30:00.000Z");
  EXPECT_EQ(value(event, "pim.to"), "2026-11-28T09:30:12.500Z");
  EXPECT_EQ(event.resource.at("service.name"), "pim-cli");
  ASSERT_FALSE(receiver.spans().empty());
  EXPECT_EQ(event.trace_id, receiver.spans().front().trace_id) << "the command's own";
}

TEST_F(LogTest, AnEventOfTheCommandLineNamesNobody) {
  OtlpReceiver receiver;
  const auto refused = [&](std::vector<std::string> arguments) {
    std::vector<std::string> all = {"event", "--otlp-endpoint", receiver.endpoint()};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const auto run = pim(all);
    EXPECT_EQ(run.exit, 2) << arguments.back() << "\n" << run.err;
    return run.err;
  };
  refused({"pim.patient"});
  refused({"pim.domain.event", "--field", "pim.event.type=patient-registered"});
  for (const std::string value :
       {"0190aaaa-0004-7000-8000-000000000001", "of 0190aaaa-0004-7000-8000-000000000001!",
        "219-45-9998", "614-555-1234", "x.q@hospital.org"}) {
    const auto said = refused({"pim.fault", "--field", "who=" + value});
    EXPECT_EQ(said.find(value), std::string::npos) << "it is not repeated";
  }
  refused({"pim.fault", "--field", "no value"});
  refused({"pim.fault", "--field", "sampled=true"});
  refused({"pim.fault", "--field", "Key=1"});
  refused({"pim.fault", "--field", "long=" + std::string(201, 'x')});
  refused({"pim.fault", "--from", "yesterday"});
  EXPECT_TRUE(receiver.logs().empty());

  receiver.answer_with(503);
  EXPECT_EQ(pim({"event", "pim.deploy", "--otlp-endpoint", receiver.endpoint()}).exit, 3);
}

}  // namespace
}  // namespace pim::integration
