# Sourced by cluster.sh: both clusters into a Kubernetes that is there. KUBECTL is an array that whoever calls has set:
# kubectl and the options that say which cluster. DIR keeps what was deployed (DIR/deploy) and the keys (DIR/secrets).
source tools/lab/images.sh
source tools/lab/prune.sh
source tools/lab/spine.sh

DEPLOY_LIMIT=300 # s, until all of a namespace is ready

# cluster_deploy_a DIR OVERLAY: the spine, its agent, the load's template, the node agent.
cluster_deploy_a() {
  deploy_namespace cluster-a
  cluster_secrets "$1"
  certs_issue "$1"
  certs_put "$1" agent
  certs_put "$1" spine
  deploy_apply "$1" cluster-a "$2"
  deploy_await pim
  deploy_await pim-node-agent
  config_maps_prune pim
  config_maps_prune pim-node-agent
}

# cluster_restore DIR OVERLAY FROM: cluster A without a spine, and the spine's volume made of what `./lab cluster backup` left
# in FROM. A local node's: the backup is laid into its claims from this machine.
cluster_restore() {
  local dir=$1 overlay=$2 from=$3 claim deadline=$((SECONDS + DEPLOY_LIMIT)) state backup anchors
  [ -e "$from/backup/MANIFEST" ] && [ -d "$from/anchors" ] || die 2 "$from is not what ./lab cluster backup makes: it wants backup/MANIFEST and anchors/"
  deploy_namespace cluster-a
  ! deploy_has pim persistentvolumeclaim/data-spine-0 || die 3 "the spine has a volume already; a restore makes a new one: ./lab cluster down first"
  cluster_secrets "$dir"
  deploy_apply "$dir" cluster-a "$overlay" 'replicas: [{name: spine, count: 0}]'
  say "restoring from $from"
  deploy_lay "$dir/deploy/restore" deploy/cluster-a/restore
  for claim in anchors backup; do
    until [ "$("${KUBECTL[@]}" -n pim get persistentvolumeclaim $claim -o 'jsonpath={.status.phase}')" = Bound ]; do
      [ $SECONDS -lt $deadline ] || die 3 "the claim $claim got no volume in $DEPLOY_LIMIT s: ${KUBECTL[*]} -n pim describe pod -l app.kubernetes.io/name=restore"
      sleep 0.2
    done
  done
  anchors=$(volume_path "$dir" anchors) backup=$(volume_path "$dir" backup)
  cp -r "$from/anchors" "$anchors/spine" && cp -r "$from/backup" "$backup/restore.new" &&
    chown -R 10001:10001 "$anchors/spine" "$backup/restore.new" || die 3 "the backup in $from was not copied"
  mv "$backup/restore.new" "$backup/restore" # whole at once: the job waits for it
  until state=$("${KUBECTL[@]}" -n pim get job restore -o 'jsonpath={.status.succeeded} {.status.failed}') && [ "${state%% *}" = 1 ]; do
    [ $SECONDS -lt $deadline ] || { "${KUBECTL[@]}" -n pim logs job/restore --all-containers --tail=5 >&2; die 3 "nothing was restored in $DEPLOY_LIMIT s; the backup is still in $from"; }
    sleep 0.5
  done
  "${KUBECTL[@]}" -n pim logs job/restore -c activate >&2
  "${KUBECTL[@]}" -n pim delete job restore >/dev/null
  rm -rf "$backup/restore"
}

# cluster_backup DIR TO: what a restore wants, of a spine that is stopped first, so that nothing is written after it: the
# store, and apart from it the signed heads.
cluster_backup() {
  local dir=$1 to=$2 data anchors
  [ ! -e "$to" ] || die 2 "$to is there already"
  data=$(volume_path "$dir" data-spine-0)/spine anchors=$(volume_path "$dir" anchors)/spine
  mkdir -p -m 700 "$to" || die 3 "no directory $to"
  "${KUBECTL[@]}" -n pim scale statefulset/spine --replicas=0 >/dev/null &&
    "${KUBECTL[@]}" -n pim wait --for=delete pod/spine-0 --timeout=60s >/dev/null || die 3 "the spine did not end in 60 s"
  build/release/pim store backup --data "$data" --to "$to/backup" >&2 || die 3 "no backup was made, and nothing was deleted; the spine is stopped: ${KUBECTL[*]} -n pim scale statefulset/spine --replicas=1"
  cp -r "$anchors" "$to/anchors" || die 3 "the signed heads in $anchors were not copied; the spine is stopped"
}

# cluster_deploy_b DIR OVERLAY: the back ends, with Grafana where the overlay has it.
cluster_deploy_b() {
  deploy_namespace cluster-b
  deploy_grafana_password "$1"
  certs_issue "$1"
  certs_put "$1" gateway
  deploy_apply "$1" cluster-b "$2"
  deploy_await pim-observability
  config_maps_prune pim-observability
}

