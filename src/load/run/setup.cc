#include "load/run/setup.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "load/prepared_command.h"
#include "load/run/call_log.h"
#include "load/run/connections.h"
#include "load/run/ending.h"
#include "load/run/wire.h"

namespace pim::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kReplyTimeout = 5s;
constexpr auto kPatience = 5s;  // without one answer that helps
constexpr auto kRetryPause = 20ms;

class Setup final : Connections::Owner {
 public:
  using Accepted = std::function<void(std::size_t index, const ReplyHead& head)>;

  Setup(const RunOptions& options, HistoryWriter& history, const std::atomic<bool>* interrupted)
      : options_(options), log_(history, options.users), interrupted_(interrupted) {
    for (const LoadUser& user : options.users) {
      shared_.push_back(shared_headers(options.host, options.port, user.token));
    }
  }
  Result<void, SetupError> open();
  // Sends them all, in any order, until each is accepted.
  Result<void, SetupError> send_all(std::vector<Ask>& requests, const Accepted& accepted);

 private:
  void replied(std::size_t connection, const Connections::Reply& reply, Deadline now) override;
  void failed(std::size_t connection, const AttemptError& error, Deadline now) override;
  void send(std::size_t index, std::size_t connection, Deadline now);
  void again_later(std::size_t index, std::string why);
  bool stopped() const { return interrupted_ != nullptr && interrupted_->load(); }

  const RunOptions& options_;
  CallLog log_;
  const std::atomic<bool>* interrupted_;
  std::vector<std::string> shared_;  // headers, by user
  std::unique_ptr<Connections> connections_;

  std::vector<Ask>* requests_ = nullptr;
  const Accepted* accepted_ = nullptr;
  std::deque<std::size_t> pending_;
  std::deque<std::size_t> again_;
  std::vector<std::size_t> in_flight_;  // by connection
  std::size_t left_ = 0;
  Deadline progressed_;
  Deadline resume_at_;
  std::string trouble_;  // the latest
  std::string refused_;  // for good
};

Result<void, SetupError> Setup::open() {
  auto connections = Connections::create(options_.host, options_.port, options_.connections, *this);
  if (!connections) return Err{SetupError{false, std::move(connections.error())}};
  connections_ = std::make_unique<Connections>(std::move(connections).value());
  in_flight_.resize(options_.connections);
  return {};
}

void Setup::send(std::size_t index, std::size_t connection, Deadline now) {
  Ask& request = (*requests_)[index];
  ++request.attempts;
  request.trace = telemetry::TraceContext::root();
  request.trace.sampled = false;
  append_request(connections_->wire(connection), request, shared_[request.user], kReplyTimeout);
  log_.invoke(request, connection, std::chrono::nanoseconds(0));
  in_flight_[connection] = index;
  connections_->send(connection, now + kReplyTimeout);
}

void Setup::again_later(std::size_t index, std::string why) {
  trouble_ = std::move(why);
  again_.push_back(index);
  resume_at_ = Clock::now() + kRetryPause;
}

void Setup::replied(std::size_t connection, const Connections::Reply& reply, Deadline now) {
  const std::size_t index = in_flight_[connection];
  Ask& request = (*requests_)[index];
  const ReplyHead head = read_head(reply.head);
  const auto problem = reply.status < 300 ? std::string_view() : problem_of(reply.body);
  log_.answered(request, reply.status, head, reply.body, problem, std::chrono::nanoseconds(0));
  if (reply.status < 300) {
    --left_;
    progressed_ = now;
    (*accepted_)(index, head);
    return;
  }
  std::string why = std::string(kOperations[request.operation].name) + ": " +
                    std::to_string(reply.status) + " " + std::string(reply.body.substr(0, 400));
  // A facility that was just registered may not be known everywhere yet.
  const bool unknown_yet = problem == "facility-unknown" || problem == "provider-unknown";
  if (may_retry(reply.status) || unknown_yet) return again_later(index, std::move(why));
  refused_ = std::move(why);
}

