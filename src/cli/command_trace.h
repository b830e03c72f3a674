// The trace of one command: what `pim audit verify` was doing, to an OpenTelemetry Collector.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/scoped_span.h"

namespace pim::cli {

// For one thread. What the command does while this lives are parts of its span: ScopedSpan.
class CommandTrace {
 public:
  // `command`: "pim audit verify". Always kept; `endpoint` empty: nothing is, and nothing is sent.
  CommandTrace(const std::string& endpoint, std::string_view command);
  ~CommandTrace();
  CommandTrace(const CommandTrace&) = delete;
  CommandTrace& operator=(const CommandTrace&) = delete;

  // Ends the command's span, which has failed where the code is not 0, and sends what is left, for
  // two seconds at most. What follows is ignored.
  void finish(int exit_code);

 private:
  std::unique_ptr<telemetry::Tracer> tracer_;
  std::optional<telemetry::ScopedSpan> span_;
  struct Deadline;
  std::shared_ptr<Deadline> deadline_;
};

}  // namespace pim::cli
