// Answered, and not with a failure, at the first attempt. Where nothing was ever good there is no such series: 0.
{
  slo: 'availability',
  promise: 'A request is answered, and not with a failure, at its first attempt',
  objective: 0.9995,
  views: {
    client: {
      measured_by: 'the load generator, of first attempts: a server that is gone fails requests',
      good: 'sum(rate(pim_load_requests_total{view="first", outcome=~"ok|rejected"}[$window])) or vector(0)',
      all: 'sum(rate(pim_load_requests_total{view="first"}[$window]))',
    },
    server: {
      measured_by: 'the server, of what it answered: while it is gone nothing burns here, and PimDown speaks',
      good: 'sum(rate(pim_http_requests_total{job="pim/pim", status!="5xx"}[$window])) or vector(0)',
      all: 'sum(rate(pim_http_requests_total{job="pim/pim"}[$window]))',
    },
  },
}
