// How traffic lies on the shards and buckets, from metrics alone: no log is read.
local board = import 'lib/dashboard.libsonnet';
local links = import 'lib/links.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

local latency = 'pim_http_request_duration_seconds';
local one_shard = pim.requests + ', shard!="none"';  // no lists over all shards
local by_shard(name) = q.rate(name, pim.shards, ['shard']);
local traces_of_shard = links.traces(
  'Traces of shard ${__field.labels.shard}',
  '{resource.service.name="pim" && span.pim.shard="${__field.labels.shard}"}',
);

board.new(
  'pim-shards',
  'PIM / Shards',
  'Traffic, skew, heat of the buckets and latency by shard.',
  [
    board.row('Is it even?', [
      panel.stat(
        'Skew',
        panel.says(
          'Requests of the busiest shard over the mean of all: 1 is even.',
          'Below 1.5: thousands of patients a shard even each other out.',
          'Above 2.5: one patient or one provider is hot. See the heat of the buckets, and the runbook.'
        ),
        [q.number('max(%s) / avg(%s)' % [by_shard('pim_shard_requests_total'), by_shard('pim_shard_requests_total')], 'busiest / mean')],
        'none',
        [[1.5, 'orange'], [2.5, 'red']]
      ) + panel.decimals(2) + panel.runbook('hot-shard') + panel.size(4, 8),
      panel.timeseries(
        'Share of the traffic',
        panel.says(
          "Each shard's share of all requests that concern one patient, provider or facility.",
          'Equal bands.',
          'A band that widens is a hot shard; one that is gone, a shard that takes no work.'
        ),
        [q.prom(by_shard('pim_shard_requests_total'), '{{shard}}')],
        'reqps'
      ) + panel.stacked('percent') + panel.runbook('hot-shard') + panel.size(10, 8),
      panel.heatmap(
        'Heat of the buckets',
        panel.says(
          'Events a second in each group of 64 buckets, 64 groups in all. A shard is a range of them: of four, 0 has groups 00 to 15.',
          'One even colour.',
          "A dark line is a hot group: one patient in it takes much of the load. `pim shard locate` tells a patient's bucket."
        ),
        [q.prom(q.rate('pim_bucket_group_events_total', pim.here, ['group']), '{{group}}')],
        'none'
      ) + panel.runbook('hot-shard') + panel.size(10, 8),
    ]),
    board.row('Traffic', [
      panel.timeseries(
        'Requests',
        panel.says('Requests a second by shard, queries too.', 'Lines close to each other.', 'Compare with the duration below: a shard may be slow without being busy.'),
        [q.prom(by_shard('pim_shard_requests_total'), '{{shard}}')],
        'reqps'
      ) + panel.runbook('hot-shard') + panel.click([traces_of_shard]),
      panel.timeseries(
        'Events',
        panel.says('Events made durable a second, by shard.', 'Lines close to each other, below the requests.', 'Requests without events: rejections, replays or refusals; see Turned away.'),
        [q.prom(by_shard('pim_shard_events_total'), '{{shard}}')],
        'ops'
      ) + panel.runbook('hot-shard'),
      panel.timeseries(
        'Bytes of events',
        panel.says('Payload of the events made durable a second, by shard.', 'In step with the events.', 'Bytes grow and events do not: somebody sends larger bodies.'),
        [q.prom(by_shard('pim_shard_event_bytes_total'), '{{shard}}')],
        'Bps'
      ) + panel.runbook('disk-low'),
      panel.timeseries(
        'Requests by region',
        panel.says('Requests a second by region, of the processes chosen above.', "As the regions' load is.", 'A region without traffic: its processes are down or nobody is routed there.'),
        [q.prom(q.rate('pim_shard_requests_total', pim.shards + ', region=~"$region"', ['region']), '{{region}}')],
        'reqps'
      ) + panel.runbook('target-down'),
    ]),
    board.row('Latency and use', [
      panel.timeseries(
        'p99 by shard',
        panel.says('99 of 100 requests took at most so long, by shard. The dots are single requests whose trace is kept.', 'Below 30 ms, shards alike.', 'One shard: hot, see Busy and Waiting. All: the store, see Write path.'),
        [q.prom(q.quantile('0.99', latency, one_shard, ['shard']), '{{shard}}', exemplar=true)],
        's'
      ) + panel.lines(pim.command_steps) + panel.logarithmic + panel.runbook('command-latency') + panel.click([traces_of_shard]),
      panel.timeseries(
        'p50 by shard',
        panel.says('Half of the requests took at most so long, by shard.', 'A few milliseconds, shards alike.', 'p50 as bad as p99: everything waits. Only p99 is bad: a few patients or cold loads.'),
        [q.prom(q.quantile('0.50', latency, one_shard, ['shard']), '{{shard}}')],
        's'
      ) + panel.logarithmic + panel.runbook('command-latency'),
      panel.timeseries(
        'Busy',
        panel.says("The share of its time that a shard's executor works and does not wait.", 'Below 0.7.', 'Near 1 this shard is at its limit, and further commands will be refused.'),
        [q.prom(by_shard('pim_shard_busy_seconds_total'), '{{shard}}')],
        'percentunit'
      ) + panel.max(1) + panel.lines(pim.fullness_steps) + panel.runbook('hot-shard'),
      panel.timeseries(
        'Waiting, p99',
        panel.says("How long commands wait before their shard's executor takes them.", 'Below 5 ms.', 'It grows before anything else does: more work than the executor can do.'),
        [q.prom(q.quantile('0.99', 'pim_shard_queue_wait_seconds', pim.shards, ['shard']), '{{shard}}', exemplar=true)],
        's'
      ) + panel.lines([[0.02, 'orange']]) + panel.logarithmic + panel.runbook('shedding'),
      panel.timeseries(
        'Turned away',
        panel.says('Commands a second that came to nothing, by shard and why: refused early, out of time, another version, another owner.', 'Near 0; some conflicts.', 'Refused: shedding. Fenced: this process has lost buckets to another one, which is right if a move is under way.'),
        [
          q.prom(q.rate('pim_shard_shed_commands_total', pim.shards, ['shard', 'reason']), '{{shard}} {{reason}}'),
          q.prom(q.rate('pim_http_late_requests_total', pim.here), 'not read in time'),
          q.prom(by_shard('pim_shard_expired_commands_total'), '{{shard}} out of time'),
          q.prom(by_shard('pim_shard_conflicts_total'), '{{shard}} conflict'),
          q.prom(by_shard('pim_shard_fenced_total'), '{{shard}} fenced'),
        ],
        'ops'
      ) + panel.runbook('shedding'),
    ]),
  ],
)
