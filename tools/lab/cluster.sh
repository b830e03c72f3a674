# Sourced by ./lab: the clusters, on a Kubernetes of one node on this machine, or on the reader's own.
source tools/lab/node.sh
source tools/lab/deploy.sh
source tools/lab/redeploy.sh
source tools/lab/certs.sh
source tools/lab/kills.sh

CLUSTER_USAGE='./lab cluster up --local [--bare]      a Kubernetes of one node on this machine, and both clusters in it; --bare: without them
./lab cluster up --local --restore FROM   the spine with what `backup` left in FROM
./lab cluster backup --to TO           stops the spine of the local node, and makes a backup of it and of the signed heads
./lab cluster redeploy [--out OUT]     the local node: backup, everything torn down, built again from HEAD, restored and proved; timed
./lab cluster up --context NAME [--context-b NAME] [--overlay NAME] [--arch ARCH]   both clusters in a Kubernetes of yours, B in another; overlay k3s, or generic
./lab cluster images [--arch ARCH] [NAME...]   builds images into out/images, without deploying any; --arch: of amd64 or arm64, into out/images/ARCH
./lab cluster test                     all of this on a node of its own: ./lab test cluster
./lab cluster kills [--kills N] [--seed S] [--out DIR] [--namespace NAME]   every pod killed in every way, under load
./lab cluster status                   each part and each pod
./lab cluster down [--keep]            with all that it made; --keep leaves the data; of a Kubernetes of yours (--context), its namespaces
Each takes --dir DIR (.lab/cluster). Programs are built from pinned Go modules, once a machine. --local needs root.'

cluster() {
  local verb=${1:-help} dir=.lab/cluster local='' bare='' keep='' context='' context_b='' overlay='' restore='' to='' out='' names=()
  local kills=200 seed=1 namespace='' arch=''
  [ $# -gt 0 ] && shift
  while [ $# -gt 0 ]; do
    case $1 in
      --local) local=1 ;;
      --bare) bare=1 ;;
      --keep) keep=1 ;;
      --dir | --context | --context-b | --overlay | --restore | --to | --out | --kills | --seed | --namespace | --arch)
        [ $# -ge 2 ] || die 2 "$1 needs a value"
        local option=${1#--}
        printf -v "${option//-/_}" %s "$2"
        shift
        ;;
      -*) die 2 "cluster has no option $1"$'\n'"$CLUSTER_USAGE" ;;
      *) names+=("$1") ;;
    esac
    shift
  done
  dir=$(realpath -m "$dir")
  [ ${#names[@]} -eq 0 ] || [ "$verb" = images ] || die 2 "cluster $verb takes no '${names[0]}'"$'\n'"$CLUSTER_USAGE"
  if [ -n "$arch" ]; then
    [[ -z $local && ($verb = images || $verb = up) ]] || die 2 "--arch goes with images, and with up --context"$'\n'"$CLUSTER_USAGE"
    images_are_of "$arch"
  fi
  case $verb in
    up)
      [ -n "$local$context" ] || die 2 "up needs --local or --context NAME"$'\n'"$CLUSTER_USAGE"
      [ -z "$restore" ] || { [ -n "$local" ] && [ -z "$bare" ]; } || die 2 "--restore goes with --local and without --bare; docs/deploy.md says how a Kubernetes of yours is restored"
      if [ -n "$local" ]; then cluster_up_local "$dir" "$bare" "$restore"; else cluster_up_context "$dir" "$context" "${context_b:-$context}" "${overlay:-k3s}"; fi
      ;;
    backup)
      [ -n "$to" ] || die 2 "backup needs --to TO"$'\n'"$CLUSTER_USAGE"
      cluster_kubectl "$dir"
      cluster_backup "$dir" "$(realpath -m "$to")"
      ;;
    redeploy) redeploy "$dir" "$(realpath -m "${out:-out/redeploy}")" ;;
    images) cluster_images "${names[@]}" ;;
    kills) cluster_kills "$dir" "$kills" "$seed" "${out:-out/kills}" "$namespace" ;;
    status) cluster_status "$dir" ;;
    down)
      [ -z "$context" ] || deploy_delete "$context" "${context_b:-$context}"
      [ -n "$keep" ] || deploy_forget "$dir"
      [ -n "$context" ] || node_down "$dir" "$keep"
      ;;
    test) exec ./lab test cluster ;;
    help) echo "$CLUSTER_USAGE" ;;
    *) die 2 "cluster has no verb '$verb'"$'\n'"$CLUSTER_USAGE" ;;
  esac
}

# cluster_kubectl DIR: sets KUBECTL to ask the node in that directory.
cluster_kubectl() {
  export NO_PROXY='*'
  KUBECTL=("$(go_binary kubernetes kubectl)" --kubeconfig "$1/admin.conf" --cache-dir "$1/kubectl")
}

cluster_images() {
  need "${BUILD_PACKAGES[@]}"
  [[ -n $FOREIGN_ARCH && $verb = images ]] || build release pim # with it `up` makes the keys
  images_build "$@"
}

cluster_up_local() {
  local dir=$1 bare=$2 restore=$3 name archives=() KUBECTL
  [ -n "$bare" ] || cluster_images
  node_up "$dir"
  if [ -z "$bare" ]; then
    for name in "${IMAGES[@]}"; do archives+=("$IMAGES_DIR/$name.tar"); done
    node_images "$dir" "${archives[@]}"
    cluster_kubectl "$dir"
    cluster_deploy_b "$dir" ci
    [ -z "$restore" ] || cluster_restore "$dir" ci "$(realpath -m "$restore")"
    cluster_deploy_a "$dir" ci
  fi
  cluster_status "$dir"
}

# Images of others are pulled; ours has to be brought to the nodes once.
cluster_up_context() {
  local dir=$1 KUBECTL
  command -v kubectl >/dev/null || die 3 "there is no kubectl; k3s and Docker Desktop bring one"
  cluster_images pim
  say "if a node does not have it yet: k3s ctr images import $IMAGES_DIR/pim.tar (docs/kubernetes.md)"
  mkdir -p -m 700 "$dir"
  KUBECTL=(kubectl --context "$3")
  cluster_deploy_b "$dir" "$4"
  KUBECTL=(kubectl --context "$2")
  cluster_deploy_a "$dir" "$4"
}

cluster_status() {
  local dir=$1 status=0 namespace KUBECTL
  node_status "$dir" || status=$?
  [ "$status" != 4 ] && [ -d "$dir/deploy" ] || return "$status"
  cluster_kubectl "$dir"
  for namespace in pim pim-node-agent pim-observability; do
    "${KUBECTL[@]}" -n "$namespace" get pods --no-headers -o custom-columns=A:.metadata.namespace,B:.metadata.name,C:.status.phase,D:.status.containerStatuses[0].ready,E:.status.containerStatuses[0].restartCount |
      while read -r where pod phase ready restarts; do printf '%-24s %-28s %-10s ready %-5s restarts %s\n' "$where" "$pod" "$phase" "$ready" "$restarts"; done
  done
  certs_show "$dir" || status=1
  return "$status"
}
