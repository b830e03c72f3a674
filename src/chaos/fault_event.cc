#include "chaos/fault_event.h"

#include <utility>
#include <vector>

#include "domain/ids.h"
#include "telemetry/event.h"

namespace pim::chaos {

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::began:
      return "began";
    case Phase::ended:
      return "ended";
    case Phase::failed:
      return "failed";
  }
  return {};
}

std::string to_text(const ParameterTexts& texts) {
  std::string all;
  for (const auto& [name, text] : texts) {
    if (!all.empty()) all += ' ';
    all.append(name).append("=").append(text);
  }
  return all;
}

std::string to_rfc3339(const Moment& moment) {
  using std::chrono::milliseconds;
  const auto since = std::chrono::floor<milliseconds>(moment.wall.time_since_epoch());
  return UtcMillis{since.count()}.to_string();
}

telemetry::LogRecord fault_event(const FaultNews& news) {
  const auto& truth = news.truth;
  std::vector<telemetry::Attribute> attributes{{"kind", truth.kind},
                                               {"target", truth.target},
                                               {"pim.phase", std::string(to_string(news.phase))}};
  if (!truth.parameters.empty()) attributes.push_back({"parameters", to_text(truth.parameters)});
  if (truth.from) attributes.push_back({"pim.from", to_rfc3339(*truth.from)});
  if (truth.to) attributes.push_back({"pim.to", to_rfc3339(*truth.to)});
  if (truth.hits) attributes.push_back({"pim.hits", static_cast<std::int64_t>(*truth.hits)});
  if (!news.problem.empty()) attributes.push_back({"problem", news.problem});
  auto time = std::chrono::system_clock::now();
  if (news.phase == Phase::began && truth.from) time = truth.from->wall;
  if (news.phase == Phase::ended && truth.to) time = truth.to->wall;
  auto record = telemetry::event(
      telemetry::EventName::fault, time,
      truth.kind + " " + std::string(to_string(news.phase)) + " on " + truth.target,
      std::move(attributes));
  if (news.phase == Phase::failed) record.level = telemetry::Level::error;
  return record;
}

}  // namespace pim::chaos
