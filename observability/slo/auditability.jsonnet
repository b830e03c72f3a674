// No budget: one is too many.
{
  slo: 'auditability',
  promise: 'Every event has its user and request, every chain is whole, and state is what the history gives',
  measured_by: '`pim audit verify`, `pim audit reconstruct --all`, the history checker (`pim load check`)',
}
