// What all boards select, and the colours and limits that mean the same on each.
{
  job:: 'job="pim/pim"',  // service.namespace/service.name
  events:: 'service_namespace="pim"',  // what happened around the service, too: deploys, faults, alerts

  // The processes of the chosen regions: every family has `instance`, only a few have `region`.
  here:: $.job + ', instance=~"$instance"',
  shards:: $.here + ', shard=~"$shard"',
  requests:: $.shards + ', operation=~"$operation"',
  // Operations are named after what they do: these read.
  queries:: $.requests + ', operation=~"(get|list|search)-.*"',
  commands:: $.requests + ', operation!~"(get|list|search)-.*|none"',

  // Budgets burnt: 1 is as fast as the objective allows; the steps are those of the alerts.
  burn_steps:: [[1, 'yellow'], [6, 'orange'], [14.4, 'red']],
  // Seconds; of the objectives in observability/slo.
  command_steps:: [[0.03, 'orange'], [0.5, 'red']],
  query_steps:: [[0.01, 'orange'], [0.1, 'red']],
  // Of something bounded, 0 to 1.
  fullness_steps:: [[0.7, 'orange'], [0.9, 'red']],
  // Of what should never happen.
  never_steps:: [[0.000001, 'red']],

  status_colours:: { '2xx': 'green', '3xx': 'blue', '4xx': 'yellow', '5xx': 'red' },
  quantile_colours:: { p50: 'light-blue', p95: 'blue', p99: 'dark-blue', 'p99.9': 'purple' },
}
