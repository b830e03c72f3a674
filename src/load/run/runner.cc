#include "load/run/runner.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "domain/ids_text.h"
#include "load/dice.h"
#include "load/prepared_command.h"
#include "load/run/by_time.h"
#include "load/run/call_log.h"
#include "load/run/connections.h"
#include "load/run/retry_policy.h"
#include "load/run/run_recorder.h"
#include "load/run/self_watch.h"
#include "load/run/wire.h"

namespace pim::load {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr nanoseconds kSweepEvery = 5ms;  // how late a time-out may be seen
constexpr nanoseconds kTickEvery = 1s;
constexpr nanoseconds kInterruptPatience = 3s;
constexpr nanoseconds kNever = nanoseconds::max();
constexpr std::uint32_t kUnprepared = ~0U;

class Runner final : Connections::Owner {
 public:
  Runner(const RunOptions& options, const RunParts& parts);
  Result<RunResult, std::string> run();

 private:
  struct Waiting {
    std::uint32_t request = kUnprepared;
    std::uint32_t client = 0;
    std::uint64_t number = 0;  // of the arrival, where it is not prepared
  };

  void replied(std::size_t connection, const Connections::Reply& reply, Deadline at) override;
  void failed(std::size_t connection, const AttemptError& error, Deadline at) override;

  nanoseconds since_start(Deadline at) const { return at - zero_; }
  void take_up(nanoseconds now);
  void arrive(nanoseconds due, std::uint32_t client, nanoseconds now);
  void give_up(const Waiting& waiting, nanoseconds due, Ending ending, std::string_view kind,
               nanoseconds now);
  void serve_waiting(nanoseconds now);
  void resume(nanoseconds now);
  std::uint32_t prepare(std::uint64_t number, std::uint32_t client, nanoseconds due);
  void begin(std::uint32_t index, std::size_t connection, nanoseconds now);
  void attempt_over(std::uint32_t index, const End& end, bool again, nanoseconds pause,
                    const Answer& answer, nanoseconds now);
  bool plan_retry(std::uint32_t index, nanoseconds retry_after, nanoseconds now);
  void finish(std::uint32_t index, const End& end, const Answer& answer, nanoseconds now);
  void read_own_write(const Ask& written, const Answer& answer, nanoseconds now);
  void client_done(std::uint32_t client, nanoseconds now);
  std::uint32_t new_request();
  void sweep(nanoseconds now);
  void tick(nanoseconds now);
  void stop_arrivals(nanoseconds now);
  bool over(nanoseconds now) const;
  void cut_off(nanoseconds now);
  nanoseconds next_event() const;
  std::uint64_t waiting() const { return waiting_.size() + paused_.size(); }

  const RunOptions& options_;
  const RunParts& parts_;
  CallLog log_;
  RunRecorder recorder_;
  RetryBudget budget_;
  SelfWatch watch_;
  Dice dice_;
  std::vector<std::string> shared_;  // headers, by user
  std::unique_ptr<Connections> connections_;

  Deadline zero_;
  std::int64_t started_ms_ = 0;
  nanoseconds end_{0};  // of arrivals
  nanoseconds cut_off_at_{0};
  std::optional<nanoseconds> next_due_;
  std::uint64_t arrivals_ = 0;
  bool measuring_ = false;
  bool draining_ = false;
  bool cut_ = false;  // nothing is tried again

  std::deque<Ask> requests_;
  std::vector<std::uint32_t> clients_;  // of each request
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> in_flight_;  // by connection
  ByTime<Waiting> waiting_;               // by when they were due
  ByTime<std::uint32_t> paused_;          // requests, by when they are tried again
  ByTime<std::uint32_t> thinking_;        // clients of a closed model, by when they ask again

