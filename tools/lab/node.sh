# Sourced by ./lab: a Kubernetes of one node on this machine, in namespaces of its own, from pinned Go modules.
#
# What it makes ends with its process 1: network, mounts, processes, firewall rules. What stays is DIR and a tree of
# cgroups, and both go at node_down. docs/kubernetes.md says how it hangs together.
source tools/lab/go.sh
source tools/lab/node_groups.sh
source tools/lab/node_images.sh
source tools/lab/node_parts.sh

NODE_PACKAGES=(runc containernetworking-plugins nftables iproute2 gcc libc6-dev curl jq)
NODE_MODULES=(etcd containerd kubernetes coredns)
NODE_VOLUMES=16

# The name of the node of a directory: of its cgroups, and the alias of its link.
node_id() { echo "pim-node-$(realpath -m "$1" | sha256sum | cut -c1-8)"; }

# Its process 1, as the machine numbers it.
node_pid() {
  local pids
  pids=$(cat "$(group_memory)/$(node_id "$1")/init/cgroup.procs" 2>/dev/null) || return 1
  [ -n "$pids" ] && [ "$(readlink "/proc/${pids%%$'\n'*}/exe")" = /pause ] && echo "${pids%%$'\n'*}"
}

# The addresses of node N of this machine, of a range that is for tests of networks and routed nowhere (RFC 2544).
node_addresses() {
  NODE_LINK=pim$1 NODE_HOST=198.18.$1.1 NODE_ADDRESS=198.18.$1.2
  NODE_SERVICES=198.18.$1.128/25 NODE_DNS=198.18.$1.138 NODE_PODS=198.19.$1.0/24
}

# node_exec DIR COMMAND...: as root of the node, with its programs and nothing of the caller's environment.
node_exec() {
  local pid
  pid=$(node_pid "$1") || die 4 "no node runs in $1; ./lab cluster up --local starts it"
  nsenter --all -t "$pid" env -i "PATH=$(printf '/opt/%s:' "${NODE_MODULES[@]}")/usr/sbin:/usr/bin" HOME=/root "${@:2}"
}

# node_kubectl DIR ARGUMENT...: from this machine, which reaches the API server and the Services.
node_kubectl() {
  NO_PROXY='*' "$(go_binary kubernetes kubectl)" --kubeconfig "$1/admin.conf" --cache-dir "$1/kubectl" "${@:2}"
}

# await LIMIT WHAT LOG COMMAND...: until the command succeeds.
await() {
  local limit=$1 what=$2 log=$3 deadline=$((SECONDS + $1))
  shift 3
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { tail -n 5 "$log" >&2; die 3 "$what not after $limit s; see $log"; }
    sleep 0.2
  done
}

node_needs() {
  local reason
  [ "$(id -u)" = 0 ] || die 3 "namespaces, mounts and cgroups need root: sudo ./lab ..."
  need "${NODE_PACKAGES[@]}"
  reason=$(node_possible "$1") || die 3 "no node can be on this machine: $(tail -n 1 <<<"$reason")"
  go_build "${NODE_MODULES[@]}"
}

# node_possible DIR: whether this machine lets root make what a node in that directory is made of; else it says what not.
node_possible() {
  local mount probe=pim-node-probe-$BASHPID folder root status=0
  [ "$(id -u)" = 0 ] || { echo "namespaces, mounts and cgroups need root"; return 1; }
  for mount in $(group_mounts); do
    mkdir "$mount/$probe" 2>/dev/null && rmdir "$mount/$probe" || { echo "no cgroup can be made in $mount"; return 1; }
  done
  # in a chroot a container's exec would come out at the machine's root
  root='exec 9</ && grep ^mnt_id: /proc/self/fdinfo/9'
  [ "$(nsenter --mount=/proc/self/ns/mnt sh -c "$root")" = "$(sh -c "$root")" ] || { echo "this is a chroot, which whoever enters a namespace leaves"; return 1; }
  folder=$(mktemp -d "$1/pim-probe.XXXXXX" 2>&1) || { echo "nothing can be written in $1"; return 1; }
  mkdir "$folder"/{proc,lower,upper,work,over}
  unshare --mount --net --pid --uts --ipc --fork sh -ec '
    mount --make-rprivate /
    mount -t proc none "$0/proc"
    mount -t overlay -o "lowerdir=$0/lower,upperdir=$0/upper,workdir=$0/work" none "$0/over"
    ip link add probe0 type veth peer name probe1
    nft add table ip probe' "$folder" 2>&1 || { echo "namespaces with mounts, overlays, links and nftables of their own are not to be had in $1"; status=1; }
  rm -rf "$folder"
  return "$status"
}

