// Where a panel or a series leads.
local query = import 'query.libsonnet';

{
  // A runbook of docs/runbooks; it is a page in Grafana, too (runbook.jsonnet).
  runbook(name):: { title: 'Runbook: ' + name, url: '/d/runbook-' + name },

  // Another board, with the variables and the time that are chosen here.
  board(title, uid, more=''):: {
    title: title,
    url: '/d/%s?${__url_time_range}&${region:queryparam}%s' % [uid, more],
  },

  // Explore with one query and the board's time. Variables in the query are filled in by Grafana.
  explore(title, target):: {
    title: title,
    local pane = {
      datasource: target.datasource.uid,
      queries: [{ refId: 'A' } + target],
      range: { from: '${__from}', to: '${__to}' },
    },
    url: '/explore?schemaVersion=1&panes=' + $.escaped(std.manifestJsonEx({ a: pane }, '', '', ':')),
  },
  // The traces that the TraceQL query finds.
  traces(title, traceql):: $.explore(title, query.traces(traceql)),

  // Of what stands in an address only what would end or change it: ${variables} must stay as they are.
  escaped(text)::
    local unsafe = { '%': '%25', '"': '%22', '#': '%23', '&': '%26', '+': '%2B', ' ': '%20', '<': '%3C', '>': '%3E', '|': '%7C', '\\': '%5C' };
    std.join('', [if std.objectHas(unsafe, c) then unsafe[c] else c for c in std.stringChars(text)]),
}
