// Every command has a trace, what it does through a server is in the same one, and no byte of any
// names a patient.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "cli/main.h"
#include "cli/traced_http.h"
#include "lab.h"
#include "telemetry/otlp_receiver_testing.h"

namespace pim::integration {
namespace {

using telemetry::OtlpReceiver;
using telemetry::ReceivedSpan;
using Arguments = std::vector<std::string>;

constexpr const char* kSomebody = R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})";

std::vector<ReceivedSpan> named(const std::vector<ReceivedSpan>& spans, const std::string& name) {
  std::vector<ReceivedSpan> found;
  std::ranges::copy_if(spans, std::back_inserter(found),
                       [&](const ReceivedSpan& span) { return span.name == name; });
  return found;
}

ReceivedSpan only(const std::vector<ReceivedSpan>& spans, const std::string& name) {
  const auto found = named(spans, name);
  EXPECT_EQ(found.size(), 1U) << name;
  return found.empty() ? ReceivedSpan{} : found.front();
}

std::string value(const ReceivedSpan& span, const std::string& key) {
  const auto found = span.attributes.find(key);
  return found == span.attributes.end() ? "none" : found->second;
}

class CommandTraceTest : public Lab {
 protected:
  std::vector<std::string> to(const OtlpReceiver& receiver) {
    return {"PIM_OTLP_ENDPOINT=" + receiver.endpoint()};
  }
  // A stopped server's data with a patient in it, whose id is returned.
  std::string some_data() {
    serve();
    const auto made = call("POST", "/v1/patients", token("registrar"), kSomebody);
    EXPECT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(stop_server(), 0);
    const std::string location(made.header("location"));
    return location.substr(location.rfind('/') + 1);
  }
  std::string admin_url() { return "http://127.0.0.1:" + std::to_string(server().admin_port()); }
  // The ids of all streams in the data.
  std::set<std::string> streams() {
    EXPECT_EQ(pim({"audit", "export", "--data", data(), "--output", path("ids.jsonl")}).exit, 0);
    std::istringstream in(read_text(path("ids.jsonl")));
    std::set<std::string> ids;
    for (std::string line; std::getline(in, line);) ids.insert(json_text(line, "stream"));
    ids.erase("");
    return ids;
  }
  void expect_no_patient_in(const OtlpReceiver& receiver) {
    const auto bodies = receiver.bodies();
    ASSERT_FALSE(bodies.empty());
    const auto ids = streams();
    EXPECT_FALSE(ids.empty());
    for (const auto& id : ids) EXPECT_EQ(bodies.find(id), std::string::npos) << id;
  }
  // All of them in one trace, each but the first with a parent in it.
  static void expect_one_trace(const std::vector<ReceivedSpan>& spans, const std::string& root) {
    const auto first = only(spans, root);
    std::set<std::string> ids;
    for (const auto& span : spans) ids.insert(span.span_id);
    for (const auto& span : spans) {
      EXPECT_EQ(span.trace_id, first.trace_id) << span.name;
      if (span.span_id == first.span_id) {
        EXPECT_EQ(span.parent_id, "") << span.name;
      } else {
        EXPECT_TRUE(ids.contains(span.parent_id)) << span.name << " has a parent that is not there";
      }
    }
  }
  // Those of the first one's trace: a server has others, too.
  static std::vector<ReceivedSpan> trace_of(std::vector<ReceivedSpan> spans,
                                            const std::string& root) {
    const auto trace = only(spans, root).trace_id;
    std::erase_if(spans, [&](const ReceivedSpan& span) { return span.trace_id != trace; });
    return spans;
  }
};

