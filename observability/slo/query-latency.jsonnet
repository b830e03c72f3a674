// Answered in time.
{
  slo: 'query-latency',
  promise: 'A query is answered within 10 ms',
  objective: 0.99,
  views: {
    client: {
      measured_by: 'the load generator, of first attempts, from the intended start',
      good: 'sum(rate(pim_load_request_duration_seconds_bucket{view="first", kind="query", le="0.01"}[$window]))',
      all: 'sum(rate(pim_load_request_duration_seconds_count{view="first", kind="query"}[$window]))',
    },
    server: {
      measured_by: 'the server, from the whole request to its answer',
      good: 'sum(rate(pim_http_request_duration_seconds_bucket{job="pim/pim", operation=~"(get|list|search)-.*", le="0.01"}[$window]))',
      all: 'sum(rate(pim_http_request_duration_seconds_count{job="pim/pim", operation=~"(get|list|search)-.*"}[$window]))',
    },
  },
}
