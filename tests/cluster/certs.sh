#!/usr/bin/env bash
# What ./lab certs makes, without any cluster: what is missing, about to end or lacks a name, and nothing else; keys that nobody
# else reads; and `show` says when something is wrong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/lab/common.sh
source tools/lab/certs.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-certs.XXXXXX")
trap 'rm -rf "$work"' EXIT
secrets=$work/secrets
CERTS_ADDRESS=$work/address
echo B_ADDRESS=gateway.pim-observability.svc:443 >"$CERTS_ADDRESS"

fail() {
  echo "FAILED: $*"
  exit 1
}
# changed COMMAND...: the files that it makes or changes, by name.
changed() {
  sha256sum "$secrets"/* >"$work/before" 2>/dev/null || true
  "$@" 2>/dev/null
  sha256sum "$secrets"/* | comm -13 <(sort "$work/before") <(sort) 2>/dev/null | sed 's|.*/||' | LC_ALL=C sort | xargs
}
# expect WHAT WANTED COMMAND...
expect() {
  local found
  found=$(changed "${@:3}")
  printf '%-40s %s\n' "$1" "${found:-nothing}"
  [ "$found" = "$2" ] || fail "$1: $2 was expected"
}
# shows CODE
shows() {
  local status=0
  (certs_show "$work") >"$work/shown" 2>&1 || status=$?
  [ "$status" = "$1" ] || fail "show ended with $status and not with $1: $(cat "$work/shown")"
}

shows 4
expect 'nothing is there' 'agent.crt agent.key ca.crt ca.key gateway.crt gateway.key spine.crt spine.key' certs_issue "$work"
shows 0
expect 'a second time' '' certs_issue "$work"
[ -z "$(find "$secrets" -type f -perm /077)" ] || fail 'others may read keys'
expect 'the agent has lost its own' 'agent.crt agent.key' eval "rm '$secrets/agent.crt'; certs_issue '$work'"
CERTS_DAYS=9 certs_leaf "$secrets" spine 2>/dev/null
shows 1
grep -q '^spine .*ends in less than 10 days' "$work/shown" || fail 'show does not say what ends'
expect 'the spine has nine days left' 'spine.crt spine.key' certs_issue "$work"
echo B_ADDRESS=192.0.2.7:30443 >"$CERTS_ADDRESS"
shows 1
expect 'cluster B is somewhere else' 'gateway.crt gateway.key' certs_issue "$work"
grep -q '192.0.2.7' < <(certs_show "$work") || fail 'the gateway does not bear its address'
cp -r "$secrets" "$work/first"
expect 'another authority' 'ca.crt ca.key' certs_authority "$secrets" new
shows 0
openssl verify -CAfile "$secrets/ca.crt" "$work/first/agent.crt" >/dev/null || fail 'the authority before is not trusted'
expect 'and another' 'ca.crt ca.key' certs_authority "$secrets" new
shows 1
expect 'all are of one that is out' 'agent.crt agent.key gateway.crt gateway.key spine.crt spine.key' certs_issue "$work"
shows 0
echo B_ADDRESS=gateway >"$CERTS_ADDRESS"
status=0
(certs_issue "$work") 2>"$work/said" || status=$?
[ "$status" = 2 ] && grep -q 'B_ADDRESS=HOST:PORT' "$work/said" || fail "an address that is none ends with $status: $(cat "$work/said")"
echo 'certificates are as told'
