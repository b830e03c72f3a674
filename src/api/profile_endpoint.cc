#include "api/profile_endpoint.h"

#include <optional>
#include <utility>

#include "api/ascii.h"
#include "api/problem.h"
#include "api/target.h"
#include "telemetry/pprof.h"

namespace pim::api {
namespace {

constexpr std::chrono::seconds kUsualTime{14};  // what Pyroscope and Grafana Alloy ask for
constexpr std::chrono::seconds kLongestTime{60};

// nullopt: another parameter, twice the same, or no such number.
std::optional<std::chrono::seconds> time_asked_for(std::string_view text) {
  const auto target = parse_target(text);
  if (!target || target->query.size() > 1) return std::nullopt;
  if (target->query.empty()) return kUsualTime;
  const auto& [name, value] = target->query.front();
  const auto number = parse_decimal(value);
  if (name != "seconds" || !number || *number < 1) return std::nullopt;
  if (*number > static_cast<std::uint64_t>(kLongestTime.count())) return std::nullopt;
  return std::chrono::seconds(*number);
}

}  // namespace

void ProfileEndpoint::handle(const std::shared_ptr<Call>& call, Answer answer) {
  if (profiler_ == nullptr) {
    return answer(call, call->problem(Problem::of(problems::kProfilerOff)));
  }
  const auto time = time_asked_for(call->request().target);
  if (!time) {
    return answer(
        call, call->problem(Problem::of(problems::kBadParameter,
                                        "seconds: must be an integer from 1 to 60.", "seconds")));
  }
  bool taken = false;
  {
    const std::lock_guard lock(mutex_);
    taken = !stopping_ && running_ < kAtATime;
    if (taken) ++running_;
  }
  taken = taken && workers_.submit([this, call, answer, time = *time] {
    Response response = record(*call, time);
    {
      const std::lock_guard lock(mutex_);
      --running_;
    }
    answer(call, std::move(response));
  });
  if (taken) return;
  answer(call, call->problem(Problem::of(problems::kOverloaded,
                                         "Two profiles are being recorded: that is all at a "
                                         "time.")));
}

Response ProfileEndpoint::record(const Call& call, std::chrono::seconds time) {
  telemetry::Profiler::Recording recording(*profiler_);
  {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, time, [this] { return stopping_; })) {
      return call.problem(Problem::of(problems::kDraining));
    }
  }
  Response response;
  response.content_type = "application/octet-stream";
  response.body = telemetry::encode_pprof(recording.take(), symbolizer_);
  add_header(response, "content-disposition", "attachment; filename=\"pim.pprof\"");
  return response;
}

void ProfileEndpoint::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  workers_.stop();
}

}  // namespace pim::api
