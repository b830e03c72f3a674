// Whether what the other boards show is all there: from the process through the Collector into the back ends.
local board = import 'lib/dashboard.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

local rate(name, selector='') = 'sum(rate(%s{%s}[$__rate_interval]))' % [name, selector];
local by(label, name, selector='') = 'sum by (%s) (rate(%s{%s}[$__rate_interval]))' % [label, name, selector];

board.new(
  'pim-telemetry',
  'PIM / Telemetry health',
  'Is what the other boards show all there? From the process through the Collector into the back ends.',
  [
    board.row('Is it all there?', [
      panel.stat(
        'Scraped',
        panel.says('1 where all targets of a job answer their scrape.', 'Everything 1.', '0: that part is down, or the Collector cannot reach it.'),
        [q.number('min by (job) (up)', '{{job}}')],
        'none'
      ) + panel.floor([[1, 'green']]) + panel.runbook('target-down') + panel.size(10, 7),
      panel.stat(
        'Lost in the process',
        panel.says('In the range shown: spans, log records and profiles that the process dropped because the Collector did not take them in time.', '0.', 'The Collector or the network was away. Requests did not wait for it.'),
        [
          q.number('sum(increase(pim_spans_dropped_total{%s}[$__range]))' % pim.here, 'spans'),
          q.number('sum(increase(pim_log_records_dropped_total{%s}[$__range]))' % pim.here, 'log records'),
          q.number('sum(increase(pim_profiles_dropped_total{%s}[$__range]))' % pim.here, 'profiles'),
        ],
        'none',
        pim.never_steps
      ) + panel.decimals(0) + panel.runbook('telemetry-loss') + panel.size(7, 7),
      panel.timeseries(
        'Kept share of traces',
        panel.says('Of the traces that began here, the share that is kept. The sampler keeps all up to a rate, and a share of the rest.', '1 below the rate (50 a second by default), less above.', 'Low is no fault: the load is high. `--trace-rate` and `--trace-percent` set it.'),
        [q.prom('%s / %s' % [rate('pim_traces_kept_total', pim.here), rate('pim_traces_total', pim.here)], 'kept')],
        'percentunit'
      ) + panel.max(1) + panel.runbook('telemetry-loss') + panel.size(7, 7),
    ]),
    board.row('In the process', [
      panel.timeseries(
        'Sent',
        panel.says('Spans, log records and profiles a second that the Collector and Pyroscope have taken.', "Follows the load up to the sampler's rate.", 'Nothing sent under load: no endpoint is configured, or it is away.'),
        [
          q.prom(rate('pim_spans_sent_total', pim.here), 'spans'),
          q.prom(rate('pim_log_records_sent_total', pim.here), 'log records'),
          q.prom(rate('pim_profiles_sent_total', pim.here), 'profiles'),
        ],
        'ops'
      ) + panel.runbook('telemetry-loss'),
      panel.timeseries(
        'Waiting to be sent',
        panel.says("Spans and log records in the process's queues; each holds a bounded number.", 'Near 0.', 'It rises while the Collector is away; at the bound the process drops and counts.'),
        [
          q.prom('sum(pim_spans_queued{%s})' % pim.here, 'spans'),
          q.prom('sum(pim_log_records_queued{%s})' % pim.here, 'log records'),
        ],
        'none'
      ) + panel.runbook('telemetry-loss'),
      panel.timeseries(
        'Attempts that failed',
        panel.says('Requests a second that the Collector or Pyroscope did not answer with 2xx; each is tried again.', '0.', 'One signal: its receiver. All: the Collector.'),
        [
          q.prom(rate('pim_span_export_failures_total', pim.here), 'spans'),
          q.prom(rate('pim_log_export_failures_total', pim.here), 'log records'),
          q.prom(rate('pim_profile_push_failures_total', pim.here), 'profiles'),
        ],
        'ops'
      ) + panel.runbook('telemetry-loss'),
      panel.timeseries(
        'Series and scrape',
        panel.says('Sample lines in a scrape of the process, and how long it takes to write them.', 'Hundreds to a few thousand lines; milliseconds.', "Series that grow without end: a label with unbounded values. The registry refuses beyond a family's cap."),
        [
          q.prom('sum(pim_metrics_series{%s})' % pim.here, 'series'),
          q.prom('max(pim_metrics_scrape_duration_seconds{%s}) * 1000' % pim.here, 'time to write, ms'),
        ],
        'none'
      ) + panel.logarithmic + panel.runbook('telemetry-loss'),
    ]),
    board.row('In the Collector', [
      panel.timeseries(
        'Queue of the Collector',
        panel.says("How full the Collector's queue on disk is, for each back end.", 'Near 0.', 'Its back end is away or slow. At 1 further data are dropped and counted.'),
        [q.prom('max by (exporter, data_type) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)', '{{exporter}} {{data_type}}')],
        'percentunit'
      ) + panel.max(1) + panel.lines([[0.5, 'orange'], [0.9, 'red']]) + panel.runbook('telemetry-loss'),
      panel.timeseries(
        'Through the Collector',
        panel.says('What the Collector took in a second and what it handed over, by signal.', 'In and out alike.', 'Out below in: its queue grows.'),
        [
          q.prom(rate('otelcol_receiver_accepted_spans'), 'spans in'),
          q.prom(rate('otelcol_exporter_sent_spans'), 'spans out'),
          q.prom(rate('otelcol_receiver_accepted_log_records'), 'log records in'),
          q.prom(rate('otelcol_exporter_sent_log_records'), 'log records out'),
          q.prom(rate('otelcol_receiver_accepted_metric_points'), 'points in'),
          q.prom(rate('otelcol_exporter_sent_metric_points'), 'points out'),
        ],
        'ops'
      ) + panel.logarithmic + panel.runbook('telemetry-loss'),
      panel.timeseries(
        'Memory',
        panel.says('Resident memory of the server, the Collector and the back ends.', 'The whole stack within 2 GB.', 'One that grows without end: its limit is near, and it will be ended.'),
        [
          q.prom('sum by (job) (process_resident_memory_bytes)', '{{job}}'),
          q.prom('sum(otelcol_process_memory_rss)', 'otelcol'),
        ],
        'bytes'
      ) + panel.runbook('telemetry-loss'),
    ]),
    board.row('In the back ends', [
      panel.timeseries(
        'Taken in',
        panel.says('Log lines, spans, samples and profile bytes that Loki, Tempo, Mimir and Pyroscope took in a second.', 'Follows what the Collector hands over.', 'One stops and its queue above grows: that back end.'),
        [
          q.prom(rate('loki_distributor_lines_received_total'), 'Loki: lines'),
          q.prom(rate('tempo_distributor_spans_received_total'), 'Tempo: spans'),
          q.prom(rate('cortex_distributor_received_samples_total'), 'Mimir: samples'),
          q.prom(rate('pyroscope_distributor_received_compressed_bytes_sum'), 'Pyroscope: bytes'),
        ],
        'ops'
      ) + panel.logarithmic + panel.runbook('telemetry-loss') + panel.size(12, 7),
      panel.timeseries(
        'Refused',
        panel.says('What the back ends threw away, by reason: too old, over a limit, malformed.', '0.', 'Over a limit: more than this stack is made for. Too old: it was buffered for longer than 6 hours.'),
        [
          q.prom(by('reason', 'loki_discarded_samples_total'), 'Loki: {{reason}}'),
          q.prom(by('reason', 'tempo_discarded_spans_total'), 'Tempo: {{reason}}'),
          q.prom(by('reason', 'cortex_discarded_samples_total'), 'Mimir: {{reason}}'),
          q.prom(by('reason', 'pyroscope_discarded_bytes_total'), 'Pyroscope: {{reason}}'),
        ],
        'ops'
      ) + panel.runbook('telemetry-loss') + panel.size(12, 7),
    ]),
  ],
)
