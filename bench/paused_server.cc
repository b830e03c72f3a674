#include "paused_server.h"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>

namespace pim::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

std::string text_of(const std::string& file) {
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// The number of the line `NAME N`, once it is written to its end.
std::optional<std::int64_t> value_of(const std::string& record, const std::string& name) {
  std::istringstream lines(record.substr(0, record.rfind('\n') + 1));
  std::string word;
  std::int64_t value = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    if (fields >> word >> value && word == name) return value;
  }
  return std::nullopt;
}

// Sleeps until `time`; false: it was asked to stop before.
bool sleep_until(const std::stop_token& stop, load::Deadline time) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait_until(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

bool took_place(const PausePlan& plan, const PausedServerRecord& record) {
  auto wanted = plan.stops;
  wanted.insert(wanted.end(), plan.stalls.begin(), plan.stalls.end());
  return std::all_of(wanted.begin(), wanted.end(), [&record](const PausePlan::Entry& entry) {
    return std::any_of(record.pauses.begin(), record.pauses.end(), [&](const Pause& pause) {
      return pause.to - pause.from >= entry.length && pause.to >= record.first + entry.at;
    });
  });
}

Result<PausedServerRecord, std::string> parse_record(const std::string& text) {
  PausedServerRecord record;
  bool complete = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string word;
    std::int64_t first = 0;
    std::int64_t second = 0;
    const bool one = static_cast<bool>(fields >> word >> first);
    if (one && word == "pause" && fields >> second) {
      record.pauses.push_back({nanoseconds(first), nanoseconds(second)});
    } else if (one && word == "first") {
      record.first = nanoseconds(first);
    } else if (one && word == "requests") {
      record.requests = static_cast<std::uint64_t>(first);
      complete = true;
    } else if (!one || word != "port") {
      return Err{"the paused server's record has the line '" + line + "'"};
    }
  }
  if (!complete) return Err{std::string("the paused server's record has no end")};
  return record;
}

PausedServer::PausedServer(load::ChildProcess process, std::string record_file, PausePlan plan)
    : process_(std::move(process)), record_file_(std::move(record_file)), plan_(std::move(plan)) {}

PausedServer::~PausedServer() = default;

Result<std::unique_ptr<PausedServer>, std::string> PausedServer::start(
    const PausedServerOptions& options) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string record_file = options.directory + "/paused-server";
  std::filesystem::remove(record_file);
  const auto micros = [](nanoseconds time) {
    return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(time).count());
  };
  load::ChildOptions child{
      {(self.parent_path() / "paused_server").string(), micros(options.services.shortest),
       micros(options.services.longest), std::to_string(options.cpu)},
      {},
      record_file,
      ""};
  for (const auto& stall : options.plan.stalls) {
    child.arguments.push_back(std::to_string(stall.at.count()) + ":" +
                              std::to_string(stall.length.count()));
  }
  auto process = load::ChildProcess::start(child);
  if (!process) return Err{std::move(process.error())};
  std::unique_ptr<PausedServer> server(
      new PausedServer(std::move(process).value(), record_file, options.plan));
  const auto limit = load::Clock::now() + 10s;
  for (;;) {
    if (const auto port = value_of(text_of(record_file), "port")) {
      server->port_ = static_cast<std::uint16_t>(*port);
      break;
    }
    if (const auto exit = server->process_.wait(load::Clock::now() + 5ms)) {
      return Err{"paused_server: " + exit->to_string()};
    }
    if (load::Clock::now() > limit) return Err{std::string("paused_server does not listen")};
  }
  server->stopper_ = std::jthread(
      [self = server.get()](const std::stop_token& stop) { self->stop_and_continue(stop); });
  return server;
}

void PausedServer::stop_and_continue(const std::stop_token& stop) {
  if (plan_.stops.empty()) return;
  std::optional<std::int64_t> first;
  while (!(first = value_of(text_of(record_file_), "first"))) {
    if (!sleep_until(stop, load::Clock::now() + 5ms)) return;
  }
  const load::Deadline start{nanoseconds(*first)};
  for (const auto& entry : plan_.stops) {
    if (!sleep_until(stop, start + entry.at)) return;
    process_.signal(SIGSTOP);
    const bool goes_on = sleep_until(stop, load::Clock::now() + entry.length);
    process_.signal(SIGCONT);
    if (!goes_on) return;
    ++stopped_;
  }
}

Result<PausedServerRecord, std::string> PausedServer::finish() {
  stopper_ = {};
  process_.signal(SIGTERM);
  const auto exit = process_.wait(load::Clock::now() + 10s);
  if (!exit) return Err{std::string("paused_server does not stop on SIGTERM")};
  if (!exit->clean()) return Err{"paused_server: " + exit->to_string()};
  return parse_record(text_of(record_file_));
}

}  // namespace pim::bench
