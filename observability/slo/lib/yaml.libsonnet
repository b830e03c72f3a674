// Prometheus' rule files as people write them; std.manifestYamlDoc quotes every key.
local quoted(text) = "'%s'" % std.strReplace(text, "'", "''");
local map(fields) = '{%s}' % std.join(', ', ['%s: %s' % [name, quoted(fields[name])] for name in std.objectFields(fields)]);

local rule(it) = std.join('\n', [
  if std.objectHas(it, 'alert') then '      - alert: ' + it.alert else '      - record: ' + it.record,
] + (if std.objectHas(it, 'labels') then ['        labels: ' + map(it.labels)] else []) + [
  '        expr: ' + quoted(it.expr),
] + (
  if std.objectHas(it, 'annotations')
  then ['        annotations:'] + ['          %s: %s' % [name, quoted(it.annotations[name])] for name in std.objectFields(it.annotations)]
  else []
));

{
  // groups: [{name, interval, rules}]
  rules(groups)::
    '# Made by tools/slo.sh from observability/slo/; what the records mean stands in lib/rules.jsonnet there.\ngroups:\n'
    + std.join('\n\n', [
      '  - name: %s\n    interval: %s\n    rules:\n' % [group.name, group.interval]
      + std.join('\n', [rule(each) for each in group.rules])
      for group in groups
    ]),
}
