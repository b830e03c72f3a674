# Sourced by tests of both clusters, which have set KUBECTL and `limit` (s): the back ends' addresses on this machine, and
# waiting for what they say. It has the trap EXIT.
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-stack.XXXXXX")
forwards=()
stack_cleanup() {
  local pid
  for pid in "${forwards[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap stack_cleanup EXIT

# forward NAMESPACE SERVICE PORT: its address on this machine goes to $work/SERVICE.
forward() {
  : >"$work/$2.log"
  "${KUBECTL[@]}" -n "$1" port-forward "service/$2" ":$3" --address 127.0.0.1 >"$work/$2.log" 2>&1 &
  forwards+=($!)
  local deadline=$((SECONDS + 30))
  until sed -n 's/^Forwarding from \(127.0.0.1:[0-9]*\) .*/\1/p' "$work/$2.log" | grep . >"$work/$2"; do
    kill -0 "${forwards[-1]}" 2>/dev/null && [ $SECONDS -lt $deadline ] || { cat "$work/$2.log"; exit 3; }
    sleep 0.1
  done
}
for part in tempo:3200 loki:3100 mimir:9009; do forward pim-observability "${part%:*}" "${part#*:}"; done
jq -n --arg tempo "$(cat "$work/tempo")" --arg loki "$(cat "$work/loki")" --arg mimir "$(cat "$work/mimir")" \
  '{tempo: "http://\($tempo)", loki: "http://\($loki)", mimir: "http://\($mimir)"}' >"$work/stack.json"
# shellcheck disable=SC1091
source observability/ask.sh "$work/stack.json"

# found WHAT COMMAND...: until it says something.
found() {
  local what=$1 deadline=$((SECONDS + limit)) answer
  shift
  until answer=$("$@" 2>/dev/null) && [ -n "$answer" ]; do
    [ $SECONDS -lt $deadline ] || { echo "NOT FOUND after $limit s: $what ($*)"; exit 1; }
    sleep 1
  done
  printf '%-28s %s\n' "$what" "$(head -n 1 <<<"$answer" | cut -c1-150)"
}
