#!/usr/bin/env bash
# Makes Grafana's boards from their sources: observability/grafana/dashboards/ from dashboards-src/*.jsonnet, and
# observability/grafana/runbooks/ from docs/runbooks/*.md. With --check nothing is written: it says what differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
grafana=observability/grafana

# make_boards DIRECTORY
make_boards() {
  local source name
  mkdir -p "$1/dashboards" "$1/runbooks"
  for source in "$grafana"/dashboards-src/*.jsonnet; do
    name=$(basename "$source" .jsonnet)
    [ "$name" = runbook ] || jsonnet -o "$1/dashboards/$name.json" "$source"
  done
  for source in docs/runbooks/*.md; do
    name=$(basename "$source" .md)
    jsonnet -o "$1/runbooks/$name.json" --tla-str name="$name" --tla-str-file text="$source" \
      "$grafana/dashboards-src/runbook.jsonnet"
  done
}

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
make_boards "$made"

status=0
[ "${1:-}" != --check ] || jsonnetfmt --test "$grafana"/dashboards-src/*.jsonnet "$grafana"/dashboards-src/lib/*.libsonnet || status=1
for folder in dashboards runbooks; do
  if [ "${1:-}" = --check ]; then
    diff -r "$grafana/$folder" "$made/$folder" || status=1
  else
    rm -rf "${grafana:?}/$folder"
    cp -r "$made/$folder" "$grafana/$folder"
  fi
done
[ $status = 0 ] || echo "the boards are not what their sources give: run tools/dashboards.sh (and jsonnetfmt -i)" >&2
exit $status
