// The calls of a run in its history: one an attempt.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "load/history/history.h"
#include "load/run/ask.h"
#include "load/run/operation.h"
#include "load/run/reply_head.h"
#include "load/run/run_options.h"

namespace pim::load {

class CallLog {
 public:
  // `history` outlives it.
  CallLog(HistoryWriter& history, const std::vector<LoadUser>& users);

  // Before the request is sent; `connection` is the client, as it has one call at a time.
  void invoke(Ask& request, std::size_t connection, std::chrono::nanoseconds now);
  void answered(const Ask& request, int status, const ReplyHead& head, std::string_view body,
                std::string_view problem, std::chrono::nanoseconds now);
  // `sent`: it may have been carried out.
  void unanswered(const Ask& request, bool sent, std::chrono::nanoseconds now);

 private:
  HistoryWriter& history_;
  std::array<Name, kOperations.size()> operations_{};
  std::vector<Name> users_;
};

}  // namespace pim::load
