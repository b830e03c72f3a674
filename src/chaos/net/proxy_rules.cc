#include "chaos/net/proxy_rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "chaos/kind.h"

namespace pim::chaos {
namespace {

// From -1 to 1, evenly, the same in every run.
double spread(std::uint32_t turn) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  const double place = turn * kGoldenRatio;
  return 2 * (place - std::floor(place)) - 1;
}

}  // namespace

Result<RuleId, std::string> ProxyRules::add(std::string_view kind, const ParameterTexts& texts) {
  const auto* known = find_kind(kind);
  if (known == nullptr || known->need != Need::proxy) {
    return Err{"a fault proxy knows no '" + std::string(kind) + "'"};
  }
  const auto parameters = Parameters::read(known->parameters, texts);
  if (!parameters) return Err{parameters.error().message};
  Rule rule;
  rule.kind = kind;
  if (kind != "net-reset" && kind != "net-cut") rule.direction = parameters->text("direction");
  if (kind == "net-delay") {
    rule.delay = parameters->duration("delay");
    rule.jitter = parameters->duration("jitter");
  } else if (kind == "net-loss") {
    rule.delay = parameters->duration("stall");
  } else if (kind == "net-bandwidth") {
    rule.bytes_per_second = parameters->number("rate");
  }
  if (kind == "net-loss" || kind == "net-reset") {
    rule.share = EverySoMany(parameters->number("percent"));
  }
  RuleId id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = next_++;
    rules_.emplace(id, std::move(rule));
  }
  changed_();
  return id;
}

void ProxyRules::remove(RuleId rule) {
  {
    const std::lock_guard lock(mutex_);
    rules_.erase(rule);
  }
  changed_();
}

std::uint64_t ProxyRules::hits(RuleId rule) {
  const std::lock_guard lock(mutex_);
  const auto found = rules_.find(rule);
  return found == rules_.end() ? 0 : found->second.hits;
}

Passage ProxyRules::passage(Way way) {
  const std::lock_guard lock(mutex_);
  Passage passage;
  for (auto& [id, rule] : rules_) {
    if (!rule.goes(way)) continue;
    if (rule.kind == "net-delay") {
      const std::chrono::duration<double, std::nano> jitter = rule.jitter * spread(rule.turns++);
      passage.delay +=
          std::max(std::chrono::nanoseconds(0),
                   rule.delay + std::chrono::nanoseconds(std::llround(jitter.count())));
      ++rule.hits;
    } else if (rule.kind == "net-bandwidth") {
      passage.bytes_per_second = passage.bytes_per_second == 0
                                     ? rule.bytes_per_second
                                     : std::min(passage.bytes_per_second, rule.bytes_per_second);
      ++rule.hits;
    } else if (rule.kind == "net-loss" && rule.share.next()) {
      passage.delay += rule.delay;
      ++rule.hits;
    } else if (rule.kind == "net-reset" && rule.share.next()) {
      passage.reset = true;
      ++rule.hits;
    }
  }
  return passage;
}

bool ProxyRules::is_held(Way way, bool newly) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, rule] : rules_) {
    if (rule.kind != "net-blackhole" || !rule.goes(way)) continue;
    if (newly) ++rule.hits;
    return true;
  }
  return false;
}

bool ProxyRules::is_cut() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, rule] : rules_) {
    if (rule.kind != "net-cut") continue;
    ++rule.hits;
    return true;
  }
  return false;
}

}  // namespace pim::chaos
