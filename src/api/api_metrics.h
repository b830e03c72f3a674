// The front's own series, bound once; and the numbers of other rooms, read at each scrape.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/jwt.h"
#include "api/problem.h"
#include "api/routes.h"
#include "routing/bucket.h"
#include "telemetry/metrics.h"

namespace pim::api {

// Thread-safe.
class ApiMetrics {
 public:
  // Shards are numbered from 0 to `shards` - 1.
  ApiMetrics(telemetry::Registry& registry, std::uint32_t shards, const std::string& region);

  struct Answer {
    const Route* route = nullptr;  // null: none matched
    std::optional<ShardId> shard;  // that it came to
    std::uint16_t status = 0;
    std::chrono::nanoseconds duration{0};
    const telemetry::TraceContext* kept = nullptr;  // its trace, where that is kept
  };
  void answered(const Answer& answer);
  // From a query's being queued to a worker's taking it.
  void query_waited(std::chrono::nanoseconds time, const telemetry::TraceContext* kept) {
    read_wait_.observe(time, kept);
  }
  void late() { late_.add(); }
  void query_shed() { read_shed_.add(); }
  void refused(const ProblemInfo& problem);  // bytes that never became a request
  void unauthenticated(TokenFault fault, std::string_view source);
  void forbidden();
  void journal_failed() { journal_failures_.add(); }
  void domain_events_logged(std::size_t count) { domain_events_logged_.add(count); }

 private:
  static constexpr std::size_t kClasses = 5;
  struct RouteSeries {
    std::array<telemetry::Counter*, kClasses> requests{};
    std::vector<telemetry::Histogram*> seconds;  // by shard; the last one: none
  };

  const std::size_t shards_;
  std::vector<RouteSeries> routes_;             // in the order of the table; the last one: no route
  std::vector<telemetry::Counter*> malformed_;  // in the order of the catalogue
  std::vector<telemetry::Counter*> denied_;     // by TokenFault; the last one: role
  std::vector<telemetry::Counter*> shard_requests_;
  telemetry::Counter& journal_failures_;
  telemetry::Counter& domain_events_logged_;
  telemetry::Counter& late_;
  telemetry::Counter& read_shed_;
  telemetry::Histogram& read_wait_;

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
  // Reads `source` once a scrape, before the series that show what it said.
  template <class Stats>
  std::shared_ptr<const Stats> once(std::function<Stats()> source) {
    auto stats = std::make_shared<Stats>();
    prepare([stats, source = std::move(source)] { *stats = source(); });
    return stats;
  }
  // From here on the series are empty; waits for a scrape under way.
  void detach();

 private:
  void prepare(std::function<void()> read);
  struct Gate {
    std::mutex mutex;
    bool open = true;  // guarded by mutex
  };
  telemetry::Registry& registry_;
  std::shared_ptr<Gate> gate_ = std::make_shared<Gate>();
};

}  // namespace pim::api
