#!/usr/bin/env bash
# A spine whose volume is full, under load: commands get 507, it is not ready, the kubelet measures it and the alerts see it;
# with room again it goes on by itself, and nothing that was acknowledged is missing. volume_full.sh DIR, in which both
# clusters are up. It is a spine of the test's own, on a tmpfs in the node that is made smaller.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source tools/lab/cluster.sh
source tests/cluster/load.sh
cluster_kubectl "$dir"
stack_addresses

volume=/var/lib/volumes/small
in_pim() { "${KUBECTL[@]}" -n pim "$@"; }
small_gone() {
  in_pim delete --ignore-not-found --wait pod/small service/small persistentvolumeclaim/small persistentvolume/small >/dev/null 2>&1
  ! node_exec "$dir" mountpoint -q $volume || node_exec "$dir" umount $volume
  [ ! -d "$dir/volumes/small" ] || rmdir "$dir/volumes/small"
}
trap 'small_gone; load_cleanup' EXIT

# resized KIB: to what is used and so much more. What is used grows meanwhile.
resized() { node_exec "$dir" sh -c "mount -o remount,size=\$((\$(df -k --output=used $volume | tail -n 1) + $1))k $volume"; }

mkdir "$dir/volumes/small"
node_exec "$dir" mount -t tmpfs -o size=1g,mode=700 small $volume
in_pim apply -f - >/dev/null <<EOF
apiVersion: v1
kind: PersistentVolume
metadata: {name: small}
spec:
  storageClassName: small
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  local: {path: $volume}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [lab]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: small, namespace: pim}
spec: {storageClassName: small, volumeName: small, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Service
metadata: {name: small, namespace: pim}
spec:
  publishNotReadyAddresses: true # that is when it is asked
  selector: {app.kubernetes.io/name: small}
  ports: [{name: http, port: 8080, targetPort: http}]
EOF
# The spine's own pod, on that volume.
in_pim get statefulset spine -o json | jq '{
  apiVersion: "v1", kind: "Pod", metadata: {name: "small", namespace: "pim", labels: {"app.kubernetes.io/name": "small"}},
  spec: (.spec.template.spec | .containers[0].name = "small"
    | .volumes |= map(if .persistentVolumeClaim then {name, emptyDir: {}} else . end) + [{name: "data", persistentVolumeClaim: {claimName: "small"}}])
}' | in_pim apply -f - >/dev/null

small() { in_pim get pod small -o jsonpath="{.status.conditions[?(@.type=='Ready')].status} {.status.containerStatuses[0].restartCount}"; }
small_is() { [ "$(small)" = "$1" ]; }
eventually small_is "True 0"
url=$(service_url pim small)
load_begin "$url"
register_patient "$url" 201

eventually resized 256
echo "full: $(node_exec "$dir" df -h --output=size,avail $volume | tail -n 1)"
is_refused() { register_patient "$url" 507; }
eventually is_refused
eventually small_is "False 0"
# The spine gives some back, and its journal takes what there is.
still_full() { resized 256 && "$@"; }
eventually still_full alert_sees PimVolumeFull persistentvolumeclaim=small
eventually still_full alert_sees PimVolumeFills persistentvolumeclaim=small
is_refused
small_is "False 0" || fail "it is not to be ready, nor to be restarted: $(small)"

node_exec "$dir" mount -o remount,size=1g $volume
begin=$SECONDS
eventually small_is "True 0"
ready_after=$((SECONDS - begin))
load_goes_on
load_end
jq -r '.errors[] | "\(.attempts) times \(.kind)"' "$work/load/result.json" | tee "$work/errors"
! grep ' times 500' "$work/errors" || fail "requests got 500"

in_pim delete pod small --wait >/dev/null
cp -r "/proc/$(node_pid "$dir")/root$volume/spine" "$work/spine"
build/release/pim load check --history "$work/load/history" --data "$work/spine" --others-wrote || fail "what was acknowledged is not what the spine has"
build/release/pim audit verify --data "$work/spine" || fail "its chains do not hold"
echo "507 and not ready while it was full; ready again $ready_after s after there was room; nothing acknowledged is lost"
