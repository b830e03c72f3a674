// The first page at 3 a.m.: is the objective met, how fast does its budget burn, which operation, which shard.
local board = import 'lib/dashboard.libsonnet';
local links = import 'lib/links.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

local latency = 'pim_http_request_duration_seconds';
local failed = pim.here + ', operation=~"$operation", status="5xx"';
local answered = pim.here + ', operation=~"$operation"';
local traces_of_operation = links.traces(
  'Traces of ${__field.labels.operation}',
  '{resource.service.name="pim" && span.pim.operation="${__field.labels.operation}"}',
);

local durations(title, selector, steps, runbook) =
  panel.timeseries(
    title,
    panel.says(
      'Time from the whole request to its answer, by quantile. The dots are exemplars: single requests whose trace is kept; click one for its trace.',
      'p99 below the first dashed line, the objective.',
      'Look in the tables above which operation and which shard it is, then open the trace of a dot near the top.'
    ),
    [
      q.prom(q.quantile('0.50', latency, selector), 'p50', exemplar=true),
      q.prom(q.quantile('0.95', latency, selector), 'p95'),
      q.prom(q.quantile('0.99', latency, selector), 'p99'),
      q.prom(q.quantile('0.999', latency, selector), 'p99.9'),
    ],
    's'
  )
  + panel.colours(pim.quantile_colours) + panel.lines(steps) + panel.logarithmic + panel.runbook(runbook)
  + panel.size(12, 8);