TEST_F(CommandTraceTest, EveryCommandHasOne) {
  const auto patient = some_data();
  const std::string seed = PIM_SEED_DIR;
  const std::string schema = seed + "/mockaroo/patients.schema.json";
  // What each is given; where that does not suffice, it must say so with a failed span.
  const std::map<std::string, Arguments> arguments = {
      {"pim serve", {"--data", path("d"), "--keys", path("no"), "--port", "0"}},
      {"pim prove", {"--demo", "--seed-dir", path("no"), "--out", path("report")}},
      {"pim data schema check", {schema}},
      {"pim data mock", {"--rows", "2", "--out", path("mock"), schema}},
      {"pim data mockaroo-fetch", {"--out", path("fetch"), "--key-file", path("no"), schema}},
      {"pim data generate", {"--patients", "2", "--out", path("generated")}},
      {"pim data import",
       {"--map", seed + "/maps/patients-es.toml", "--dry-run", "--pseudonym-key", path("p.key"),
        seed + "/foreign/patients-es.csv"}},
      {"pim data profile", {seed + "/data"}},
      {"pim data verify", {seed + "/data"}},
      {"pim load run",
       {seed + "/scenarios/steady.toml", "--target", "http://127.0.0.1:1", "--keys", path("no"),
        "--out", path("run")}},
      {"pim load check", {"--history", path("keys.json"), "--export", path("keys.json")}},
      {"pim load history", {path("keys.json")}},
      {"pim load scenario", {seed + "/scenarios/steady.toml"}},
      {"pim token",
       {"--keys", path("keys.json"), "--user", "a", "--role", "auditor", "--tenant", "t1"}},
      {"pim shard locate", {patient}},
      {"pim shard map", {}},
      {"pim store backup", {"--data", data(), "--to", path("backup")}},
      {"pim store restore", {"--from", path("backup"), "--data", path("restored")}},
      {"pim store activate", {"--data", path("restored"), "--anchors", data() + "-anchors"}},
      {"pim store inspect", {"--data", data()}},
      {"pim store rebuild", {"--admin-url", "http://127.0.0.1:1", "--token-file", path("no")}},
      {"pim audit verify", {"--data", data()}},
      {"pim audit search", {"--data", data(), "--patient", patient}},
      {"pim audit reconstruct", {"--data", data(), patient}},
      {"pim audit export", {"--data", data(), "--output", path("export.jsonl")}},
      {"pim metrics", {}},
      {"pim event", {"pim.fault", "--field", "kind=test"}},
      {"pim chaos list", {}},
      {"pim chaos run", {"sigstop", "--for", "1s"}},
      {"pim chaos undo", {"--state", path("no")}},
      {"pim chaos disk", {path("no"), "--control", path("disk.sock"), "--", "true"}},
      {"pim chaos proxy", {"--to", "192.0.2.1:80", "--control", path("proxy.sock")}},
      {"pim version", {}},
  };
  OtlpReceiver receiver;
  int failed = 0;
  const auto all = cli::commands();
  EXPECT_GT(all.size(), 20U);
  for (const auto& command : all) {
    SCOPED_TRACE(command);
    const auto given = arguments.find(command);
    ASSERT_NE(given, arguments.end()) << "a new command: give it a row here";
    Arguments line;
    std::istringstream words(command.substr(4));
    for (std::string word; words >> word;) line.push_back(word);
    line.insert(line.end(), given->second.begin(), given->second.end());
    const auto before = receiver.spans().size();
    const auto run = pim(line, to(receiver));
    auto spans = receiver.spans();
    spans.erase(spans.begin(), spans.begin() + static_cast<std::ptrdiff_t>(before));
    const auto root = only(spans, command);
    EXPECT_EQ(value(root, "pim.exit_code"), std::to_string(run.exit));
    EXPECT_EQ(root.status, run.exit == 0 ? 0U : 2U) << run.err;
    EXPECT_EQ(root.resource.at("service.name"), "pim-cli");
    EXPECT_EQ(value(root, "pyroscope.profile.id"), root.span_id);
    expect_one_trace(trace_of(spans, command), command);  // prove starts others
    failed += run.exit != 0 ? 1 : 0;
  }
  EXPECT_EQ(failed, 10) << "serve, prove, fetch, rebuild, load run, check and history, and chaos "
                           "run, disk and proxy had nothing to work on";
  EXPECT_EQ(receiver.bodies().find(patient), std::string::npos);
}

