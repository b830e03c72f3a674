// A board: variables, annotations, links to the other boards, and rows of panels laid out from left to right.
local pim = import 'pim.libsonnet';
local query = import 'query.libsonnet';

local columns = 24;

// From the values of a label; `selector` may use the variables before it.
local variable(name, label, metric, selector) = {
  local values = 'label_values(%s{%s}, %s)' % [metric, selector, name],
  name: name,
  label: label,
  type: 'query',
  datasource: query.mimir,
  definition: values,
  query: { qryType: 1, query: values, refId: 'values' },
  refresh: 2,  // when the time range changes
  sort: 3,
  multi: true,
  includeAll: true,
  current: { text: ['All'], value: ['$__all'] },
};
local requests = 'pim_http_request_duration_seconds_count';
local of_the_service = [
  variable('region', 'Region', 'pim_build_info', pim.job) { allValue: '.*' },
  // Follows from the region, and has no place of its own on the page. All: those of the region.
  variable('instance', 'Process', 'pim_build_info', pim.job + ', region=~"$region"') { hide: 2 },
  variable('shard', 'Shard', requests, pim.here) { allValue: '.*' },
  variable('operation', 'Operation', requests, pim.here) { allValue: '.*' },
];

local annotation(name, colour, event, title, text) = {
  name: name,
  datasource: query.loki,
  enable: true,
  iconColor: colour,
  expr: '{%s} | event_name="%s"' % [pim.events, event],
  titleFormat: title,
  textFormat: text,
};

// Puts panels into lines of 24 columns from `y` on; the line after them and the panels.
local flow(panels, y) = std.foldl(
  function(at, panel)
    local wraps = at.x + panel.w > columns;
    local x = if wraps then 0 else at.x;
    local top = if wraps then at.bottom else at.top;
    {
      x: x + panel.w,
      top: top,
      bottom: std.max(at.bottom, top + panel.h),
      panels: at.panels + [panel { gridPos: { x: x, y: top, w: panel.w, h: panel.h } }],
    },
  panels,
  { x: 0, top: y, bottom: y, panels: [] },
);

// rows: [{title, panels}]
local layout(rows) = std.foldl(
  function(at, row)
    local body = flow(row.panels, at.y + 1);
    {
      y: body.bottom,
      panels: at.panels
              + [{ type: 'row', title: row.title, collapsed: false, panels: [], gridPos: { x: 0, y: at.y, w: columns, h: 1 } }]
              + body.panels,
    },
  rows,
  { y: 0, panels: [] },
).panels;

{
  row(title, panels):: { title: title, panels: panels },

  // uid: `pim-…`, which addresses end with.
  new(uid, title, description, rows, variables=of_the_service):: {
    uid: uid,
    title: title,
    description: description,
    tags: ['pim'],
    schemaVersion: 41,
    editable: false,
    graphTooltip: 1,  // one crosshair for all panels
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'utc',
    links: [{ title: 'PIM', type: 'dashboards', tags: ['pim'], asDropdown: false, includeVars: true, keepTime: true }],
    templating: { list: variables },
    annotations: { list: [
      annotation('Deploys', 'blue', 'pim.deploy', '{{pim_phase}} {{pim_version}}', 'A process of this version.'),
      annotation('Faults', 'purple', 'pim.fault', 'Fault: {{kind}} {{pim_phase}} on {{target}}', '{{pim_from}} to {{pim_to}}'),
      annotation('Alerts', 'red', 'pim.alert', '{{alert_name}} {{alert_status}}', '{{alert_summary}}'),
    ] },
    local panels = layout(rows),
    panels: [panels[i] { id: i + 1 } for i in std.range(0, std.length(panels) - 1)],
  },
}
