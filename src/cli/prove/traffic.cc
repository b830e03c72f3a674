#include "cli/prove/traffic.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "routing/bucket.h"

namespace pim::cli::prove {
namespace {

constexpr std::chrono::milliseconds kCallTimeout{3000};
constexpr std::chrono::milliseconds kRetryPause{15};
constexpr std::uint64_t kReadEvery = 12;
constexpr std::uint64_t kCompareEvery = 8;  // reads
constexpr std::uint64_t kRememberEvery = 40;
constexpr std::size_t kMaxRemembered = 60;  // a connection
constexpr std::size_t kMaxRefusals = 5;

std::optional<std::uint32_t> shard_header(const load::Response& response) {
  const auto text = response.header("pim-shard");
  std::uint32_t shard = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shard);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return shard;
}

}  // namespace

void TrafficReport::merge(TrafficReport&& other) {
  samples.insert(samples.end(), other.samples.begin(), other.samples.end());
  latency.merge(other.latency);
  for (std::size_t shard = 0; shard < by_shard.size(); ++shard) {
    by_shard[shard] += other.by_shard[shard];
  }
  acknowledged += other.acknowledged;
  refused += other.refused;
  retried += other.retried;
  resolved_replay += other.resolved_replay;
  misrouted += other.misrouted;
  reads += other.reads;
  stale_reads += other.stale_reads;
  failed_reads += other.failed_reads;
  std::move(other.refusals.begin(), other.refusals.end(), std::back_inserter(refusals));
  std::move(other.remembered.begin(), other.remembered.end(), std::back_inserter(remembered));
}

struct Traffic::Connection {
  Connection(const load::WorkloadOptions& workload, const load::ReferenceData& reference,
             load::Caller who)
      : caller(std::move(who)), session(workload, reference, caller.client) {}

  // The port changes when the server starts again.
  load::HttpClient* connect(const LabServer& server) {
    const auto now = server.port();
    if (now == 0) return nullptr;
    if (!client || port != now) client.emplace("127.0.0.1", now, kCallTimeout);
    port = now;
    return &*client;
  }

  load::Caller caller;
  load::Session session;
  std::optional<load::HttpClient> client;
  std::uint16_t port = 0;
  TrafficReport report;
};

Traffic::Traffic(const TrafficOptions& options, const LabServer& server, load::Recorder& recorder,
                 const load::ReferenceData& reference)
    : options_(options), server_(server), recorder_(recorder) {
  load::WorkloadOptions workload;
  workload.seed = options.seed;
  for (std::uint32_t number = 0; number < options.connections; ++number) {
    connections_.push_back(std::make_unique<Connection>(
        workload, reference, load::Caller{number, options.user, options.token}));
  }
}

Traffic::~Traffic() { stop(std::chrono::milliseconds(0)); }

void Traffic::start(Clock::time_point zero) {
  zero_ = zero;
  stopping_ = false;
  give_up_ = Clock::time_point::max();
  for (auto& connection : connections_) {
    threads_.emplace_back([this, &connection] { run(*connection); });
  }
}

TrafficReport Traffic::stop(std::chrono::milliseconds patience) {
  give_up_ = Clock::now() + patience;
  stopping_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  TrafficReport all;
  for (auto& connection : connections_) all.merge(std::exchange(connection->report, {}));
  std::ranges::sort(all.samples, {}, &Sample::at_seconds);
  return all;
}

// Paced: a constant rate, and no catching up on what an outage swallowed.
void Traffic::run(Connection& connection) {
  const auto interval = std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(options_.connections / options_.rate));
  auto due = Clock::now();
  while (!stopping_) {
    std::this_thread::sleep_until(due);
    const auto first_sent = Clock::now();
    due = std::max(due + interval, first_sent);
    load::Response response;
    const auto result = resolve(connection, response);
    if (!result) return;
    note_answer(connection, *result, response, first_sent);
  }
}

// Sends the session's current command until it has an answer that counts; nullopt: gave up.
std::optional<load::Completion> Traffic::resolve(Connection& connection, load::Response& response) {
  bool unknown = false;
  for (bool first = true; Clock::now() < give_up_.load(); first = false) {
    auto* client = connection.connect(server_);
    if (client != nullptr) {
      if (!first) ++connection.report.retried;
      ++in_flight_;
      auto result =
          recorder_.send(*client, connection.session.current(), connection.caller, &response);
      --in_flight_;
      if (result.outcome == load::CallOutcome::ok) {
        if (unknown && result.replayed) ++connection.report.resolved_replay;
        return result;
      }
      const bool settled = result.status >= 400 && result.status < 500 && result.status != 429;
      if (settled) return result;
      unknown = unknown || result.outcome == load::CallOutcome::info;
    }
    std::this_thread::sleep_for(kRetryPause);
  }
  return std::nullopt;
}

void Traffic::note_answer(Connection& connection, const load::Completion& result,
                          const load::Response& response, Clock::time_point first_sent) {
  auto& report = connection.report;
  const auto now = Clock::now();
  const auto command = connection.session.current();
  const auto shard = shard_header(response);
  const auto expected = default_shard(bucket_of(command.routing_id), kShards).value;
  if (shard != expected) {
    ++report.misrouted;
  } else {
    ++report.by_shard[*shard];
  }
  if (result.outcome != load::CallOutcome::ok) {
    ++report.refused;
    if (report.refusals.size() < kMaxRefusals) {
      report.refusals.push_back(std::string(command.name) + ": " + std::to_string(result.status) +
                                " " + response.body);
    }
    connection.session.abandon();
    return;
  }
  ++report.acknowledged;
  ++acknowledged_;
  report.latency.record(now - first_sent);
  report.samples.push_back({std::chrono::duration<float>(now - zero_).count(),
                            std::chrono::duration<float, std::milli>(now - first_sent).count()});
  if (report.acknowledged % kRememberEvery == 1 && report.remembered.size() < kMaxRemembered) {
    report.remembered.push_back({command, response.status, std::string(response.header("etag")),
                                 result.position, response.body});
  }
  connection.session.accepted(result.version);
  const bool of_patient = command.path.starts_with("/v1/patients");
  if (of_patient && report.acknowledged % kReadEvery == 0) {
    read_own_write(connection, command, result);
  }
}

void Traffic::read_own_write(Connection& connection, const load::PreparedCommand& command,
                             const load::Completion& result) {
  auto* client = connection.connect(server_);
  if (client == nullptr) return;
  load::ReadCall read{.operation = "get-patient",
                      .target = "/v1/patients/" + command.routing_id.to_string(),
                      .stream = command.routing_id,
                      .min_position = result.position};
  const auto answer = recorder_.read(*client, read, connection.caller);
  ++connection.report.reads;
  if (answer.status != 200) {
    ++connection.report.failed_reads;
  } else if (answer.version < result.version) {
    ++connection.report.stale_reads;
  }
  // The same version from the events alone: the check holds the two answers against each other.
  if (answer.status == 200 && connection.report.reads % kCompareEvery == 1) {
    read.min_position = {};
    read.version = answer.version;
    recorder_.read(*client, read, connection.caller);
  }
}

}  // namespace pim::cli::prove
