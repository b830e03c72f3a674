// What back ends give back of a signal.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace pim::stack {

// One log record as Loki gives it back.
struct LogLine {
  std::int64_t time_ns = 0;
  std::string text;
  std::map<std::string, std::string> labels;  // of the stream, and the structured metadata
};

// An exemplar as Mimir gives it back.
struct Exemplar {
  std::map<std::string, std::string> series;
  std::map<std::string, std::string> labels;  // trace_id, span_id
  double value = 0;
};

}  // namespace pim::stack
