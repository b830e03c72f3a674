// The program's log: structured, one line a fact, to stderr unless it says otherwise; and to a back
// end where one is configured. Never a patient identifier: buckets and shards only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "telemetry/log_record.h"
#include "telemetry/trace.h"

namespace pim::telemetry {

class LogSender;

using LogField = std::pair<std::string_view, std::string>;  // the name is a literal

// Thread-safe. The record is of `trace`; where that is null, of the thread's current span. What is
// cut from a flood (over 200 lines a second of a level) goes nowhere, and is counted.
void log(Level level, std::string_view message, std::initializer_list<LogField> fields = {},
         const TraceContext* trace = nullptr);
void log(LogRecord record);
// As a line only: the back end has it already.
void log_line(const LogRecord& record);

void set_log_level(Level level);
void set_log_output(int descriptor);
// From here on records go to `sender` as well; null: no more, and nobody is at it any longer.
void forward_logs(LogSender* sender);

// Lines that were not written, since the start.
struct DroppedLines {
  std::uint64_t in_floods = 0;
  std::uint64_t unread = 0;  // nobody read what was written before
};
DroppedLines dropped_lines();

}  // namespace pim::telemetry