void Setup::failed(std::size_t connection, const AttemptError& error, Deadline) {
  const std::size_t index = in_flight_[connection];
  log_.unanswered((*requests_)[index], error.sent, std::chrono::nanoseconds(0));
  again_later(index, error.to_string());
}

Result<void, SetupError> Setup::send_all(std::vector<Ask>& requests, const Accepted& accepted) {
  requests_ = &requests;
  accepted_ = &accepted;
  left_ = requests.size();
  for (std::size_t i = 0; i < requests.size(); ++i) pending_.push_back(i);
  progressed_ = Clock::now();
  while (left_ > 0) {
    const Deadline now = Clock::now();
    if (now >= resume_at_) {
      pending_.insert(pending_.end(), again_.begin(), again_.end());
      again_.clear();
    }
    while (!pending_.empty()) {
      const auto connection = connections_->take();
      if (!connection) break;
      send(pending_.front(), *connection, now);
      pending_.pop_front();
    }
    connections_->wait(now + kRetryPause);
    connections_->expire(Clock::now());
    if (!refused_.empty()) return Err{SetupError{false, std::move(refused_)}};
    if (stopped()) return Err{SetupError{true, "interrupted before the load began"}};
    if (Clock::now() - progressed_ > kPatience) return Err{SetupError{false, std::move(trouble_)}};
  }
  return {};
}

std::vector<Ask> to_asks(std::size_t count,
                         const std::function<PreparedCommand(std::size_t)>& command,
                         std::size_t users) {
  std::vector<Ask> requests(count);
  for (std::size_t i = 0; i < count; ++i) {
    to_ask(command(i), requests[i]);
    requests[i].user = static_cast<std::uint32_t>(i % users);
  }
  return requests;
}

}  // namespace

Result<void, SetupError> set_up(const RunOptions& options, Population& population,
                                HistoryWriter& history, const std::atomic<bool>* interrupted,
                                const std::function<void(std::size_t, std::size_t)>& progress) {
  Setup setup(options, history, interrupted);
  if (auto opened = setup.open(); !opened) return opened;
  const std::size_t users = options.users.size();
  const auto& reference = population.reference();
  const std::size_t facilities = reference.facilities();
  const std::size_t hot = population.patients().size();
  const std::size_t sessions = population.sessions();
  const std::size_t all = reference.setup().size() + hot + sessions * population.patients_each();
  std::size_t done = 0;
  const auto step = [&](std::size_t count,
                        const std::function<PreparedCommand(std::size_t)>& command,
                        const Setup::Accepted& accepted) {
    auto requests = to_asks(count, command, users);
    auto sent = setup.send_all(requests, accepted);
    done += count;
    if (progress) progress(done, all);
    return sent;
  };

  const Setup::Accepted nothing = [](std::size_t, const ReplyHead&) {};
  // Providers name facilities.
  auto sent = step(facilities, [&](std::size_t i) { return reference.setup()[i]; }, nothing);
  if (!sent) return sent;
  sent = step(
      reference.providers(), [&](std::size_t i) { return reference.setup()[facilities + i]; },
      nothing);
  if (!sent) return sent;
  sent = step(
      hot, [&](std::size_t i) { return population.registration(static_cast<std::uint32_t>(i)); },
      [&](std::size_t i, const ReplyHead& head) { population.patients()[i].shard = head.shard; });
  if (!sent) return sent;
  for (std::size_t round = 0; round < population.patients_each(); ++round) {
    sent = step(
        sessions, [&](std::size_t i) { return population.session(i).current(); },
        [&](std::size_t i, const ReplyHead& head) {
          Session& session = population.session(i);
          population.patients().push_back({session.current().routing_id, head.shard});
          session.accepted(head.version);
        });
    if (!sent) return sent;
  }
  return {};
}

}  // namespace pim::load
