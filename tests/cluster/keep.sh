#!/usr/bin/env bash
# A node that is taken down with --keep, or whose process 1 is killed, comes up with the same pods, addresses and data.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wrote=$(cat "$dir"/volumes/*/index.html)
pod=$(field pod/store-0 .metadata.uid)
service=$(field service/store .spec.clusterIP)
served() { [ "$(curl -fsS --noproxy '*' --max-time 5 "http://$service/" 2>/dev/null)" = "$wrote" ]; }
dead() { ! node_pid "$dir"; }
is_back() {
  local status=0
  node_status "$dir" || status=$?
  [ "$status" = 4 ] || fail "status ends with $status, and there is no node"
  node_up "$dir"
  eventually served
  [ "$(field pod/store-0 .metadata.uid)" = "$pod" ] || fail "the pod is another"
  [ "$(field service/store .spec.clusterIP)" = "$service" ] || fail "the Service has another address"
}

node_down "$dir" keep
[ -z "$(group_pids "$(node_id "$dir")")" ] || fail "processes are left"
is_back
kill -KILL "$(node_pid "$dir")"
eventually dead
is_back
