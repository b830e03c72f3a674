#!/usr/bin/env bash
# One command through the spine's Service, and then its trace in Tempo, its line in Loki and its count in Mimir; besides what
# only a cluster has: a pod's output in Loki, a container's memory in Mimir. follow.sh KEYS KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
keys=$1
shift
KUBECTL=("$@")
limit=${PIM_FOLLOW_SECONDS:-90}
source tests/cluster/stack.sh
forward pim service/spine 8080

id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
token=$(build/release/pim token --keys "$keys" --user follow --role registrar --tenant north-health --ttl 1h)
status=$(curl -s -o "$work/answer" -w '%{http_code}' "http://$FORWARDED/v1/patients" -H "Authorization: Bearer $token" \
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
found "and as its board reads them" logql '{service_name="events"} | json kind="involvedObject.kind", reason="reason" | __error__="" | kind="Pod" | reason!=""'
"${KUBECTL[@]}" -n pim-node-agent logs deployment/events >"$work/events"
jq -es 'length > 10 and all(.kind == "Event" and .reason != "")' "$work/events" >/dev/null || { echo "what the watch of events prints are not events: $(cut -c1-200 "$work/events" | head -n 2)"; exit 1; }
[ "$(wc -L <"$work/events")" -lt 16384 ] || { echo "a line of $(wc -L <"$work/events") characters: Loki takes no list of all events"; exit 1; }
found "the stack's own metrics" promql 'count(up{job=~"loki|tempo|mimir|pyroscope"} == 1) == 4'
echo "its trace, line, count and span metrics; pods, containers, volumes and events of Kubernetes; the stack itself"
