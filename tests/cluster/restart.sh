#!/usr/bin/env bash
# Neither a new kubelet nor a new containerd touches a pod that runs: the same container, the same process, still serving.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

containers() { kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.metadata.uid} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{"\n"}{end}'; }
# The first process of each container of these pods, as the machine numbers it. A pod that was force-deleted a moment ago
# may still be ending.
servers() {
  local uid pid
  for uid in $(kubectl get pods -o jsonpath='{.items[*].metadata.uid}'); do
    for pid in $(find "$(group_memory)/$(node_id "$dir")/kubepods" -path "*/pod$uid/*" -name cgroup.procs -exec cat {} + | sort -n); do
      awk '/^NSpid:/ && $NF == 1 {print $2}' "/proc/$pid/status" 2>/dev/null || true
    done
  done
}
# A restarted kubelet has reported once its lease is newer than its start.
renewed() { [[ $(node_kubectl "$dir" -n kube-node-lease get lease lab -o jsonpath='{.spec.renewTime}') > $1 ]]; }

for part in kubelet containerd; do
  pods=$(containers) processes=$(servers) old=$(node_part_pid "$dir" "$part")
  since=$(date -u +%FT%T.%6NZ)
  node_restart "$dir" "$part"
  # a new kubelet reports at once; one that stays, in its time
  [ "$part" = kubelet ] || since=$(date -u +%FT%T.%6NZ)
  [ "$(node_part_pid "$dir" "$part")" != "$old" ] || fail "$part was not restarted"
  [ -n "$processes" ] || fail "no process of a pod is found"
  eventually renewed "$since"
  eventually ready store-0
  [ "$(containers)" = "$pods" ] || fail "after $part: $(containers); before: $pods"
  [ "$(servers)" = "$processes" ] || fail "after $part the first processes of the pods are" $(servers) "; before:" $processes
  # The new one can do its work: it starts something in a pod.
  eventually kubectl exec store-0 -- /busybox true
done
