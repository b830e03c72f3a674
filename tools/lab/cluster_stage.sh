# Sourced by stage_cluster: the node of ./lab cluster and both clusters in it, tested in a directory of their own.
source tools/lab/cluster.sh

CLUSTER_TEST_PACKAGES=(busybox-static)

stage_cluster_run() {
  need "${NODE_PACKAGES[@]}" "${CLUSTER_TEST_PACKAGES[@]}" "${TOUR_PACKAGES[@]}"
  node_needs "${TMPDIR:-/tmp}"
  local work dir status=0 held=0 name KUBECTL
  work=$(mktemp -d "${TMPDIR:-/tmp}/pim-cluster.XXXXXX")
  dir=$work/cluster
  # Whatever ends the stage, the node ends with it; also when its variables have gone.
  # shellcheck disable=SC2064
  trap "cluster down --dir '$dir' >/dev/null; rm -rf '$work'; echo \"\$PASSED \$FAILED\" >'$counts'" EXIT
  beside certs tests/cluster/certs.sh
  beside kill-table tests/cluster/kill_table_test.py
  beside killer tests/cluster/killer_test.py
  hold planted tests/cluster/planted.sh "$dir"
  tests/cluster/footprint.sh "$dir" >out/cluster-before
  hold up ./lab cluster up --local --bare --dir "$dir"
  [ $held = 0 ] || { hold_beside; return 1; }
  hold_beside
  for name in volume service restart again ${NIGHTLY:+keep}; do hold "$name" "tests/cluster/$name.sh" "$dir"; done
  hold deploy ./lab cluster up --local --dir "$dir"
  [ $held = 0 ] || return 1
  cluster_kubectl "$dir"
  beside follow tests/cluster/follow.sh "$dir/secrets/keys.json" "${KUBECTL[@]}"
  # this node's network plugin enforces none, and the test has to see that
  beside policies cluster_enforces_none tests/cluster/policies.sh lab.local/busybox:test /busybox "${KUBECTL[@]}"
  hold prune tests/cluster/prune.sh "$dir"
  hold_beside
  hold gateway tests/cluster/gateway.sh "$dir" "${KUBECTL[@]}"
  beside kubernetes-board tests/cluster/kubernetes_board.sh "${KUBECTL[@]}"
  hold volume-full tests/cluster/volume_full.sh "$dir"
  hold_beside
  hold upgrade tests/cluster/upgrade.sh "$dir"
  hold b-off tests/cluster/b_off.sh short "$dir" "${KUBECTL[@]}"
  if [ -n "$NIGHTLY" ]; then
    hold b-off-long tests/cluster/b_off.sh long "$dir" "${KUBECTL[@]}"
    hold b-off-tiny tests/cluster/b_off.sh tiny "$dir" "${KUBECTL[@]}"
    hold new-authority tests/cluster/new_authority.sh "$dir" "${KUBECTL[@]}"
    hold reboot tests/cluster/reboot.sh "$dir"
    hold redeploy ./lab cluster redeploy --dir "$dir" --out "$work/redeploy"
  fi
  hold boards tests/cluster/boards.sh "${KUBECTL[@]}"
  hold deploy-again tests/cluster/deploy_again.sh "$dir"
  hold kills ./lab cluster kills --kills 30 --dir "$dir"
  hold kills-lossy tests/cluster/lossy.sh "$dir" out/kills-lossy
  cluster status --dir "$dir" | sed -n 's/^node */    memory /p' >&2
  mkdir -p out/cluster && cp "$dir"/log/*.log out/cluster/
  cluster_namespaces "$dir" >"$dir.namespaces"
  hold seen cluster_is_seen "$dir"
  hold down ./lab cluster down --dir "$dir"
  hold gone cluster_is_gone "$dir"
  return "$status"
}

# hold NAME COMMAND...: a check of this stage, with its seconds, and how it says that it ended. Sets `held`, and `status`.
hold() {
  local name=$1 begin=${BEGAN[$1]:-$SECONDS}
  held=0
  shift
  check "cluster-$name" "$@" || held=1 status=1
  printf '    %-18s %3d s  %s\n' "$name" $((SECONDS - begin)) "$(tail -n 1 "out/test-cluster-$name.log" | cut -c1-150)" >&2
}

# beside NAME COMMAND...: begins a check that mostly waits, while the stage goes on. `hold_beside` holds those that were begun; their
# seconds go on until then.
declare -A BESIDE=() BEGAN=()
beside() {
  local name=$1
  shift
  "$@" >"out/beside-$name.log" 2>&1 &
  BESIDE[$name]=$! BEGAN[$name]=$SECONDS
}
hold_beside() {
  local name
  for name in "${!BESIDE[@]}"; do
    hold "$name" beside_ended "$name"
    unset "BESIDE[$name]" "BEGAN[$name]"
  done
}
beside_ended() {
  local status=0
  wait "${BESIDE[$1]}" || status=$?
  cat "out/beside-$1.log"
  rm "out/beside-$1.log"
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