board.new(
  'pim-overview',
  'PIM / Overview',
  'Is the objective met, how fast does its budget burn, and where: read it from the top left.',
  [
    board.row('Is the objective met?', [
      panel.stat(
        'Budget burn, last hour',
        panel.says(
          'How many times faster than allowed each error budget of 30 days was spent over the last hour, as who sees it worst: client or server.',
          'Green, below 1.',
          'Yellow: watch it. Orange: fix it today. Red: fix it now, the budget is gone in two days. Open the runbook of the same name.'
        ),
        [q.number('max by (slo) (pim:slo_burn:ratio_1h)', '{{slo}}')],
        'none',
        pim.burn_steps
      ) + panel.decimals(1) + panel.size(12, 5)
      + panel.click([links.runbook('${__field.labels.slo}')]),
      panel.table(
        'Objectives',
        panel.says(
          'Each objective, the share that was good over the last hour, and its burn over 5 minutes (is it still so?) and 6 hours (for how long?).',
          'Good is above the objective; all burns below 1.',
          'Burn over 5 minutes low and over 1 hour high: it is over, find out what it was. Both high: it goes on.'
        ),
        'slo',
        [
          { name: 'Objective', target: q.column('max by (slo) (pim:slo_objective:ratio)'), unit: 'percentunit' },
          { name: 'Good, 1 h', target: q.column('min by (slo) (1 - pim:slo_burn:ratio_1h * (1 - pim:slo_objective:ratio))'), unit: 'percentunit' },
          { name: 'Burn, 5 min', target: q.column('max by (slo) (pim:slo_burn:ratio_5m)'), unit: 'none', steps: pim.burn_steps },
          { name: 'Burn, 6 h', target: q.column('max by (slo) (pim:slo_burn:ratio_6h)'), unit: 'none', steps: pim.burn_steps },
        ],
        'Burn, 5 min'
      ) + panel.runbook('availability') + panel.size(12, 5),
      panel.timeseries(
        'Budget burn, 5 min',
        panel.says(
          'The same burn as the number above, over time and within 5 minutes: when it began, and whether it ended.',
          'Below 1, with short peaks.',
          'Compare its beginning with the marks for deploys (blue), faults (purple) and alerts (red).'
        ),
        [q.prom('max by (slo) (pim:slo_burn:ratio_5m)', '{{slo}}')],
        'none'
      ) + panel.lines(pim.burn_steps) + panel.runbook('availability') + panel.size(16, 7),
      panel.table(
        'Alerts that fire',
        panel.says(
          "Alerts that Mimir's ruler has firing now.",
          'PimWatchdog alone, which fires always: it shows that alerts come through.',
          'Open the runbook that the alert names; page before ticket. Under a purple mark: the runbook of that fault. Without PimWatchdog: the ruler does not work.'
        ),
        'alertname',
        [{ name: 'Firing', target: q.column('sum by (alertname, severity) (ALERTS{alertstate="firing"})'), unit: 'none' }],
        'Firing'
      ) + panel.faults + panel.runbook('telemetry-loss') + panel.size(8, 7),
    ]),
    board.row('Which operation, which shard?', [
      panel.table(
        'By operation',
        panel.says(
          "Each operation's rate, share of 5xx, and duration.",
          'No 5xx; p99 within 30 ms (commands), 10 ms (queries).',
          'One operation is bad: its traces. All are: it is not the operation; look at the shards.'
        ),
        'operation',
        [
          { name: 'Requests/s', target: q.column(q.rate('pim_http_requests_total', answered, ['operation'])), unit: 'reqps' },
          {
            name: '5xx',
            target: q.column('%s / %s' % [q.rate('pim_http_requests_total', failed, ['operation']), q.rate('pim_http_requests_total', answered, ['operation'])]),
            unit: 'percentunit',
            steps: [[0.0005, 'orange'], [0.0072, 'red']],
          },
          { name: 'p50', target: q.column(q.quantile('0.50', latency, pim.requests, ['operation'])), unit: 's' },
          { name: 'p99', target: q.column(q.quantile('0.99', latency, pim.requests, ['operation'])), unit: 's', steps: pim.command_steps },
        ],
        'p99'
      ) + panel.runbook('availability') + panel.size(12, 8),
      panel.table(
        'By shard',
        panel.says(
          "Each shard's rate, how busy its executor is, and the duration of its requests. `none`: requests that belong to no single shard.",
          'Rates alike, busy below 70 %.',
          'One shard is slow and busy: a hot shard. All are slow: the store, see Write path.'
        ),
        'shard',
        [
          { name: 'Requests/s', target: q.column(q.rate(latency + '_count', pim.requests, ['shard'])), unit: 'reqps' },
          { name: 'Busy', target: q.column(q.rate('pim_shard_busy_seconds_total', pim.shards, ['shard'])), unit: 'percentunit', steps: pim.fullness_steps },
          { name: 'p50', target: q.column(q.quantile('0.50', latency, pim.requests, ['shard'])), unit: 's' },
          { name: 'p99', target: q.column(q.quantile('0.99', latency, pim.requests, ['shard'])), unit: 's', steps: pim.command_steps },
        ],
        'p99'
      ) + panel.runbook('hot-shard') + panel.size(12, 8),
    ]),
    board.row('Rate, errors, duration', [
      panel.timeseries(
        'Requests by status',
        panel.says(
          'Requests answered a second, by status class.',
          'Green follows the load; some yellow (409, 412: rules of the domain) is business as usual.',
          'Red: 5xx, each has an outcome in its trace and its log line. Yellow that jumps: a client has changed.'
        ),
        [q.prom(q.rate('pim_http_requests_total', answered + ', status!="1xx"', ['status']), '{{status}}')],
        'reqps'
      ) + panel.stacked() + panel.colours(pim.status_colours) + panel.runbook('availability') + panel.size(12, 8),
      panel.timeseries(
        'Share of 5xx by operation',
        panel.says(
          "Of each operation's answers, the share of 5xx. Click a line for traces.",
          'Flat at 0.',
          'All operations: the store or the process. Commands only: the store. Queries only: read model or journal.'
        ),
        [q.prom('%s / %s' % [q.rate('pim_http_requests_total', failed, ['operation']), q.rate('pim_http_requests_total', answered, ['operation'])], '{{operation}}')],
        'percentunit'
      ) + panel.runbook('availability') + panel.click([traces_of_operation]) + panel.size(12, 8),
      durations('Duration of commands', pim.commands, pim.command_steps, 'command-latency')
      + panel.click([links.board('Shards', 'pim-shards')]),
      durations('Duration of queries', pim.queries, pim.query_steps, 'query-latency'),
    ]),
    board.row('What is full?', [
      panel.timeseries(
        'Full, of what is bounded',
        panel.says(
          'How full the bounded queues and the connections are, the fullest process and shard of each. At 1 further work is refused at once.',
          'Below 0.1: queues only smooth bursts.',
          'Rising: more work than can be done. See which, then the runbook.'
        ),
        [
          q.prom('max(pim_shard_queued_commands{%s} / pim_shard_queue_capacity{%s})' % [pim.shards, pim.shards], 'commands of a shard'),
          q.prom('max(pim_read_queue{%s} / pim_read_queue_capacity{%s})' % [pim.here, pim.here], 'queries'),
          q.prom('max(pim_http_connections{%s} / pim_http_connections_limit{%s})' % [pim.here, pim.here], 'connections'),
        ],
        'percentunit'
      ) + panel.max(1) + panel.lines(pim.fullness_steps) + panel.runbook('shedding') + panel.size(16, 7),
      panel.stat(
        'Processes',
        panel.says(
          'How many processes are scraped, ready, and take writes.',
          'All three alike.',
          'Fewer ready than scraped: one starts or drains. Fewer writable: runbook.'
        ),
        [
          q.number('sum(up{%s})' % pim.here, 'scraped'),
          q.number('sum(pim_ready{%s})' % pim.here, 'ready'),
          q.number('sum(pim_store_writable{%s})' % pim.here, 'writable'),
        ],
        'none'
      ) + panel.runbook('store-not-writable') + panel.floor([[1, 'green']]),
    ]),
  ],
)