TEST_F(CommandTraceTest, TheEndpointMayStandAnywhere) {
  OtlpReceiver receiver;
  EXPECT_EQ(pim({"--otlp-endpoint", receiver.endpoint(), "shard", "map"}).exit, 0);
  EXPECT_EQ(pim({"shard", "map", "--otlp-endpoint", receiver.endpoint() + "/"}).exit, 0);
  EXPECT_EQ(named(receiver.spans(), "pim shard map").size(), 2U);
  EXPECT_EQ(pim({"shard", "map"}).exit, 0);
  EXPECT_EQ(receiver.requests(), 2U) << "nothing is sent where none is named";
  EXPECT_EQ(pim({"--otlp-endpoint", "somewhere", "shard", "map"}).exit, 2);
}

TEST_F(CommandTraceTest, ACollectorThatIsAwayOrHangsHoldsNothingUp) {
  std::uint16_t gone = 0;
  {
    const OtlpReceiver receiver;
    gone = receiver.port();
  }
  const auto away =
      pim({"shard", "map", "--otlp-endpoint", "http://127.0.0.1:" + std::to_string(gone)});
  EXPECT_EQ(away.exit, 0);
  EXPECT_EQ(away.err, "") << "the command is what matters";

  const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // never accepts
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(silent, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(silent, 4), 0);
  ASSERT_EQ(::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const auto endpoint = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  EXPECT_EQ(pim({"shard", "map", "--otlp-endpoint", endpoint}).exit, 0);
  ::close(silent);
}

TEST_F(CommandTraceTest, AServersStartIsOneAndItsEndToo) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--region", "us-east"});
  const auto started = receiver.wait_for(6);
  expect_one_trace(trace_of(started, "pim serve"), "pim serve");
  EXPECT_EQ(only(started, "open store").parent_id, only(started, "pim serve").span_id);
  ASSERT_EQ(call("POST", "/v1/patients", token("registrar"), kSomebody).status, 201);
  await_read_model();
  ASSERT_EQ(stop_server(), 0);
  const auto spans = receiver.spans();
  EXPECT_EQ(only(spans, "drain").resource["service.name"], "pim");
  EXPECT_EQ(only(spans, "drain").status, 0U);
  EXPECT_EQ(only(spans, "anchor heads").parent_id, "");
  EXPECT_EQ(value(only(spans, "POST /v1/patients"), "pim.region"), "us-east");
  EXPECT_EQ(value(only(spans, "commit batch"), "pim.region"), "us-east");
  const auto projected = named(spans, "projection");
  ASSERT_FALSE(projected.empty());
  EXPECT_EQ(value(projected.front(), "pim.events"), "1");
  EXPECT_FALSE(named(spans, "audit index").empty());
}

TEST_F(CommandTraceTest, AVerificationHasItsPhases) {
  some_data();
  OtlpReceiver receiver;
  ASSERT_EQ(pim({"audit", "verify", "--data", data()}, to(receiver)).exit, 0);
  const auto spans = receiver.spans();
  expect_one_trace(spans, "pim audit verify");
  const auto root = only(spans, "pim audit verify");
  std::uint64_t before = root.start_ns;
  for (const auto* phase :
       {"open store", "verify anchors", "verify events", "verify receipts", "verify journals"}) {
    const auto span = only(spans, phase);
    EXPECT_EQ(span.parent_id, root.span_id) << phase;
    EXPECT_EQ(span.status, 0U) << phase;
    EXPECT_GE(span.start_ns + 1000, before) << phase;
    before = span.end_ns;
  }
  EXPECT_EQ(value(only(spans, "verify events"), "pim.events"), "1");
  EXPECT_EQ(value(only(spans, "verify receipts"), "pim.receipts"), "1");
  expect_no_patient_in(receiver);
}

