// When a client may ask again: exponential backoff with full jitter, the server's Retry-After, and
// a budget, so that retries stay a small share of the load whatever fails.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "load/dice.h"

namespace pim::load {

struct RetryPolicy {
  std::uint32_t attempts = 3;          // of one request, the first one included; 1: no retries
  double budget_percent = 10;          // retries, of first attempts
  std::chrono::milliseconds base{50};  // of the backoff
  std::chrono::milliseconds most{2000};
};

// In any ten seconds at most `percent` of the first attempts may be retries, and ten more, so that
// a quiet client may ask again at all.
class RetryBudget {
 public:
  explicit RetryBudget(double percent) : share_(percent / 100) {}

  // `now` does not go back.
  void first_attempt(std::chrono::nanoseconds now) { at(now) += share_; }
  // Whether one more retry is within the budget; then it is spent.
  bool spend(std::chrono::nanoseconds now) {
    double& second = at(now);
    if (left() < 1) return false;
    second -= 1;
    return true;
  }
  // Retries that are left; 0 or more, up to rounding.
  double left() const {
    double sum = kReserve;
    for (const double second : seconds_) sum += second;
    return sum;
  }

 private:
  static constexpr double kReserve = 10;
  static constexpr std::int64_t kSeconds = 10;

  double& at(std::chrono::nanoseconds now) {
    const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now).count();
    for (std::int64_t i = std::max(newest_ + 1, second - kSeconds + 1); i <= second; ++i) {
      slot(i) = 0;
    }
    newest_ = std::max(newest_, second);
    return slot(newest_);
  }
  double& slot(std::int64_t second) {
    return seconds_[static_cast<std::size_t>(second % kSeconds)];
  }

  const double share_;
  std::array<double, kSeconds> seconds_{};  // earned less spent
  std::int64_t newest_ = 0;
};

// Before attempt `next` (2 or more): anywhere up to base * 2^(next - 2), so that clients which
// failed together do not come back together.
inline std::chrono::nanoseconds backoff(const RetryPolicy& policy, std::uint32_t next, Dice& dice) {
  const auto doublings = std::min<std::uint32_t>(next - 2, 20);
  const std::chrono::nanoseconds most = std::min<std::chrono::milliseconds>(
      policy.base * (std::int64_t{1} << doublings), policy.most);
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(dice.unit() * static_cast<double>(most.count())));
}

// Whether a reply may be different next time: shed (429), or a server that was in trouble. Not 501
// and not 507: those stay as they are for longer than a client waits.
constexpr bool may_retry(int status) {
  return status == 429 || (status >= 500 && status != 501 && status != 507);
}

// Whole seconds of a Retry-After header; 0 where it is none (a date counts as none).
std::chrono::seconds parse_retry_after(std::string_view text);

}  // namespace pim::load
