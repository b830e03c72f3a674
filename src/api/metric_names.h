// Every metric of the front, of the spine and of what stands behind it, with unit and meaning. A
// golden test pins the names: dashboards, rules and reports depend on them.
#pragma once

#include "telemetry/metrics.h"

namespace pim::api::metrics {

using telemetry::MetricInfo;
using enum telemetry::MetricType;

// By operation, method and status class (`2xx`); operation `none` where no route matched.
inline constexpr MetricInfo kRequests{"pim_http_requests", counter, "", "Requests answered."};
inline constexpr MetricInfo kRequestSeconds{
    "pim_http_request_duration_seconds", histogram, "seconds",
    "Time from the whole request received to its answer handed to the socket, by operation."};
inline constexpr MetricInfo kInFlight{"pim_http_requests_in_flight", gauge, "",
                                      "Requests under way."};
inline constexpr MetricInfo kConnections{"pim_http_connections", gauge, "",
                                         "Connections open, by port."};
inline constexpr MetricInfo kConnectionsRefused{
    "pim_http_connections_refused", counter, "",
    "Connections answered 503 because too many were open, by port."};
inline constexpr MetricInfo kConnectionTimeouts{
    "pim_http_connection_timeouts", counter, "",
    "Connections ended by a time-out, by port and phase."};
inline constexpr MetricInfo kMalformed{"pim_http_malformed_requests", counter, "",
                                       "Bytes refused before they became a request, by problem."};
inline constexpr MetricInfo kDenied{"pim_http_denied", counter, "",
                                    "Requests denied (401, 403), by reason."};
inline constexpr MetricInfo kUnauthenticatedBySource{
    "pim_http_unauthenticated", counter, "",
    "Requests without a valid token, by the client's address (the first 64; then `other`)."};
inline constexpr MetricInfo kTokenCacheEntries{"pim_token_cache_entries", gauge, "",
                                               "Accepted tokens remembered."};
inline constexpr MetricInfo kReadQueue{"pim_read_queue", gauge, "",
                                       "Queries that wait for a worker."};
inline constexpr MetricInfo kReady{"pim_ready", gauge, "", "1 while /readyz answers 200."};

// By shard.
inline constexpr MetricInfo kShardQueued{"pim_shard_queued_commands", gauge, "",
                                         "Commands that wait for the shard's executor."};
inline constexpr MetricInfo kShardCommands{"pim_shard_commands", counter, "",
                                           "Commands that the shard has taken."};
inline constexpr MetricInfo kShardEvents{"pim_shard_events", counter, "",
                                         "Events that the shard has made durable."};
inline constexpr MetricInfo kShardRejected{"pim_shard_rejected_commands", counter, "",
                                           "Commands turned down by a rule of the domain."};
inline constexpr MetricInfo kShardDedupeHits{"pim_shard_dedupe_hits", counter, "",
                                             "Commands answered from an earlier receipt."};
inline constexpr MetricInfo kShardConflicts{"pim_shard_conflicts", counter, "",
                                            "Appends that met another version of their stream."};
inline constexpr MetricInfo kShardFenced{"pim_shard_fenced", counter, "",
                                         "Appends refused because the bucket has another owner."};
inline constexpr MetricInfo kShardShed{"pim_shard_shed_commands", counter, "",
                                       "Commands refused early because of overload."};
inline constexpr MetricInfo kShardColdLoads{"pim_shard_cold_loads", counter, "",
                                            "Streams read from the store to be folded."};
inline constexpr MetricInfo kShardCachedStreams{"pim_shard_cached_streams", gauge, "",
                                                "Folded streams in the shard's cache."};

inline constexpr MetricInfo kCommitBatches{"pim_commit_batches", counter, "",
                                           "Transactions that the committer has written."};
inline constexpr MetricInfo kCommitAppends{"pim_commit_appends", counter, "",
                                           "Commands that the committer has written."};
inline constexpr MetricInfo kCommitEvents{"pim_commit_events", counter, "",
                                          "Events that the committer has written."};
inline constexpr MetricInfo kCommitUnknown{"pim_commit_unknown_outcomes", counter, "",
                                           "Transactions whose outcome the store could not tell."};
inline constexpr MetricInfo kCommitSeconds{"pim_commit_seconds", counter, "seconds",
                                           "Time spent in transactions, from submit to commit."};
inline constexpr MetricInfo kStoreWritable{"pim_store_writable", gauge, "",
                                           "1 while the store takes writes."};

inline constexpr MetricInfo kProjectionBehind{"pim_projection_events_behind", gauge, "",
                                              "Events committed and not yet in the read model."};
inline constexpr MetricInfo kProjectionLag{
    "pim_projection_lag_seconds", gauge, "seconds",
    "How long the oldest event that is not yet in the read model has waited."};

// Of tracing; all 0 where no endpoint is configured. kept / all is the share that was kept.
inline constexpr MetricInfo kTraces{"pim_traces", counter, "",
                                    "Traces that began here, kept or not."};
inline constexpr MetricInfo kTracesKept{"pim_traces_kept", counter, "",
                                        "Traces that began here and are kept."};
inline constexpr MetricInfo kSpansSent{"pim_spans_sent", counter, "",
                                       "Spans that the collector has taken."};
inline constexpr MetricInfo kSpansDropped{
    "pim_spans_dropped", counter, "",
    "Spans lost, by reason: queue_full, or not_taken by the collector."};
inline constexpr MetricInfo kSpanFailures{"pim_span_export_failures", counter, "",
                                          "Requests that the collector did not answer with 2xx."};
inline constexpr MetricInfo kSpansQueued{"pim_spans_queued", gauge, "",
                                         "Spans that wait to be sent."};

// Of logs and events; what is sent is 0 where no endpoint is configured.
inline constexpr MetricInfo kLogRecordsSent{"pim_log_records_sent", counter, "",
                                            "Log records that the collector has taken."};
inline constexpr MetricInfo kLogRecordsDropped{
    "pim_log_records_dropped", counter, "",
    "Log records lost on their way: queue_full, or not_taken by the collector."};
inline constexpr MetricInfo kLogFailures{"pim_log_export_failures", counter, "",
                                         "Requests that the collector did not answer with 2xx."};
inline constexpr MetricInfo kLogRecordsQueued{"pim_log_records_queued", gauge, "",
                                              "Log records that wait to be sent."};
inline constexpr MetricInfo kLogLinesDropped{
    "pim_log_lines_dropped", counter, "",
    "Lines not written: cut from a flood, or unread (nobody read those before)."};
inline constexpr MetricInfo kDomainEventsLogged{
    "pim_domain_events_logged", counter, "",
    "Domain events handed on as log events: those of kept traces. pim_shard_events counts all."};

inline constexpr MetricInfo kJournalEntries{"pim_journal_entries", counter, "",
                                            "Entries written to the audit journal since start."};
inline constexpr MetricInfo kJournalBytes{"pim_journal_bytes", gauge, "bytes",
                                          "Size of the audit journal's segments."};
inline constexpr MetricInfo kJournalFailures{"pim_journal_failures", counter, "",
                                             "Entries that the audit journal could not take."};

}  // namespace pim::api::metrics
