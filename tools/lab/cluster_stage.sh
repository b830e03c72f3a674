# Sourced by stage_cluster: the node of ./lab cluster and both clusters in it, tested in a directory of their own.
source tools/lab/cluster.sh

CLUSTER_TEST_PACKAGES=(busybox-static)

stage_cluster_run() {
  need "${NODE_PACKAGES[@]}" "${CLUSTER_TEST_PACKAGES[@]}" "${TOUR_PACKAGES[@]}"
  local reason
  reason=$(node_possible) || { say "  skipped: no node on this machine: $reason"; return 0; }
  node_needs
  local work dir status=0 name begin KUBECTL
  work=$(mktemp -d "${TMPDIR:-/tmp}/pim-cluster.XXXXXX")
  dir=$work/cluster
  # Whatever ends the stage, the node ends with it; also when its variables have gone.
  # shellcheck disable=SC2064
  trap "cluster down --dir '$dir' >/dev/null; rm -rf '$work'; echo \"\$PASSED \$FAILED\" >'$counts'" EXIT
  check cluster-planted tests/cluster/planted.sh "$dir" || status=1
  tests/cluster/footprint.sh "$dir" >out/cluster-before
  begin=$SECONDS
  check cluster-up ./lab cluster up --local --bare --dir "$dir" || return
  say "  up in $((SECONDS - begin)) s"
  for name in volume service restart again keep; do
    check "cluster-$name" "tests/cluster/$name.sh" "$dir" || status=1
  done
  grep -h '^Ready again' out/test-cluster-volume.log | sed 's/^/    /' >&2 || true
  begin=$SECONDS
  check cluster-deploy ./lab cluster up --local --dir "$dir" || return
  say "  both clusters up in $((SECONDS - begin)) s"
  cluster_kubectl "$dir"
  check cluster-follow tests/cluster/follow.sh "$dir/secrets/keys.json" "${KUBECTL[@]}" || status=1
  check cluster-kubernetes-board tests/cluster/kubernetes_board.sh "${KUBECTL[@]}" || status=1
  # this node's network plugin enforces none, and the test has to see that
  check cluster-policies cluster_enforces_none tests/cluster/policies.sh lab.local/busybox:test /busybox "${KUBECTL[@]}" || status=1
  check cluster-volume-full tests/cluster/volume_full.sh "$dir" || status=1
  check cluster-gateway tests/cluster/gateway.sh "$dir" "${KUBECTL[@]}" || status=1
  check cluster-b-off tests/cluster/b_off.sh short "$dir" "${KUBECTL[@]}" || status=1
  if [ -n "$NIGHTLY" ]; then
    check cluster-b-off-long tests/cluster/b_off.sh long "$dir" "${KUBECTL[@]}" || status=1
    check cluster-b-off-tiny tests/cluster/b_off.sh tiny "$dir" "${KUBECTL[@]}" || status=1
    check cluster-new-authority tests/cluster/new_authority.sh "$dir" "${KUBECTL[@]}" || status=1
    check cluster-reboot tests/cluster/reboot.sh "$dir" || status=1
  fi
  check cluster-prune tests/cluster/prune.sh "$dir" || status=1
  check cluster-deploy-again tests/cluster/deploy_again.sh "$dir" || status=1
  cluster status --dir "$dir" | sed -n 's/^node */    memory /p' >&2
  mkdir -p out/cluster && cp "$dir"/log/*.log out/cluster/
  cluster_namespaces "$dir" >"$dir.namespaces"
  check cluster-seen cluster_is_seen "$dir" || status=1
  begin=$SECONDS
  check cluster-down ./lab cluster down --dir "$dir" || status=1
  say "  down in $((SECONDS - begin)) s"
  check cluster-gone cluster_is_gone "$dir" || status=1
  return "$status"
}

cluster_enforces_none() {
  local status=0
  "$@" || status=$?
  [ "$status" = 4 ]
}

# The namespaces that the node's processes are in and this shell is not.
cluster_namespaces() {
  local pid
  for pid in $(group_pids "$(node_id "$1")"); do find "/proc/$pid/ns" -type l -printf '%l\n' 2>/dev/null || true; done | sort -u |
    grep -vxF -f <(find /proc/self/ns -type l -printf '%l\n')
}

# The list that shall be the same afterwards is another one now, in each of these.
cluster_is_seen() {
  local kind new
  new=$(diff out/cluster-before <(tests/cluster/footprint.sh "$1"))
  for kind in cgroup file link namespace process; do
    grep "^> $kind " <<<"$new" || { echo "no $kind of the node is seen"; return 1; }
  done
}

# The kernel takes a dead network namespace apart in its own time.
cluster_is_gone() {
  local deadline=$((SECONDS + 30))
  until tests/cluster/footprint.sh "$1" >out/cluster-after && diff out/cluster-before out/cluster-after; do
    [ $SECONDS -lt $deadline ] || { echo "left behind (>) or gone (<)"; return 1; }
    sleep 0.5
  done
}
