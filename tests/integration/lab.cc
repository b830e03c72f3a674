#include "lab.h"

#include <simdjson.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "api/routes.h"
#include "sample_calls.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

load::ServerConfig config_of(const std::string& directory, const std::string& data,
                             const std::string& program) {
  load::ServerConfig config;
  config.program = program;
  config.data_directory = data;
  config.keys_file = directory + "/keys.json";
  config.scratch_directory = directory;
  return config;
}

}  // namespace

std::string read_text(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string json_text(const std::string& json, const std::string& member) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::element value;
  if (parser.parse(simdjson::padded_string(json)).get(document) != simdjson::SUCCESS ||
      document[member].get(value) != simdjson::SUCCESS) {
    return {};
  }
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : simdjson::minify(value);
}

void Lab::SetUp() {
  std::string name = testing::TempDir() + "pim-integration-XXXXXX";
  ASSERT_NE(::mkdtemp(name.data()), nullptr);
  directory_ = name;
  ASSERT_EQ(pim({"token", "--init", "--keys", path("keys.json")}).exit, 0);
}

void Lab::TearDown() {
  if (HasFailure() && server_) std::fputs(read_text(path("server.log")).c_str(), stderr);
  kill_server();
  std::filesystem::remove_all(directory_);
}

void Lab::serve(std::vector<std::string> extra, const std::string& data, const std::string& program,
                std::vector<std::string> environment) {
  auto config = config_of(directory_, data.empty() ? this->data() : data, program);
  config.extra_arguments = std::move(extra);
  config.environment = std::move(environment);
  auto started = load::ServerProcess::start(config);
  ASSERT_TRUE(started.ok()) << started.error();
  const auto ready = started->await_ready(30s);
  ASSERT_TRUE(ready.ok()) << ready.error();
  server_.emplace(std::move(*started));
}

void Lab::kill_server() {
  if (!server_) return;
  server_->process().signal(SIGKILL);
  server_->process().wait(load::Clock::now() + 10s);
  server_.reset();
}

void Lab::await_read_model() {
  const auto deadline = load::Clock::now() + 30s;
  while (admin("GET", "/metrics")
             .body.find("\npim_projection_events_behind{projection=\"readmodel\"} 0\n") ==
         std::string::npos) {
    ASSERT_LT(load::Clock::now(), deadline) << "the read model does not catch up";
    std::this_thread::sleep_for(5ms);
  }
}

int Lab::stop_server() {
  server_->process().signal(SIGTERM);
  const auto exit = server_->process().wait(load::Clock::now() + 10s);
  server_.reset();
  return exit && exit->code ? *exit->code : -1;
}

const std::string& Lab::token(const std::string& role, const std::string& tenant) {
  auto& token = tokens_[{role, tenant}];
  if (token.empty()) {
    auto made =
        load::make_token(config_of(directory_, data(), PIM_PROGRAM), role + "-user", role, tenant);
    EXPECT_TRUE(made.ok()) << made.error();
    token = made ? *made : "none";
  }
  return token;
}

std::string Lab::token_file(const std::string& role) {
  const auto file = path(role + ".jwt");
  std::ofstream(file) << token(role) << "\n";
  return file;
}

load::Response Lab::call(std::string_view method, const std::string& target,
                         const std::string& token, const std::string& body, const Headers& more) {
  return send(server_->port(), method, target, token, body, more);
}

load::Response Lab::register_patient() {
  return call("POST", "/v1/patients", token("registrar"),
              R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})");
}

double Lab::metric(const std::string& series) {
  const auto text = admin("GET", "/metrics").body;
  const auto at = text.find("\n" + series + " ");
  return at == text.npos ? -1 : std::stod(text.substr(at + series.size() + 2));
}

void Lab::call_everything(char salt, const std::function<void(const load::Response&)>& answered) {
  const auto ids = sample_ids(salt);
  std::string position;
  for (const auto& sample : sample_calls()) {
    const auto* route = api::find_route(sample.operation);
    const auto own = ids_of(sample, ids);
    Headers headers;
    if (!position.empty() && sample.body.empty()) {
      headers.emplace_back("Pim-Min-Position", position);
    }
    const auto response = call(api::to_string(route->method), target_of(sample, own),
                               token(sample.role), filled(sample.body, own), headers);
    ASSERT_EQ(response.status, route->success) << sample.operation << ": " << response.body;
    if (route->is_command()) position = response.header("pim-position");
    if (answered) answered(response);
  }
}

load::Response Lab::admin(std::string_view method, const std::string& target,
                          const std::string& token, const std::string& body) {
  return send(server_->admin_port(), method, target, token, body, {});
}

load::Response Lab::send(std::uint16_t port, std::string_view method, const std::string& target,
                         const std::string& token, const std::string& body, const Headers& more) {
  load::Request request{method, target, more, body};
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  auto response = load::HttpClient("127.0.0.1", port, 10s).send(request);
  EXPECT_TRUE(response.ok()) << method << " " << target << ": " << response.error().message;
  return response ? std::move(*response) : load::Response{};
}

ProgramRun Lab::pim(const std::vector<std::string>& arguments,
                    const std::vector<std::string>& environment) {
  std::vector<std::string> command{PIM_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run(command, environment);
}

ProgramRun Lab::run(const std::vector<std::string>& command,
                    const std::vector<std::string>& environment) {
  load::ChildOptions options;
  options.arguments = command;
  options.environment = environment;
  options.stdout_file = path("pim.out");
  options.stderr_file = path("pim.err");
  std::filesystem::remove(options.stdout_file);
  std::filesystem::remove(options.stderr_file);
  const auto exit = load::run_child(options, 60s);
  EXPECT_TRUE(exit.ok()) << exit.error();
  ProgramRun run;
  if (exit) run.exit = exit->code ? *exit->code : 128 + exit->signal.value_or(0);
  run.out = read_text(options.stdout_file);
  run.err = read_text(options.stderr_file);
  return run;
}

}  // namespace pim::integration
