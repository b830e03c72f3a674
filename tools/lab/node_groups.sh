# Sourced by node.sh and node_root.sh: the cgroups of a node, a tree of one name in every hierarchy of the machine, whose
# members say what runs.

group_mounts() { awk '$2 ~ "^/sys/fs/cgroup" && $3 ~ /^cgroup2?$/ {print $2}' /proc/mounts; }

# The hierarchy in which memory is counted.
group_memory() { group_mounts | grep -x '/sys/fs/cgroup\(/memory\)\?'; }

# group_make NODE PART: version 1 leaves a new cpuset empty, which takes no process; version 2 has to be told to count.
group_make() {
  local mount file
  for mount in $(group_mounts); do
    mkdir -p "$mount/$1"
    if [ -e "$mount/$1/cgroup.clone_children" ] && [ -e "$mount/$1/cpuset.cpus" ]; then
      echo 1 >"$mount/$1/cgroup.clone_children"
      for file in cpuset.cpus cpuset.mems; do
        [ -n "$(cat "$mount/$1/$file")" ] || cat "$mount/$file" >"$mount/$1/$file"
      done
    fi
    if [ "$mount" = /sys/fs/cgroup ]; then echo '+cpu +cpuset +io +memory +pids' >"$mount/cgroup.subtree_control"; fi
    mkdir -p "$mount/$1/$2"
  done
}

# group_join PATH: the shell that calls it.
group_join() {
  local mount
  for mount in $(group_mounts); do echo "$BASHPID" >"$mount/$1/cgroup.procs"; done
}

# Every process of a node, as the machine numbers them.
group_pids() {
  local mount
  for mount in $(group_mounts); do find "$mount/$1" -name cgroup.procs -exec cat {} + 2>/dev/null || true; done | sort -un
}

# Nothing of a node's tree is left; fails while a process is.
group_remove() {
  local mount
  for mount in $(group_mounts); do
    [ ! -d "$mount/$1" ] || find "$mount/$1" -depth -type d -exec rmdir {} + 2>/dev/null || return 1
  done
}

# What a daemon must not hold open: the locks of whoever started it.
close_inherited() {
  local file
  for file in /proc/"$BASHPID"/fd/*; do
    file=${file##*/}
    [ "$file" -le 2 ] || [ "$file" = 255 ] || eval "exec $file>&-"
  done
}