# The keys of tokens: made once, kept in the Secret and in DIR, which has them for `pim token`. The cluster's go first.
cluster_secrets() {
  local keys=$1/secrets/keys.json
  mkdir -p -m 700 "$1/secrets"
  if deploy_has pim secret/keys; then
    (umask 077 && "${KUBECTL[@]}" -n pim get secret keys -o 'jsonpath={.data.keys\.json}' | base64 -d >"$keys")
  else
    [ -e "$keys" ] || build/release/pim token --init --keys "$keys" >/dev/null
    "${KUBECTL[@]}" -n pim create secret generic keys --from-file="$keys" >/dev/null
  fi
}

deploy_grafana_password() {
  local password=$1/secrets/grafana-password
  mkdir -p -m 700 "$1/secrets"
  if deploy_has pim-observability secret/grafana; then
    (umask 077 && "${KUBECTL[@]}" -n pim-observability get secret grafana -o 'jsonpath={.data.password}' | base64 -d >"$password")
  else
    [ -e "$password" ] || (umask 077 && head -c 18 /dev/urandom | base64 | tr -d '\n' >"$password")
    "${KUBECTL[@]}" -n pim-observability create secret generic grafana --from-file=password="$password" >/dev/null
  fi
}

# deploy_has NAMESPACE KIND/NAME
deploy_has() { "${KUBECTL[@]}" -n "$1" get "$2" -o name --ignore-not-found | grep -q .; }

# deploy_namespace CLUSTER: secrets want it before all else.
deploy_namespace() {
  "${KUBECTL[@]}" apply --server-side -f "deploy/$1/base/namespace.yaml" >/dev/null
}

# deploy_apply DIR CLUSTER OVERLAY [LINE]: the overlay, with each image by the tag of its contents; LINE is one more of a
# kustomization. On the server's side: boards are larger than what an annotation holds.
deploy_apply() {
  local dir=$1 cluster=$2 overlay=$3
  [ -d "deploy/$cluster/overlays/$overlay" ] || die 2 "deploy/$cluster has no overlay '$overlay': $(ls "deploy/$cluster/overlays" | xargs)"
  say "deploying $cluster, overlay $overlay"
  deploy_lay "$dir/deploy/$cluster" "deploy/$cluster/overlays/$overlay" "${4:-}"
}

# deploy_lay OVER UNDER [LINE]: applies the kustomization in UNDER by one in OVER, which names the images.
deploy_lay() {
  local over=$1 under=$2 name tag
  [ -s "$IMAGES_DIR/tags" ] || die 3 "there are no images: ./lab cluster images"
  mkdir -p "$over"
  {
    printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\nimages:\n' "$(realpath --relative-to="$over" "$under")"
    while read -r name tag; do printf '  - {name: lab.local/%s, newTag: "%s"}\n' "$name" "$tag"; done <"$IMAGES_DIR/tags"
    [ -z "${3:-}" ] || echo "$3"
  } >"$over/kustomization.yaml"
  "${KUBECTL[@]}" apply --server-side --force-conflicts -k "$over" >"$over/applied" || die 3 "$under was not taken; see above"
}

# deploy_await NAMESPACE: until each workload is as it was asked for.
deploy_await() {
  local workload deadline=$((SECONDS + DEPLOY_LIMIT))
  for workload in $("${KUBECTL[@]}" -n "$1" get statefulset,deployment,daemonset -o name); do
    "${KUBECTL[@]}" -n "$1" rollout status "$workload" --timeout=$((deadline > SECONDS ? deadline - SECONDS : 1))s >/dev/null || {
      "${KUBECTL[@]}" -n "$1" get pods -o wide >&2
      "${KUBECTL[@]}" -n "$1" get events --sort-by=.lastTimestamp 2>/dev/null | tail -n 10 >&2
      die 3 "$workload in namespace $1 is not ready after $DEPLOY_LIMIT s: ${KUBECTL[*]} -n $1 describe $workload"
    }
  done
}

# deploy_delete CONTEXT_A CONTEXT_B: from a Kubernetes that stays.
deploy_delete() {
  kubectl --context "$1" delete --ignore-not-found namespace/pim namespace/pim-node-agent \
    clusterrole/pim-node-agent clusterrole/pim-events clusterrolebinding/pim-node-agent clusterrolebinding/pim-events
  kubectl --context "$2" delete --ignore-not-found namespace/pim-observability
}

# What was kept of a cluster that is no more.
deploy_forget() {
  rm -rf "$1/deploy" "$1/secrets"
  rmdir "$1" 2>/dev/null || true # a node's other files go with the node
}
