// Reads: each is a prefix of the stream, as long as was promised, and never goes back.
#include <algorithm>
#include <tuple>
#include <vector>

#include "load/history/stream_check.h"

namespace pim::load {
namespace {

// A 404 is an answer, too: version 0.
bool tells_version(const CallRow& read) {
  return read.outcome == CallOutcome::ok ? read.version != 0 : read.status == 404;
}

}  // namespace

void StreamCheck::check_reads(const StreamRows& rows, std::span<CallRow> reads) {
  const auto silent = std::ranges::partition(reads, tells_version);
  reads = {reads.begin(), silent.begin()};
  for (const CallRow& read : reads) {
    ++findings_.report.reads;
    if (read.version > last_version_) {
      violation(Violation::read_ahead, read,
                "it was answered with version " + std::to_string(read.version) +
                    ", and the stream came to version " + std::to_string(last_version_) + " only");
    }
    if (read.expected != 0 && read.version > read.expected) {
      violation(Violation::read_differs, read,
                "it asked for version " + std::to_string(read.expected) + ", and got version " +
                    std::to_string(read.version));
    }
    check_promise(rows, read);
  }
  check_answers_alike(reads);
  check_clients(reads);
}

// A position stands for everything in the bucket up to it.
void StreamCheck::check_promise(const StreamRows& rows, const CallRow& read) {
  if (read.expected != 0 || read.min_position == 0 ||
      read.min_bucket != bucket_of_key(read.stream)) {
    return;
  }
  ++findings_.report.promised_reads;
  const auto beyond =
      std::ranges::upper_bound(rows.events, read.min_position, {}, &EventRow::position);
  const Version promised = beyond == rows.events.begin() ? 0 : (beyond - 1)->version;
  if (read.version >= promised) return;
  violation(Violation::stale_read, read,
            "it asked for position " + std::to_string(read.min_position) +
                " at least, which is version " + std::to_string(promised) +
                ", and was answered with version " + std::to_string(read.version));
}

// The read model at a version, asked twice or held against the history at that version.
void StreamCheck::check_answers_alike(std::span<CallRow> reads) {
  const auto question = [](const CallRow& read) {
    return std::pair(read.fingerprint, read.version);
  };
  std::ranges::sort(reads, {}, [&](const CallRow& read) {
    return std::tuple(read.fingerprint, read.version, read.sent);
  });
  const CallRow* first = nullptr;
  bool counted = false;
  for (const CallRow& read : reads) {
    if (read.answer == 0) continue;
    if (first == nullptr || question(*first) != question(read)) {
      first = &read;
      counted = false;
      continue;
    }
    findings_.report.compared_reads += std::exchange(counted, true) ? 1 : 2;
    if (read.answer == first->answer) continue;
    violation(Violation::read_differs, read,
              "it showed version " + std::to_string(read.version) +
                  " otherwise than another answer to the same question",
              first->call);
  }
}

void StreamCheck::check_clients(std::span<CallRow> reads) {
  // A read of the history shows what it was asked for.
  const auto of_history =
      std::ranges::partition(reads, [](const CallRow& read) { return read.expected == 0; });
  reads = {reads.begin(), of_history.begin()};
  std::ranges::sort(reads, {},
                    [](const CallRow& read) { return std::pair(read.client, read.answered); });
  by_sent_.clear();
  for (const CallRow& read : reads) by_sent_.push_back(&read);
  std::ranges::sort(by_sent_, {},
                    [](const CallRow* read) { return std::pair(read->client, read->sent); });
  std::size_t next = 0;
  const CallRow* highest = nullptr;
  for (const CallRow* read : by_sent_) {
    if (highest != nullptr && highest->client != read->client) highest = nullptr;
    for (; next < reads.size() && std::pair(reads[next].client, reads[next].answered) <
                                      std::pair(read->client, read->sent);
         ++next) {
      if (reads[next].client != read->client) continue;
      if (highest == nullptr || reads[next].version > highest->version) highest = &reads[next];
    }
    if (highest == nullptr || read->version >= highest->version) continue;
    violation(Violation::went_back, *read,
              "it was answered with version " + std::to_string(read->version) +
                  ", and the same client had read version " + std::to_string(highest->version),
              highest->call);
  }
}

}  // namespace pim::load
