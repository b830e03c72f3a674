// What a trace, a log line and a metric need to be joined: to arrive.
{
  slo: 'joinability',
  promise: 'A span or a log line that was kept arrives',
  objective: 0.999,
  views: {
    server: {
      measured_by: 'the server, of what the Collector took and what was dropped before; that they join is tested (docs/links.md)',
      good: 'sum(rate(pim_spans_sent_total{job="pim/pim"}[$window])) + sum(rate(pim_log_records_sent_total{job="pim/pim"}[$window]))',
      all: 'sum(rate(pim_spans_sent_total{job="pim/pim"}[$window])) + sum(rate(pim_spans_dropped_total{job="pim/pim"}[$window]))'
           + ' + sum(rate(pim_log_records_sent_total{job="pim/pim"}[$window])) + sum(rate(pim_log_records_dropped_total{job="pim/pim"}[$window]))',
    },
  },
}
