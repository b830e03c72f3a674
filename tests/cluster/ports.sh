# Sourced by tests that ask Services from outside: a working directory, and ports of this machine that lead to them. KUBECTL is
# set. All ends with the test.
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-ports.XXXXXX")
forwards=()
declare -A PORT
ports_end() {
  local pid
  for pid in "${forwards[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap ports_end EXIT

# port_forward NAMESPACE KIND/NAME PORT: PORT[NAME] of 127.0.0.1.
port_forward() {
  local name=${2#*/} deadline=$((SECONDS + 30))
  rm -f "$work/$name.log" # of a forward before
  "${KUBECTL[@]}" -n "$1" port-forward "$2" ":$3" --address 127.0.0.1 >"$work/$name.log" 2>&1 &
  forwards+=($!)
  until PORT[$name]=$(sed -n 's/^Forwarding from 127.0.0.1:\([0-9]*\) .*/\1/p' "$work/$name.log" 2>/dev/null | grep .); do
    kill -0 "${forwards[-1]}" 2>/dev/null && [ $SECONDS -lt $deadline ] || { cat "$work/$name.log"; exit 3; }
    sleep 0.1
  done
}

# counts NAME REGEX: the sum of these series of a process whose metrics are forwarded as NAME. Nothing of a name is 0.
counts() { curl -sf "http://127.0.0.1:${PORT[$1]}/metrics" | awk -v series="^($2)([{ ]|_total[{ ])" '$0 ~ series {sum += $NF} END {printf "%.0f\n", sum}'; }

# The agent's own count, forwarded as agent-0: what came of each kind and has not been taken by cluster B, and what was lost.
declare -A SIGNAL=([traces]=spans [logs]=log_records [metrics]=metric_points)
agent_owes() { echo $(($(counts agent-0 "otelcol_receiver_accepted_$1") - $(counts agent-0 "otelcol_exporter_sent_$1"))); }
agent_lost() { counts agent-0 "otelcol_(exporter_(send|enqueue)_failed|receiver_refused)_$1"; }
agent_owes_nothing() {
  local each
  for each in "${SIGNAL[@]}"; do [ "$(agent_owes "$each")" = 0 ] || return 1; done
}

# eventually WHAT COMMAND...: within two minutes.
eventually() {
  local what=$1 deadline=$((SECONDS + ${PIM_LIMIT_SECONDS:-120}))
  shift
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || { echo "FAILED: not within ${PIM_LIMIT_SECONDS:-120} s: $what"; exit 1; }
    sleep 0.5
  done
}
