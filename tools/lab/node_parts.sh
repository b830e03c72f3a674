# Sourced by node.sh: the programs that a node is made of, each in a cgroup of its own.

# In the order in which they start. Each has the path at which it says, inside the node, that it is well.
NODE_PARTS=(containerd etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy)
declare -A NODE_HEALTH=(
  [containerd]=http://127.0.0.1:1338/v1/metrics [etcd]=http://127.0.0.1:2379/health
  [kube-apiserver]=https://@NODE_ADDRESS@:6443/readyz [kube-controller-manager]=https://127.0.0.1:10257/healthz
  [kube-scheduler]=https://127.0.0.1:10259/healthz [kubelet]=http://127.0.0.1:10248/healthz
  [kube-proxy]=http://127.0.0.1:10256/healthz
)
NODE_LIMIT=120 # s, for each to be well

# node_part_pid DIR PART: of a part that runs; whatever else a part has started is in its cgroup, too.
node_part_pid() {
  local pid
  for pid in $(cat "$(group_memory)/$(node_id "$1")/parts/$2/cgroup.procs" 2>/dev/null); do
    [[ $(readlink "/proc/$pid/exe" 2>/dev/null) != */"$2" ]] || { echo "$pid"; return; }
  done
  return 1
}

# The arguments of a part, one a line.
node_arguments() {
  local pki=/etc/kubernetes/pki
  case $1 in
    containerd) echo --config=/etc/kubernetes/containerd.toml ;;
    # A node that is lost with its machine is made again: nothing here waits for the disk.
    etcd) printf '%s\n' --data-dir=/var/lib/etcd --unsafe-no-fsync --logger=zap --log-level=warn ;;
    kube-apiserver)
      cat <<EOF
--advertise-address=$NODE_ADDRESS
--bind-address=$NODE_ADDRESS
--etcd-servers=http://127.0.0.1:2379
--service-cluster-ip-range=$NODE_SERVICES
--authorization-mode=Node,RBAC
--enable-admission-plugins=NodeRestriction
--client-ca-file=$pki/ca.crt
--tls-cert-file=$pki/apiserver.crt
--tls-private-key-file=$pki/apiserver.key
--kubelet-client-certificate=$pki/apiserver-kubelet-client.crt
--kubelet-client-key=$pki/apiserver-kubelet-client.key
--kubelet-preferred-address-types=InternalIP
--proxy-client-cert-file=$pki/front-proxy-client.crt
--proxy-client-key-file=$pki/front-proxy-client.key
--requestheader-client-ca-file=$pki/front-proxy-ca.crt
--requestheader-allowed-names=front-proxy-client
--requestheader-username-headers=X-Remote-User
--requestheader-group-headers=X-Remote-Group
--requestheader-extra-headers-prefix=X-Remote-Extra-
--service-account-issuer=https://kubernetes.default.svc.cluster.local
--service-account-key-file=$pki/sa.pub
--service-account-signing-key-file=$pki/sa.key
EOF
      ;;
    kube-controller-manager)
      printf -- '--%s=/etc/kubernetes/controller-manager.conf\n' kubeconfig authentication-kubeconfig authorization-kubeconfig
      cat <<EOF
--bind-address=127.0.0.1
--leader-elect=false
--use-service-account-credentials=true
--root-ca-file=$pki/ca.crt
--service-account-private-key-file=$pki/sa.key
--cluster-signing-cert-file=$pki/ca.crt
--cluster-signing-key-file=$pki/ca.key
EOF
      ;;
    kube-scheduler)
      printf -- '--%s=/etc/kubernetes/scheduler.conf\n' kubeconfig authentication-kubeconfig authorization-kubeconfig
      printf -- '--%s\n' bind-address=127.0.0.1 leader-elect=false
      ;;
    kubelet) printf -- '--%s\n' config=/etc/kubernetes/kubelet.yaml kubeconfig=/etc/kubernetes/kubelet.conf hostname-override=lab "node-ip=$NODE_ADDRESS" ;;
    kube-proxy) echo --config=/etc/kubernetes/kube-proxy.yaml ;;
  esac
}

