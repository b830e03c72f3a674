#!/usr/bin/env bash
# What a kill matrix does to a node's kubelet and containerd. node.sh DIR restart PART | pressure | relief
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/lab/common.sh
source tools/lab/node.sh

# kubelet_with LINES: begun anew, with its own configuration and these.
kubelet_with() {
  { node_render deploy/node/kubelet.yaml && echo "$1"; } | write_changed "$dir/kubernetes/kubelet.yaml"
  node_restart "$dir" kubelet
}

dir=$1
node_addresses "$(cat "$dir/number")"
case $2 in
  restart) node_restart "$dir" "$3" ;;
  # More than any machine has: the kubelet takes its memory for short, and evicts who uses the most beyond its request. Softly,
  # since what a hard threshold keeps back no pod may ask for, and every pod would be refused.
  pressure) kubelet_with 'evictionSoft: {memory.available: 1Ti}
evictionSoftGracePeriod: {memory.available: 1s}
evictionMaxPodGracePeriod: 1' ;;
  relief) kubelet_with '' ;;
  *) die 2 "not '$2': restart PART, pressure or relief" ;;
esac
