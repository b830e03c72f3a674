// The objectives as docs/slo.md has them.
local slo = import 'all.libsonnet';

local percent(share) = '%.5g %%' % (share * 100);
local budget(objective) =
  local minutes = (1 - objective) * slo.days * 24 * 60;
  if minutes < 120 then '%.3g min' % minutes else '%.3g h' % (minutes / 60);
local row(cells) = '| %s |' % std.join(' | ', cells);
local views(each) = std.join('; ', ['**%s:** %s' % [view, each.views[view].measured_by] for view in std.objectFields(each.views)]);
local link(name) = '[%s](runbooks/%s.md)' % [name, name];

std.join('\n', [
  row(['objective and runbook', 'promise', 'good', 'budget in %d days' % slo.days, 'measured by']),
  '|---|---|---|---|---|',
] + [
  row([link(each.slo), each.promise, percent(each.objective), budget(each.objective), views(each)])
  for each in slo.with_budget
] + [
  row([link(each.slo), each.promise, 'all', 'none', each.measured_by])
  for each in slo.without_budget
])
