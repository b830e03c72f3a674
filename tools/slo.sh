#!/usr/bin/env bash
# Makes from observability/slo/ what follows from the objectives: Mimir's rules, those for runs of minutes, and the table
# in docs/slo.md. (Their board is made by tools/dashboards.sh.) With --check nothing is written: it says what differs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
slo=observability/slo
rules=observability/mimir/rules
COMPRESSED=60 # of the runs of minutes: a minute counts for an hour

# The page with what is between the two marks made anew.
page() {
  sed '/^<!-- objectives: made by/,$d' docs/slo.md
  echo '<!-- objectives: made by tools/slo.sh -->'
  jsonnet -S $slo/lib/table.jsonnet
  echo '<!-- end -->'
  sed '1,/^<!-- end -->/d' docs/slo.md
}

made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
jsonnet -S -o "$made/slo.yaml" $slo/lib/rules.jsonnet
jsonnet -S -o "$made/slo_compressed.yaml" --tla-code factor=$COMPRESSED $slo/lib/rules.jsonnet
page >"$made/slo.md"

status=0
if [ "${1:-}" = --check ]; then
  jsonnetfmt --test $slo/*.jsonnet $slo/lib/*.jsonnet $slo/lib/*.libsonnet || status=1
  for file in $rules/slo.yaml $rules/slo_compressed.yaml docs/slo.md; do diff "$file" "$made/${file##*/}" || status=1; done
  [ $status = 0 ] || echo "these are not what the objectives give: run tools/slo.sh (and jsonnetfmt -i)" >&2
else
  cp "$made/slo.yaml" "$made/slo_compressed.yaml" $rules/
  cp "$made/slo.md" docs/
fi
exit $status