  nanoseconds next_sweep_{0};
  nanoseconds next_tick_{0};
  nanoseconds ticked_{0};
  nanoseconds most_lag_{0};  // since the last tick
  Totals shown_;
  RunResult result_;
};

Runner::Runner(const RunOptions& options, const RunParts& parts)
    : options_(options),
      parts_(parts),
      log_(parts.history, options.users),
      recorder_({options.warm_up, interval_for(options.warm_up + options.duration),
                 options.deadline + 2s}),
      budget_(options.retry.budget_percent),
      dice_(options.seed, 0x10AD, 0),
      in_flight_(options.connections) {
  for (const LoadUser& user : options.users) {
    shared_.push_back(shared_headers(options.host, options.port, user.token));
  }
}

// --- arrivals

void Runner::take_up(nanoseconds now) {
  while (next_due_ && *next_due_ <= now) {
    const nanoseconds due = *next_due_;
    most_lag_ = std::max(most_lag_, now - due);
    if (due >= options_.warm_up) watch_.taken_up(now - due);
    next_due_ = parts_.arrivals->next();
    if (next_due_ && *next_due_ >= end_) next_due_.reset();
    arrive(due, 0, now);
  }
}

void Runner::arrive(nanoseconds due, std::uint32_t client, nanoseconds now) {
  recorder_.due(due);
  const Waiting arrival{kUnprepared, client, arrivals_++};
  if (waiting_.empty()) {
    if (const auto connection = connections_->take()) {
      return begin(prepare(arrival.number, client, due), *connection, now);
    }
  }
  if (waiting() >= options_.most_waiting)
    return give_up(arrival, due, Ending::other, kTooManyWaiting, now);
  waiting_.add(due, arrival);
  result_.generator.most_waiting = std::max(result_.generator.most_waiting, waiting());
}

// Those that were due first go first, retries among them.
void Runner::serve_waiting(nanoseconds now) {
  while (!waiting_.empty()) {
    if (waiting_.first().at + options_.deadline <= now) {
      const auto late = waiting_.take_first();
      give_up(late.what, late.at, Ending::timeout, kNoConnection, now);
      continue;
    }
    const auto connection = connections_->take();
    if (!connection) return;
    const auto next = waiting_.take_first();
    const auto index = next.what.request == kUnprepared
                           ? prepare(next.what.number, next.what.client, next.at)
                           : next.what.request;
    begin(index, *connection, now);
  }
}

void Runner::give_up(const Waiting& waiting, nanoseconds due, Ending ending, std::string_view kind,
                     nanoseconds now) {
  if (waiting.request != kUnprepared && requests_[waiting.request].attempts > 0) {
    return finish(waiting.request, {ending, kind, {}, nullptr}, {ending, 0, {}}, now);
  }
  const auto operation = waiting.request == kUnprepared ? parts_.source.operation(waiting.number)
                                                        : requests_[waiting.request].operation;
  recorder_.never_sent(operation, due, ending, kind, now);
  for (const auto view : {RunMetrics::View::first, RunMetrics::View::after_retries}) {
    parts_.metrics.ended(view, operation, ending, now - due, nullptr);
  }
  // A read of one's own write: the only one that is prepared before it has a connection.
  if (waiting.request != kUnprepared) {
    free_.push_back(waiting.request);
  } else {
    client_done(waiting.client, now);
  }
}

// Closed: the client thinks, and asks again.
void Runner::client_done(std::uint32_t client, nanoseconds now) {
  if (options_.closed && !draining_) thinking_.add(now + options_.closed->think, client);
}

void Runner::resume(nanoseconds now) {
  while (!paused_.empty() && paused_.first().at <= now) {
    const auto index = paused_.take_first().what;
    waiting_.add(requests_[index].due, {index, clients_[index], 0});
  }
  // One that does not think asks again at once: not more of them than there are clients in a row.
  for (std::size_t i = thinking_.size(); i > 0 && thinking_.first().at <= now; --i) {
    const auto client = thinking_.take_first();
    if (client.at >= end_) continue;
    if (client.at >= options_.warm_up) watch_.taken_up(now - client.at);
    arrive(client.at, client.what, now);
  }
  serve_waiting(now);
}

// --- requests and their attempts

std::uint32_t Runner::new_request() {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(requests_.size()));
    requests_.emplace_back();
    clients_.push_back(0);
  }
  const auto index = free_.back();
  free_.pop_back();
  Ask& request = requests_[index];
  request.attempts = 0;
  request.shard = -1;
  request.body.clear();
  request.min_position.clear();
  request.if_match.reset();
  return index;
}