# Held until the shell that calls it ends.
node_lock() {
  exec 8>"$1/lock"
  flock -n 8 || die 3 "another ./lab cluster is busy with $1"
}

node_up() (
  local dir=$1 part
  mkdir -p -m 700 "$dir"
  node_needs "$dir"
  node_lock "$dir"
  mkdir -p "$dir"/{containerd,etcd,images,kubelet,kubernetes/cni,log/pods,root,volumes}
  node_pid "$dir" >/dev/null || node_begin "$dir"
  node_link "$dir"
  node_configure "$dir"
  for part in "${NODE_PARTS[@]}"; do
    node_part_pid "$dir" "$part" >/dev/null || node_start "$dir" "$part"
    node_await "$dir" "$part"
    [ "$part" != containerd ] || node_images "$dir" "$dir/images/pause.tar" "$dir/images/coredns.tar"
  done
  node_furnish "$dir"
)

# Process 1, and with it the namespaces.
node_begin() {
  local dir=$1 id module folders=()
  id=$(node_id "$dir")
  group_remove "$id" || die 3 "processes of an older node are left; ./lab cluster down --dir $dir ends them"
  node_unlink "$id"
  gcc -static -Os -o "$dir/images/pause" deploy/node/pause.c || die 3 "deploy/node/pause.c did not compile"
  node_pack "$dir/images/pause.tar" lab.local/pause:1 "$dir/images/pause"
  node_pack "$dir/images/coredns.tar" "lab.local/coredns:$(node_coredns_version)" "$(go_binary coredns)"
  for module in "${NODE_MODULES[@]}"; do folders+=("$module=$(go_folder "$module")"); done
  group_make "$id" init
  (
    close_inherited
    exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin setsid tools/lab/node_root.sh groups "$id" "$dir" "${folders[@]}"
  ) >"$dir/log/node.log" 2>&1 </dev/null || true
  await 30 "the node's root directory is" "$dir/log/node.log" node_pid "$dir"
}

# The kernel takes the link of a dead node away in its own time.
node_unlink() {
  local link
  for link in /sys/class/net/pim*; do
    [ "$(cat "$link/ifalias" 2>/dev/null)" != "$1" ] || ip link delete "${link##*/}" 2>/dev/null || true
  done
}

# The one cable: this machine's end has the node's name as its alias. A node keeps its number, which its certificates and
# Services bear, in DIR/number.
node_link() {
  local dir=$1 id pid number
  id=$(node_id "$dir")
  pid=$(node_pid "$dir")
  if [ -e "$dir/number" ]; then
    number=$(cat "$dir/number")
    node_addresses "$number"
    [ "$(cat "/sys/class/net/$NODE_LINK/ifalias" 2>/dev/null)" != "$id" ] || return 0
    ip link add "$NODE_LINK" type veth peer name eth0 netns "$pid" 2>>"$dir/log/node.log" ||
      die 3 "the link $NODE_LINK, which the node in $dir had, is another's now: end that, or take another --dir"
  else
    for number in $(seq 0 256); do
      [ "$number" -lt 256 ] || die 3 "no number from 0 to 255 is free for a node: ip -br link show type veth; ip route show root 198.18.0.0/15"
      node_addresses "$number"
      [ -z "$(ip -4 route show root "198.18.$number.0/24")$(ip -4 route show root "$NODE_PODS")" ] || continue
      ip link add "$NODE_LINK" type veth peer name eth0 netns "$pid" 2>>"$dir/log/node.log" && break
    done
    echo "$number" >"$dir/number"
  fi
  nsenter -n -t "$pid" ip addr add "$NODE_ADDRESS/30" dev eth0
  nsenter -n -t "$pid" ip link set eth0 up
  ip link set "$NODE_LINK" addrgenmode none
  ip addr add "$NODE_HOST/30" dev "$NODE_LINK"
  ip link set "$NODE_LINK" up
  ip route add "$NODE_SERVICES" via "$NODE_ADDRESS" dev "$NODE_LINK"
  ip link set "$NODE_LINK" alias "$id" # last: a link that bears it is whole
}

node_coredns_version() { sed -n 's|^\(require \)\?\s*github.com/coredns/coredns v||p' tools/coredns/go.mod | cut -d' ' -f1; }

