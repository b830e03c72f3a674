#include "load/ledger_check.h"

#include <algorithm>
#include <utility>

#include "load/export_reader.h"

namespace pim::load {
namespace {

constexpr std::size_t kMaxFindings = 20;

std::string request_key(std::string_view user, std::string_view request_id, const Uuid& stream) {
  std::string key(reinterpret_cast<const char*>(stream.bytes.data()), stream.bytes.size());
  return key.append(user).append("\n").append(request_id);
}

// Whether `token` (`bucket.epoch.position`) names this place. The epoch is not in an event.
bool names_place(const std::string& token, std::uint32_t bucket, std::uint64_t position) {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  return first != std::string::npos && first != last &&
         token.substr(0, first) == std::to_string(bucket) &&
         token.substr(last + 1) == std::to_string(position);
}

}  // namespace

std::string LedgerReport::summary() const {
  std::string text = "acknowledged checked " + std::to_string(acknowledged);
  const auto add = [&text](const char* name, std::uint64_t count) {
    text.append(", ").append(name).append(" ").append(std::to_string(count));
  };
  add("lost", lost);
  add("duplicated", duplicated);
  add("phantom", phantom);
  for (const auto& [name, count] : {std::pair{"unnamed", unnamed},
                                    {"gaps", gaps},
                                    {"reordered", reordered},
                                    {"contradicted", contradicted}}) {
    if (count > 0) add(name, count);
  }
  return text;
}

void LedgerCheck::violation(std::uint64_t& counter, const std::string& finding) {
  ++counter;
  if (report_.findings.size() < kMaxFindings) report_.findings.push_back(finding);
}

void LedgerCheck::line(const LedgerLine& line) {
  if (line.is_invoke) {
    invoked(line);
  } else {
    completed(line);
  }
}

void LedgerCheck::invoked(const LedgerLine& line) {
  ++report_.calls;
  users_.insert(line.user);
  const auto [entry, is_new] =
      index_.emplace(request_key(line.user, line.request_id, line.routing_id), requests_.size());
  if (is_new) {
    Request& request = requests_.emplace_back();
    request.name = line.request_id + " of " + line.user;
    const auto known = acknowledged_.find(line.routing_id);
    request.floor = known == acknowledged_.end() ? 0 : known->second;
  }
  open_calls_[line.call] = {entry->second, line.routing_id, line.body_hash};
}

void LedgerCheck::completed(const LedgerLine& line) {
  const auto found = open_calls_.find(line.call);
  if (found == open_calls_.end()) return;
  const Call call = std::move(found->second);
  open_calls_.erase(found);
  Request& request = requests_[call.request];
  switch (line.result.outcome) {
    case CallOutcome::ok:
      accepted(request, call, line.result);
      break;
    case CallOutcome::info:
      request.unknown = true;
      break;
    case CallOutcome::fail:
      if (line.result.status == 409 || line.result.status == 412) request.settled_refused = true;
      break;
  }
}

void LedgerCheck::accepted(Request& request, const Call& call, const CallResult& result) {
  if (result.replayed) ++report_.replays;
  Version& highest = acknowledged_[call.stream];
  highest = std::max(highest, result.version);
  if (!request.acknowledged) {
    request.acknowledged = true;
    request.accepted_body = call.body;
    request.version = result.version;
    request.position = result.position;
    if (result.version != 0 && result.version <= request.floor) {
      violation(report_.reordered, "request " + request.name + " got version " +
                                       std::to_string(result.version) + " after " +
                                       std::to_string(request.floor) + " had been acknowledged");
    }
    return;
  }
  if (request.accepted_body != call.body) {
    violation(report_.contradicted, "request " + request.name + " was accepted with two bodies");
  } else if (request.version != result.version || request.position != result.position) {
    violation(report_.contradicted, "request " + request.name + " was answered with version " +
                                        std::to_string(request.version) + " and then " +
                                        std::to_string(result.version));
  }
}

void LedgerCheck::event(const StoredEvent& event) {
  ++report_.events;
  versions_[event.stream].push_back(event.version);
  positions_[event.bucket].push_back(event.position);
  const std::string place = "event at bucket " + std::to_string(event.bucket) + " position " +
                            std::to_string(event.position);
  if (event.user.empty() || event.request_id.empty()) {
    return violation(report_.unnamed, place + " names no user or no request");
  }
  const auto found = index_.find(request_key(event.user, event.request_id, event.stream));
  if (found == index_.end()) {
    if (options_.sole_writer || users_.contains(event.user)) {
      violation(report_.phantom, place + ": nobody sent request " + event.request_id);
    }
    return;
  }
  Request& request = requests_[found->second];
  if (++request.events > 1) {
    return violation(report_.duplicated, place + ": another event of request " + request.name);
  }
  request.event_version = event.version;
  request.event_bucket = event.bucket;
  request.event_position = event.position;
}

void LedgerCheck::judge(const Request& request) {
  if (!request.acknowledged) {
    if (request.unknown) {
      ++report_.unknown;
      if (request.events > 0) ++report_.unknown_applied;
    }
    const bool refused = request.settled_refused || !request.unknown;
    if (request.events > 0 && refused) {
      violation(report_.phantom, "request " + request.name + " was refused, yet has an event");
    }
    return;
  }
  ++report_.acknowledged;
  if (request.settled_refused) {
    violation(report_.contradicted, "request " + request.name + " was both accepted and refused");
  }
  if (request.events == 0) {
    violation(report_.lost, "request " + request.name + " was acknowledged at version " +
                                std::to_string(request.version) + ", and has no event");
  } else if ((request.version != 0 && request.version != request.event_version) ||
             (!request.position.empty() &&
              !names_place(request.position, request.event_bucket, request.event_position))) {
    violation(report_.lost, "request " + request.name + " was acknowledged at version " +
                                std::to_string(request.version) + " position " + request.position +
                                ", and its event is elsewhere");
  }
}

void LedgerCheck::find_gaps(std::vector<std::uint64_t>& numbers, const std::string& owner) {
  std::sort(numbers.begin(), numbers.end());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] == i + 1) continue;
    return violation(report_.gaps, owner + ": " + std::to_string(numbers[i]) + " stands where " +
                                       std::to_string(i + 1) + " should");
  }
}

LedgerReport LedgerCheck::finish() {
  // The client died before it knew: nobody was told.
  for (const auto& [number, call] : open_calls_) requests_[call.request].unknown = true;
  report_.requests = requests_.size();
  for (const Request& request : requests_) judge(request);
  for (auto& [stream, versions] : versions_) find_gaps(versions, "stream " + stream.to_string());
  for (auto& [bucket, positions] : positions_) {
    find_gaps(positions, "bucket " + std::to_string(bucket));
  }
  return std::move(report_);
}

Result<LedgerReport, std::string> check_ledger(const std::string& ledger_file,
                                               const std::string& export_file,
                                               const CheckOptions& options) {
  LedgerCheck check(options);
  auto ledger = read_ledger(ledger_file, [&check](const LedgerLine& line) { check.line(line); });
  if (!ledger) return Err{std::move(ledger.error())};
  auto events =
      read_export(export_file, [&check](const StoredEvent& event) { check.event(event); });
  if (!events) return Err{std::move(events.error())};
  return check.finish();
}

}  // namespace pim::load
