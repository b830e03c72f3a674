// What was written can be read: the share of the read model's samples.
{
  slo: 'freshness',
  promise: 'The read model is at most 1 s behind',
  objective: 0.999,
  views: {
    server: {
      measured_by: 'the server, of the age of the oldest event that is not yet applied',
      good: 'avg(avg_over_time((pim_projection_lag_seconds{job="pim/pim", projection="readmodel"} <= bool 1)[$window:5s]))',
      all: 'avg(avg_over_time((pim_projection_lag_seconds{job="pim/pim", projection="readmodel"} >= bool 0)[$window:5s]))',
    },
  },
}
