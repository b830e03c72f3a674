// The objectives: what is left of each budget, how fast it burns, as clients and as servers see it.
local slo = import '../../slo/lib/all.libsonnet';
local board = import 'lib/dashboard.libsonnet';
local panel = import 'lib/panel.libsonnet';
local pim = import 'lib/pim.libsonnet';
local q = import 'lib/query.libsonnet';

local of(each) = '{slo="%s"}' % each.slo;
local seen_by(each) = std.join('; ', ['%s: %s' % [view, each.views[view].measured_by] for view in std.objectFields(each.views)]);
local title(each) = std.asciiUpper(each.slo[0]) + std.strReplace(each.slo[1:], '-', ' ');

local burn(each) =
  panel.timeseries(
    title(each),
    panel.says(
      '%s: %s of all. How many times faster than allowed its budget burns, over 5 minutes and an hour. Seen by %s.'
      % [each.promise, '%.5g %%' % (each.objective * 100), seen_by(each)],
      'Below 1. A line is missing where nobody looks: the client is the load generator.',
      'The client burns and the server does not: requests do not reach it, or wait before. Both: the runbook.'
    ),
    [
      q.prom('pim:slo_burn:ratio_1h' + of(each), '{{view}}, 1 h'),
      q.prom('pim:slo_burn:ratio_5m' + of(each), '{{view}}, 5 min'),
    ],
    'none'
  ) + panel.lines(pim.burn_steps) + panel.runbook(each.slo) + panel.size(8, 7);

board.new(
  'pim-slo',
  'PIM / SLOs',
  'What is promised, and what is left of each budget: docs/slo.md.',
  [
    board.row('Budgets', [
      panel.stat(
        'Budget left, %d days' % slo.days,
        panel.says(
          'Of what each objective allows to be bad in %d days, the share that is left. Of little traffic a short fault takes much.' % slo.days,
          'Green: above a quarter.',
          'Orange: no risks this month. Red: it is overspent; mend before you change anything else.'
        ),
        [q.number('pim:slo_budget:ratio_%dd' % slo.days, '{{slo}}, {{view}}')],
        'percentunit'
      ) + panel.floor([[0, 'orange'], [0.25, 'green']]) + panel.decimals(0) + panel.runbook('availability') + panel.size(16, 6),
      panel.stat(
        'Promises without budget',
        panel.says(
          'What the last checks of a day found bad: of %s.' % std.join(' and ', [each.slo for each in slo.without_budget]),
          '0. Nothing is shown where no check has looked for a day.',
          'One is too many: the runbook of that name, now.'
        ),
        [q.number('pim:slo_broken:items', '{{slo}}')],
        'none',
        pim.never_steps
      ) + panel.decimals(0) + panel.runbook('durability') + panel.size(8, 6),
    ]),
    board.row('Burn', [burn(each) for each in slo.with_budget]),
    board.row('Runs of minutes', [
      panel.timeseries(
        'Compressed burn',
        panel.says(
          'The same burn with windows 60 times shorter, for runs of the load generator: over 20 s and a minute. No real budget is spent so.',
          'Below 1, outside of faults.',
          'Compare with the purple marks: the faults that were made.'
        ),
        [
          q.prom('pim:slo60_burn:ratio_1m', '{{slo}}, {{view}}, 1 min'),
          q.prom('pim:slo60_burn:ratio_20s', '{{slo}}, {{view}}, 20 s'),
        ],
        'none'
      ) + panel.lines(pim.burn_steps) + panel.runbook('availability-after-retries') + panel.size(24, 8),
    ]),
  ],
)
