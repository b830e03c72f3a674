// The front's own series, bound once; and the numbers of other rooms, read at each scrape.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/jwt.h"
#include "api/problem.h"
#include "api/routes.h"
#include "telemetry/metrics.h"

namespace pim::api {

// Thread-safe.
class ApiMetrics {
 public:
  explicit ApiMetrics(telemetry::Registry& registry);

  // `route` null: none matched.
  // `kept`: the request's trace, where that is kept; else null.
  void answered(const Route* route, std::uint16_t status, double seconds,
                const telemetry::TraceContext* kept);
  void refused(const ProblemInfo& problem);  // bytes that never became a request
  void unauthenticated(TokenFault fault, std::string_view source);
  void forbidden();
  void journal_failed() { journal_failures_.add(); }
  void domain_events_logged(std::size_t count) { domain_events_logged_.add(count); }

 private:
  static constexpr std::size_t kClasses = 5;
  struct RouteSeries {
    std::array<telemetry::Counter*, kClasses> requests{};
    telemetry::Histogram* seconds = nullptr;
  };

  std::vector<RouteSeries> routes_;             // in the order of the table; the last one: no route
  std::vector<telemetry::Counter*> malformed_;  // in the order of the catalogue
  std::vector<telemetry::Counter*> denied_;     // by TokenFault; the last one: role
  telemetry::Counter& journal_failures_;
  telemetry::Counter& domain_events_logged_;

  // A label by address must not grow with the number of attackers.
  static constexpr std::size_t kSources = 64;
  struct Sources {
    std::mutex mutex;
    std::map<std::string, std::uint64_t, std::less<>> counts;  // guarded by mutex
  };
  std::shared_ptr<Sources> sources_ = std::make_shared<Sources>();
};

// Series that are read when scraped, for as long as their source lives: the registry outlives it.
class ScrapedMetrics {
 public:
  using Read = std::function<std::vector<telemetry::Sample>()>;
  explicit ScrapedMetrics(telemetry::Registry& registry) : registry_(registry) {}
  ~ScrapedMetrics() { detach(); }
  ScrapedMetrics(const ScrapedMetrics&) = delete;
  ScrapedMetrics& operator=(const ScrapedMetrics&) = delete;

  void add(const telemetry::MetricInfo& info, Read read);
  // From here on the series are empty; waits for a scrape under way.
  void detach();

 private:
  struct Gate {
    std::mutex mutex;
    bool open = true;  // guarded by mutex
  };
  telemetry::Registry& registry_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

}  // namespace pim::api
