#!/usr/bin/env bash
# footprint.sh DIR: what a node in DIR could leave on this machine, line by line and in order; of other nodes, nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/lab/common.sh
source tools/lab/node.sh

dir=$(realpath -m "$1")
id=$(node_id "$dir")

# Its own and whoever else is in its namespaces, by the programs and folders that only a node has.
processes() {
  local process pid group
  for process in /proc/[0-9]*; do
    pid=${process#/proc/}
    group=$(cat "$process/cgroup" 2>/dev/null) || continue
    if [[ $group == */pim-node-* ]]; then
      [[ $group != */"$id"* ]] || echo "process $pid of $id: $(cat "$process/comm" 2>/dev/null)"
    elif [[ $(readlink "$process/exe" 2>/dev/null) =~ /(containerd|containerd-shim-runc-v2|etcd|kubelet|kube-[a-z-]*|coredns|runc|pause)$ ]]; then
      echo "process $pid: $(cat "$process/comm" 2>/dev/null)"
    fi
  done
}

links() { ip -j link show | jq -r --arg id "$id" '.[] | select((.ifalias // $id) == $id) | "link \(.ifname)"'; }

cgroups() {
  local mount
  for mount in $(group_mounts); do
    find "$mount" -maxdepth 1 -mindepth 1 -type d \( ! -name 'pim-node-*' -o -name "$id" \)
    find "$mount" -type d -name 'kubepods*' ! -path '*/pim-node-*'
  done | sed 's/^/cgroup /'
}

# What a kubelet, a containerd, a CNI plugin write to where no node has a directory of its own.
machine_files() {
  local file
  for file in /etc/cni /etc/kubernetes /run/containerd /run/netns /run/runc /var/lib/cni /var/lib/containerd /var/lib/etcd /var/lib/kubelet \
    /var/log/pods /var/log/containers /opt/cni /opt/containerd /run/xtables.lock "$dir"; do
    [ ! -e "$file" ] || find "$file" -maxdepth 1 -printf 'file %p\n'
  done
}

settings() {
  local name
  for name in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes \
    net/ipv4/ip_forward; do
    echo "setting $name $(cat "/proc/sys/$name")"
  done
}

# The namespaces of processes that a node's pids file, written while it was up, names.
namespaces() {
  [ ! -e "$dir.namespaces" ] || { find /proc/[0-9]*/ns -maxdepth 1 -type l -printf '%l\n' 2>/dev/null || true; } | sort -u |
    { grep -xF -f "$dir.namespaces" || true; } | sed 's/^/namespace /'
}

{
  awk '{print "mount", $2, $3}' /proc/mounts
  links
  ip -4 route show | { grep -v ' dev pim[0-9]' || true; } | sed 's/^/route /'
  nft list tables | sed 's/^/nftables /'
  cgroups
  machine_files
  settings
  namespaces
  processes
} | LC_ALL=C sort
