// No budget: one is too many.
{
  slo: 'durability',
  promise: 'No acknowledged write is lost, done twice, or done without having been asked for',
  measured_by: 'the history checker, after each run of the load generator (`pim load check`)',
}
