# Sourced by the tests of a node: TEST DIR, each a program of its own, which ends with 0 if what it says holds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/lab/common.sh
source tools/lab/node.sh

dir=$(realpath -m "$1")
kubectl() { node_kubectl "$dir" -n node-test "$@"; }

fail() {
  echo "FAILED: $*"
  exit 1
}

# field OBJECT PATH
field() { kubectl get "$1" -o jsonpath="{$2}"; }

ready() { [ "$(field "pod/$1" '.status.conditions[?(@.type=="Ready")].status' 2>/dev/null)" = True ]; }

# eventually COMMAND...: within a minute.
eventually() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    [ $SECONDS -lt $deadline ] || fail "not within 60 s: $*"
    sleep 0.1
  done
}