std::uint32_t Runner::prepare(std::uint64_t number, std::uint32_t client, nanoseconds due) {
  const auto index = new_request();
  clients_[index] = client;
  requests_[index].due = due;
  parts_.source.prepare(number, requests_[index]);
  return index;
}

void Runner::begin(std::uint32_t index, std::size_t connection, nanoseconds now) {
  Ask& request = requests_[index];
  if (request.attempts++ == 0) {
    request.first_sent = now;
    request.trace = telemetry::TraceContext::root();
    request.trace.sampled = dice_.chance(options_.sampled);
    budget_.first_attempt(now);
  } else {
    request.trace = request.trace.child();
  }
  const nanoseconds expires =
      std::min<nanoseconds>(now + options_.timeout, request.due + options_.deadline);
  append_request(connections_->wire(connection), request, shared_[request.user], expires - now);
  log_.invoke(request, connection, now);
  in_flight_[connection] = index;
  connections_->send(connection, zero_ + expires);
  recorder_.sent(request, now);
  parts_.metrics.sent(request.attempts);
  result_.generator.most_in_flight =
      std::max<std::uint64_t>(result_.generator.most_in_flight, connections_->busy());
}

void Runner::replied(std::size_t connection, const Connections::Reply& reply, Deadline at) {
  const nanoseconds now = since_start(at);
  const auto index = in_flight_[connection];
  Ask& request = requests_[index];
  const ReplyHead head = read_head(reply.head);
  if (head.shard >= 0) request.shard = head.shard;
  const bool good = reply.status < 300;
  const std::string_view problem = good ? std::string_view() : problem_of(reply.body);
  log_.answered(request, reply.status, head, reply.body, problem, now);
  const Ending ending = ending_of(reply.status, problem);
  const std::string kind = good ? std::to_string(reply.status) : kind_of(reply.status, problem);
  attempt_over(index, {ending, kind, reply.body, nullptr}, may_retry(reply.status),
               head.retry_after, {ending, head.version, head.position}, now);
  serve_waiting(now);
  take_up(now);
}

void Runner::failed(std::size_t connection, const AttemptError& error, Deadline at) {
  const nanoseconds now = since_start(at);
  const auto index = in_flight_[connection];
  log_.unanswered(requests_[index], error.sent, now);
  const Ending ending = ending_of(error);
  attempt_over(index, {ending, kind_of(error), {}, &error}, true, 0s, {ending, 0, {}}, now);
  serve_waiting(now);
  take_up(now);
}

void Runner::attempt_over(std::uint32_t index, const End& end, bool again, nanoseconds pause,
                          const Answer& answer, nanoseconds now) {
  const Ask& request = requests_[index];
  recorder_.attempt_ended(request, end, now);
  if (request.attempts == 1) {
    parts_.metrics.ended(RunMetrics::View::first, request.operation, end.ending, now - request.due,
                         request.trace.sampled ? &request.trace : nullptr);
  }
  if (load::failed(end.ending) && again && !cut_ && plan_retry(index, pause, now)) return;
  finish(index, end, answer, now);
}

