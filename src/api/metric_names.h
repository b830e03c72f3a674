// Every metric of `pim serve`, with unit, labels and meaning: the one list. A golden test pins the
// names, and docs/telemetry.md shows it (`pim metrics --markdown`): dashboards, rules and reports
// depend on it.
#pragma once

#include <array>
#include <string_view>

#include "telemetry/metric_table.h"

namespace pim::api::metrics {

using telemetry::kSecondsBounds;
using telemetry::kSizeBounds;
using telemetry::MetricInfo;
using enum telemetry::MetricType;

// --- requests: rate, errors, duration

inline constexpr MetricInfo kRequests{
    "pim_http_requests",
    counter,
    "",
    "Requests answered. `operation`: the route's operation id, or `none` where none matched.",
    {"operation", "method", "status"}};
// Operations x (shards + 1) at most: routes are fewer than 64, shards at most 256.
inline constexpr MetricInfo kRequestSeconds{
    "pim_http_request_duration_seconds",
    histogram,
    "seconds",
    "Time from the whole request received to its answer handed to the socket, with exemplars of "
    "kept traces. `shard`: `none` where the request came to none.",
    {"operation", "shard"},
    std::size_t{64} * 257};
inline constexpr MetricInfo kInFlight{
    "pim_http_requests_in_flight", gauge, "", "Requests under way.", {"port"}};
inline constexpr MetricInfo kConnections{
    "pim_http_connections", gauge, "", "Connections open.", {"port"}};
inline constexpr MetricInfo kConnectionsLimit{"pim_http_connections_limit",
                                              gauge,
                                              "",
                                              "Connections at which further ones are refused.",
                                              {"port"}};
inline constexpr MetricInfo kConnectionsRefused{
    "pim_http_connections_refused",
    counter,
    "",
    "Connections answered 503 because too many were open.",
    {"port"}};
inline constexpr MetricInfo kConnectionsDropped{
    "pim_http_connections_dropped",
    counter,
    "",
    "Connections closed without an answer because too many were being refused.",
    {"port"}};
inline constexpr MetricInfo kConnectionRests{
    "pim_http_connection_rests",
    counter,
    "",
    "Times that a connection was not read for a while, because its request was shed and had waited "
    "to be read.",
    {"port"}};
inline constexpr MetricInfo kLate{
    "pim_http_late_requests", counter, "",
    "Requests shed because they, as all others then, had waited too long to be read."};
inline constexpr MetricInfo kConnectionTimeouts{"pim_http_connection_timeouts",
                                                counter,
                                                "",
                                                "Connections ended by a time-out.",
                                                {"port", "phase"}};
inline constexpr MetricInfo kMalformed{"pim_http_malformed_requests",
                                       counter,
                                       "",
                                       "Bytes refused before they became a request.",
                                       {"problem"}};
inline constexpr MetricInfo kDenied{
    "pim_http_denied", counter, "", "Requests denied (401, 403).", {"reason"}};
inline constexpr MetricInfo kUnauthenticatedBySource{
    "pim_http_unauthenticated",
    counter,
    "",
    "Requests without a valid token, by the client's address (the first 64; then `other`).",
    {"source"}};
inline constexpr MetricInfo kTokenCacheEntries{"pim_token_cache_entries", gauge, "",
                                               "Accepted tokens remembered."};
inline constexpr MetricInfo kReady{"pim_ready", gauge, "", "1 while /readyz answers 200."};

inline constexpr std::array kOfRequests{&kRequests,
                                        &kRequestSeconds,
                                        &kInFlight,
                                        &kConnections,
                                        &kConnectionsLimit,
                                        &kConnectionsRefused,
                                        &kConnectionsDropped,
                                        &kConnectionRests,
                                        &kLate,
                                        &kConnectionTimeouts,
                                        &kMalformed,
                                        &kDenied,
                                        &kUnauthenticatedBySource,
                                        &kTokenCacheEntries,
                                        &kReady};

// --- shards: traffic and its distribution; utilisation, saturation, errors

inline constexpr MetricInfo kShardRequests{
    "pim_shard_requests",
    counter,
    "",
    "Requests answered that came to a shard: commands, and queries about one patient.",
    {"shard", "region"}};
inline constexpr MetricInfo kShardEvents{"pim_shard_events",
                                         counter,
                                         "",
                                         "Events that the shard has made durable.",
                                         {"shard", "region"}};
inline constexpr MetricInfo kShardEventBytes{
    "pim_shard_event_bytes", counter, "bytes", "Payload of those events.", {"shard", "region"}};
inline constexpr MetricInfo kBucketGroupEvents{
    "pim_bucket_group_events",
    counter,
    "",
    "Events made durable, by group of 64 buckets (group 07: buckets 448 to 511).",
    {"group"}};
inline constexpr MetricInfo kShardQueued{"pim_shard_queued_commands",
                                         gauge,
                                         "",
                                         "Commands that wait for the shard's executor.",
                                         {"shard"}};
inline constexpr MetricInfo kShardCapacity{
    "pim_shard_queue_capacity", gauge, "", "Commands that may wait.", {"shard"}};
inline constexpr MetricInfo kShardQueueWait{
    "pim_shard_queue_wait_seconds",
    histogram,
    "seconds",
    "From a command's arrival to the executor's taking it, with exemplars.",
    {"shard"}};
inline constexpr MetricInfo kShardBusy{"pim_shard_busy_seconds",
                                       counter,
                                       "seconds",
                                       "Time in which the executor did not wait for work; its rate "
                                       "is the utilisation, 0 to 1.",
                                       {"shard"}};
inline constexpr MetricInfo kShardCommands{
    "pim_shard_commands", counter, "", "Commands taken from the queue.", {"shard"}};
inline constexpr MetricInfo kShardRejected{"pim_shard_rejected_commands",
                                           counter,
                                           "",
                                           "Commands turned down by a rule of the domain.",
                                           {"shard"}};
inline constexpr MetricInfo kShardDedupeHits{
    "pim_shard_dedupe_hits", counter, "", "Commands answered from an earlier receipt.", {"shard"}};
inline constexpr MetricInfo kShardConflicts{"pim_shard_conflicts",
                                            counter,
                                            "",
                                            "Appends that met another version of their stream.",
                                            {"shard"}};
inline constexpr MetricInfo kShardFenced{"pim_shard_fenced",
                                         counter,
                                         "",
                                         "Appends refused because the bucket has another owner.",
                                         {"shard"}};
inline constexpr MetricInfo kShardShed{
    "pim_shard_shed_commands",
    counter,
    "",
    "Commands refused before anything was done: queue_full, queue_wait (too long) or draining.",
    {"shard", "reason"}};
inline constexpr MetricInfo kShardExpired{"pim_shard_expired_commands",
                                          counter,
                                          "",
                                          "Commands whose deadline passed before their answer.",
                                          {"shard"}};
inline constexpr MetricInfo kShardCachedStreams{
    "pim_shard_cached_streams", gauge, "", "Folded streams in the shard's cache.", {"shard"}};
inline constexpr MetricInfo kShardCacheHits{"pim_shard_cache_hits",
                                            counter,
                                            "",
                                            "Commands that found their stream in the cache.",
                                            {"shard"}};
inline constexpr MetricInfo kShardCacheEvictions{
    "pim_shard_cache_evictions", counter, "", "Streams dropped from the full cache.", {"shard"}};
inline constexpr MetricInfo kShardColdLoads{
    "pim_shard_cold_loads",
    counter,
    "",
    "Streams read from the store to be folded: the cache's misses.",
    {"shard"}};
inline constexpr MetricInfo kReferenceEntries{"pim_reference_cache_entries", gauge, "",
                                              "Provider and facility facts remembered."};
inline constexpr MetricInfo kReferenceHits{"pim_reference_cache_hits", counter, "",
                                           "Facts that commands found there."};
inline constexpr MetricInfo kReferenceMisses{"pim_reference_cache_misses", counter, "",
                                             "Facts that commands had to wait for."};

inline constexpr std::array kOfShards{
    &kShardRequests,  &kShardEvents,         &kShardEventBytes, &kBucketGroupEvents,
    &kShardQueued,    &kShardCapacity,       &kShardQueueWait,  &kShardBusy,
    &kShardCommands,  &kShardRejected,       &kShardDedupeHits, &kShardConflicts,
    &kShardFenced,    &kShardShed,           &kShardExpired,    &kShardCachedStreams,
    &kShardCacheHits, &kShardCacheEvictions, &kShardColdLoads,  &kReferenceEntries,
    &kReferenceHits,  &kReferenceMisses};

// --- the write path, by store

inline constexpr MetricInfo kCommitBatches{
    "pim_commit_batches", counter, "", "Transactions that the committer has written.", {"store"}};
inline constexpr MetricInfo kCommitAppends{
    "pim_commit_appends", counter, "", "Commands that the committer has written.", {"store"}};
inline constexpr MetricInfo kCommitEvents{
    "pim_commit_events", counter, "", "Events that the committer has written.", {"store"}};
inline constexpr MetricInfo kCommitUnknown{"pim_commit_unknown_outcomes",
                                           counter,
                                           "",
                                           "Transactions whose outcome the store could not tell.",
                                           {"store"}};
inline constexpr MetricInfo kCommitQueued{
    "pim_commit_queued_commands", gauge, "", "Commands that wait for the next batch.", {"store"}};
inline constexpr MetricInfo kCommitBatchCommands{
    "pim_commit_batch_commands", histogram, "", "Commands a batch.", {"store"}, 1024, kSizeBounds};
inline constexpr MetricInfo kCommitBatchLimit{
    "pim_commit_batch_limit",
    gauge,
    "",
    "Commands that the next batch may have; grows where syncing takes longer than writing.",
    {"store"}};
inline constexpr MetricInfo kCommitSeconds{
    "pim_commit_duration_seconds",
    histogram,
    "seconds",
    "From a batch's submission to its commit, with exemplars; the rate of its sum is the store's "
    "utilisation, 0 to 1.",
    {"store"}};
inline constexpr MetricInfo kStoreSync{
    "pim_store_sync_duration_seconds",
    histogram,
    "seconds",
    "One fsync. `log` is what a commit waits for, `database` is the checkpointer's, beside it.",
    {"store", "file"}};
inline constexpr MetricInfo kStoreWritable{"pim_store_writable", gauge, "",
                                           "1 while the store takes writes."};
inline constexpr MetricInfo kPageCacheHits{"pim_sqlite_page_cache_hits",
                                           counter,
                                           "",
                                           "Pages that the writing connection found in its cache.",
                                           {"store"}};
inline constexpr MetricInfo kPageCacheMisses{
    "pim_sqlite_page_cache_misses", counter, "", "Pages that it had to read.", {"store"}};
inline constexpr MetricInfo kPageCacheSpills{
    "pim_sqlite_page_cache_spills",
    counter,
    "",
    "Pages that it had to write before the commit, because its cache was full.",
    {"store"}};
inline constexpr MetricInfo kWalBytes{
    "pim_sqlite_wal_bytes", gauge, "bytes", "Write-ahead log in use.", {"store"}};
inline constexpr MetricInfo kDatabaseBytes{
    "pim_sqlite_database_bytes", gauge, "bytes", "Size of the database's file.", {"store"}};
inline constexpr MetricInfo kCheckpointSeconds{
    "pim_sqlite_checkpoint_duration_seconds",
    histogram,
    "seconds",
    "One checkpoint on the writing connection: commits wait for it.",
    {"store"}};
inline constexpr MetricInfo kDiskFree{"pim_disk_free_bytes", gauge, "bytes",
                                      "Free space where the data directory lies."};
inline constexpr MetricInfo kDiskLowWater{"pim_disk_low_water_bytes", gauge, "bytes",
                                          "Below this much free space writes get 507."};

inline constexpr std::array kOfWritePath{
    &kCommitBatches,   &kCommitAppends, &kCommitEvents,     &kCommitUnknown,
    &kCommitQueued,    &kCommitSeconds, &kCommitBatchLimit, &kCommitBatchCommands,
    &kStoreSync,       &kStoreWritable, &kPageCacheHits,    &kPageCacheMisses,
    &kPageCacheSpills, &kWalBytes,      &kDatabaseBytes,    &kCheckpointSeconds,
    &kDiskFree,        &kDiskLowWater};

// --- the read side

inline constexpr MetricInfo kReadQueue{"pim_read_queue", gauge, "",
                                       "Queries that wait for a worker."};
inline constexpr MetricInfo kReadQueueCapacity{"pim_read_queue_capacity", gauge, "",
                                               "Queries that may wait."};
inline constexpr MetricInfo kReadQueueWait{"pim_read_queue_wait_seconds", histogram, "seconds",
                                           "From a query's being queued to a worker's taking it, "
                                           "with exemplars."};
inline constexpr MetricInfo kReadShed{"pim_read_shed_queries", counter, "",
                                      "Queries refused because too many waited."};
inline constexpr MetricInfo kProjectionBehind{"pim_projection_events_behind",
                                              gauge,
                                              "",
                                              "Events committed and not yet applied.",
                                              {"projection"}};
inline constexpr MetricInfo kProjectionLag{
    "pim_projection_lag_seconds",
    gauge,
    "seconds",
    "How long the oldest event that is not yet applied has waited.",
    {"projection"}};
inline constexpr MetricInfo kProjectionEvents{
    "pim_projection_events", counter, "", "Events applied.", {"projection"}};
inline constexpr MetricInfo kProjectionCommit{"pim_projection_commit_duration_seconds",
                                              histogram,
                                              "seconds",
                                              "Time to commit one batch of rows.",
                                              {"projection"}};
inline constexpr MetricInfo kProjectionStuck{
    "pim_projection_stuck_buckets",
    gauge,
    "",
    "Buckets that wait for the next start because one of their events cannot be applied.",
    {"projection"}};

inline constexpr std::array kOfReadSide{&kReadQueue,        &kReadQueueCapacity, &kReadQueueWait,
                                        &kReadShed,         &kProjectionBehind,  &kProjectionLag,
                                        &kProjectionEvents, &kProjectionCommit,  &kProjectionStuck};

// --- the audit journal

inline constexpr MetricInfo kJournalEntries{"pim_journal_entries", counter, "",
                                            "Entries written to the audit journal since start."};
inline constexpr MetricInfo kJournalBytes{"pim_journal_bytes", gauge, "bytes",
                                          "Size of the audit journal's segments."};
inline constexpr MetricInfo kJournalFailures{"pim_journal_failures", counter, "",
                                             "Entries that the audit journal could not take."};
inline constexpr MetricInfo kJournalSync{"pim_journal_sync_duration_seconds", histogram, "seconds",
                                         "One sync of the audit journal."};
inline constexpr MetricInfo kJournalLag{
    "pim_journal_lag_seconds", gauge, "seconds",
    "Age of the oldest entry that is not yet known to be on disk."};

inline constexpr std::array kOfJournal{&kJournalEntries, &kJournalBytes, &kJournalFailures,
                                       &kJournalSync, &kJournalLag};

// --- traces; all 0 where no endpoint is configured. kept / all is the share that was kept.

inline constexpr MetricInfo kTraces{"pim_traces", counter, "",
                                    "Traces that began here, kept or not."};
inline constexpr MetricInfo kTracesKept{"pim_traces_kept", counter, "",
                                        "Traces that began here and are kept."};
inline constexpr MetricInfo kSpansSent{"pim_spans_sent", counter, "",
                                       "Spans that the collector has taken."};
inline constexpr MetricInfo kSpansDropped{"pim_spans_dropped",
                                          counter,
                                          "",
                                          "Spans lost: queue_full, or not_taken by the collector.",
                                          {"reason"}};
inline constexpr MetricInfo kSpanFailures{"pim_span_export_failures", counter, "",
                                          "Requests that the collector did not answer with 2xx."};
inline constexpr MetricInfo kSpansQueued{"pim_spans_queued", gauge, "",
                                         "Spans that wait to be sent."};

inline constexpr std::array kOfTraces{&kTraces,       &kTracesKept,   &kSpansSent,
                                      &kSpansDropped, &kSpanFailures, &kSpansQueued};

// --- logs and events; what is sent is 0 where no endpoint is configured.

inline constexpr MetricInfo kLogRecordsSent{"pim_log_records_sent", counter, "",
                                            "Log records that the collector has taken."};
inline constexpr MetricInfo kLogRecordsDropped{
    "pim_log_records_dropped",
    counter,
    "",
    "Log records lost: queue_full, or not_taken by the collector.",
    {"reason"}};
inline constexpr MetricInfo kLogFailures{"pim_log_export_failures", counter, "",
                                         "Requests that the collector did not answer with 2xx."};
inline constexpr MetricInfo kLogRecordsQueued{"pim_log_records_queued", gauge, "",
                                              "Log records that wait to be sent."};
inline constexpr MetricInfo kLogLinesDropped{
    "pim_log_lines_dropped",
    counter,
    "",
    "Lines not written: cut from a flood, or unread (nobody read those before).",
    {"reason"}};
inline constexpr MetricInfo kDomainEventsLogged{
    "pim_domain_events_logged", counter, "",
    "Domain events handed on as log events: those of kept traces. pim_shard_events counts all."};

inline constexpr std::array kOfLogs{&kLogRecordsSent,   &kLogRecordsDropped, &kLogFailures,
                                    &kLogRecordsQueued, &kLogLinesDropped,   &kDomainEventsLogged};

// --- profiles; all 0 where profiling is off.

inline constexpr MetricInfo kProfileSamples{"pim_profile_samples", counter, "",
                                            "CPU samples taken."};
inline constexpr MetricInfo kProfileSamplesDropped{
    "pim_profile_samples_dropped",
    counter,
    "",
    "CPU samples lost: ring_full, or too_many_stacks in one profile.",
    {"reason"}};
inline constexpr MetricInfo kProfilesSent{"pim_profiles_sent", counter, "",
                                          "Profiles that Pyroscope has taken."};
inline constexpr MetricInfo kProfilesDropped{"pim_profiles_dropped",
                                             counter,
                                             "",
                                             "Profiles lost: buffer_full, or refused by Pyroscope.",
                                             {"reason"}};
inline constexpr MetricInfo kProfilePushFailures{
    "pim_profile_push_failures", counter, "", "Requests that Pyroscope did not answer with 2xx."};

inline constexpr std::array kOfProfiles{&kProfileSamples, &kProfileSamplesDropped, &kProfilesSent,
                                        &kProfilesDropped, &kProfilePushFailures};

// --- metrics themselves

inline constexpr MetricInfo kScrapeSeconds{"pim_metrics_scrape_duration_seconds", gauge, "seconds",
                                           "What the scrape before this one took to be rendered."};
inline constexpr MetricInfo kSeries{"pim_metrics_series", gauge, "",
                                    "Sample lines in the scrape before this one."};
inline constexpr MetricInfo kSeriesRefused{
    "pim_metrics_series_refused", counter, "",
    "Series refused: beyond their family's most, or with other labels. More than 0 is a bug."};

inline constexpr std::array kOfMetrics{&kScrapeSeconds, &kSeries, &kSeriesRefused};

// --- the process, under the names that every Prometheus client uses

inline constexpr MetricInfo kBuild{"pim_build_info",
                                   gauge,
                                   "",
                                   "1; what runs here, and in which region.",
                                   {"version", "commit", "compiler", "region"}};
inline constexpr MetricInfo kCpuSeconds{"process_cpu_seconds", counter, "seconds",
                                        "CPU time, user and system."};
inline constexpr MetricInfo kResident{"process_resident_memory_bytes", gauge, "bytes",
                                      "Resident memory."};
inline constexpr MetricInfo kVirtual{"process_virtual_memory_bytes", gauge, "bytes",
                                     "Virtual memory."};
inline constexpr MetricInfo kOpenFds{"process_open_fds", gauge, "", "Open file descriptors."};
inline constexpr MetricInfo kMaxFds{"process_max_fds", gauge, "",
                                    "Most file descriptors that may be open."};
inline constexpr MetricInfo kThreads{"process_threads", gauge, "", "Threads."};
inline constexpr MetricInfo kStartTime{"process_start_time_seconds", gauge, "seconds",
                                       "When the process began, in Unix time."};
inline constexpr MetricInfo kContextSwitches{"process_context_switches",
                                             counter,
                                             "",
                                             "Context switches: voluntary or involuntary.",
                                             {"kind"}};

inline constexpr std::array kOfProcess{&kBuild,   &kCpuSeconds, &kResident,
                                       &kVirtual, &kOpenFds,    &kMaxFds,
                                       &kThreads, &kStartTime,  &kContextSwitches};

inline constexpr std::array<telemetry::MetricSection, 10> kSections{{
    {"Requests", kOfRequests},
    {"Shards", kOfShards},
    {"Write path", kOfWritePath},
    {"Read side", kOfReadSide},
    {"Audit journal", kOfJournal},
    {"Traces", kOfTraces},
    {"Logs and events", kOfLogs},
    {"Profiles", kOfProfiles},
    {"Metrics", kOfMetrics},
    {"Process", kOfProcess},
}};

}  // namespace pim::api::metrics
