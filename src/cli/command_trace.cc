#include "cli/command_trace.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <span>
#include <utility>

#include "api/version.h"
#include "cli/exit_code.h"
#include "telemetry/otlp_spans.h"

namespace pim::cli {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kSendLimit{1};   // one request
constexpr std::chrono::seconds kFlushLimit{1};  // before the last one is begun

std::string_view meaning_of(int exit_code) {
  switch (exit_code) {
    case kClaimFailed:
      return "claim failed";
    case kUsage:
      return "usage";
    case kEnvironment:
      return "environment";
    default:
      return "inconclusive";
  }
}

// A thread that is started meanwhile gets none of the signals that a command may wait for.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
  }
  ~BlockedSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace

// When sending has to have begun.
struct CommandTrace::Deadline {
  std::atomic<steady_clock::time_point> at{steady_clock::time_point::max()};

  // Refuses what comes later, so that a slow collector does not hold up the command's end.
  class Exporter final : public telemetry::SpanExporter {
   public:
    Exporter(std::unique_ptr<telemetry::SpanExporter> next, std::shared_ptr<Deadline> deadline)
        : next_(std::move(next)), deadline_(std::move(deadline)) {}
    bool send(std::span<const telemetry::Span> spans) override {
      return steady_clock::now() < deadline_->at.load() && next_->send(spans);
    }

   private:
    const std::unique_ptr<telemetry::SpanExporter> next_;
    const std::shared_ptr<Deadline> deadline_;
  };
};

CommandTrace::CommandTrace(const std::string& endpoint, std::string_view command) {
  if (endpoint.empty()) return;
  deadline_ = std::make_shared<Deadline>();
  auto exporter = telemetry::otlp_span_exporter(endpoint,
                                                {.service_name = "pim-cli",
                                                 .service_version = std::string(api::kVersion),
                                                 .instance_id = std::to_string(::getpid())},
                                                kSendLimit);
  {
    const BlockedSignals blocked;
    tracer_ = std::make_unique<telemetry::Tracer>(
        std::make_unique<Deadline::Exporter>(std::move(exporter), deadline_),
        telemetry::TracerOptions{});
  }
  span_.emplace(tracer_.get(), command);
}

CommandTrace::~CommandTrace() { finish(kEnvironment); }

void CommandTrace::finish(int exit_code) {
  if (!span_) return;
  span_->set("pim.exit_code", exit_code);
  if (exit_code != kOk) span_->fail(meaning_of(exit_code));
  span_.reset();
  deadline_->at = steady_clock::now() + kFlushLimit;
  tracer_.reset();
}

}  // namespace pim::cli
