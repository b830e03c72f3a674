#include "api/server_metrics.h"

#include "api/metric_names.h"
#include "telemetry/log.h"

namespace pim::api {
namespace {

using telemetry::MetricInfo;
using telemetry::Sample;
using Samples = std::vector<Sample>;

Samples one(double value) { return {Sample{{}, value}}; }

void add_ports(ScrapedMetrics& scraped, const Listener& data, const Listener& admin) {
  const auto by_port = [&](const MetricInfo& info, std::uint64_t ListenerStats::* member) {
    scraped.add(info, [&data, &admin, member] {
      return Samples{{{{"port", "data"}}, static_cast<double>(data.stats().*member)},
                     {{{"port", "admin"}}, static_cast<double>(admin.stats().*member)}};
    });
  };
  by_port(metrics::kConnections, &ListenerStats::open);
  by_port(metrics::kInFlight, &ListenerStats::in_flight);
  by_port(metrics::kConnectionsRefused, &ListenerStats::refused);
  scraped.add(metrics::kConnectionTimeouts, [&data, &admin] {
    Samples samples;
    const auto add = [&](const char* port, const ListenerStats& stats) {
      for (std::size_t i = 0; i < stats.timeouts.size(); ++i) {
        samples.push_back({{{"port", port}, {"phase", std::string(kTimeoutPhases[i])}},
                           static_cast<double>(stats.timeouts[i])});
      }
    };
    add("data", data.stats());
    add("admin", admin.stats());
    return samples;
  });
}

void add_spine(ScrapedMetrics& scraped, const spine::Spine& spine) {
  const auto by_shard = [&](const MetricInfo& info, std::uint64_t spine::ShardStats::* member) {
    scraped.add(info, [&spine, member] {
      Samples samples;
      for (const auto& stats : spine.shard_stats()) {
        samples.push_back(
            {{{"shard", std::to_string(stats.shard.value)}}, static_cast<double>(stats.*member)});
      }
      return samples;
    });
  };
  by_shard(metrics::kShardQueued, &spine::ShardStats::queued);
  by_shard(metrics::kShardCommands, &spine::ShardStats::commands);
  by_shard(metrics::kShardEvents, &spine::ShardStats::events);
  by_shard(metrics::kShardRejected, &spine::ShardStats::rejected);
  by_shard(metrics::kShardDedupeHits, &spine::ShardStats::dedupe_hits);
  by_shard(metrics::kShardConflicts, &spine::ShardStats::conflicts);
  by_shard(metrics::kShardFenced, &spine::ShardStats::fenced);
  by_shard(metrics::kShardShed, &spine::ShardStats::shed);
  by_shard(metrics::kShardColdLoads, &spine::ShardStats::cold_loads);
  by_shard(metrics::kShardCachedStreams, &spine::ShardStats::cached_streams);

  const auto committer = [&](const MetricInfo& info, std::uint64_t spine::CommitterStats::* member,
                             double unit) {
    scraped.add(info, [&spine, member, unit] {
      return one(static_cast<double>(spine.committer_stats().*member) * unit);
    });
  };
  committer(metrics::kCommitBatches, &spine::CommitterStats::batches, 1);
  committer(metrics::kCommitAppends, &spine::CommitterStats::appends, 1);
  committer(metrics::kCommitEvents, &spine::CommitterStats::events, 1);
  committer(metrics::kCommitUnknown, &spine::CommitterStats::unknown, 1);
  committer(metrics::kCommitSeconds, &spine::CommitterStats::commit_ns_total, 1e-9);
  scraped.add(metrics::kStoreWritable, [&spine] { return one(spine.writable() ? 1 : 0); });
}

Samples dropped(const telemetry::ExportStats& stats) {
  return {{{{"reason", "queue_full"}}, static_cast<double>(stats.dropped_full)},
          {{{"reason", "not_taken"}}, static_cast<double>(stats.dropped_failed)}};
}

void add_tracing(ScrapedMetrics& scraped, const telemetry::Tracer* tracer) {
  using Stats = telemetry::Tracer::Stats;
  const auto stats = [tracer] { return tracer == nullptr ? Stats{} : tracer->stats(); };
  const auto number = [&](const MetricInfo& info, std::uint64_t Stats::* member) {
    scraped.add(info, [stats, member] { return one(static_cast<double>(stats().*member)); });
  };
  number(metrics::kTraces, &Stats::traces);
  number(metrics::kTracesKept, &Stats::traces_kept);
  number(metrics::kSpansSent, &Stats::sent);
  number(metrics::kSpanFailures, &Stats::failures);
  number(metrics::kSpansQueued, &Stats::queued);
  scraped.add(metrics::kSpansDropped, [stats] { return dropped(stats()); });
}

void add_logs(ScrapedMetrics& scraped, const telemetry::LogSender* logs) {
  using Stats = telemetry::ExportStats;
  const auto stats = [logs] { return logs == nullptr ? Stats{} : logs->stats(); };
  const auto number = [&](const MetricInfo& info, std::uint64_t Stats::* member) {
    scraped.add(info, [stats, member] { return one(static_cast<double>(stats().*member)); });
  };
  number(metrics::kLogRecordsSent, &Stats::sent);
  number(metrics::kLogFailures, &Stats::failures);
  number(metrics::kLogRecordsQueued, &Stats::queued);
  scraped.add(metrics::kLogRecordsDropped, [stats] { return dropped(stats()); });
  scraped.add(metrics::kLogLinesDropped, [] {
    const auto lines = telemetry::dropped_lines();
    return Samples{{{{"reason", "flood"}}, static_cast<double>(lines.in_floods)},
                   {{{"reason", "unread"}}, static_cast<double>(lines.unread)}};
  });
}

}  // namespace

void add_server_metrics(ScrapedMetrics& scraped, const ScrapeSources& sources) {
  add_ports(scraped, sources.data_port, sources.admin_port);
  add_spine(scraped, sources.services.spine);

  const auto& read_model = sources.services.read_model;
  scraped.add(metrics::kProjectionBehind,
              [&read_model] { return one(static_cast<double>(read_model.lag().events_behind)); });
  scraped.add(metrics::kProjectionLag, [&read_model] {
    return one(std::chrono::duration<double>(read_model.lag().age).count());
  });
  add_tracing(scraped, sources.services.tracer);
  add_logs(scraped, sources.services.logs);
  const auto& journal = sources.services.journal;
  scraped.add(metrics::kJournalEntries,
              [&journal] { return one(static_cast<double>(journal.entries())); });
  scraped.add(metrics::kJournalBytes,
              [&journal] { return one(static_cast<double>(journal.bytes())); });

  scraped.add(metrics::kReady,
              [&admin = sources.admin] { return one(admin.unready_reasons().empty() ? 1 : 0); });
  scraped.add(metrics::kTokenCacheEntries, [&authenticator = sources.authenticator] {
    return one(static_cast<double>(authenticator.cached()));
  });
  scraped.add(metrics::kReadQueue,
              [&workers = sources.workers] { return one(static_cast<double>(workers.queued())); });
}

}  // namespace pim::api
