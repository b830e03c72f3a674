#include "fault_lab.h"

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "chaos/scratch_testing.h"

namespace pim::integration {
namespace {

using namespace std::chrono_literals;

std::string toml_array(const Words& words) {
  std::string text = "[";
  for (const auto& word : words) text += (text.size() > 1 ? ", '" : "'") + word + "'";
  return text + "]";
}

}  // namespace

void FaultLab::TearDown() {
  injector_.reset();
  if (HasFailure()) std::fputs(read_text(path("server.log")).c_str(), stderr);
  if (unit_) {
    const auto pid = unit_->pid();
    const auto running = pid ? chaos::identify(*pid) : std::nullopt;
    if (running) {
      static_cast<void>(chaos::send_signal(*running, SIGKILL));
      EXPECT_TRUE(chaos::wait_for_end(*running, 20s));
    }
  }
  const auto directory = path("").substr(0, path("").size() - 1);
  std::vector<std::string> traces;
  chaos::wait_until_so(20s, [&] {
    traces = chaos::traces_of(directory);
    return traces.empty();
  });
  EXPECT_EQ(traces, std::vector<std::string>{}) << "left behind";
  Lab::TearDown();
}

void FaultLab::start_unit(const UnitOptions& options) {
  chaos::StartCommand command;
  command.arguments = options.wrapper;
  for (const auto& word :
       Words{options.program, "serve", "--data", data(), "--port", options.port, "--admin-port",
             "0", "--keys", path("keys.json"), "--ready-file", path("ready.json")}) {
    command.arguments.push_back(word);
  }
  command.arguments.insert(command.arguments.end(), options.extra.begin(), options.extra.end());
  command.ready_file = path("ready.json");
  command.log_file = path("server.log");
  std::ofstream(unit_file()) << "name = \"spine\"\ncommand = " << toml_array(command.arguments)
                             << "\nready-file = \"" << command.ready_file << "\"\nlog = \""
                             << command.log_file << "\"\n"
                             << options.keys;
  unit_ = std::make_shared<chaos::CommandProcess>(command);
  const auto started = unit_->start();
  if (started) return;
  const auto log = read_text(path("server.log"));
  if (log.find("pim: ") != log.npos) return skip_or_fail(log);
  FAIL() << started.error() << "\n" << log;
}

void FaultLab::start_on_fault_disk() {
  std::filesystem::create_directory(data());
  start_unit(
      {.wrapper = {PIM_PROGRAM, "chaos", "disk", data(), "--control", path("disk.sock"), "--"},
       .keys = "disk = \"" + path("disk.sock") + "\"\n"});
}

chaos::ProcessId FaultLab::process() {
  const auto pid = unit_->pid();
  const auto found = pid ? chaos::identify(*pid) : std::nullopt;
  EXPECT_TRUE(found.has_value()) << "the server does not run";
  return found.value_or(chaos::ProcessId{});
}

std::uint16_t FaultLab::port() const {
  return static_cast<std::uint16_t>(
      std::atoi(json_text(read_text(path("ready.json")), "port").c_str()));
}

std::uint16_t FaultLab::admin_port() const {
  return static_cast<std::uint16_t>(
      std::atoi(json_text(read_text(path("ready.json")), "admin_port").c_str()));
}

int FaultLab::post_patient(std::chrono::milliseconds limit) {
  ++patients_;
  const load::Request request{
      "POST",
      "/v1/patients",
      {{"Authorization", "Bearer " + token("registrar")}, {"Content-Type", "application/json"}},
      R"({"birth_year":1957,"sex":"F","state":"OH","zip3":"441"})"};
  const auto response = load::HttpClient("127.0.0.1", port(), limit).send(request);
  return response ? response->status : 0;
}

load::Response FaultLab::get(const std::string& target) {
  auto response =
      load::HttpClient("127.0.0.1", port(), 60s)
          .send({"GET", target, {{"Authorization", "Bearer " + token("clinician")}}, ""});
  EXPECT_TRUE(response.ok()) << target << ": " << response.error().message;
  return response ? std::move(*response) : load::Response{};
}

double FaultLab::series(const std::string& name) {
  const auto response =
      load::HttpClient("127.0.0.1", admin_port(), 60s).send({"GET", "/metrics", {}, ""});
  if (!response) return -1;
  const auto at = response->body.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(response->body.substr(at + name.size() + 2));
}

Words FaultLab::run_words(const Words& arguments) const {
  Words words = {"chaos",     "run",     arguments.front(), "--unit",
                 unit_file(), "--state", path("state")};
  words.insert(words.end(), arguments.begin() + 1, arguments.end());
  return words;
}

ProgramRun FaultLab::fault(const Words& arguments) {
  auto words = run_words(arguments);
  words.emplace_back("--json");
  return pim(words);
}

void FaultLab::begin_fault(const Words& arguments) {
  Words command{PIM_PROGRAM};
  for (const auto& word : run_words(arguments)) command.push_back(word);
  command.insert(command.end(), {"--for", "1h"});
  std::filesystem::remove(path("fault.out"));
  std::filesystem::remove(path("fault.err"));
  auto started = load::ChildProcess::start({command, {}, path("fault.out"), path("fault.err")});
  ASSERT_TRUE(started.ok()) << started.error();
  injector_.emplace(std::move(*started));
  bool begun = false;
  chaos::wait_until_so(60s, [&] {
    begun = read_text(path("fault.out")).find(" began on spine") != std::string::npos;
    return begun || injector_->wait(load::Clock::now()).has_value();
  });
  if (begun) return;
  const auto exit = injector_->wait(load::Clock::now());
  if (exit && exit->code == 3) return skip_or_fail(read_text(path("fault.err")));
  FAIL() << "not begun: " << read_text(path("fault.err"));
}

int FaultLab::end_fault(int signal) {
  injector_->signal(signal);
  const auto exit = injector_->wait(load::Clock::now() + 60s);
  EXPECT_TRUE(exit.has_value()) << "the injector does not end";
  if (!exit) return -1000;
  return exit->code ? *exit->code : -*exit->signal;
}

void FaultLab::skip_or_fail(const std::string& why) {
  using chaos::FaultError;
  if (!chaos::can_run(Err{FaultError{chaos::Trouble::environment, why}})) GTEST_SKIP() << why;
  FAIL() << why;
}

}  // namespace pim::integration
