#!/usr/bin/env bash
# A Service answers by its name to a pod, and by its address and its node port to this machine; other names do not exist.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

eventually ready client
eventually ready store-0
said=$(kubectl exec store-0 -- /busybox cat /data/index.html)
# Not -T: with it Debian's static busybox 1.35 crashes.
asked() { [ "$(kubectl exec client -- /busybox timeout 5 /busybox wget -qO- "http://$1/" 2>/dev/null)" = "$said" ]; }
answers() { [ "$(curl -fsS --noproxy '*' --max-time 5 "http://$1/" 2>/dev/null)" = "$said" ]; }

for name in store store.node-test store.node-test.svc.cluster.local; do eventually asked "$name"; done
eventually answers "$(field service/store .spec.clusterIP)"
eventually answers "$(field node/lab .status.addresses[0].address):$(field service/store '.spec.ports[0].nodePort')"
# The pod behind a Service reaches itself through it.
eventually kubectl exec store-0 -- /busybox timeout 5 /busybox wget -qO- http://store/
lookup=$(kubectl exec client -- /busybox nslookup example.org 2>&1) && fail "a pod resolves example.org: $lookup"
grep -q NXDOMAIN <<<"$lookup" || fail "a name outside the cluster is not NXDOMAIN: $lookup"
