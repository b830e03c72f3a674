// Commands: every call of a request against its event and its receipt.
#include <algorithm>

#include "load/history/stream_check.h"

namespace pim::load {
namespace {

// What the store keeps of a refusal, so that a repetition gets it again.
bool leaves_receipt(const CallRow& call) {
  return call.outcome == CallOutcome::fail && (call.status == 409 || call.status == 412);
}

std::string place_told(const CallRow& call) {
  return "version " + std::to_string(call.version) + ", position " +
         Position{call.bucket, call.epoch, call.position}.to_string();
}

bool told_of(const CallRow& call, const EventRow& event) {
  return (call.version == 0 || call.version == event.version) &&
         (call.position == 0 || (call.bucket == event.bucket && call.position == event.position));
}

// A refusal's receipt is kept for a day: after it the request may be decided again.
bool within_a_day(const CallRow& first, const CallRow& second) {
  constexpr std::int64_t kAlmostADay = 23LL * 3600 * 1'000'000'000;
  return second.answered_at - first.answered_at < kAlmostADay;
}

template <class Row>
std::span<const Row> take_request(std::span<const Row>& rows, std::uint64_t request) {
  const auto begin =
      std::ranges::find_if(rows, [request](const Row& row) { return row.request >= request; });
  const auto end =
      std::find_if(begin, rows.end(), [request](const Row& row) { return row.request != request; });
  rows = {end, rows.end()};
  return {begin, end};
}

}  // namespace

void StreamCheck::check_requests(const StreamRows& rows, std::span<const CallRow> commands) {
  by_request_.assign(rows.events.begin(), rows.events.end());
  std::ranges::stable_sort(by_request_, {}, &EventRow::request);
  std::ranges::sort(rows.receipts, {}, &ReceiptRow::request);
  std::span<const EventRow> events = by_request_;
  std::span<const ReceiptRow> receipts = rows.receipts;
  for (; !events.empty() && events.front().request == 0; events = events.subspan(1)) {
  }

  for (std::size_t i = 0; i < commands.size();) {
    const std::uint64_t key = commands[i].request;
    std::size_t end = i;
    while (end < commands.size() && commands[end].request == key) ++end;
    for (; !events.empty() && events.front().request < key; events = events.subspan(1)) {
      judge_stranger(events.front());
    }
    Request request;
    request.calls = commands.subspan(i, end - i);
    request.events = take_request(events, key);
    const auto kept = take_request(receipts, key);
    if (!kept.empty()) request.receipt = &kept.front();
    for (const CallRow& call : request.calls) {
      if (call.outcome == CallOutcome::ok && request.accepted == nullptr) request.accepted = &call;
      if (leaves_receipt(call) && request.refused == nullptr) request.refused = &call;
      if (call.outcome == CallOutcome::info) request.unknown = true;
      if (call.replayed) ++findings_.report.replays;
    }
    judge(request);
    i = end;
  }
  for (const EventRow& event : events) judge_stranger(event);
}

void StreamCheck::judge_stranger(const EventRow& event) {
  if (!context_.sole_writer && !std::ranges::binary_search(context_.users, event.user)) return;
  if (!context_.whole) {
    ++findings_.report.unjudged;
    return;
  }
  violation(Violation::phantom, event, "nobody sent its request");
}

void StreamCheck::judge(const Request& request) {
  CheckReport& report = findings_.report;
  ++report.requests;
  const CallRow& first = request.calls.front();
  for (std::size_t i = 1; i < request.events.size(); ++i) {
    violation(Violation::duplicated, first,
              "it has an event at version " + std::to_string(request.events[0].version) +
                  " and another at version " + std::to_string(request.events[i].version));
  }
  if (request.accepted != nullptr) {
    ++report.acknowledged;
    judge_accepted(request);
  } else {
    if (request.refused != nullptr) ++report.refused;
    if (request.unknown) ++report.unknown;
    if (request.unknown && !request.events.empty()) ++report.unknown_applied;
    if (!request.events.empty() && (request.refused != nullptr || !request.unknown)) {
      violation(Violation::phantom, request.refused != nullptr ? *request.refused : first,
                "it was refused, and has an event at version " +
                    std::to_string(request.events[0].version));
    }
  }
  if (request.refused != nullptr && request.accepted == nullptr) judge_refused(request);
  judge_answers(request);
  if (!request.events.empty()) decided_.push_back({&first, request.events[0].version, false});
}

void StreamCheck::judge_accepted(const Request& request) {
  const CallRow& told = *request.accepted;
  if (request.events.empty()) {
    violation(Violation::lost, told,
              "it was acknowledged at " + place_told(told) + ", and has no event");
  } else if (std::ranges::none_of(request.events,
                                  [&](const EventRow& event) { return told_of(told, event); })) {
    violation(Violation::lost, told,
              "it was acknowledged at " + place_told(told) + ", and its event is at version " +
                  std::to_string(request.events[0].version) + ", position " +
                  std::to_string(request.events[0].position));
  }
  // A creation has no version to insist on.
  if (told.expected != 0 && !request.events.empty()) {
    const Version version = request.events[0].version;
    if (version > 1 && version != told.expected + 1) {
      violation(Violation::stale_accepted, told,
                "it insisted on version " + std::to_string(told.expected) +
                    ", and was accepted at version " + std::to_string(version));
    }
  }
  judge_receipt(request);
}

void StreamCheck::judge_receipt(const Request& request) {
  const CallRow& told = *request.accepted;
  const ReceiptRow* receipt = request.receipt;
  std::string what;
  if (receipt == nullptr) {
    what = "the store has no receipt of it";
  } else if (receipt->status >= 300) {
    what = "its receipt is of a refusal, " + std::to_string(receipt->status);
  } else if ((told.version != 0 && receipt->version != told.version) ||
             (told.position != 0 &&
              (receipt->position != told.position || receipt->epoch != told.epoch))) {
    what = "its receipt is of version " + std::to_string(receipt->version) + ", position " +
           Position{bucket_of_key(told.stream), receipt->epoch, receipt->position}.to_string();
  } else if (receipt->fingerprint != told.fingerprint) {
    what = "its receipt is of another method, path, body or If-Match";
  } else {
    return;
  }
  violation(Violation::unreceipted, told,
            "it was acknowledged at " + place_told(told) + ", and " + what);
}

void StreamCheck::judge_refused(const Request& request) {
  const CallRow& told = *request.refused;
  const ReceiptRow* receipt = request.receipt;
  const std::string status = std::to_string(told.status);
  if (told.status == 412 && told.version != 0 && told.version == told.expected) {
    violation(Violation::baseless, told,
              "it insisted on version " + std::to_string(told.expected) +
                  ", and was refused because the version was that");
  } else if (told.status == 412 && told.version > last_version_) {
    violation(Violation::baseless, told,
              "it was refused at version " + std::to_string(told.version) +
                  ", and the stream came to version " + std::to_string(last_version_) + " only");
  } else if (receipt == nullptr) {
    if (told.answered_at < context_.refusals_kept_since) return;
    violation(Violation::baseless, told,
              "it was refused with " + status + ", and the store has no receipt of it");
  } else if (receipt->status != told.status) {
    violation(Violation::baseless, told,
              "it was refused with " + status + ", and its receipt says " +
                  std::to_string(receipt->status));
  } else if (receipt->version > last_version_) {
    violation(Violation::baseless, told,
              "it was refused at version " + std::to_string(receipt->version) +
                  ", and the stream came to version " + std::to_string(last_version_) + " only");
  } else {
    decided_.push_back({&request.calls.front(), receipt->version, true});
    sights_.push_back({told.answered, receipt->version, told.call});
  }
}

// The same request gets the same answer, and no other request passes under its id.
void StreamCheck::judge_answers(const Request& request) {
  const CallRow* first = request.accepted != nullptr ? request.accepted : request.refused;
  if (first == nullptr) return;
  const bool is_accepted = request.accepted != nullptr;
  bool carried_out = is_accepted && !first->replayed;
  for (const CallRow& call : request.calls) {
    if (&call == first) continue;
    const bool same_request = call.fingerprint == first->fingerprint;
    std::string what;
    if (call.outcome == CallOutcome::ok) {
      if (!same_request) {
        what = "it was accepted with another method, path, body or If-Match, too";
      } else if (call.version != first->version || call.position != first->position ||
                 call.epoch != first->epoch || call.answer != first->answer) {
        what = "it was answered with " + place_told(first[0]) + ", and then with " +
               place_told(call) + (call.answer != first->answer ? " and another body" : "");
      } else if (!call.replayed && (carried_out || first->answered < call.sent)) {
        what = "it was carried out, not replayed, although it had been acknowledged";
      }
      carried_out = carried_out || !call.replayed;
    } else if (call.status == 422 && same_request) {
      what = "it was refused as another request under its id, and is the same";
    } else if (is_accepted && leaves_receipt(call)) {
      what = "it was accepted, and refused with " + std::to_string(call.status);
    } else if (is_accepted && call.status == 404 && same_request && first->answered < call.sent) {
      what = "it was accepted, and is not found when it is sent again";
    } else if (!is_accepted && leaves_receipt(call) && within_a_day(*first, call) &&
               (!same_request || call.status != first->status || call.problem != first->problem ||
                call.version != first->version)) {
      what = same_request ? "it was refused in two ways"
                          : "two requests under one id were refused by the state";
    }
    if (!what.empty()) violation(Violation::contradicted, call, std::move(what), first->call);
  }
}

}  // namespace pim::load
