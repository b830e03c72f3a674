// Mimir's rules from the objectives. `factor` above 1 divides every window by it, for runs of minutes: names, labels and
// summaries say so, and its alerts fire only while a load generator is at work.
//
//   pim:slo_objective:ratio   the share that has to be good
//   pim:slo_all:rate5m        what counts, a second
//   pim:slo_good:rate5m       what of it was good, a second
//   pim:slo_burn:ratio_W      share of what was not good over W / (1 - objective): at 1 a budget of 30 days lasts 30 days
//   pim:slo_budget:ratio_30d  what is left of the budget; below 0 it is overspent
//   pim:slo_broken:items      of an objective without budget: what its checks found bad, each one's last of a day
local slo = import 'all.libsonnet';
local yaml = import 'yaml.libsonnet';

local duration(seconds) =
  local units = [[24 * 3600, 'd'], [3600, 'h'], [60, 'm'], [1, 's']];
  ['%d%s' % [seconds / unit[0], unit[1]] for unit in units if seconds % unit[0] == 0][0];

function(factor=1)
  local compressed = factor > 1;
  local prefix = if compressed then 'pim:slo%d_' % factor else 'pim:slo_';
  local labels = if compressed then { compressed: std.toString(factor) } else {};
  // At least four scrapes, which a rate needs.
  local seconds(minutes) = std.max(std.floor(minutes * 60 / factor), 20);
  local window(minutes) = duration(seconds(minutes));

  local shortest = window(5);
  local objective = prefix + 'objective:ratio';
  local all = '%sall:rate%s' % [prefix, shortest];
  local good = '%sgood:rate%s' % [prefix, shortest];
  local burn(minutes) = '%sburn:ratio_%s' % [prefix, window(minutes)];
  local over(record, w) = if w == shortest then record else 'sum_over_time(%s[%s])' % [record, w];
  local bad_share(w) = '(1 - %s / %s)' % [over(good, w), over(all, w)];

  local records_of(each, view) =
    local of = { slo: each.slo, view: view } + labels;
    local expr(text) = std.strReplace(text, '$window', shortest);
    [
      { record: objective, labels: of, expr: 'vector(%s)' % slo.share(each.objective) },
      { record: all, labels: of, expr: expr(each.views[view].all) },
      { record: good, labels: of, expr: expr(each.views[view].good) },
    ];
  local burn_record(minutes) = {
    record: burn(minutes),
    expr: '%s / (1 - %s)' % [bad_share(window(minutes)), objective],
  };
  local links = {
    runbook_url: '{{ $externalURL }}/d/runbook-{{ $labels.slo }}',
    dashboard_url: '{{ $externalURL }}/d/pim-slo',
  };
  local alert(name, severity, pairs, what) = {
    alert: name,
    local burns = std.join(' or ', [
      '(%s > %g and %s > %g)' % [burn(pair.long), pair.burn, burn(pair.short), pair.burn]
      for pair in pairs
    ]),
    expr: if compressed then '(%s) and on () group(pim_load_requests_total)' % burns else burns,
    labels: { severity: severity } + labels,
    annotations: {
      summary:
        (if compressed then 'A test in which each minute counts for %d: the' % factor else 'The')
        + ' budget of {{ $labels.slo }}, as the {{ $labels.view }} sees it, burns {{ $value | printf "%.0f" }} times too fast: '
        + what,
    } + links,
  };

  local windows(pairs) = [pair[which] for pair in pairs for which in ['short', 'long']];
  local distinct(minutes) = std.set(minutes, seconds);
  local short = distinct(windows(slo.pages));
  local long = std.setDiff(distinct(windows(slo.tickets)), short, seconds);
  local name = if compressed then 'pim-slo-compressed' else 'pim-slo';
  yaml.rules([
    {
      name: name,
      interval: if compressed then '5s' else '15s',
      rules: std.flattenArrays([records_of(each, view) for each in slo.with_budget for view in std.objectFields(each.views)])
             + [burn_record(minutes) for minutes in short]
             + [alert(if compressed then 'PimCompressedBurnsFast' else 'PimBudgetBurnsFast', 'page', slo.pages, 'look now')],
    },
    // Long windows change slowly, and are dear.
    {
      name: name + '-long',
      interval: if compressed then '15s' else '1m',
      rules: [burn_record(minutes) for minutes in long]
             + [alert(if compressed then 'PimCompressedBurns' else 'PimBudgetBurns', 'ticket', slo.tickets, 'look this week')],
    },
  ] + if compressed then [] else [
    {
      name: 'pim-slo-budget',
      interval: '1m',
      rules: [{
        local whole = '%dd' % slo.days,
        record: 'pim:slo_budget:ratio_' + whole,
        expr: '1 - %s / (1 - %s)' % [bad_share(whole), objective],
      }],
    },
    {
      name: 'pim-slo-promises',
      interval: '15s',
      rules: [
        {
          record: 'pim:slo_broken:items',
          labels: { slo: each.slo },
          expr: 'sum(last_over_time(pim_check_bad_items{slo="%s"}[1d]))' % each.slo,
        }
        for each in slo.without_budget
      ] + [
        {
          alert: 'PimPromiseBroken',
          expr: 'pim:slo_broken:items > 0',
          labels: { severity: 'page' },
          annotations: {
            summary: 'What has no budget is broken: checks of {{ $labels.slo }} found {{ $value | printf "%.0f" }} bad',
          } + links,
        },
      ],
    },
  ])
