#!/usr/bin/env bash
# Schemathesis against a real server: every check, at least 20,000 cases, no 5xx. run.sh PIM_PROGRAM
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pim=$(realpath "$1")
wanted=${PIM_HOSTILE_CASES:-20000}

venv=${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab/hostile-$(sha256sum "$here/requirements.txt" | cut -c1-16)
if [ ! -e "$venv/.complete" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
  touch "$venv/.complete"
fi

work=$(mktemp -d)
server=
cleanup() {
  [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
  rm -rf "$work"
}
trap cleanup EXIT

"$pim" token --init --keys "$work/keys.json" >/dev/null
"$pim" serve --data "$work/data" --anchors "$work/anchors" --keys "$work/keys.json" --port 0 --admin-port 0 \
  --ready-file "$work/ready.json" >"$work/server.log" 2>&1 &
server=$!
until [ -e "$work/ready.json" ]; do
  kill -0 "$server" || { cat "$work/server.log"; exit 3; }
  sleep 0.1
done
port=$(sed -n 's/.*"port": *\([0-9]*\).*/\1/p' "$work/ready.json")

# run NAME ROLE ARGUMENTS...: one pass; prints what it found and adds to `cases`.
cases=0 failed=0
run() {
  local name=$1 role=$2 token log=$work/$1.log
  shift 2
  token=$("$pim" token --keys "$work/keys.json" --user hostile --role "$role" --tenant north-health --ttl 1h)
  (cd "$work" && "$venv/bin/schemathesis" --config-file "$here/schemathesis.toml" run "http://127.0.0.1:$port/openapi.json" -H "Authorization: Bearer $token" \
    --checks all --seed 20261123 --workers 1 --no-color "$@") >"$log" 2>&1 || failed=1
  sed -n "/ ERRORS /,/SUMMARY/p; /FAILURES/,/SUMMARY/p; /= SUMMARY/,\$p" "$log" | head -n "${PIM_HOSTILE_LINES:-150}" || true
  cases=$((cases + $(sed -n 's/^ *\([0-9,]*\) generated.*/\1/p' "$log" | tr -d , | tail -n 1)))
}
run main loadgen --phases examples,coverage,fuzzing -n "${PIM_HOSTILE_EXAMPLES:-250}" --exclude-path /v1/audit
run audit auditor --phases examples,coverage,fuzzing -n 100 --include-path /v1/audit

fives=$(curl -fsS "http://127.0.0.1:$(sed -n 's/.*"admin_port": *\([0-9]*\).*/\1/p' "$work/ready.json")/metrics" |
  awk '/^pim_http_requests_total.*status="5/ { n += $NF } END { print n + 0 }')
kill -0 "$server" || { echo "the server died"; tail -n 20 "$work/server.log"; exit 1; }
echo "schemathesis: $cases cases (at least $wanted wanted), $fives answers with 5xx, checks $([ $failed = 0 ] && echo passed || echo FAILED)"
[ "$cases" -ge "$wanted" ] && [ "$fives" = 0 ] && [ $failed = 0 ]
