#!/usr/bin/env bash
# A node of which every process ends at once, as by a loss of power, under load: `up` brings it back with all pods, with
# every write that was acknowledged, and with what the stack had stored; the alert that speaks of it sees it. reboot.sh DIR,
# in which both clusters are up.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source tools/lab/cluster.sh
source tests/cluster/load.sh
cluster_kubectl "$dir"
stack_addresses

# When containers of the clusters began, and whether they are ready.
containers() {
  local namespace
  for namespace in pim pim-node-agent pim-observability; do
    "${KUBECTL[@]}" -n "$namespace" get pods -o jsonpath='{range .items[*].status.containerStatuses[*]}{.name} {.ready} {.state.running.startedAt}{"\n"}{end}' || return
  done
}
# all_since TIME COUNT: so many are ready, and all began after it.
all_since() { [ "$(containers 2>/dev/null | awk -v since="$1" '$2 == "true" && $3 >= since' | wc -l)" = "$2" ]; }

load_begin "$(spine_url)"
register_patient "$(spine_url)" 201
eventually found_trace
count=$(containers | wc -l)
[ "$count" -ge 9 ] || fail "only $count containers are there"

pid=$(node_pid "$dir") since=$(date -u +%FT%TZ) begin=$SECONDS
kill -KILL "$pid"
dead() { ! node_pid "$dir"; }
eventually dead
./lab cluster up --local --dir "$dir"
eventually all_since "$since" "$count"
ready_after=$((SECONDS - begin))

load_goes_on
load_end
spine_check "$dir" "$work/load/history" "reboot-$$" || fail "what was acknowledged is not what the spine has"
eventually found_trace
[ -z "$(promql 'container_start_time_second')" ] || fail "a metric that nobody has answers"
eventually alert_sees PimNodeRebooted instance=lab
echo "all $count containers ready $ready_after s after the loss; nothing acknowledged is lost"
