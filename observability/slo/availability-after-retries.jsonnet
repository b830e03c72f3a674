// The promise that has to hold while processes are killed: the client's retries are part of it.
{
  slo: 'availability-after-retries',
  promise: 'A request is answered, and not with a failure, within 10 s and its retries',
  objective: 0.999,
  views: {
    client: {
      measured_by: 'the load generator, whose requests have a deadline of 10 s',
      good: 'sum(rate(pim_load_requests_total{view="after_retries", outcome=~"ok|rejected"}[$window])) or vector(0)',
      all: 'sum(rate(pim_load_requests_total{view="after_retries"}[$window]))',
    },
  },
}
