// Panels. Each says what it shows, what is normal and what to do, and leads on: to its runbook, or to Explore.
local links = import 'links.libsonnet';
local q = import 'query.libsonnet';

local refs = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];

// Steps [[value, colour]...] above green.
local thresholds(steps, below='green') = {
  mode: 'absolute',
  steps: [{ value: null, color: below }] + [{ value: step[0], color: step[1] } for step in steps],
};

local base(type, title, says, targets) = {
  type: type,
  title: title,
  description: '%s\n\n**Normal:** %s\n\n**If not:** %s' % [says.shows, says.normal, says.act],
  datasource: targets[0].datasource,
  targets: [targets[i] { refId: refs[i] } for i in std.range(0, std.length(targets) - 1)],
  links: [links.explore('Explore', targets[0])],
  fieldConfig: { defaults: {}, overrides: [] },
  options: {},
  // Of the 24 columns and in rows of about 30 px.
  w:: 8,
  h:: 7,
};

{
  says(shows, normal, act):: { shows: shows, normal: normal, act: act },

  // Lines over time. By name, so that a shard has one colour on every board.
  timeseries(title, says, targets, unit):: base('timeseries', title, says, targets) {
    fieldConfig+: { defaults+: {
      unit: unit,
      min: 0,
      color: { mode: 'palette-classic-by-name' },
      custom: { lineWidth: 1, fillOpacity: 8, showPoints: 'never', spanNulls: false },
    } },
    options+: {
      legend: { displayMode: 'table', placement: 'bottom', calcs: ['lastNotNull', 'max'], sortBy: 'Last *', sortDesc: true },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  },
  // A few big numbers; text and colour by thresholds.
  stat(title, says, targets, unit, steps=[]):: base('stat', title, says, targets) {
    fieldConfig+: { defaults+: { unit: unit, color: { mode: 'thresholds' }, thresholds: thresholds(steps) } },
    options+: {
      colorMode: 'background',
      graphMode: 'none',
      orientation: 'auto',
      textMode: 'value_and_name',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  },
  bars(title, says, targets, unit, steps=[]):: base('bargauge', title, says, targets) {
    fieldConfig+: { defaults+: { unit: unit, min: 0, color: { mode: 'thresholds' }, thresholds: thresholds(steps) } },
    options+: {
      displayMode: 'basic',
      orientation: 'horizontal',
      showUnfilled: true,
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  },
  // Of histogram buckets (query.buckets) or of anything counted by a label.
  heatmap(title, says, targets, unit, yAxis={}):: base('heatmap', title, says, targets) {
    options+: {
      calculate: false,
      cellGap: 1,
      color: { mode: 'scheme', scheme: 'Oranges', steps: 64, exponent: 0.5 },
      exemplars: { color: 'rgba(255,0,255,0.7)' },
      yAxis: { unit: unit } + yAxis,
      tooltip: { mode: 'single', yHistogram: true },
      legend: { show: true },
    },
  },
  // One line for each value of the label `by`; columns: [{name, target, unit, steps}], sorted by the column `sort`.
  table(title, says, by, columns, sort):: base('table', title, says, [column.target for column in columns]) {
    fieldConfig+: {
      defaults+: { custom: { align: 'auto', filterable: true } },
      overrides: [
        {
          matcher: { id: 'byName', options: column.name },
          properties: [
            { id: 'unit', value: column.unit },
            { id: 'decimals', value: 2 },
          ] + (if std.objectHas(column, 'steps') then [
                 { id: 'thresholds', value: thresholds(column.steps) },
                 { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
               ] else []),
        }
        for column in columns
      ],
    },
    options+: { showHeader: true, sortBy: [{ displayName: sort, desc: true }] },
    transformations: [
      { id: 'joinByField', options: { byField: by, mode: 'outer' } },
      {
        id: 'organize',
        options: {
          excludeByName: { [name]: true for name in ['Time'] + ['Time %d' % (i + 1) for i in std.range(0, std.length(columns) - 1)] },
          // One query's column is called Value, those of several after their queries.
          renameByName: if std.length(columns) == 1 then { Value: columns[0].name } else {
            ['Value #' + refs[i]]: columns[i].name
            for i in std.range(0, std.length(columns) - 1)
          },
        },
      },
    ],
  },
  // The newest traces that a TraceQL query finds, one line each.
  traces(title, says, traceql):: base('table', title, says, [q.traces(traceql)]) {
    options+: { showHeader: true, sortBy: [{ displayName: 'Start time', desc: true }] },
  },
  // The newest lines that a LogQL query finds.
  logs(title, says, logql):: base('logs', title, says, [q.lines(logql)]) {
    options+: { showTime: true, wrapLogMessage: false, enableLogDetails: true, sortOrder: 'Descending' },
  },

  // Mix-ins.
  size(w, h):: { w:: w, h:: h },
  runbook(name):: { links: [links.runbook(name)] + super.links },
  // The runbooks of faults on purpose.
  faults:: { links: [
    links.runbook('fault-' + family)
    for family in ['process', 'collector', 'disk', 'resources', 'network', 'clients', 'clock']
  ] + super.links },
  // Where a click on a series leads.
  click(links):: { fieldConfig+: { defaults+: { links: links } } },
  // A threshold drawn as a line.
  lines(steps):: { fieldConfig+: { defaults+: { thresholds: thresholds(steps), custom+: { thresholdsStyle: { mode: 'dashed' } } } } },
  // Red below the first step: more is better.
  floor(steps):: { fieldConfig+: { defaults+: { thresholds: thresholds(steps, below='red') } } },
  stacked(mode='normal'):: { fieldConfig+: { defaults+: { custom+: { stacking: { mode: mode }, fillOpacity: 40 } } } },
  max(value):: { fieldConfig+: { defaults+: { max: value } } },
  logarithmic:: { fieldConfig+: { defaults+: { min: null, custom+: { scaleDistribution: { type: 'log', log: 10 } } } } },
  decimals(n):: { fieldConfig+: { defaults+: { decimals: n } } },
  // Fixed colours for series whose meaning is their colour: {name: colour}.
  colours(by_name):: { fieldConfig+: { overrides+: [
    {
      matcher: { id: 'byRegexp', options: name },
      properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: by_name[name] } }],
    }
    for name in std.objectFields(by_name)
  ] } },
}
