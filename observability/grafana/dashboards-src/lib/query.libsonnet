// Queries: PromQL to Mimir, TraceQL to Tempo, LogQL to Loki.
{
  mimir:: { type: 'prometheus', uid: 'mimir' },
  loki:: { type: 'loki', uid: 'loki' },
  tempo:: { type: 'tempo', uid: 'tempo' },

  // A panel's query. `legend` as Grafana has it: '{{shard}}'.
  prom(expr, legend='', exemplar=false):: {
    datasource: $.mimir,
    editorMode: 'code',
    expr: expr,
    exemplar: exemplar,
    legendFormat: legend,
    range: true,
  },
  // The newest value only, as a table's column.
  column(expr):: $.prom(expr) { range: false, instant: true, format: 'table' },
  // The newest value only, as a number.
  number(expr, legend=''):: $.prom(expr, legend) { range: false, instant: true },
  // The buckets of a histogram, by their bounds.
  buckets(expr):: $.prom(expr, '{{le}}', exemplar=true) { format: 'heatmap' },
  lines(logql):: { datasource: $.loki, editorMode: 'code', expr: logql, queryType: 'range' },
  traces(traceql):: { datasource: $.tempo, query: traceql, queryType: 'traceql', tableType: 'traces', limit: 20 },

  // `quantile` of the histogram `name` (no suffix) that `selector` selects, `by` these labels.
  quantile(quantile, name, selector, by=[])::
    'histogram_quantile(%s, sum by (%s) (rate(%s_bucket{%s}[$__rate_interval])))'
    % [quantile, std.join(', ', ['le'] + by), name, selector],
  // Per second; `by` none: the sum of all.
  rate(name, selector, by=[])::
    'sum%s (rate(%s{%s}[$__rate_interval]))'
    % [if by == [] then '' else ' by (%s)' % std.join(', ', by), name, selector],
}
