// Reads a pprof back, by the field numbers of profile.proto and with nothing of the encoder's.
// Source: https://github.com/google/pprof/blob/main/proto/profile.proto
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pim::telemetry {

struct PprofFrame {
  std::string function;
  std::string file;
  std::int64_t line = 0;
};

struct PprofSample {
  std::vector<PprofFrame> frames;  // innermost first, inlined ones among them
  std::vector<std::int64_t> values;
  std::map<std::string, std::string> labels;

  bool has(std::string_view part_of_function) const;
};

struct PprofMapping {
  std::uint64_t start = 0;
  std::uint64_t limit = 0;
  std::string file;
  std::string build_id;
};

struct Pprof {
  std::vector<std::pair<std::string, std::string>> sample_types;  // type, unit
  std::vector<PprofSample> samples;
  std::vector<PprofMapping> mappings;
  std::pair<std::string, std::string> period_type;
  std::int64_t period = 0;
  std::int64_t time_nanos = 0;
  std::int64_t duration_nanos = 0;

  // Of the samples that have such a function, and of all.
  std::int64_t ticks(std::string_view part_of_function = {}) const;
};

// Throws std::runtime_error where the bytes are no profile, or a reference leads nowhere.
Pprof read_pprof(std::string_view bytes);

}  // namespace pim::telemetry
