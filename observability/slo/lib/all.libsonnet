// The objectives, in the order in which boards and tables show them. A definition has the objective's name, which is
// its runbook's, too, and in words what it promises; then
//   objective   the share that has to be good, over `days`
//   views       who looks, and at what: `good` of `all`, a second, over $window
// or, where no budget is granted, `measured_by` alone: each thing that a check finds bad breaks it.
local defined = [
  import '../availability.jsonnet',
  import '../availability-after-retries.jsonnet',
  import '../command-latency.jsonnet',
  import '../query-latency.jsonnet',
  import '../freshness.jsonnet',
  import '../joinability.jsonnet',
  import '../durability.jsonnet',
  import '../auditability.jsonnet',
];

{
  with_budget:: [each for each in defined if std.objectHas(each, 'objective')],
  without_budget:: [each for each in defined if !std.objectHas(each, 'objective')],
  days:: 30,

  // Both windows, in minutes, have to burn so fast: the long one says that it matters, the short one that it goes on.
  // https://sre.google/workbook/alerting-on-slos/
  pages:: [{ burn: 14.4, long: 60, short: 5 }, { burn: 6, long: 6 * 60, short: 30 }],
  tickets:: [{ burn: 3, long: 24 * 60, short: 2 * 60 }, { burn: 1, long: 3 * 24 * 60, short: 6 * 60 }],

  // A share as it is written: 0.9995 has no double of its own.
  share(objective):: '%.6g' % objective,
}