TEST_F(CommandTraceTest, AVerificationThatFindsSomethingFailsInItsPhase) {
  serve({}, {}, PIM_PLANTED, {"PIM_PLANTED_BUG=drop-user"});
  ASSERT_EQ(call("POST", "/v1/patients", token("registrar"), kSomebody).status, 201);
  ASSERT_EQ(stop_server(), 0);
  OtlpReceiver receiver;
  ASSERT_EQ(pim({"audit", "verify", "--data", data()}, to(receiver)).exit, 1);
  const auto spans = receiver.spans();
  EXPECT_EQ(only(spans, "verify events").status, 2U);
  EXPECT_NE(only(spans, "verify events").failure.find("finding"), std::string::npos);
  EXPECT_EQ(only(spans, "verify anchors").status, 0U);
  EXPECT_EQ(only(spans, "pim audit verify").status, 2U);
  EXPECT_EQ(only(spans, "pim audit verify").failure, "claim failed");
  expect_no_patient_in(receiver);
}

TEST_F(CommandTraceTest, AnImportAndTheServersPartInItAreOne) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "0", "--trace-percent", "0"});
  Arguments line = {"data",
                    "import",
                    "--map",
                    std::string(PIM_SEED_DIR) + "/maps/lab.toml",
                    "--url",
                    "http://127.0.0.1:" + std::to_string(server().port()),
                    "--token-file",
                    token_file("loadgen"),
                    "--pseudonym-key",
                    path("p.key"),
                    "--json"};
  for (const auto* table : {"facilities", "providers", "patients", "encounters", "diagnoses",
                            "procedures", "medications", "billing"}) {
    line.push_back(std::string(PIM_SEED_DIR) + "/data/" + table + ".csv");
  }
  const auto run = pim(line, to(receiver));
  ASSERT_EQ(run.exit, 0) << run.out << run.err;
  ASSERT_EQ(stop_server(), 0);
  const auto spans = trace_of(receiver.spans(), "pim data import");
  expect_one_trace(spans, "pim data import");
  EXPECT_EQ(named(spans, "read file").size(), 8U);
  std::set<std::string> tables;
  std::uint64_t commands = 0;
  for (const auto& table : named(spans, "import table")) {
    tables.insert(table.span_id);
    commands += std::stoull(value(table, "pim.commands"));
    EXPECT_EQ(table.status, 0U);
  }
  std::set<std::string> batches;
  std::uint64_t in_batches = 0;
  for (const auto& batch : named(spans, "import batch")) {
    batches.insert(batch.span_id);
    in_batches += std::stoull(value(batch, "pim.commands.accepted"));
    EXPECT_TRUE(tables.contains(batch.parent_id));
  }
  EXPECT_EQ(std::to_string(commands), json_text(run.out, "commands"));
  EXPECT_EQ(std::to_string(in_batches), json_text(run.out, "accepted"));

  std::set<std::string> requests;
  for (const auto& span : spans) {
    if (span.kind != 3) continue;  // SPAN_KIND_CLIENT
    requests.insert(span.span_id);
    EXPECT_TRUE(batches.contains(span.parent_id));
    EXPECT_EQ(value(span, "http.request.method"), span.name);
    EXPECT_EQ(value(span, "server.address"), "127.0.0.1");
    EXPECT_EQ(value(span, "http.response.status_code"), "201");
  }
  ASSERT_GT(commands, cli::TracedHttp::kKept) << "else there is nothing to bound";
  EXPECT_EQ(requests.size(), cli::TracedHttp::kKept);
  std::size_t served = 0;
  for (const auto& span : spans) {
    if (span.kind != 2) continue;  // SPAN_KIND_SERVER
    ++served;
    EXPECT_TRUE(requests.contains(span.parent_id)) << span.name;
    EXPECT_EQ(span.resource.at("service.name"), "pim");
  }
  EXPECT_EQ(served, requests.size()) << "each request is a part of it, and no other one is kept";
  expect_no_patient_in(receiver);
}

