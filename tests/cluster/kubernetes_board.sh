#!/usr/bin/env bash
# Each query of the Kubernetes board answers in a cluster at work, and the ruler evaluates the alerts that lead to it.
# kubernetes_board.sh KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
KUBECTL=("$@")
limit=${PIM_FOLLOW_SECONDS:-90}
source tests/cluster/stack.sh

# The only ones that say nothing while all is well: a kubelet counts a signal from its first eviction on.
only_under_fault='Pods and evictions B'

count=0
while IFS=$'\t' read -r where language query; do
  [ "$where" != "$only_under_fault" ] || continue
  query=${query//\$__rate_interval/2m} # what the ruler records is a minute behind
  found "$where" "$language" "${query//\$__range/15m}"
  count=$((count + 1))
done < <(jq -r '.panels[] | .title as $title | .targets[]?
  | [$title + " " + .refId, {prometheus: "promql", loki: "logql"}[.datasource.type], .expr] | @tsv' observability/grafana/dashboards/cluster.json)
[ "$count" -gt 15 ] || { echo "the board has $count queries only"; exit 1; }

wanted=$(sed -nE 's/^ *- (alert|record): //p' observability/mimir/rules/kubernetes.yaml | sort)
evaluated() {
  local well
  well=$(ask mimir /prometheus/api/v1/rules | jq -r '.data.groups[] | select(.name == "pim-kubernetes").rules[] | select(.health == "ok").name' | sort)
  [ "$well" != "$wanted" ] || xargs <<<"$well"
}
found "the ruler evaluates" evaluated
! promql 'container_start_time_second' | grep . || { echo "a metric that nobody has answers"; exit 1; }
