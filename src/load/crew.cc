#include "load/crew.h"

#include <utility>

namespace pim::load {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRecent = 64;  // acknowledged requests a member remembers
constexpr auto kReplyTimeout = 10s;
constexpr double kAsksAgain = 0.7;  // of unknown outcomes; the others stay unknown for ever

}  // namespace

Crew::Crew(std::vector<CrewMember> members, const WorkloadOptions& options,
           const ReferenceData& reference, Recorder& recorder)
    : reference_(reference), recorder_(recorder) {
  workers_.reserve(members.size());
  std::uint32_t number = 0;
  for (auto& member : members) {
    workers_.emplace_back(std::move(member), options, reference, number++);
  }
}

Crew::~Crew() { stop(); }

Result<void, std::string> Crew::prepare(std::uint16_t port) {
  HttpClient client("127.0.0.1", port, kReplyTimeout);
  const Caller& caller = workers_.front().caller;
  for (const auto& command : reference_.setup()) {
    Response response;
    const auto answer = recorder_.send(client, command, caller, &response);
    if (answer.outcome != CallOutcome::ok) {
      return Err{std::string(command.name) + ": " + std::to_string(answer.status) + " " +
                 response.body};
    }
  }
  return {};
}

void Crew::start(std::uint16_t port) {
  stopping_ = false;
  working_ = workers_.size();
  for (Worker& worker : workers_) {
    threads_.emplace_back([this, &worker, port] { work(worker, port); });
  }
}

void Crew::stop() {
  stopping_ = true;
  for (auto& thread : threads_) thread.join();
  threads_.clear();
}

bool Crew::await_acknowledged(std::uint64_t count, Deadline deadline) {
  std::unique_lock lock(mutex_);
  const std::uint64_t wanted = totals_.acknowledged + count;
  progress_.wait_until(lock, deadline,
                       [&] { return totals_.acknowledged >= wanted || working_ == 0; });
  return totals_.acknowledged >= wanted;
}

void Crew::work(Worker& worker, std::uint16_t port) {
  HttpClient client("127.0.0.1", port, kReplyTimeout);
  if (std::exchange(worker.pending, false) && !worker.dice.chance(kAsksAgain)) {
    worker.session.abandon();
  }
  while (!stopping_) {
    Response response;
    const auto answer = recorder_.send(client, worker.session.current(), worker.caller, &response);
    if (!settle(worker, answer, response)) break;
  }
  const std::lock_guard lock(mutex_);
  --working_;
  progress_.notify_all();
}

bool Crew::settle(Worker& worker, const Completion& answer, const Response& response) {
  if (answer.outcome == CallOutcome::ok) {
    worker.recent.push_back({worker.session.current(), answer});
    if (worker.recent.size() > kRecent) worker.recent.pop_front();
    worker.session.accepted(answer.version);
  }
  const std::lock_guard lock(mutex_);
  switch (answer.outcome) {
    case CallOutcome::ok:
      ++totals_.acknowledged;
      progress_.notify_all();
      return true;
    case CallOutcome::info:
      ++totals_.unknown;
      worker.pending = true;
      return false;
    case CallOutcome::fail:
      break;
  }
  // Not sent, or shed: the same command again, later.
  if (answer.status == 0) return false;
  if (answer.status >= 500) return true;
  if (totals_.refused++ == 0) {
    totals_.first_refusal = worker.session.current().path + " " + response.body;
  }
  worker.session.abandon();
  return true;
}

ReplayReport Crew::replay(std::uint16_t port, std::size_t each) {
  ReplayReport report;
  HttpClient client("127.0.0.1", port, kReplyTimeout);
  for (Worker& worker : workers_) {
    const std::size_t skip = worker.recent.size() - std::min(each, worker.recent.size());
    for (std::size_t i = skip; i < worker.recent.size(); ++i) {
      const Acknowledged& before = worker.recent[i];
      const auto answer = recorder_.send(client, before.command, worker.caller);
      ++report.sent;
      const std::string what = before.command.request_id + " (" + std::string(before.command.name) +
                               ", status " + std::to_string(answer.status) + ")";
      if (answer.outcome != CallOutcome::ok) {
        // A refusal contradicts the acknowledgement: its effect is gone.
        ++(answer.status >= 400 && answer.status < 500 ? report.not_replayed : report.unanswered);
        report.findings.push_back("request " + what + " was acknowledged and is refused now");
      } else if (!answer.replayed) {
        ++report.not_replayed;
        report.findings.push_back("request " + what + " was carried out again");
      } else if (answer.version != before.answer.version ||
                 answer.position != before.answer.position) {
        ++report.different;
        report.findings.push_back("request " + what + " got another answer");
      }
    }
  }
  return report;
}

std::vector<Uuid> Crew::patients() const {
  std::vector<Uuid> all;
  for (const Worker& worker : workers_) {
    const auto some = worker.session.patients();
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace pim::load
