// Durable and answered in time.
{
  slo: 'command-latency',
  promise: 'A command is durable and answered within 30 ms',
  objective: 0.99,
  views: {
    client: {
      measured_by: 'the load generator, of first attempts, from the intended start',
      good: 'sum(rate(pim_load_request_duration_seconds_bucket{view="first", kind="command", le="0.03"}[$window]))',
      all: 'sum(rate(pim_load_request_duration_seconds_count{view="first", kind="command"}[$window]))',
    },
    server: {
      measured_by: 'the server, from the whole request to its answer',
      good: 'sum(rate(pim_http_request_duration_seconds_bucket{job="pim/pim", operation!~"(get|list|search)-.*|none", le="0.03"}[$window]))',
      all: 'sum(rate(pim_http_request_duration_seconds_count{job="pim/pim", operation!~"(get|list|search)-.*|none"}[$window]))',
    },
  },
}
