#!/usr/bin/env bash
# Of ConfigMaps only those go that an older deployment generated and to which no roll-back leads. prune.sh DIR, in which both
# clusters are up.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source tools/lab/cluster.sh
cluster_kubectl "$dir"
in_pim() { "${KUBECTL[@]}" -n pim "$@"; }
maps() { in_pim get configmaps -o name | sort; }
before=$(maps)
trap 'in_pim delete --ignore-not-found replicaset/of-yesterday configmap/spine-bbbbbbbbbb configmap/spine-cccccccccc configmap/mine-dddddddddd >/dev/null' EXIT

in_pim apply -f - >/dev/null <<EOF
apiVersion: v1
kind: ConfigMap
metadata: {name: spine-bbbbbbbbbb, labels: {app.kubernetes.io/part-of: pim}} # an old one
---
apiVersion: v1
kind: ConfigMap
metadata: {name: spine-cccccccccc, labels: {app.kubernetes.io/part-of: pim}} # one that a roll-back wants
---
apiVersion: v1
kind: ConfigMap
metadata: {name: mine-dddddddddd} # somebody else's
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: of-yesterday}
spec:
  replicas: 0
  selector: {matchLabels: {app: of-yesterday}}
  template:
    metadata: {labels: {app: of-yesterday}}
    spec: {containers: [{name: x, image: x, envFrom: [{configMapRef: {name: spine-cccccccccc}}]}]}
EOF

! (KUBECTL=(false) && config_maps_prune pim) || fail "nobody answers, and it took that for an answer"
config_maps_prune pim
wanted=$(printf '%s\nconfigmap/spine-cccccccccc\nconfigmap/mine-dddddddddd\n' "$before" | sort)
[ "$(maps)" = "$wanted" ] || fail "there are others than there should be: $(diff <(echo "$wanted") <(maps))"

in_pim delete replicaset of-yesterday >/dev/null
config_maps_prune pim
! in_pim get configmap spine-cccccccccc 2>/dev/null || fail "nothing refers to spine-cccccccccc, and it is there"
echo "of the planted ones the old one went, and the other when no revision referred to it"
