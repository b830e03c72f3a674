# Sourced by tests of what passes between the clusters, which have set KUBECTL: a directory `work`, ports of this machine that
# lead to pods and Services, and what the agent counts. It has the trap EXIT.
source tools/lab/common.sh
source tools/lab/spine.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-ports.XXXXXX")
declare -A PORT
ports_end() {
  forwards_end
  rm -rf "$work"
}
trap ports_end EXIT

# port_forward NAMESPACE KIND/NAME PORT: PORT[NAME] of 127.0.0.1.
port_forward() {
  forward "$@"
  PORT[${2#*/}]=${FORWARDED#*:}
}

# Cluster B's door, at its Service: kubectl's forwarding ends with the first connection that is reset.
GATEWAY=gateway.pim-observability.svc
GATEWAY_ADDRESS=$(service_address pim-observability gateway)
# at_gateway PATH [CURL OPTION...]: the status; 000 where there was no answer.
at_gateway() { curl -s -m 10 -w '%{http_code}' --noproxy '*' --connect-to "$GATEWAY:443:$GATEWAY_ADDRESS:443" "https://$GATEWAY$1" "${@:2}" || true; }

# counts NAME REGEX: the sum of these series of a process whose metrics are forwarded as NAME. Nothing of a name is 0.
counts() {
  local text
  text=$(curl -sf "http://127.0.0.1:${PORT[$1]}/metrics") || return
  awk -v series="^($2)([{ ]|_total[{ ])" '$0 ~ series {sum += $NF} END {printf "%.0f\n", sum}' <<<"$text"
}

# The agent's own count, forwarded as agent-0: what came of each kind and still waits, and what was lost. Of an agent that began
# anew with something in its buffer more is taken than came.
declare -A SIGNAL=([traces]=spans [logs]=log_records [metrics]=metric_points)
agent_owes() {
  local came gone
  came=$(counts agent-0 "otelcol_receiver_accepted_$1") && gone=$(counts agent-0 "otelcol_exporter_(sent|send_failed)_$1") && echo $((came - gone))
}
agent_lost() { counts agent-0 "otelcol_(exporter_(send|enqueue)_failed|receiver_refused)_$1"; }
agent_owes_nothing() {
  local each owes
  [ "$(counts agent-0 otelcol_exporter_sent_metric_points)" -gt 0 ] || return 1
  for each in "${SIGNAL[@]}"; do owes=$(agent_owes "$each") && [ "$owes" -le 0 ] || return 1; done
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
