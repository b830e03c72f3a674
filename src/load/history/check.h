// Holds a history against what the store exported: was anything acknowledged lost, done twice, done
// without having been asked, or told otherwise than it is? docs/history-check.md says each rule.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/result.h"

namespace pim::load {

enum class Violation : std::uint8_t {
  lost,            // acknowledged, and its event is not there as acknowledged
  duplicated,      // more than one event of a request
  phantom,         // an event that nobody asked for, or whose request was refused
  unnamed,         // an event without user or request
  gap,             // versions of a stream, or positions of a bucket, are not 1 to n
  reordered,       // told before another was sent, yet not before it
  contradicted,    // two answers to one request differ, or two bodies were accepted
  unreceipted,     // acknowledged, and no receipt says so: a repetition would be done again
  baseless,        // refused for a state that never came to be, or was no more
  stale_accepted,  // accepted although If-Match named another version
  misplaced,       // an event in a bucket that is not its stream's
  inactive,        // decided on a provider or facility that was out of use, or unknown
  stale_read,      // older than the position that it asked for
  went_back,       // older than what the same client had read before
  read_ahead,      // of a version that the store does not have
  read_differs,    // two answers to one question at one version
};
inline constexpr std::size_t kViolations = 16;
std::string_view to_string(Violation violation);  // `stale-read`

struct CheckReport {
  std::uint64_t calls = 0;
  std::uint64_t requests = 0;      // distinct commands
  std::uint64_t acknowledged = 0;  // requests answered 2xx at least once: all of them are checked
  std::uint64_t refused = 0;       // requests that were refused for good
  std::uint64_t unknown = 0;       // requests whose outcome nobody was told
  // Of these, how many have an event. Rightful after a kill; after an orderly end each is a request
  // that was taken in and then cut.
  std::uint64_t unknown_applied = 0;
  std::uint64_t replays = 0;         // calls answered from a receipt
  std::uint64_t reads = 0;           // answered, about one stream, with its version
  std::uint64_t promised_reads = 0;  // of these, with a position that they had to reach
  std::uint64_t compared_reads = 0;  // of these, held against another answer at the same version
  std::uint64_t references = 0;      // decisions on a provider's or facility's version
  std::uint64_t events = 0;
  std::uint64_t receipts = 0;

  // False: the history's writer died, and its last calls may be missing. Then events that nobody
  // asked for are no phantoms but `unjudged`.
  bool whole = true;
  std::uint64_t unjudged = 0;

  std::array<std::uint64_t, kViolations> violations{};
  std::vector<std::string> findings;  // the first 20, for people

  std::uint64_t count(Violation violation) const {
    return violations[static_cast<std::size_t>(violation)];
  }
  bool clean() const;
  // What was looked at, by name, in a fixed order.
  std::vector<std::pair<std::string_view, std::uint64_t>> counts() const;
  // "acknowledged checked N, lost N, duplicated N, phantom N", and the others where not 0.
  std::string summary() const;
};

// Counts and findings, for people; and as one JSON object.
std::string to_text(const CheckReport& report);
std::string to_json(const CheckReport& report);

struct CheckOptions {
  // Nobody but the history's clients wrote to the store. Where false, events of users that the
  // history does not know are not called phantoms.
  bool sole_writer = true;
};

// `export_file` is what `pim audit export` wrote after the last call. Every command of the history
// must be one that causes one event. Time is linear in both files, but for sorting within a stream;
// memory is a 64th of the rows (docs/formats/history.md), and temporary files hold the others.
// Reads both files on all cores.
Result<CheckReport, std::string> check_history(const std::string& history_file,
                                               const std::string& export_file,
                                               const CheckOptions& options = {});

}  // namespace pim::load
