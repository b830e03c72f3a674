// How fresh and how fast reads are, and the journal that every one of them is written to.
local board = import 'lib/dashboard.libsonnet';
local links = import 'lib/links.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

local latency = 'pim_http_request_duration_seconds';
local reads = pim.here + ', operation=~"$operation", method="GET"';
local traces_of_operation = links.traces(
  'Traces of ${__field.labels.operation}',
  '{resource.service.name="pim" && span.pim.operation="${__field.labels.operation}"}',
);
local share(part, rest, by=[]) = '%s / (%s + %s)' % [q.rate(part, pim.here, by), q.rate(part, pim.here, by), q.rate(rest, pim.here, by)];

board.new(
  'pim-read-side',
  'PIM / Read side',
  'Freshness of the projections, rate, errors and duration of queries, caches and the audit journal.',
  [
    board.row('Is it fresh?', [
      panel.stat(
        'Behind now',
        panel.says('How long the oldest event has waited that is not yet in the projection; the worst process.', 'Below 1 s.', 'Rising steadily: the projection is slower than the writes, or stuck.'),
        [q.number('max by (projection) (pim_projection_lag_seconds{%s})' % pim.here, '{{projection}}')],
        's',
        [[1, 'orange'], [5, 'red']]
      ) + panel.runbook('freshness') + panel.size(4, 7),
      panel.stat(
        'Stuck buckets',
        panel.says('Buckets with an event that a projection cannot apply: their reads stand still.', '0.', 'A bug: the log line of the projection names bucket, position and reason.'),
        [q.number('sum by (projection) (pim_projection_stuck_buckets{%s})' % pim.here, '{{projection}}')],
        'none',
        pim.never_steps
      ) + panel.decimals(0) + panel.runbook('freshness') + panel.size(4, 7),
      panel.timeseries(
        'Lag',
        panel.says('The same age over time, by projection.', 'Short peaks below the dashed line.', 'A ramp ends when the writes do: too slow. One that does not end: stuck.'),
        [q.prom('max by (projection) (pim_projection_lag_seconds{%s})' % pim.here, '{{projection}}')],
        's'
      ) + panel.lines([[1, 'orange']]) + panel.runbook('freshness') + panel.size(8, 7),
      panel.timeseries(
        'Events: applied and behind',
        panel.says('Events applied a second, and events that wait, by projection.', 'Applied follows the writes, waiting stays flat.', 'Waiting grows: see how long a batch of rows takes.'),
        [
          q.prom(q.rate('pim_projection_events_total', pim.here, ['projection']), '{{projection}} applied/s'),
          q.prom('sum by (projection) (pim_projection_events_behind{%s})' % pim.here, '{{projection}} waiting'),
        ],
        'none'
      ) + panel.runbook('freshness') + panel.size(8, 7),
    ]),
    board.row('Queries', [
      panel.timeseries(
        'Queries',
        panel.says('Queries a second by operation.', 'As the load is.', 'An operation that jumps: a client has changed, or pages without end.'),
        [q.prom(q.rate('pim_http_requests_total', reads, ['operation']), '{{operation}}')],
        'reqps'
      ) + panel.runbook('query-latency') + panel.click([traces_of_operation]),
      panel.timeseries(
        'Queries that failed',
        panel.says('Queries a second that were answered 5xx.', '0.', 'The outcome in the log line tells: read-timeout (the projection lags), audit-unavailable (the journal), overloaded.'),
        [q.prom(q.rate('pim_http_requests_total', reads + ', status="5xx"', ['operation']), '{{operation}}')],
        'reqps'
      ) + panel.runbook('availability') + panel.click([traces_of_operation]),
      panel.timeseries(
        'p99 by operation',
        panel.says('99 of 100 queries took at most so long. The dots are single queries whose trace is kept.', 'Below 10 ms; search-audit and lists may take longer.', 'All: workers are busy or the disk is. One: its traces.'),
        [q.prom(q.quantile('0.99', latency, pim.queries, ['operation']), '{{operation}}', exemplar=true)],
        's'
      ) + panel.lines(pim.query_steps) + panel.logarithmic + panel.runbook('query-latency') + panel.click([traces_of_operation]),
      panel.timeseries(
        'Waiting for a worker',
        panel.says('How long queries wait for a worker.', 'p99 below a millisecond.', 'Rising: more queries than the workers can do, or slow ones in their way.'),
        [
          q.prom(q.quantile('0.50', 'pim_read_queue_wait_seconds', pim.here), 'p50'),
          q.prom(q.quantile('0.99', 'pim_read_queue_wait_seconds', pim.here), 'p99'),
        ],
        's'
      ) + panel.colours(pim.quantile_colours) + panel.logarithmic + panel.runbook('query-latency'),
      panel.timeseries(
        'Queue of queries',
        panel.says('Queries that wait for a worker, and those refused a second because the queue was full.', 'Near 0, and 0.', 'Refused: shedding; the runbook.'),
        [
          q.prom('sum(pim_read_queue{%s})' % pim.here, 'waiting'),
          q.prom(q.rate('pim_read_shed_queries_total', pim.here), 'refused/s'),
        ],
        'none'
      ) + panel.runbook('shedding'),
    ]),
    board.row('Caches and journal', [
      panel.timeseries(
        'Found in the cache',
        panel.says('The share of commands that found their patient folded, and of references that were remembered.', 'Above 0.9 in steady traffic; low after a start.', 'Low: more patients at work than the cache holds, each miss reads from the store.'),
        [
          q.prom(share('pim_shard_cache_hits_total', 'pim_shard_cold_loads_total'), 'patients'),
          q.prom(share('pim_reference_cache_hits_total', 'pim_reference_cache_misses_total'), 'references'),
        ],
        'percentunit'
      ) + panel.max(1) + panel.runbook('command-latency'),
      panel.timeseries(
        'Time to commit rows, p99',
        panel.says('How long a projection takes to commit one batch of rows.', 'Tens of milliseconds, in the background.', 'Longer: the disk is slow, or another reads it all.'),
        [q.prom(q.quantile('0.99', 'pim_projection_commit_duration_seconds', pim.here, ['projection']), '{{projection}}')],
        's'
      ) + panel.logarithmic + panel.runbook('freshness'),
      panel.timeseries(
        'Journal',
        panel.says('Entries a second written to the audit journal, and those that it could not take.', 'Follows the reads of patient data; none failed.', 'Failed: patient reads get 503 until it can be written.'),
        [
          q.prom(q.rate('pim_journal_entries_total', pim.here), 'written/s'),
          q.prom(q.rate('pim_journal_failures_total', pim.here), 'failed/s'),
        ],
        'ops'
      ) + panel.colours({ 'failed/s': 'red' }) + panel.runbook('journal'),
    ]),
  ],
)
