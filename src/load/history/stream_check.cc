#include "load/history/stream_check.h"

#include <algorithm>
#include <utility>

namespace pim::load {

namespace {

constexpr std::size_t kFindingsKept = 20;

}  // namespace

void Findings::add(Finding finding) {
  ++report.violations[static_cast<std::size_t>(finding.violation)];
  if (list.size() < kFindingsKept) list.push_back(std::move(finding));
}

void Findings::merge(Findings&& other) {
  CheckReport& sum = report;
  const CheckReport& part = other.report;
  sum.requests += part.requests;
  sum.acknowledged += part.acknowledged;
  sum.refused += part.refused;
  sum.unknown += part.unknown;
  sum.unknown_applied += part.unknown_applied;
  sum.replays += part.replays;
  sum.reads += part.reads;
  sum.promised_reads += part.promised_reads;
  sum.compared_reads += part.compared_reads;
  sum.references += part.references;
  sum.events += part.events;
  sum.receipts += part.receipts;
  sum.unjudged += part.unjudged;
  for (std::size_t i = 0; i < kViolations; ++i) sum.violations[i] += part.violations[i];
  std::ranges::move(other.list, std::back_inserter(list));
  // Those of the earliest calls stay; what is of no call comes last.
  std::ranges::stable_sort(list, {}, [](const Finding& each) { return each.call - 1; });
  if (list.size() > kFindingsKept) list.resize(kFindingsKept);
}

void StreamCheck::violation(Violation violation, const CallRow& call, std::string what,
                            std::uint64_t other) {
  findings_.add({violation, call.call, other, kNever, std::move(what)});
}

void StreamCheck::violation(Violation violation, const EventRow& event, std::string what) {
  findings_.add({violation, 0, 0, event.line, std::move(what)});
}

void StreamCheck::run(const StreamRows& rows) {
  std::ranges::sort(rows.events, {},
                    [](const EventRow& event) { return std::pair(event.version, event.position); });
  last_version_ = rows.events.empty() ? 0 : rows.events.back().version;
  decided_.clear();
  sights_.clear();
  findings_.report.events += rows.events.size();
  findings_.report.receipts += rows.receipts.size();
  const auto reads = std::ranges::partition(
      rows.calls, [](const CallRow& call) { return call.kind == CallKind::command; });
  const std::span<CallRow> commands(rows.calls.begin(), reads.begin());
  std::ranges::sort(commands, {},
                    [](const CallRow& call) { return std::pair(call.request, call.sent); });
  check_events(rows);
  check_references(rows);
  check_requests(rows, commands);
  check_order(rows.calls);
  check_reads(rows, {reads.begin(), reads.end()});
}

void StreamCheck::check_events(const StreamRows& rows) {
  const EventRow* before = nullptr;
  bool gap_found = false;
  for (const EventRow& event : rows.events) {
    const Version expected = before == nullptr ? 1 : before->version + 1;
    if (event.version != expected && !std::exchange(gap_found, true)) {
      violation(Violation::gap, event,
                "version " + std::to_string(event.version) + " stands where version " +
                    std::to_string(expected) + " of its stream should");
    }
    if (event.bucket != bucket_of_key(event.stream)) {
      violation(Violation::misplaced, event,
                "its stream is of bucket " + std::to_string(bucket_of_key(event.stream)));
    } else if (before != nullptr && before->bucket == event.bucket &&
               before->position >= event.position) {
      violation(Violation::reordered, event,
                "version " + std::to_string(before->version) +
                    " of its stream stands behind it, at position " +
                    std::to_string(before->position));
    }
    if (event.request == 0) violation(Violation::unnamed, event, "it names no user or no request");
    before = &event;
  }
}

// Judged by the version that the event recorded: the local copy may be some seconds old.
void StreamCheck::check_references(const StreamRows& rows) {
  const auto retired = std::ranges::find(rows.events, true, &EventRow::retires);
  for (const ReferenceRow& reference : rows.references) {
    ++findings_.report.references;
    std::string what = "it was decided on version " + std::to_string(reference.version) +
                       " of a provider or facility, which ";
    if (reference.version == 0 || reference.version > last_version_) {
      what += "has " + std::to_string(last_version_) + " versions";
    } else if (retired != rows.events.end() && retired->version <= reference.version) {
      what += "was out of use from version " + std::to_string(retired->version) + " on";
    } else {
      continue;
    }
    findings_.add({Violation::inactive, 0, 0, reference.line, std::move(what)});
  }
}

}  // namespace pim::load
