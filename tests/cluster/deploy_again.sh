#!/usr/bin/env bash
# A second `up` changes nothing of what is deployed: no object, no pod, no key. What an older one left goes.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

objects() {
  local namespace
  for namespace in pim pim-node-agent pim-observability; do
    node_kubectl "$dir" -n "$namespace" get statefulsets,deployments,daemonsets,cronjobs,services,networkpolicies,pods \
      -o jsonpath='{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.generation}{"\n"}{end}'
    node_kubectl "$dir" -n "$namespace" get configmaps,secrets,serviceaccounts \
      -o jsonpath='{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.resourceVersion}{"\n"}{end}'
  done
  sha256sum "$dir"/secrets/*
}

before=$(objects)
grep -q '^StatefulSet spine ' <<<"$before" || fail "there is no spine"
node_kubectl "$dir" -n pim create configmap spine-bbbbbbbbbb
node_kubectl "$dir" -n pim label configmap spine-bbbbbbbbbb app.kubernetes.io/part-of=pim
./lab cluster up --local --dir "$dir"
after=$(objects)
[ "$before" = "$after" ] || fail "a second up changed something: $(diff <(echo "$before") <(echo "$after"))"