bool Runner::plan_retry(std::uint32_t index, nanoseconds retry_after, nanoseconds now) {
  const Ask& request = requests_[index];
  if (request.attempts >= options_.retry.attempts) {
    ++result_.retry.over_attempts;
    parts_.metrics.over_attempts.add();
    return false;
  }
  const nanoseconds at = now + retry_after + backoff(options_.retry, request.attempts + 1, dice_);
  if (at >= request.due + options_.deadline) {
    ++result_.retry.over_deadline;
    parts_.metrics.over_deadline.add();
    return false;
  }
  if (waiting() >= options_.most_waiting || !budget_.spend(now)) {
    ++result_.retry.over_budget;
    parts_.metrics.over_budget.add();
    return false;
  }
  ++result_.retry.retries;
  paused_.add(at, index);
  return true;
}

void Runner::finish(std::uint32_t index, const End& end, const Answer& answer, nanoseconds now) {
  Ask& request = requests_[index];
  recorder_.ended(request, end, now);
  parts_.metrics.ended(RunMetrics::View::after_retries, request.operation, end.ending,
                       now - request.due, request.trace.sampled ? &request.trace : nullptr);
  if (request.attempts > 1 && end.ending == Ending::ok) ++result_.retry.recovered;
  if (request.operation == kReadOwnWrite) {
    if (end.ending == Ending::ok) {
      recorder_.own_write_seen(request, answer.version, now);
      (answer.version >= request.wanted ? parts_.metrics.fresh : parts_.metrics.stale).add();
    }
    free_.push_back(index);
    return;
  }
  parts_.source.ended(request, answer);
  if (end.ending == Ending::ok) read_own_write(request, answer, now);
  client_done(clients_[index], now);
  free_.push_back(index);
}

void Runner::read_own_write(const Ask& written, const Answer& answer, nanoseconds now) {
  constexpr std::string_view kPatients = "/v1/patients";
  if (!kOperations[written.operation].command || answer.position.empty() || draining_ ||
      !written.path.starts_with(kPatients) || !dice_.chance(options_.read_own_writes)) {
    return;
  }
  const auto index = new_request();
  Ask& read = requests_[index];
  read.operation = kReadOwnWrite;
  read.method = "GET";
  read.path.assign(kPatients).append("/");
  append_uuid(read.path, written.stream);
  read.request_id.clear();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  const auto high = dice_.next();
  append_uuid(read.request_id, uuid_v7(started_ms_ + millis, high, dice_.next()));
  read.stream = written.stream;
  read.min_position = answer.position;
  read.wanted = answer.version;
  read.user = written.user;
  read.shard = written.shard;
  read.due = now;
  waiting_.add(now, {index, 0, 0});
}

// --- the loop

void Runner::sweep(nanoseconds now) {
  next_sweep_ = now + kSweepEvery;
  connections_->expire(zero_ + now);
  serve_waiting(now);
}

void Runner::tick(nanoseconds now) {
  LiveView view;
  view.phase = draining_ ? "draining" : measuring_ ? "measuring" : "warm-up";
  view.elapsed = now;
  view.planned = options_.warm_up + options_.duration;
  view.seconds = std::chrono::duration<double>(now - ticked_).count();
  const Totals totals = recorder_.totals();
  view.last = totals - shown_;
  shown_ = totals;
  view.p50_micros = recorder_.lately().percentile(50);
  view.p99_micros = recorder_.lately().percentile(99);
  recorder_.lately().clear();
  view.in_flight = connections_->busy();
  view.waiting = waiting();
  view.retry_budget = budget_.left();
  view.cpu = watch_.tick();
  view.lag_micros = static_cast<std::uint64_t>(most_lag_ / 1us);
  view.stale = recorder_.stale();
  view.errors = recorder_.errors();

  Interval& interval = recorder_.at(ticked_);  // the second that is ending is of it
  interval.in_flight = view.in_flight;
  interval.waiting = view.waiting;
  interval.cpu = std::max(interval.cpu, view.cpu);
  interval.lag_micros = std::max(interval.lag_micros, view.lag_micros);

  parts_.board.publish(std::move(view));
  ticked_ = now;
  most_lag_ = nanoseconds(0);
  next_tick_ += kTickEvery;
  if (next_tick_ <= now) next_tick_ = now + kTickEvery;
}

