#include "api/server_metrics.h"

#include <utility>

#include "api/build_info.h"
#include "api/metric_names.h"
#include "api/version.h"
#include "telemetry/log.h"
#include "telemetry/process_stats.h"

namespace pim::api {
namespace {

using telemetry::Histogram;
using telemetry::Labels;
using telemetry::MetricInfo;
using telemetry::Sample;
using Samples = std::vector<Sample>;

template <class T>
using Shared = std::shared_ptr<const T>;

Sample sample(Labels labels, double value) { return {std::move(labels), value}; }
Sample sample(Labels labels, std::uint64_t value) {
  return {std::move(labels), static_cast<double>(value)};
}
Sample sample(Labels labels, const Histogram::Snapshot& values) {
  return {std::move(labels), 0, values};
}
template <class Value>
Samples one(const Value& value) {
  return {sample({}, value)};
}

// A member of what a source said, or of its base, under fixed labels.
template <class Stats, class Base, class Value>
void show(ScrapedMetrics& scraped, const MetricInfo& info, Shared<Stats> stats,
          Value Base::* member, Labels labels = {}) {
  scraped.add(info, [stats = std::move(stats), member, labels = std::move(labels)] {
    return Samples{sample(labels, (*stats).*member)};
  });
}

void add_ports(ScrapedMetrics& scraped, const ScrapeSources& sources) {
  const auto add = [&](const char* port, const Listener& listener) {
    const auto stats = scraped.once<ListenerStats>([&listener] { return listener.stats(); });
    const Labels labels{{"port", port}};
    show(scraped, metrics::kConnections, stats, &ListenerStats::open, labels);
    show(scraped, metrics::kInFlight, stats, &ListenerStats::in_flight, labels);
    show(scraped, metrics::kConnectionsRefused, stats, &ListenerStats::refused, labels);
    show(scraped, metrics::kConnectionsDropped, stats, &ListenerStats::dropped, labels);
    show(scraped, metrics::kConnectionRests, stats, &ListenerStats::rests, labels);
    scraped.add(metrics::kConnectionTimeouts, [stats, port] {
      Samples samples;
      for (std::size_t i = 0; i < stats->timeouts.size(); ++i) {
        samples.push_back(sample({{"port", port}, {"phase", std::string(kTimeoutPhases[i])}},
                                 stats->timeouts[i]));
      }
      return samples;
    });
    const std::uint64_t limit = sources.options.max_connections;
    scraped.add(metrics::kConnectionsLimit,
                [labels, limit] { return Samples{sample(labels, limit)}; });
  };
  add("data", sources.data_port);
  add("admin", sources.admin_port);
}

using AllShards = std::vector<spine::ShardStats>;

void add_shards(ScrapedMetrics& scraped, const spine::Spine& spine, const std::string& region) {
  using Stats = spine::ShardStats;
  const auto all = scraped.once<AllShards>([&spine] { return spine.shard_stats(); });
  const auto by_shard = [&](const MetricInfo& info, auto Stats::* member, Labels more = {}) {
    scraped.add(info, [all, member, more = std::move(more)] {
      Samples samples;
      for (const Stats& stats : *all) {
        Labels labels{{"shard", std::to_string(stats.shard.value)}};
        labels.insert(labels.end(), more.begin(), more.end());
        samples.push_back(sample(std::move(labels), stats.*member));
      }
      return samples;
    });
  };
  by_shard(metrics::kShardEvents, &Stats::events, {{"region", region}});
  by_shard(metrics::kShardEventBytes, &Stats::event_bytes, {{"region", region}});
  by_shard(metrics::kShardQueued, &Stats::queued);
  by_shard(metrics::kShardCapacity, &Stats::capacity);
  by_shard(metrics::kShardQueueWait, &Stats::queue_wait);
  by_shard(metrics::kShardCommands, &Stats::commands);
  by_shard(metrics::kShardRejected, &Stats::rejected);
  by_shard(metrics::kShardDedupeHits, &Stats::dedupe_hits);
  by_shard(metrics::kShardConflicts, &Stats::conflicts);
  by_shard(metrics::kShardFenced, &Stats::fenced);
  by_shard(metrics::kShardExpired, &Stats::expired);
  by_shard(metrics::kShardCachedStreams, &Stats::cached_streams);
  by_shard(metrics::kShardCacheHits, &Stats::cache_hits);
  by_shard(metrics::kShardCacheEvictions, &Stats::cache_evictions);
  by_shard(metrics::kShardColdLoads, &Stats::cold_loads);
  by_shard(metrics::kShardBusy, &Stats::busy_seconds);
  scraped.add(metrics::kShardShed, [all] {
    Samples samples;
    for (const Stats& stats : *all) {
      for (std::size_t i = 0; i < stats.shed.size(); ++i) {
        samples.push_back(sample({{"shard", std::to_string(stats.shard.value)},
                                  {"reason", std::string(spine::kShedReasons[i])}},
                                 stats.shed[i]));
      }
    }
    return samples;
  });
  scraped.add(metrics::kBucketGroupEvents, [all] {
    Samples samples;
    for (std::size_t group = 0; group < spine::kBucketGroups; ++group) {
      std::uint64_t events = 0;
      for (const Stats& stats : *all) events += stats.group_events[group];
      const std::string number = std::to_string(group);
      // two digits, so that they sort as numbers do
      samples.push_back(sample({{"group", group < 10 ? "0" + number : number}}, events));
    }
    return samples;
  });

  using References = spine::ReferenceStats;
  const auto references = scraped.once<References>([&spine] { return spine.reference_stats(); });
  show(scraped, metrics::kReferenceEntries, references, &References::entries);
  show(scraped, metrics::kReferenceHits, references, &References::hits);
  show(scraped, metrics::kReferenceMisses, references, &References::misses);
}

void add_write_path(ScrapedMetrics& scraped, const Services& services) {
  const Labels store{{"store", "0"}};  // a node has one
  using Commits = spine::CommitterStats;
  const auto commits =
      scraped.once<Commits>([&spine = services.spine] { return spine.committer_stats(); });
  show(scraped, metrics::kCommitBatches, commits, &Commits::batches, store);
  show(scraped, metrics::kCommitAppends, commits, &Commits::appends, store);
  show(scraped, metrics::kCommitEvents, commits, &Commits::events, store);
  show(scraped, metrics::kCommitUnknown, commits, &Commits::unknown, store);
  show(scraped, metrics::kCommitQueued, commits, &Commits::queued, store);
  show(scraped, metrics::kCommitBatchLimit, commits, &Commits::batch_limit, store);
  show(scraped, metrics::kCommitBatchCommands, commits, &Commits::batch_appends, store);
  show(scraped, metrics::kCommitSeconds, commits, &Commits::commit_seconds, store);
  scraped.add(metrics::kStoreWritable,
              [&spine = services.spine] { return one(spine.writable() ? 1.0 : 0.0); });

  using Stats = store::StoreStats;
  const auto stats = scraped.once<Stats>([&events = services.store] { return events.stats(); });
  const auto file = [](const char* name) { return Labels{{"store", "0"}, {"file", name}}; };
  show(scraped, metrics::kStoreSync, stats, &Stats::log_sync, file("log"));
  show(scraped, metrics::kStoreSync, stats, &Stats::database_sync, file("database"));
  show(scraped, metrics::kPageCacheHits, stats, &Stats::page_hits, store);
  show(scraped, metrics::kPageCacheMisses, stats, &Stats::page_misses, store);
  show(scraped, metrics::kPageCacheSpills, stats, &Stats::page_spills, store);
  show(scraped, metrics::kWalBytes, stats, &Stats::log_bytes, store);
  show(scraped, metrics::kDatabaseBytes, stats, &Stats::database_bytes, store);
  show(scraped, metrics::kCheckpointSeconds, stats, &Stats::checkpoint, store);
  show(scraped, metrics::kDiskFree, stats, &Stats::free_bytes);
  show(scraped, metrics::kDiskLowWater, stats, &Stats::low_water_bytes);
}

void add_read_side(ScrapedMetrics& scraped, const ScrapeSources& sources) {
  scraped.add(metrics::kReadQueue,
              [&workers = sources.workers] { return one(std::uint64_t{workers.queued()}); });
  const std::uint64_t capacity = sources.worker_queue;
  scraped.add(metrics::kReadQueueCapacity, [capacity] { return one(capacity); });

  using Stats = readmodel::ProjectionStats;
  const auto projection = [&](const char* name, std::function<Stats()> source) {
    const auto stats = scraped.once<Stats>(std::move(source));
    const Labels labels{{"projection", name}};
    scraped.add(metrics::kProjectionBehind,
                [stats, labels] { return Samples{sample(labels, stats->lag.events_behind)}; });
    scraped.add(metrics::kProjectionLag, [stats, labels] {
      return Samples{sample(labels, std::chrono::duration<double>(stats->lag.age).count())};
    });
    show(scraped, metrics::kProjectionEvents, stats, &Stats::events, labels);
    show(scraped, metrics::kProjectionCommit, stats, &Stats::commits, labels);
    show(scraped, metrics::kProjectionStuck, stats, &Stats::stuck_buckets, labels);
  };
  projection("readmodel", [&model = sources.services.read_model] { return model.stats(); });
  projection("audit", [&index = sources.services.audit_index] { return index.stats(); });
}

void add_journal(ScrapedMetrics& scraped, const audit::Journal& journal) {
  using Stats = audit::JournalStats;
  const auto stats = scraped.once<Stats>([&journal] { return journal.stats(); });
  show(scraped, metrics::kJournalEntries, stats, &Stats::entries);
  show(scraped, metrics::kJournalBytes, stats, &Stats::bytes);
  show(scraped, metrics::kJournalSync, stats, &Stats::syncs);
  scraped.add(metrics::kJournalLag,
              [stats] { return one(std::chrono::duration<double>(stats->lag).count()); });
}

void add_tracing(ScrapedMetrics& scraped, const telemetry::Tracer* tracer) {
  using Stats = telemetry::Tracer::Stats;
  const auto stats =
      scraped.once<Stats>([tracer] { return tracer == nullptr ? Stats{} : tracer->stats(); });
  show(scraped, metrics::kTraces, stats, &Stats::traces);
  show(scraped, metrics::kTracesKept, stats, &Stats::traces_kept);
  show(scraped, metrics::kSpansSent, stats, &Stats::sent);
  show(scraped, metrics::kSpanFailures, stats, &Stats::failures);
  show(scraped, metrics::kSpansQueued, stats, &Stats::queued);
  show(scraped, metrics::kSpansDropped, stats, &Stats::dropped_full, {{"reason", "queue_full"}});
  show(scraped, metrics::kSpansDropped, stats, &Stats::dropped_failed, {{"reason", "not_taken"}});
}

void add_logs(ScrapedMetrics& scraped, const telemetry::LogSender* logs) {
  using Stats = telemetry::ExportStats;
  const auto stats =
      scraped.once<Stats>([logs] { return logs == nullptr ? Stats{} : logs->stats(); });
  show(scraped, metrics::kLogRecordsSent, stats, &Stats::sent);
  show(scraped, metrics::kLogFailures, stats, &Stats::failures);
  show(scraped, metrics::kLogRecordsQueued, stats, &Stats::queued);
  show(scraped, metrics::kLogRecordsDropped, stats, &Stats::dropped_full,
       {{"reason", "queue_full"}});
  show(scraped, metrics::kLogRecordsDropped, stats, &Stats::dropped_failed,
       {{"reason", "not_taken"}});
  using Lines = telemetry::DroppedLines;
  const auto lines = scraped.once<Lines>(&telemetry::dropped_lines);
  show(scraped, metrics::kLogLinesDropped, lines, &Lines::in_floods, {{"reason", "flood"}});
  show(scraped, metrics::kLogLinesDropped, lines, &Lines::unread, {{"reason", "unread"}});
}

void add_registry(ScrapedMetrics& scraped, const telemetry::Registry& registry) {
  scraped.add(metrics::kScrapeSeconds, [&registry] { return one(registry.last_scrape().seconds); });
  scraped.add(metrics::kSeries, [&registry] { return one(registry.last_scrape().series); });
  scraped.add(metrics::kSeriesRefused, [&registry] { return one(registry.refused()); });
}

void add_process(ScrapedMetrics& scraped, const std::string& region) {
  scraped.add(metrics::kBuild, [region] {
    return Samples{sample({{"version", std::string(kVersion)},
                           {"commit", std::string(build_commit())},
                           {"compiler", std::string(build_compiler())},
                           {"region", region}},
                          1.0)};
  });
  using Stats = telemetry::ProcessStats;
  const auto stats = scraped.once<Stats>(&telemetry::process_stats);
  show(scraped, metrics::kCpuSeconds, stats, &Stats::cpu_seconds);
  show(scraped, metrics::kResident, stats, &Stats::resident_bytes);
  show(scraped, metrics::kVirtual, stats, &Stats::virtual_bytes);
  show(scraped, metrics::kOpenFds, stats, &Stats::open_fds);
  show(scraped, metrics::kMaxFds, stats, &Stats::max_fds);
  show(scraped, metrics::kThreads, stats, &Stats::threads);
  show(scraped, metrics::kStartTime, stats, &Stats::start_seconds);
  show(scraped, metrics::kContextSwitches, stats, &Stats::voluntary_switches,
       {{"kind", "voluntary"}});
  show(scraped, metrics::kContextSwitches, stats, &Stats::involuntary_switches,
       {{"kind", "involuntary"}});
}

void add_profiling(ScrapedMetrics& scraped, const Services& services) {
  using Taken = telemetry::Profiler::Stats;
  const auto taken = scraped.once<Taken>(
      [profiler = services.profiler] { return profiler == nullptr ? Taken{} : profiler->stats(); });
  show(scraped, metrics::kProfileSamples, taken, &Taken::samples);
  show(scraped, metrics::kProfileSamplesDropped, taken, &Taken::dropped_ring,
       {{"reason", "ring_full"}});
  show(scraped, metrics::kProfileSamplesDropped, taken, &Taken::dropped_stacks,
       {{"reason", "too_many_stacks"}});
  using Pushed = telemetry::ProfilePush::Stats;
  const auto pushed = scraped.once<Pushed>(
      [push = services.profiles] { return push == nullptr ? Pushed{} : push->stats(); });
  show(scraped, metrics::kProfilesSent, pushed, &Pushed::sent);
  show(scraped, metrics::kProfilePushFailures, pushed, &Pushed::failures);
  show(scraped, metrics::kProfilesDropped, pushed, &Pushed::dropped_full,
       {{"reason", "buffer_full"}});
  show(scraped, metrics::kProfilesDropped, pushed, &Pushed::dropped_refused,
       {{"reason", "refused"}});
}

}  // namespace

void add_server_metrics(ScrapedMetrics& scraped, const ScrapeSources& sources) {
  add_ports(scraped, sources);
  add_shards(scraped, sources.services.spine, sources.options.region);
  add_write_path(scraped, sources.services);
  add_read_side(scraped, sources);
  add_journal(scraped, sources.services.journal);
  add_tracing(scraped, sources.services.tracer);
  add_logs(scraped, sources.services.logs);
  add_profiling(scraped, sources.services);
  add_registry(scraped, sources.services.metrics);
  add_process(scraped, sources.options.region);
  scraped.add(metrics::kReady, [&admin = sources.admin] {
    return one(admin.unready_reasons().empty() ? 1.0 : 0.0);
  });
  scraped.add(metrics::kTokenCacheEntries, [&authenticator = sources.authenticator] {
    return one(std::uint64_t{authenticator.cached()});
  });
}

}  // namespace pim::api