node_start() {
  local dir=$1 part=$2 id arguments=()
  id=$(node_id "$dir")
  mapfile -t arguments < <(node_arguments "$part")
  group_make "$id" "parts/$part"
  # Handed to process 1 by a shell that ends: a child of this one would be the machine's to take in.
  (
    group_join "$id/parts/$part"
    close_inherited
    node_exec "$dir" setsid sh -c 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null &' sh "/var/log/$part.log" "$part" "${arguments[@]}"
  ) </dev/null
}

node_healthy() {
  local pid
  pid=$(node_pid "$1") && node_part_pid "$1" "$2" >/dev/null &&
    nsenter -n -t "$pid" curl -kfsS --noproxy '*' --max-time 5 -o /dev/null "${NODE_HEALTH[$2]/@NODE_ADDRESS@/$NODE_ADDRESS}"
}

node_await() {
  local dir=$1 part=$2 log=$1/log/$2.log begin=$SECONDS seen= why=
  until node_healthy "$dir" "$part" 2>/dev/null; do
    if node_part_pid "$dir" "$part" >/dev/null; then
      seen=1
      [ $SECONDS -lt $((begin + NODE_LIMIT)) ] || why="is not well after $NODE_LIMIT s"
    elif [ -n "$seen" ] || [ $SECONDS -ge $((begin + 10)) ]; then
      why="ended"
    fi
    [ -z "$why" ] || { tail -n 5 "$log" >&2; die 3 "$part $why; see $log"; }
    sleep 0.1
  done
}

# node_restart DIR PART: as a supervisor of services would.
node_restart() {
  local dir=$1 part=$2 pid
  [[ " ${NODE_PARTS[*]} " == *" $part "* ]] || die 2 "the node has no part '$part': ${NODE_PARTS[*]}"
  node_pid "$dir" >/dev/null || die 4 "no node runs in $dir"
  node_addresses "$(cat "$dir/number")"
  if pid=$(node_part_pid "$dir" "$part"); then
    kill -TERM "$pid"
    await 30 "$part has ended" "$dir/log/$part.log" node_part_gone "$dir" "$part"
  fi
  node_start "$dir" "$part"
  node_await "$dir" "$part"
}

node_part_gone() { ! node_part_pid "$1" "$2"; }

# MiB, resident, of all these processes; shared pages count each time.
node_resident() {
  local pid
  for pid in "$@"; do awk '/^VmRSS:/ {print $2}' "/proc/$pid/status" 2>/dev/null || true; done | awk '{sum += $1} END {print int(sum / 1024)}'
}

# 0 if all of it is well, 1 if a part is not, 4 if there is no node.
node_status() {
  local dir=$1 part pid state bad=0 id
  node_pid "$dir" >/dev/null || { echo "no node runs in $dir (./lab cluster up --local starts it)"; return 4; }
  node_addresses "$(cat "$dir/number")"
  for part in "${NODE_PARTS[@]}"; do
    if ! pid=$(node_part_pid "$dir" "$part"); then
      printf '%-24s not running                   log %s\n' "$part" "$dir/log/$part.log"
      bad=1
      continue
    fi
    state=healthy
    node_healthy "$dir" "$part" 2>/dev/null || { state=unwell bad=1; }
    printf '%-24s pid %-7s %-8s %4d MiB  log %s\n' "$part" "$pid" "$state" \
      "$(node_resident "$pid")" "$dir/log/$part.log"
  done
  id=$(node_id "$dir")
  # shellcheck disable=SC2046
  printf '%-24s pid %-7s %-8s %4d MiB  with all its pods; cgroups %s\n' node "$(node_pid "$dir")" '' \
    "$(node_resident $(group_pids "$id"))" "$(group_memory)/$id"
  echo "API https://$NODE_ADDRESS:6443; $(go_binary kubernetes kubectl) --kubeconfig $dir/admin.conf"
  return $bad
}
