#!/usr/bin/env bash
# Another authority, while the agent sends: for as long as both are trusted a leaf of either is good, rotated twice the first is
# out, and nothing that the agent took is lost. new_authority.sh DIR KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dir=$1
shift
KUBECTL=("$@")
source tests/cluster/ports.sh
failed=0
mkdir "$work/before"
cp "$dir"/secrets/{ca,agent}.* "$work/before"

# expect STATUS WHAT FOLDER: of an empty write with the agent's certificate in that folder, which trusts what lies there.
expect() {
  local status
  status=$(at_gateway /v1/traces -o /dev/null --cacert "$dir/secrets/ca.crt" --cert "$3/agent.crt" --key "$3/agent.key" -H 'Content-Type: application/json' -d '{}')
  printf '%-50s %s\n' "$2" "$status"
  [ "$status" = "$1" ] || { echo "FAILED: $1 was expected"; failed=1; }
}
# connect: anew, since gateway and agent are other pods now; the agent then owes nothing, and lost nothing.
one_gateway() { [ "$("${KUBECTL[@]}" -n pim-observability get pods -l app.kubernetes.io/name=gateway -o name | wc -l)" = 1 ]; }
connect() {
  eventually 'the gateway before is gone' one_gateway
  port_forward pim pod/agent-0 8888
  eventually 'all that the agent took is sent' agent_owes_nothing
  local each
  for each in "${SIGNAL[@]}"; do [ "$(agent_lost "$each")" = 0 ] || { echo "FAILED: the agent lost $each"; failed=1; }; done
}
connect
expect 200 'before' "$work/before"
./lab certs rotate --ca --dir "$dir"
connect
expect 200 'another authority: its leaf' "$dir/secrets"
expect 200 'and one of the authority before' "$work/before"
./lab certs rotate --ca --dir "$dir"
connect
expect 200 'a third authority: its leaf' "$dir/secrets"
expect 503 'and one of the first' "$work/before"
[ $failed = 0 ] && echo 'authorities change under way'
exit $failed
