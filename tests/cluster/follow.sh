#!/usr/bin/env bash
# One command through the spine's Service, and then its trace in Tempo, its line in Loki and its count in Mimir; besides what
# only a cluster has: a pod's output in Loki, a container's memory in Mimir. follow.sh KEYS KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
keys=$1
shift
KUBECTL=("$@")
limit=${PIM_FOLLOW_SECONDS:-90}
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-follow.XXXXXX")
forwards=()
cleanup() {
  local pid
  for pid in "${forwards[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap cleanup EXIT

# forward NAMESPACE SERVICE PORT: its address on this machine goes to $work/SERVICE.
forward() {
  "${KUBECTL[@]}" -n "$1" port-forward "service/$2" ":$3" --address 127.0.0.1 >"$work/$2.log" 2>&1 &
  forwards+=($!)
  local deadline=$((SECONDS + 30))
  until sed -n 's/^Forwarding from \(127.0.0.1:[0-9]*\) .*/\1/p' "$work/$2.log" | grep . >"$work/$2"; do
    kill -0 "${forwards[-1]}" 2>/dev/null && [ $SECONDS -lt $deadline ] || { cat "$work/$2.log"; exit 3; }
    sleep 0.1
  done
}
forward pim spine 8080
for part in tempo:3200 loki:3100 mimir:9009; do forward pim-observability "${part%:*}" "${part#*:}"; done
jq -n --arg tempo "$(cat "$work/tempo")" --arg loki "$(cat "$work/loki")" --arg mimir "$(cat "$work/mimir")" \
  '{tempo: "http://\($tempo)", loki: "http://\($loki)", mimir: "http://\($mimir)"}' >"$work/stack.json"
# shellcheck disable=SC1091
source observability/ask.sh "$work/stack.json"

# found WHAT COMMAND...: until it says something.
found() {
  local what=$1 deadline=$((SECONDS + limit)) answer
  shift
  until answer=$("$@" 2>/dev/null) && [ -n "$answer" ]; do
    [ $SECONDS -lt $deadline ] || { echo "NOT FOUND after $limit s: $what ($*)"; exit 1; }
    sleep 1
  done
  printf '%-28s %s\n' "$what" "$(head -n 1 <<<"$answer" | cut -c1-150)"
}

id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
token=$(build/release/pim token --keys "$keys" --user follow --role registrar --tenant north-health --ttl 1h)
status=$(curl -s -o "$work/answer" -w '%{http_code}' "http://$(cat "$work/spine")/v1/patients" -H "Authorization: Bearer $token" \
  -H 'Content-Type: application/json' -H "traceparent: 00-$id-00f067aa0ba902b7-01" \
  -d '{"birth_year":1957,"sex":"F","state":"OH","zip3":"441"}')
[ "$status" = 201 ] || { echo "the spine answered $status: $(cat "$work/answer")"; exit 1; }
echo "a patient was registered; trace $id"

found "its trace in Tempo" trace "$id"
found "its line in Loki" logql "{service_name=\"pim\"} | trace_id=\"$id\""
found "its count in Mimir" promql 'pim_http_requests_total{job="pim/pim", status="2xx"} > 0'
found "its trace's metrics in Mimir" promql 'sum(traces_spanmetrics_calls_total{service="pim"}) > 0'
found "a pod's output in Loki" logql '{service_name="spine", k8s_namespace_name="pim"}'
found "a container's memory" promql 'container_memory_working_set_bytes{namespace="pim", container="spine"} > 0'
found "a volume's free bytes" promql 'kubelet_volume_stats_available_bytes{namespace="pim"} > 0'
found "Kubernetes' events in Loki" logql '{service_name="events"} |= "reason"'
found "the stack's own metrics" promql 'count(up{job=~"loki|tempo|mimir|pyroscope"} == 1) == 4'
