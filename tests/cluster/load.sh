# Sourced by tests that take something away from both clusters under load; KUBECTL and `dir` are set. It has the trap EXIT and
# a directory `work`. The back ends and the spine are asked at their Services' addresses, which outlive pods and a node.
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-load.XXXXXX")
load_pid=
load_cleanup() {
  [ -z "$load_pid" ] || kill -KILL "$load_pid" 2>/dev/null || true
  rm -rf "$work"
}
trap load_cleanup EXIT

# For observability/ask.sh.
stack_addresses() {
  local part
  for part in tempo loki mimir; do
    jq -n --arg part "$part" --arg url "$(service_url pim-observability "$part")" '{($part): $url}'
  done | jq -s add >"$work/stack.json"
  # shellcheck disable=SC1091
  source observability/ask.sh "$work/stack.json"
}

# load_begin URL [SCENARIO]: until the spine has acknowledged some of it.
load_begin() {
  : >"$work/load.log"
  build/release/pim load run "${2:-tests/cluster/power_loss.toml}" --without-faults --target "$1" --keys "$dir/secrets/keys.json" \
    --out "$work/load" >"$work/load.log" 2>&1 &
  load_pid=$!
  load_goes_on
}

# From now on, something is acknowledged: a line of the last five seconds says so.
load_goes_on() {
  local lines
  lines=$(wc -l <"$work/load.log")
  load_is_answered() {
    kill -0 "$load_pid" 2>/dev/null || fail "the load has ended: $(tail -n 3 "$work/load.log")"
    tail -n +$((lines + 2)) "$work/load.log" | grep -q ' ok [1-9][0-9]*/s'
  }
  eventually load_is_answered
}

# Its verdict on availability is not asked for, its history is.
load_end() {
  kill -INT "$load_pid"
  wait "$load_pid" || true
  load_pid=
  [ -s "$work/load/result.json" ] || fail "the load left no result: $(tail -n 3 "$work/load.log")"
  jq -r '"load: \([.operations[] | .with_retries.ok] | add) answered, \([.operations[] | .with_retries.failed] | add) failed after retries"' "$work/load/result.json"
}

# register_patient URL STATUS: a command that gets this answer; its trace is trace_id.
register_patient() {
  local status
  trace_id=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  status=$(curl -s --noproxy '*' -o "$work/answer" -w '%{http_code}' "$1/v1/patients" -H "Authorization: Bearer $(spine_token "$dir" registrar)" \
    -H 'Content-Type: application/json' -H "traceparent: 00-$trace_id-00f067aa0ba902b7-01" -d '{"birth_year":1957,"sex":"F","state":"OH","zip3":"441"}')
  [ "$status" = "$2" ] || { echo "the spine answered $status: $(cat "$work/answer")"; return 1; }
}

# Found by a search: then Tempo has written it down, some seconds after it came.
found_trace() { [ -n "$(traceql "{trace:id=\"$trace_id\"}" 2>/dev/null)" ]; }

# alert_sees NAME LABEL=VALUE: what the alert looks for is there now; when it fires is promtool's to say (tests/rules).
alert_sees() {
  local expression
  expression=$(/usr/bin/python3 -c 'import sys, yaml
for group in yaml.safe_load(open("observability/mimir/rules/kubernetes.yaml"))["groups"]:
    print(*(rule["expr"] for rule in group["rules"] if rule.get("alert") == sys.argv[1]))' "$1")
  [ -n "${expression// /}" ] || fail "there is no alert $1"
  promql "$expression" 2>/dev/null | grep -F "$2"
}
