#!/usr/bin/env bash
# A second `up` changes nothing; a part that dies is seen by `status`, and the next `up` starts that part alone.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Everything that the node runs, and what the API server holds, but for what beats (leases, events).
parts() { for part in "${NODE_PARTS[@]}"; do [ "$part" = "${1:-}" ] || echo "$part $(node_part_pid "$dir" "$part")"; done; }
objects() { node_kubectl "$dir" get pods,statefulsets,deployments,services,persistentvolumes,configmaps,clusterroles,storageclasses -A \
  -o jsonpath='{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.resourceVersion}{"\n"}{end}'; }
images() { node_ctr "$dir" images ls; }

before=$(parts && objects && images)
node_up "$dir"
after=$(parts && objects && images)
[ "$before" = "$after" ] || fail "a second up changed something: $(diff <(echo "$before") <(echo "$after"))"

kill -KILL "$(node_part_pid "$dir" kube-scheduler)"
eventually node_part_gone "$dir" kube-scheduler
status=0
said=$(node_status "$dir") || status=$?
[ "$status" = 1 ] || fail "status ends with $status, and the scheduler is dead"
grep -q '^kube-scheduler *not running' <<<"$said" || fail "status does not say that the scheduler is dead: $said"
others=$(parts kube-scheduler)
node_up "$dir"
[ "$(parts kube-scheduler)" = "$others" ] || fail "up restarted more than the part that was dead"
node_status "$dir"
