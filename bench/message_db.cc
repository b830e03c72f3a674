#include "message_db.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "options.h"

#ifndef PIM_BENCH_SOURCES
#define PIM_BENCH_SOURCES "bench"
#endif

namespace pim::bench {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto kSessionOptions =
    "PGOPTIONS=-c search_path=message_store,public -c client_min_messages=warning";
constexpr auto kBin = "/usr/lib/postgresql/15/bin/";

// About 650 bytes of JSON in data and metadata, as one of our events has with its envelope.
constexpr auto kScript = R"(\set category random(0, 1023)
\set stream random(0, 19999)
SELECT message_store.write_message(gen_random_uuid()::varchar,
  'encounter' || :category || '-' || :stream, 'ChargeAdded',
  ('{"encounter_id":"019b76da-a800-73e1-a764-b5d81fe1c1be","bill_id":"019b76da-a95b-7765-9b4b-95707e80b2ec","line_no":3,"source_kind":"procedure","source_id":"019b76da-a95f-72f3-ad4a-5b4f379efea7","category":"professional","qty":2,"unit_cents":123456,"amount_cents":' || :stream || '}')::jsonb,
  '{"tenant":"north-health","user_id":"loadgen-1","role":"loadgen","request_id":"019b76da-a960-7aaa-8bbb-1234567890ab","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","recorded_at":"2026-01-01T00:00:00.000Z","schema_version":1,"correlation":"019b76da-a961-7aaa-8bbb-1234567890ab","causation":"019b76da-a962-7aaa-8bbb-1234567890ab"}'::jsonb,
  NULL);
)";

std::string contents_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

// The number after `label` in pgbench's report.
double number_after(const std::string& text, const std::string& label) {
  const auto at = text.find(label);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + label.size(), nullptr);
}

// Programs of PostgreSQL refuse root; --pdeathsig, since a change of user clears what we set.
std::vector<std::string> as_owner(std::vector<std::string> arguments) {
  if (::geteuid() != 0) return arguments;
  std::vector<std::string> wrapped{"setpriv",       "--reuid=postgres", "--regid=postgres",
                                   "--init-groups", "--pdeathsig",      "QUIT"};
  wrapped.insert(wrapped.end(), arguments.begin(), arguments.end());
  return wrapped;
}

}  // namespace

Result<std::string, std::string> MessageDb::run_client(std::vector<std::string> arguments,
                                                       std::chrono::milliseconds limit) {
  const std::string output = directory_ + "/output";
  ::unlink(output.c_str());
  const std::string name = arguments[0];
  const auto exit =
      load::run_child({std::move(arguments),
                       {"PGHOST=" + directory_, "PGUSER=postgres", "PGDATABASE=message_store",
                        "DATABASE_NAME=message_store", kSessionOptions,
                        std::string("PATH=") + kBin + ":/usr/bin:/bin"},
                       output,
                       output},
                      limit);
  auto text = contents_of(output);
  if (!exit) return Err{exit.error()};
  if (!exit->clean()) return Err{name + ": " + exit->to_string() + "\n" + text};
  return text;
}

Result<std::string, std::string> MessageDb::run_as_owner(std::vector<std::string> arguments,
                                                         std::chrono::milliseconds limit) {
  return run_client(as_owner(std::move(arguments)), limit);
}

Result<std::unique_ptr<MessageDb>, std::string> MessageDb::start(const std::string& directory,
                                                                 const std::string& cache) {
  std::unique_ptr<MessageDb> peer(new MessageDb(directory));
  if (auto done = peer->initialise(); !done) return Err{std::move(done.error())};
  if (auto done = peer->launch(); !done) return Err{std::move(done.error())};
  if (auto done = peer->install(cache); !done) return Err{std::move(done.error())};
  return peer;
}

MessageDb::~MessageDb() {
  if (!server_) return;
  server_->signal(SIGINT);  // fast shutdown
  if (!server_->wait(load::Clock::now() + 20s)) server_->signal(SIGQUIT);
  (void)server_->wait(load::Clock::now() + 5s);
}

Result<void, std::string> MessageDb::initialise() {
  if (!fs::exists(std::string(kBin) + "postgres")) {
    return Err{"PostgreSQL 15 is missing: apt-get install postgresql-15"};
  }
  std::error_code error;
  fs::create_directories(directory_, error);
  if (::geteuid() == 0) {
    auto owned = load::run_child({{"chown", "postgres", directory_}, {}, "", ""}, 10s);
    if (!owned || !owned->clean()) return Err{"cannot give " + directory_ + " to postgres"};
  }
  auto made = run_as_owner({std::string(kBin) + "initdb", "-D", directory_ + "/data", "-U",
                            "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"},
                           120s);
  if (!made) return Err{std::move(made.error())};
  return {};
}

Result<void, std::string> MessageDb::launch() {
  const std::string log = directory_ + "/server.log";
  auto child = load::ChildProcess::start(
      {as_owner({std::string(kBin) + "postgres", "-D", directory_ + "/data", "-c",
                 "listen_addresses=", "-c", "unix_socket_directories=" + directory_}),
       {},
       log,
       log});
  if (!child) return Err{std::move(child.error())};
  server_ = std::make_unique<load::ChildProcess>(std::move(child).value());
  const auto deadline = load::Clock::now() + 30s;
  while (load::Clock::now() < deadline) {
    if (run_client({std::string(kBin) + "pg_isready", "-q"}, 5s)) return {};
    if (server_->wait(load::Clock::now() + 50ms)) break;
  }
  return Err{"PostgreSQL does not start:\n" + contents_of(log)};
}

Result<void, std::string> MessageDb::install(const std::string& cache) {
  const std::string script = std::string(PIM_BENCH_SOURCES) + "/install_message_db.sh";
  auto fetched = run_client({"bash", script, cache}, 180s);
  if (!fetched) return Err{std::move(fetched.error())};
  version_ = contents_of(cache + "/package/database/VERSION.txt");
  while (!version_.empty() && version_.back() <= ' ') version_.pop_back();
  auto installed = run_client({"bash", cache + "/package/database/install.sh"}, 60s);
  if (!installed) return Err{std::move(installed.error())};
  std::ofstream(directory_ + "/write.sql") << kScript;
  return {};
}

Result<PeerReport, std::string> MessageDb::run(std::size_t clients, std::chrono::seconds duration) {
  auto text = run_client({std::string(kBin) + "pgbench", "-n", "-M", "prepared", "-j", "2", "-c",
                          std::to_string(clients), "-T", std::to_string(duration.count()), "-f",
                          directory_ + "/write.sql", "message_store"},
                         duration + 60s);
  if (!text) return Err{std::move(text.error())};
  PeerReport report{number_after(*text, "tps = "), number_after(*text, "latency average = ")};
  const auto failed = number_after(*text, "number of failed transactions: ");
  if (report.events_per_second <= 0 || failed > 0) return Err{"pgbench failed:\n" + *text};
  return report;
}

Result<void, std::string> MessageDb::settle() {
  auto done = run_client({std::string(kBin) + "psql", "-qc", "CHECKPOINT"}, 60s);
  if (!done) return Err{std::move(done.error())};
  return {};
}

}  // namespace pim::bench
