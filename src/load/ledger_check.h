// Holds a ledger against the history that a store exported: was anything acknowledged lost, done
// twice, or done without having been asked?
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"
#include "load/export_reader.h"
#include "load/ledger.h"

namespace pim::load {

struct LedgerReport {
  std::uint64_t calls = 0;
  std::uint64_t requests = 0;      // distinct ones
  std::uint64_t acknowledged = 0;  // requests answered 2xx at least once: all of them are checked
  std::uint64_t unknown = 0;       // requests whose outcome nobody was told
  // Of these, how many have an event. Rightful after a kill; after an orderly end each is a request
  // that was taken in and then cut.
  std::uint64_t unknown_applied = 0;
  std::uint64_t replays = 0;  // calls answered from a receipt
  std::uint64_t events = 0;

  // Violations; 0 where all is well.
  std::uint64_t lost = 0;          // acknowledged, and its event is not there as acknowledged
  std::uint64_t duplicated = 0;    // more than one event of a request
  std::uint64_t phantom = 0;       // an event that nobody asked for, or whose request was refused
  std::uint64_t unnamed = 0;       // an event without user or request
  std::uint64_t gaps = 0;          // versions of a stream, or positions of a bucket, are not 1 to n
  std::uint64_t reordered = 0;     // acknowledged before another was sent, yet not before it
  std::uint64_t contradicted = 0;  // two answers to one request differ, or two bodies were accepted

  std::vector<std::string> findings;  // the first 20, for people
  bool clean() const {
    return lost + duplicated + phantom + unnamed + gaps + reordered + contradicted == 0;
  }
  // "acknowledged checked N, lost N, duplicated N, phantom N", and the others where not 0.
  std::string summary() const;
};

struct CheckOptions {
  // Nobody but the ledger's writers wrote to the store. Where false, events of users that the
  // ledger does not know are not called phantoms.
  bool sole_writer = true;
};

// Feed the whole ledger in order, then the events in any order, then finish(). Every command of the
// ledger must be one that causes one event. Linear in both, but for the sorting of versions.
class LedgerCheck {
 public:
  explicit LedgerCheck(CheckOptions options = {}) : options_(options) {}
  void line(const LedgerLine& line);
  void event(const StoredEvent& event);
  LedgerReport finish();

 private:
  // All calls with the same user, request id and stream.
  struct Request {
    std::string name;  // for findings
    bool acknowledged = false;
    bool unknown = false;          // a call's outcome is not known
    bool settled_refused = false;  // 409 or 412: kept in a receipt, so true of every call
    std::string accepted_body;     // hash
    std::string position;          // as acknowledged
    Version version = 0;           // as acknowledged; 0: not told
    Version floor = 0;             // acknowledged in its stream before its first call
    std::uint64_t events = 0;
    Version event_version = 0;
    std::uint32_t event_bucket = 0;
    std::uint64_t event_position = 0;
  };
  struct Call {
    std::size_t request = 0;
    Uuid stream;
    std::string body;  // hash
  };

  void invoked(const LedgerLine& line);
  void completed(const LedgerLine& line);
  void accepted(Request& request, const Call& call, const CallResult& result);
  void judge(const Request& request);
  void find_gaps(std::vector<std::uint64_t>& numbers, const std::string& owner);
  void violation(std::uint64_t& counter, const std::string& finding);

  CheckOptions options_;
  LedgerReport report_;
  std::vector<Request> requests_;
  std::unordered_map<std::string, std::size_t> index_;  // by request_key()
  std::unordered_set<std::string> users_;
  std::unordered_map<std::uint64_t, Call> open_calls_;
  std::unordered_map<Uuid, Version> acknowledged_;  // the highest version, by stream
  std::unordered_map<Uuid, std::vector<std::uint64_t>> versions_;
  std::map<std::uint32_t, std::vector<std::uint64_t>> positions_;  // by bucket
};

// Both files; `export_file` is what `pim audit export` wrote.
Result<LedgerReport, std::string> check_ledger(const std::string& ledger_file,
                                               const std::string& export_file,
                                               const CheckOptions& options = {});

}  // namespace pim::load
