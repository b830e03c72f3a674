#!/usr/bin/env bash
# What a pod wrote to its volume is there when the pod was force-deleted and is back.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

install -D -m 755 /bin/busybox "$dir/images/busybox"
node_pack "$dir/images/busybox.tar" lab.local/busybox:test "$dir/images/busybox"
node_images "$dir" "$dir/images/busybox.tar"
kubectl apply -f tests/cluster/objects.yaml
eventually ready store-0

wrote="written by $$ at $(date +%s)"
kubectl exec store-0 -- /busybox sh -c "echo '$wrote' >/data/index.html"
first=$(field pod/store-0 .metadata.uid)
back() { [ "$(field pod/store-0 .metadata.uid 2>/dev/null)" != "$first" ] && ready store-0; }

begin=$(date +%s%N)
kubectl delete pod store-0 --force --grace-period=0
eventually back
echo "Ready again after $((($(date +%s%N) - begin) / 1000000)) ms"
read=$(kubectl exec store-0 -- /busybox cat /data/index.html)
[ "$read" = "$wrote" ] || fail "the volume has '$read', not '$wrote'"
[ "$(cat "$dir"/volumes/*/index.html)" = "$wrote" ] || fail "the volume is not in $dir/volumes"
