# Sourced by deploy.sh: ConfigMaps of older deployments. kustomize names each by a hash of what it says, so that a change is
# another object, and the one before stays.

# config_maps_prune NAMESPACE: deletes the generated ones to which nothing refers: no workload, job or pod, and no revision to
# which a workload may be rolled back.
config_maps_prune() {
  local used generated each
  used=$("${KUBECTL[@]}" -n "$1" get controllerrevisions,replicasets,statefulsets,deployments,daemonsets,cronjobs,jobs,pods -o json |
    jq -er '[.items[] | .. | objects | (.configMap?, .configMapRef?, .configMapKeyRef?) | objects | .name] | unique[]') || return
  generated=$("${KUBECTL[@]}" -n "$1" get configmaps -l app.kubernetes.io/part-of=pim -o json |
    jq -r '.items[].metadata.name | select(test("-[2456789bcdfghkmt]{10}$"))') || return
  for each in $generated; do
    grep -qxF "$each" <<<"$used" || "${KUBECTL[@]}" -n "$1" delete configmap "$each" >/dev/null || return
  done
}
