#include "cli/prove/lab_server.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <utility>

#include "load/http_client.h"

namespace pim::cli::prove {
namespace {

constexpr std::chrono::milliseconds kReadyLimit{20'000};

// Calls visit(labels, value) for every sample of a family in OpenMetrics text.
template <class Visit>
void for_each_sample(std::string_view text, std::string_view name, Visit&& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name)) continue;
    auto rest = line.substr(name.size());
    std::string_view labels;
    if (rest.starts_with('{')) {
      const auto close = rest.find('}');
      if (close == std::string_view::npos) continue;
      labels = rest.substr(1, close - 1);
      rest.remove_prefix(close + 1);
    }
    if (rest.starts_with(' ')) visit(labels, std::atof(std::string(rest).c_str()));
  }
}

}  // namespace

std::string own_program() {
  std::error_code problem;
  return std::filesystem::read_symlink("/proc/self/exe", problem).string();
}

Result<TestedProgram, std::string> program_with(const std::string& bug) {
  if (bug.empty()) return TestedProgram{own_program(), {}};
  const auto path = std::filesystem::path(own_program()).parent_path().string() + "/pim-planted";
  if (!std::filesystem::exists(path)) return Err{path + " is missing: build target pim-planted"};
  return TestedProgram{path, {"PIM_PLANTED_BUG=" + bug}};
}

load::ServerConfig lab_server_config(TestedProgram program, const std::string& directory) {
  load::ServerConfig config;
  config.program = std::move(program.path);
  config.data_directory = directory + "/data";
  config.keys_file = directory + "/keys.json";
  config.scratch_directory = directory;
  config.extra_arguments = {"--shards", std::to_string(kShards)};
  config.environment = std::move(program.environment);
  return config;
}

Result<void, std::string> make_server_keys(const load::ServerConfig& config) {
  load::ChildOptions options;
  options.arguments = {config.program, "token", "--init", "--keys", config.keys_file};
  options.stderr_file = config.scratch_directory + "/server.log";
  const auto exit = load::run_child(options, std::chrono::seconds(10));
  if (!exit) return Err{exit.error()};
  if (!exit->clean()) return Err{"pim token --init: " + exit->to_string()};
  return {};
}

LabServer::LabServer(TestedProgram program, const std::string& directory)
    : config_(lab_server_config(std::move(program), directory)) {}

Result<std::string, std::string> LabServer::token(const std::string& user,
                                                  const std::string& role) const {
  return load::make_token(config_, user, role, kTenant);
}

Result<std::chrono::milliseconds, std::string> LabServer::start() {
  auto process = load::ServerProcess::start(config_);
  if (!process) return Err{process.error()};
  if (auto ready = process->await_ready(kReadyLimit); !ready) return Err{ready.error()};
  process_.emplace(std::move(*process));
  admin_port_ = process_->admin_port();
  port_ = process_->port();
  return std::chrono::duration_cast<std::chrono::milliseconds>(process_->ready_time());
}

void LabServer::kill() {
  if (!process_) return;
  process_->process().signal(SIGKILL);
  process_->process().wait(load::Clock::now() + std::chrono::seconds(10));
  port_ = 0;
  process_.reset();
}

std::optional<load::ChildExit> LabServer::stop(std::chrono::milliseconds limit) {
  if (!process_) return std::nullopt;
  process_->process().signal(SIGTERM);
  auto exit = process_->process().wait(load::Clock::now() + limit);
  port_ = 0;
  process_.reset();
  return exit;
}

Result<std::string, std::string> LabServer::scrape() const {
  load::HttpClient client("127.0.0.1", admin_port(), std::chrono::seconds(5));
  auto response = client.send({"GET", "/metrics", {}, {}});
  if (!response) return Err{"GET /metrics: " + response.error().message};
  if (response->status != 200) {
    return Err{"GET /metrics: status " + std::to_string(response->status)};
  }
  return std::move(response->body);
}

Result<std::map<std::uint32_t, double>, std::string> LabServer::shard_metric(
    const std::string& name) const {
  const auto text = scrape();
  if (!text) return Err{text.error()};
  std::map<std::uint32_t, double> values;
  for_each_sample(*text, name, [&](std::string_view labels, double value) {
    constexpr std::string_view kLabel = "shard=\"";
    const auto at = labels.find(kLabel);
    if (at == std::string_view::npos) return;
    const auto shard = std::atoi(std::string(labels.substr(at + kLabel.size())).c_str());
    values[static_cast<std::uint32_t>(shard)] += value;
  });
  return values;
}

Result<double, std::string> LabServer::metric(const std::string& name) const {
  const auto text = scrape();
  if (!text) return Err{text.error()};
  double sum = 0;
  bool any = false;
  for_each_sample(*text, name, [&](std::string_view, double value) {
    sum += value;
    any = true;
  });
  if (!any) return Err{"/metrics has no " + name};
  return sum;
}

}  // namespace pim::cli::prove