TEST_F(CommandTraceTest, RowsThatAreRefusedFailTheirSpans) {
  OtlpReceiver receiver;
  serve();
  const Arguments line = {"data",
                          "import",
                          "--map",
                          std::string(PIM_SEED_DIR) + "/maps/patients-es.toml",
                          "--url",
                          "http://127.0.0.1:" + std::to_string(server().port()),
                          "--token-file",
                          token_file("auditor"),
                          "--pseudonym-key",
                          path("p.key"),
                          std::string(PIM_SEED_DIR) + "/foreign/patients-es.csv"};
  const auto run = pim(line, to(receiver));
  EXPECT_EQ(run.exit, 3) << "an auditor may not write";
  const auto spans = receiver.spans();
  expect_one_trace(spans, "pim data import");
  const auto request = only(spans, "POST");
  EXPECT_EQ(request.status, 2U);
  EXPECT_EQ(request.failure, "status 403");
  EXPECT_EQ(value(request, "error.type"), "403");
  EXPECT_EQ(only(spans, "import batch").failure, "1 refused");
  EXPECT_EQ(only(spans, "import table").status, 2U);
  EXPECT_EQ(only(spans, "pim data import").failure, "environment");
}

TEST_F(CommandTraceTest, ARebuildThroughAServerIsOne) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "0", "--trace-percent", "0"});
  ASSERT_EQ(call("POST", "/v1/patients", token("registrar"), kSomebody).status, 201);
  const auto run =
      pim({"store", "rebuild", "--admin-url", admin_url(), "--token-file", token_file("operator")},
          to(receiver));
  ASSERT_EQ(run.exit, 0) << run.err;
  ASSERT_EQ(stop_server(), 0);
  const auto spans = trace_of(receiver.spans(), "pim store rebuild");
  expect_one_trace(spans, "pim store rebuild");
  const auto request = only(spans, "POST");
  EXPECT_EQ(request.parent_id, only(spans, "pim store rebuild").span_id);
  const auto served = only(spans, "POST /admin/rebuild");
  EXPECT_EQ(served.parent_id, request.span_id);
  EXPECT_EQ(value(served, "pim.operation"), "rebuild");
  const auto rebuild = only(spans, "rebuild");
  EXPECT_EQ(rebuild.parent_id, served.span_id);
  EXPECT_EQ(value(rebuild, "pim.differences"), "0");
  for (const auto* part : {"rebuild feed", "rebuild compare", "rebuild switch"}) {
    EXPECT_EQ(only(spans, part).parent_id, rebuild.span_id);
  }
  expect_no_patient_in(receiver);
}

TEST_F(CommandTraceTest, ABackupAndItsWayBackAreTwo) {
  OtlpReceiver receiver;
  serve({"--otlp-endpoint", receiver.endpoint(), "--trace-rate", "0", "--trace-percent", "0"});
  ASSERT_EQ(call("POST", "/v1/patients", token("registrar"), kSomebody).status, 201);
  ASSERT_EQ(pim({"store", "backup", "--admin-url", admin_url(), "--token-file",
                 token_file("operator"), "--to", path("backup")},
                to(receiver))
                .exit,
            0);
  ASSERT_EQ(stop_server(), 0);
  auto spans = trace_of(receiver.spans(), "pim store backup");
  expect_one_trace(spans, "pim store backup");
  const auto served = only(spans, "POST /admin/backup");
  EXPECT_EQ(only(spans, "backup copy").parent_id, served.span_id);
  EXPECT_EQ(only(spans, "backup verify").parent_id, served.span_id);
  EXPECT_EQ(only(spans, "store check").parent_id, only(spans, "backup verify").span_id);
  EXPECT_EQ(value(only(spans, "store check"), "pim.events"), "1");

  ASSERT_EQ(
      pim({"store", "restore", "--from", path("backup"), "--data", path("restored")}, to(receiver))
          .exit,
      0);
  spans = trace_of(receiver.spans(), "pim store restore");
  expect_one_trace(spans, "pim store restore");
  for (const auto* part : {"backup verify", "store check", "restore copy"}) only(spans, part);
  expect_no_patient_in(receiver);
}

}  // namespace
}  // namespace pim::integration
