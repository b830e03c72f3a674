#!/usr/bin/env bash
# Becomes process 1 of a node (node.sh): leaves the machine's namespaces one by one, gives the node a root directory in
# which the machine's programs can be read and nothing of the machine can be written, and waits.
# node_root.sh STEP NODE DIR NAME=FOLDER...: NODE names its cgroups; each FOLDER is shown as /opt/NAME.
set -euo pipefail
cd "${BASH_SOURCE[0]%/*}/../.." # without a fork: see the step of that name
source tools/lab/node_groups.sh

step=$1 node=$2 dir=$3
self=$PWD/tools/lab/node_root.sh
shift

# What a kubelet sets for the whole machine. It finds it so in the node, and the machine keeps its own.
declare -A SETTINGS=(
  [vm/overcommit_memory]=1 [vm/panic_on_oom]=0 [kernel/panic]=10 [kernel/panic_on_oops]=1
  [kernel/keys/root_maxkeys]=1000000 [kernel/keys/root_maxbytes]=25000000
)

show() { mount --bind -o ro "$1" "$2"; }

make_programs() {
  local name
  mkdir usr opt
  show /usr usr
  for name in bin sbin lib lib32 lib64 libx32; do
    if [ -L "/$name" ]; then
      cp -P "/$name" .
    elif [ -d "/$name" ]; then
      mkdir "$name"
      show "/$name" "$name"
    fi
  done
  for name in "$@"; do
    mkdir "opt/${name%%=*}"
    show "${name#*=}" "opt/${name%%=*}"
  done
}

make_data() {
  local name
  mkdir -p etc/kubernetes var/log var/lib/{containerd,etcd,kubelet,volumes} var/tmp
  for name in group nsswitch.conf passwd protocols services; do [ ! -e "/etc/$name" ] || cp "/etc/$name" etc/; done
  echo '127.0.0.1 localhost lab' >etc/hosts
  : >etc/resolv.conf
  mount --bind "$dir/kubernetes" etc/kubernetes
  mount --bind "$dir/log" var/log
  for name in containerd etcd kubelet volumes; do mount --bind "$dir/$name" "var/lib/$name"; done
}

make_devices() {
  local name
  mkdir dev
  mount -t tmpfs -o mode=755,nosuid node-dev dev
  for name in null zero full random urandom tty kmsg fuse; do
    [ -e "/dev/$name" ] || continue
    : >"dev/$name"
    mount --bind "/dev/$name" "dev/$name"
  done
  mkdir dev/pts dev/shm dev/mqueue
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 node-pts dev/pts
  mount -t tmpfs -o mode=1777 node-shm dev/shm
  mount -t mqueue node-mqueue dev/mqueue
  ln -s pts/ptmx dev/ptmx
  ln -s /proc/self/fd dev/fd
  ln -s fd/0 dev/stdin
  ln -s fd/1 dev/stdout
  ln -s fd/2 dev/stderr
}

# Only settings of the network are the node's own.
make_settings() {
  local name
  mkdir proc run/settings
  mount -t proc node-proc proc
  for name in proc/sys/*; do [ "$name" = proc/sys/net ] || show "$name" "$name"; done
  for name in "${!SETTINGS[@]}"; do
    echo "${SETTINGS[$name]}" >"run/settings/${name//\//.}"
    mount --bind "run/settings/${name//\//.}" "proc/sys/$name"
  done
  echo 1 >/proc/sys/net/ipv4/ip_forward
}

# Its own cgroups are the only ones that it sees.
make_groups() {
  local mount
  mkdir sys
  mount -t sysfs -o ro node-sys sys
  if [ "$(stat -fc %T /sys/fs/cgroup)" != cgroup2fs ]; then
    mount -t tmpfs -o mode=755 node-cgroup sys/fs/cgroup
    find /sys/fs/cgroup -maxdepth 1 -type l -exec cp -P {} sys/fs/cgroup/ \;
  fi
  for mount in $(group_mounts); do
    mkdir -p "sys/fs/cgroup${mount#/sys/fs/cgroup}"
    mount --bind "$mount/$node" "sys/fs/cgroup${mount#/sys/fs/cgroup}"
  done
}

case $step in
  groups)
    group_join "$node"
    exec unshare --cgroup "$self" namespaces "$@"
    ;;
  namespaces)
    # Out of the tree's root, in which version 2 takes no process; it has stayed the root of what the node sees.
    group_join "$node/init"
    exec unshare --mount --propagation private --net --pid --uts --ipc "$self" fork "$@"
    ;;
  fork)
    # The first child of who left the namespace of processes is the new one's process 1. Nothing may fork before it.
    "$self" root "$@" &
    ;;
  root)
    mkdir -p "$dir/root"
    mount -t tmpfs -o mode=755 node-root "$dir/root"
    cp "$dir/images/pause" "$dir/root/pause"
    cd "$dir/root"
    mkdir -m 1777 tmp
    mkdir run root
    shift 2
    make_programs "$@"
    make_data
    make_devices
    make_settings
    make_groups
    mkdir machine
    pivot_root . machine
    umount -l /machine
    rmdir /machine
    mount --make-rshared /
    hostname lab
    ip link set lo up
    exec -a "node $node" /pause
    ;;
esac
