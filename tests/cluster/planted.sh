#!/usr/bin/env bash
# The negative control of `nothing is left`: each kind of leftover, planted, is seen. In namespaces of its own, so that it
# leaves nothing itself.
if [ "${2:-}" != planted ]; then exec unshare --mount --net "$0" "$1" planted; fi
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(node_id "$dir")
footprint=tests/cluster/footprint.sh
plants=0

# plant WHAT PATTERN UNDO COMMAND...: done and undone; between, the list has a line that it had not before.
plant() {
  local what=$1 pattern=$2 undo=$3 before new
  shift 3
  before=$($footprint "$dir")
  "$@"
  new=$(comm -13 <(echo "$before") <($footprint "$dir"))
  eval "$undo"
  grep -q "$pattern" <<<"$new" || fail "a planted $what is not seen"
  [ "$($footprint "$dir")" = "$before" ] || fail "the planted $what is still seen after it is gone"
  plants=$((plants + 1))
}

runs_in_group() { sh -c 'echo $$ >"$1/cgroup.procs"; exec sleep 1000' sh "$1" & planted=$!; until grep -q sleep "/proc/$planted/comm"; do :; done; }
ends() {
  kill "$planted"
  wait "$planted" || true
}

work=$(mktemp -d "${TMPDIR:-/tmp}/pim-planted.XXXXXX")
memory=$(group_memory)
trap 'rmdir "$memory/$id" 2>/dev/null || true; rm -rf "$work" "$dir.namespaces"' EXIT
plant mount "^mount $work " "umount $work" mount -t tmpfs planted "$work"
plant bridge '^link planted0' 'ip link delete planted0' ip link add planted0 type bridge
plant veth '^link planted1' 'ip link delete planted1' ip link add planted1 type veth peer name planted2
plant 'rule table' '^nftables .*planted' 'nft delete table ip planted' nft add table ip planted
plant cgroup "^cgroup .*/$id" "rmdir $memory/$id" mkdir "$memory/$id"
plant directory "^file $dir" "rmdir $dir" mkdir -p "$dir"
mkdir "$memory/$id"
plant process "^process .*$id" ends runs_in_group "$memory/$id"
named() {
  unshare --net sleep 1000 &
  planted=$!
  until grep -q sleep "/proc/$planted/comm"; do :; done
  readlink "/proc/$planted/ns/net" >"$dir.namespaces"
}
plant 'network namespace' '^namespace net:' 'ends; rm "$dir.namespaces"' named
# As a kubelet does it; on a copy of the setting, which is the machine's.
echo 99 >"$work/panic"
plant setting '^setting kernel/panic 99' 'umount /proc/sys/kernel/panic' mount --bind "$work/panic" /proc/sys/kernel/panic
echo "$plants kinds of leftovers, each seen"
