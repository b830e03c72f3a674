# Sourced by ./lab: the clusters.
source tools/lab/node.sh

CLUSTER_USAGE='./lab cluster up --local [--dir DIR]   a Kubernetes of one node on this machine; needs root
./lab cluster status [--dir DIR]       each part of it: pid, health, memory
./lab cluster down [--keep] [--dir DIR]  with all that it made; --keep leaves the data
DIR is .lab/cluster. The programs are built from pinned Go modules, once a machine.'

cluster() {
  local verb=${1:-help} dir=.lab/cluster local='' keep=''
  [ $# -gt 0 ] && shift
  while [ $# -gt 0 ]; do
    case $1 in
      --local) local=1 ;;
      --keep) keep=1 ;;
      --dir)
        [ $# -ge 2 ] || die 2 "--dir needs a value"
        dir=$2
        shift
        ;;
      *) die 2 "cluster has no option $1"$'\n'"$CLUSTER_USAGE" ;;
    esac
    shift
  done
  dir=$(realpath -m "$dir")
  case $verb in
    up)
      [ -n "$local" ] || die 2 "up needs --local"$'\n'"$CLUSTER_USAGE"
      node_up "$dir"
      node_status "$dir"
      ;;
    status) node_status "$dir" ;;
    down) node_down "$dir" "$keep" ;;
    help) echo "$CLUSTER_USAGE" ;;
    *) die 2 "cluster has no verb '$verb'"$'\n'"$CLUSTER_USAGE" ;;
  esac
}
