// Structured logs: one line a fact, JSON on a pipe and readable text on a terminal, to stderr.
// Never a patient identifier: buckets and shards only.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "telemetry/trace.h"

namespace pim::telemetry {

enum class Level { debug, info, warn, error };

using LogField = std::pair<std::string_view, std::string>;

// Thread-safe; a line is written whole. A flood (over 200 lines a second) is cut and counted.
void log(Level level, std::string_view message, std::initializer_list<LogField> fields = {},
         const TraceContext* trace = nullptr);
void set_log_level(Level level);

}  // namespace pim::telemetry
