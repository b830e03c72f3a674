#!/usr/bin/env bash
# Schemathesis against a real server: every check, at least 20,000 cases, no 5xx. run.sh PIM_PROGRAM
# PIM_HOSTILE_SEED takes another seed, PIM_HOSTILE_EXAMPLES another number of examples for an operation,
# PIM_HOSTILE_LOGS a folder for the whole logs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pim=$(realpath "$1")
wanted=${PIM_HOSTILE_CASES:-20000}
seed=${PIM_HOSTILE_SEED:-20261123}
examples=${PIM_HOSTILE_EXAMPLES:-300}

venv=${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab/hostile-$(sha256sum "$here/requirements.txt" | cut -c1-16)
if [ ! -e "$venv/.complete" ]; then
  echo "installing schemathesis into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$here/requirements.txt"
  touch "$venv/.complete"
fi

work=$(mktemp -d)
server= left= right=
cleanup() {
  local pid
  trap - EXIT
  # a lane is a process group of its own, so that what it started ends with it
  for pid in $left $right; do kill -TERM -- "-$pid" 2>/dev/null || true; done
  [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$pim" token --init --keys "$work/keys.json" >/dev/null
"$pim" serve --data "$work/data" --anchors "$work/anchors" --keys "$work/keys.json" --port 0 --admin-port 0 \
  --ready-file "$work/ready.json" >"$work/server.log" 2>&1 &
server=$!
until [ -e "$work/ready.json" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$work/server.log"; exit 3; }
  sleep 0.1
done
port=$(sed -n 's/.*"port": *\([0-9]*\).*/\1/p' "$work/ready.json")
admin=$(sed -n 's/.*"admin_port": *\([0-9]*\).*/\1/p' "$work/ready.json")

# The provider and the facility that the document's examples name, so that examples and chains find them.
loadgen=$("$pim" token --keys "$work/keys.json" --user setup --role loadgen --tenant north-health --ttl 1h)
register() {
  curl -fsS -o "$work/registered" -H "Authorization: Bearer $loadgen" -H 'Content-Type: application/json' -d "$2" \
    "http://127.0.0.1:$port/v1/$1"
}
register facilities '{"facility_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d33","npi":"9000000015","alias":"FAC-000045",
  "kind":"hospital","state":"OH","zip3":"441","beds":120}'
register providers '{"provider_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d22","npi":"9000000007","alias":"PRV-000123",
  "specialty":"cardiology","facility_id":"0190b5a4-7c1e-7d3a-9b52-3f1e5a7c9d33"}'

# pass NAME ROLE ARGUMENTS...: its log, and its count of cases and its verdict in $work/NAME.counts. A ROLE is a role
# of the server's, `stranger` with a token that is none, or `nobody` without one.
pass() {
  local name=$1 role=$2 start=$SECONDS log=$work/$1.log verdict=passed generated token=
  shift 2
  case $role in
    nobody) ;;
    stranger) token=not.a.token ;;
    *) token=$("$pim" token --keys "$work/keys.json" --user "$name" --role "$role" --tenant north-health --ttl 1h) ;;
  esac
  # not as a header, which would be sent even where leaving it out is the test
  cat "$here/schemathesis.toml" >"$work/$name.toml"
  [ -z "$token" ] || printf '\n[auth.openapi.bearer]\nbearer = "%s"\n' "$token" >>"$work/$name.toml"
  (
    mkdir "$work/$name.d" && cd "$work/$name.d"
    SCHEMATHESIS_HOOKS=$here/hooks.py PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/schemathesis" \
      --config-file "$work/$name.toml" run "http://127.0.0.1:$port/openapi.json" \
      --checks all --seed "$seed" --workers 1 --no-color "$@"
  ) >"$log" 2>&1 || verdict=FAILED
  generated=$(sed -n 's/^ *\([0-9,]*\) generated.*/\1/p' "$log" | tr -d , | tail -n 1)
  echo "${generated:-0} $verdict" >"$work/$name.counts"
  printf '  %-15s %-10s %6d cases  %s  %d s\n' "$name" "$role" "${generated:-0}" "$verdict" $((SECONDS - start))
}

# Two lanes for two cores: all operations as who may call them, one by one and in chains, and each role's view of all.
patients() {
  pass patients loadgen --phases examples,coverage,fuzzing -n "$examples" --include-path-regex "^/v1/patients"
}
others() {
  # a chain that runs differently the second time, because the first one changed the server, ends its pass: so several
  local turn
  for turn in 1 2 3; do
    pass "chains-$turn" loadgen --phases stateful -n "$examples" --seed "$((seed + turn))"
    pass "valid-chains-$turn" loadgen --phases stateful -n "$examples" --seed "$((seed + turn))" --mode positive
  done
  pass others loadgen --phases examples,coverage,fuzzing -n "$examples" --exclude-path-regex "^/v1/patients"
  pass audit auditor --phases examples,coverage,fuzzing -n "$examples" --include-path /v1/audit
  local role
  for role in registrar clinician biller auditor operator stranger nobody; do
    pass "as-$role" "$role" --phases examples,fuzzing -n "$((examples / 20 + 1))"
  done
}

echo "schemathesis, seed $seed:"
set -m
patients &
left=$!
others &
right=$!
set +m
wait "$left" "$right"
left= right=

# short LOG: of each finding the operation, the check, the answer and the curl line.
short() {
  sed -n '/^=* \(ERRORS\|FAILURES\) =*$/,/^=* \(WARNINGS\|SUMMARY\) =*$/p' "$1" |
    grep -E '^_+ .* _+$|^ (GET|POST|PATCH) /|^- ST[0-9]|^ *Invalid component|^ +- |^\[[0-9]{3}\]|^ *curl ' |
    sed 's/^__* \(.*\) __*$/ \1/' | cut -c1-1000 | head -n 30
}

cases=0 failed=0
for counts in "$work"/*.counts; do
  read -r count verdict <"$counts"
  cases=$((cases + count))
  [ -z "${PIM_HOSTILE_LOGS:-}" ] || cp "${counts%.counts}.log" "$PIM_HOSTILE_LOGS"
  [ "$verdict" = passed ] && continue
  failed=1
  echo "---- $(basename "$counts" .counts)"
  sed -n '/^=* \(ERRORS\|FAILURES\) =*$/,/^=* \(WARNINGS\|SUMMARY\) =*$/p; /^=* SUMMARY =*$/,$p' \
    "${counts%.counts}.log" | head -n "${PIM_HOSTILE_LINES:-400}"
done
if [ $failed != 0 ]; then
  echo "---- in short (to repeat one: ./lab up, and that server's port and token in the curl line)"
  for counts in "$work"/*.counts; do
    read -r count verdict <"$counts"
    [ "$verdict" = passed ] || short "${counts%.counts}.log"
  done
fi
fives=$(curl -fsS "http://127.0.0.1:$admin/metrics" | awk '/^pim_http_requests_total.*status="5/ { n += $NF } END { print n + 0 }')
kill -0 "$server" 2>/dev/null || { echo "the server died"; tail -n 20 "$work/server.log"; exit 1; }
echo "schemathesis: $cases cases (at least $wanted wanted), $fives answers with 5xx, checks $([ $failed = 0 ] && echo passed || echo FAILED), seed $seed, $SECONDS s"
[ "$cases" -ge "$wanted" ] && [ "$fives" = 0 ] && [ $failed = 0 ]
