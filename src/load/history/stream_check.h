// The rules, on one stream at a time: everything that was asked of it and told about it, and what
// the store has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "load/history/check.h"
#include "load/history/rows.h"

namespace pim::load {

// What a finding is about: its texts are looked up once the check is done.
struct Finding {
  Violation violation = Violation::lost;
  std::uint64_t call = 0;       // 0: none
  std::uint64_t other = 0;      // another call that it contradicts; 0: none
  std::uint64_t line = kNever;  // of an event in the export
  std::string what;
};

struct Findings {
  CheckReport report;  // counts only
  std::vector<Finding> list;

  void add(Finding finding);
  void merge(Findings&& other);  // of later partitions
};

struct CheckContext {
  bool whole = true;
  bool sole_writer = true;
  std::vector<std::uint64_t> users;  // ascending: whoever called
  // Refusals told later than this (ns since the run's start) must still have their receipt.
  std::int64_t refusals_kept_since = 0;
};

// In any order.
struct StreamRows {
  std::span<CallRow> calls;
  std::span<EventRow> events;
  std::span<ReceiptRow> receipts;
  std::span<const ReferenceRow> references;
};

// Sorts the rows. Not thread-safe: it keeps its scratch memory from one stream to the next.
class StreamCheck {
 public:
  // Both outlive it.
  StreamCheck(const CheckContext& context, Findings& findings)
      : context_(context), findings_(findings) {}
  void run(const StreamRows& rows);

 private:
  // All calls with one request id.
  struct Request {
    std::span<const CallRow> calls;  // by when they were sent
    std::span<const EventRow> events;
    const ReceiptRow* receipt = nullptr;
    const CallRow* accepted = nullptr;  // the first 2xx
    const CallRow* refused = nullptr;   // the first 409 or 412: kept in a receipt
    bool unknown = false;               // a call's outcome is not known
  };
  // Somebody knew that the stream was at `version`.
  struct Sight {
    std::uint64_t known = 0;  // the record that told it
    Version version = 0;
    std::uint64_t call = 0;
  };

  // What came of a request that was first sent then.
  struct Decision {
    const CallRow* first = nullptr;
    Version version = 0;  // of its event, or of the state that refused it
    bool is_refusal = false;
  };

  // stream_check.cc
  void check_events(const StreamRows& rows);
  void check_references(const StreamRows& rows);
  // request_check.cc
  void check_requests(const StreamRows& rows, std::span<const CallRow> commands);
  void judge(const Request& request);
  void judge_accepted(const Request& request);
  void judge_refused(const Request& request);
  void judge_receipt(const Request& request);
  void judge_answers(const Request& request);
  void judge_stranger(const EventRow& event);
  // order_check.cc
  void check_order(std::span<const CallRow> calls);
  // read_check.cc
  void check_reads(const StreamRows& rows, std::span<CallRow> reads);
  void check_promise(const StreamRows& rows, const CallRow& read);
  void check_answers_alike(std::span<CallRow> reads);
  void check_clients(std::span<CallRow> reads);

  void violation(Violation violation, const CallRow& call, std::string what,
                 std::uint64_t other = 0);
  void violation(Violation violation, const EventRow& event, std::string what);

  const CheckContext& context_;
  Findings& findings_;
  Version last_version_ = 0;
  std::vector<EventRow> by_request_;
  std::vector<Decision> decided_;
  std::vector<Sight> sights_;
  std::vector<const CallRow*> by_sent_;
};

}  // namespace pim::load
