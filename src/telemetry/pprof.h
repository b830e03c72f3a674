// A profile as pprof's profile.proto, not compressed: docs/formats/profile.md has its fields.
#pragma once

#include <string>

#include "telemetry/profile.h"
#include "telemetry/symbolizer.h"

namespace pim::telemetry {

struct PprofOptions {
  // Pyroscope makes a series of each set of labels but `span_id`: one a trace would be too many.
  bool trace_ids = true;
};

// May take the symbolizer's patience.
std::string encode_pprof(const Profile& profile, Symbolizer& symbolizer,
                         const PprofOptions& options = {});

}  // namespace pim::telemetry