# node_render FILE: with this node's addresses in it.
node_render() {
  local name expressions=() COREDNS_VERSION
  COREDNS_VERSION=$(node_coredns_version)
  for name in NODE_ADDRESS NODE_SERVICES NODE_DNS NODE_PODS KUBERNETES_VERSION COREDNS_VERSION; do expressions+=(-e "s|@$name@|${!name}|g"); done
  sed "${expressions[@]}" "$1"
}

# write_changed FILE: kube-proxy ends when its file is written, be it with the same.
write_changed() {
  cat >"$1.new"
  if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

# Files and certificates, where kubeadm would have them.
node_configure() {
  local dir=$1 file name
  for file in kubeadm.yaml containerd.toml kubelet.yaml kube-proxy.yaml; do node_render "deploy/node/$file" | write_changed "$dir/kubernetes/$file"; done
  node_render deploy/node/cni.conflist | write_changed "$dir/kubernetes/cni/10-lab.conflist"
  [ -e "$dir/admin.conf" ] && return
  {
    node_exec "$dir" kubeadm init phase certs all --config /etc/kubernetes/kubeadm.yaml &&
      for name in admin super-admin kubelet controller-manager scheduler; do
        node_exec "$dir" kubeadm init phase kubeconfig "$name" --config /etc/kubernetes/kubeadm.yaml || return
      done &&
      node_exec "$dir" kubeadm kubeconfig user --client-name system:kube-proxy --config /etc/kubernetes/kubeadm.yaml >"$dir/kubernetes/kube-proxy.conf"
  } >"$dir/log/kubeadm.log" 2>&1 || { tail -n 5 "$dir/log/kubeadm.log" >&2; die 3 "the certificates could not be made; see $dir/log/kubeadm.log"; }
  cp "$dir/kubernetes/admin.conf" "$dir/admin.conf"
}

# What is inside: storage, names; until the node takes pods and a pod can resolve a Service.
node_furnish() {
  local dir=$1 number
  {
    node_render deploy/node/system.yaml
    for number in $(seq $NODE_VOLUMES); do
      mkdir -p "$dir/volumes/pv$number"
      NODE_VOLUME=pv$number node_volume
    done
  } >"$dir/kubernetes/system.yaml"
  KUBECONFIG=$dir/kubernetes/super-admin.conf NO_PROXY='*' "$(go_binary kubernetes kubectl)" --cache-dir "$dir/kubectl" \
    apply -f "$dir/kubernetes/system.yaml" >"$dir/log/furnish.log" 2>&1 || { tail -n 5 "$dir/log/furnish.log" >&2; die 3 "the node's own objects were refused; see $dir/log/furnish.log"; }
  node_kubectl "$dir" wait --for=condition=Ready node/lab --timeout="${NODE_LIMIT}s" >>"$dir/log/furnish.log" 2>&1 ||
    die 3 "the node is not ready; see $dir/log/kubelet.log"
  node_kubectl "$dir" -n kube-system rollout status deployment/coredns --timeout="${NODE_LIMIT}s" >>"$dir/log/furnish.log" 2>&1 ||
    die 3 "CoreDNS is not ready; see $dir/log/kubelet.log and $dir/log/pods"
}

node_volume() {
  cat <<EOF
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: $NODE_VOLUME}
spec:
  storageClassName: lab-local
  capacity: {storage: 20Gi} # declared, not held to
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  local: {path: /var/lib/volumes/$NODE_VOLUME}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [lab]}]}]}}
EOF
}

# node_down DIR [keep]: with the data, unless they are to be kept.
node_down() (
  local dir=$1 keep=${2:-} id pid deadline=$((SECONDS + 60))
  id=$(node_id "$dir")
  if [ -e "$dir/lock" ]; then node_lock "$dir"; fi
  # with the first all others end; of a node that never began there is none, or not yet
  for pid in $(group_pids "$id/init"); do [ "$pid" = 0 ] || kill -KILL "$pid" 2>/dev/null || true; done
  until group_remove "$id"; do
    [ $SECONDS -lt $deadline ] || die 3 "processes of the node are left after 60 s: $(group_pids "$id" | tr '\n' ' ')"
    sleep 0.1
  done
  node_unlink "$id"
  [ -e "$dir/lock" ] || { echo "no node was in $dir"; return 0; }
  if [ -n "$keep" ]; then echo "stopped; its data stay in $dir"; return; fi
  rm -rf --one-file-system "$dir"/{admin.conf,containerd,etcd,images,kubectl,kubelet,kubernetes,log,root,volumes}
  rm -f "$dir/number" "$dir/lock"
  rmdir "$dir" 2>/dev/null || say "$dir holds files that are not the node's; they stay"
  echo "stopped and removed"
)