void Runner::stop_arrivals(nanoseconds now) {
  draining_ = true;
  end_ = std::min(end_, now);
  next_due_.reset();
  cut_off_at_ =
      now + (result_.interrupted ? std::min<nanoseconds>(options_.deadline, kInterruptPatience)
                                 : options_.deadline + 1s);
  watch_.finish(recorder_.attempts(), result_.generator);
}

bool Runner::over(nanoseconds now) const {
  if (!draining_) return false;
  return (connections_->busy() == 0 && waiting_.empty() && paused_.empty()) || now >= cut_off_at_;
}

// Whatever is still under way ends here, unanswered.
void Runner::cut_off(nanoseconds now) {
  cut_ = true;
  connections_->abort(zero_ + now);
  while (!paused_.empty()) {
    finish(paused_.take_first().what, {Ending::other, kRunEnded, {}, nullptr}, {}, now);
  }
  while (!waiting_.empty()) {
    const auto first = waiting_.take_first();
    give_up(first.what, first.at, Ending::other, kRunEnded, now);
  }
}

nanoseconds Runner::next_event() const {
  nanoseconds next = std::min(next_sweep_, next_tick_);
  if (next_due_) next = std::min(next, *next_due_);
  if (!paused_.empty()) next = std::min(next, paused_.first().at);
  if (!thinking_.empty()) next = std::min(next, thinking_.first().at);
  if (!measuring_) next = std::min(next, options_.warm_up);
  return draining_ ? next : std::min(next, end_);
}

Result<RunResult, std::string> Runner::run() {
  auto connections = Connections::create(options_.host, options_.port, options_.connections, *this);
  if (!connections) return Err{std::move(connections.error())};
  connections_ = std::make_unique<Connections>(std::move(connections).value());

  result_.started = std::chrono::system_clock::now();
  started_ms_ =
      std::chrono::duration_cast<std::chrono::milliseconds>(result_.started.time_since_epoch())
          .count();
  result_.seed = options_.seed;
  result_.open_model = !options_.closed;
  result_.warm_up = options_.warm_up;
  result_.planned = options_.warm_up + options_.duration;
  end_ = result_.planned;
  if (options_.closed) {
    for (std::uint32_t i = 0; i < options_.closed->clients; ++i) thinking_.add(nanoseconds(0), i);
  } else {
    next_due_ = parts_.arrivals->next();
  }
  next_tick_ = kTickEvery;
  zero_ = Clock::now();
  if (parts_.faults != nullptr) parts_.faults->start(zero_);

  nanoseconds now{0};
  for (;;) {
    now = since_start(Clock::now());
    if (!measuring_ && now >= options_.warm_up) {
      measuring_ = true;
      watch_.begin();
    }
    take_up(now);
    resume(now);
    if (now >= next_sweep_) sweep(now);
    if (now >= next_tick_) tick(now);
    if (!draining_ && parts_.interrupted != nullptr && parts_.interrupted->load()) {
      result_.interrupted = true;
    }
    if (!draining_ && (now >= end_ || result_.interrupted)) stop_arrivals(now);
    if (over(now)) break;
    connections_->wait(zero_ + next_event());
  }
  cut_off(now);
  result_.elapsed = since_start(Clock::now());
  tick(result_.elapsed);
  if (parts_.faults != nullptr) {
    parts_.faults->stop();
    result_.faults = parts_.faults->periods();
    result_.fault_failures = parts_.faults->failures();
    for (auto& fault : result_.faults) {
      if (fault.to == nanoseconds(0)) fault.to = std::max(result_.elapsed, fault.from);
    }
  }
  recorder_.finish(result_);
  return std::move(result_);
}

}  // namespace

Result<RunResult, std::string> run_load(const RunOptions& options, const RunParts& parts) {
  return Runner(options, parts).run();
}

}  // namespace pim::load
