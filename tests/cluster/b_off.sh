#!/usr/bin/env bash
# Cluster B is off while as much telemetry passes in cluster A as in two hours of its load; it comes back, and nothing is missing.
# b_off.sh FORM DIR KUBECTL...
#   short  as many kept requests as in those two hours: all their spans and lines; scrapes go on as they do
#   long   and as many scrapes, since the agent scrapes more often
#   tiny   as short, with a buffer of 70 kB for the lines: the test must see what is lost, and ends with 0 if it does
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
form=$1 dir=$2
shift 2
KUBECTL=("$@")
source tests/cluster/ports.sh
BOUND=268435456  # bytes a signal, of observability/collector/collector.yaml
HOURS=2
SCRAPE_MS=5000 FASTER=1
[ "$form" != long ] || FASTER=25 # each 200 ms
declare -A EXPORTER=([traces]=otlp_http/tempo [logs]=otlp_http/loki [metrics]=otlp_http/mimir)
failed=0
fails() {
  echo "FAILED: $*"
  failed=1
}

# Reference: the load template's scale of the scenario steady, of which one request in a hundred is kept.
scale=$("${KUBECTL[@]}" -n pim get configmap load -o 'jsonpath={.data.RATE_SCALE}')
rate=$(awk -v rate="$(sed -n 's/^rate = //p' seed/scenarios/steady.toml)" -v scale="$scale" 'BEGIN {print rate * scale}')
kept=$(awk -v rate="$rate" -v hours=$HOURS 'BEGIN {print rate * hours * 3600 * 0.01}')
printf 'reference: %s requests a second for %d h, of which %d are kept; here each is kept, and there are %d\n' "$rate" $HOURS "$kept" "$kept"

# agent_with [CONFIGURATION]: one more over the agent's own, or none. Its pod is replaced here, since a StatefulSet waits for ever
# for one that does not start.
agent_with() {
  "${KUBECTL[@]}" -n pim patch statefulset agent -p "$(jq -cn --arg more "${1:-}" '["collector", "cluster-a"] as $own
    | {spec: {template: {spec: {containers: [{name: "agent",
        args: ([$own[] | "--config=/etc/otelcol/\(.).yaml"] + if $more == "" then [] else ["--config=env:MORE"] end),
        env: [if $more == "" then {name: "MORE", "$patch": "delete"} else {name: "MORE", value: $more} end]}]}}}}')" >/dev/null
  "${KUBECTL[@]}" -n pim delete pod agent-0 --ignore-not-found >/dev/null
  "${KUBECTL[@]}" -n pim rollout status statefulset/agent --timeout=120s >/dev/null
}
gateways() { "${KUBECTL[@]}" -n pim-observability scale deployment/gateway --replicas="$1" >/dev/null; }
cleanup() {
  ports_end
  gateways 1
  [ "$form" = short ] || agent_with
}
trap cleanup EXIT
case $form in
  short) ;;
  long) agent_with "receivers: {prometheus: {config: {global: {scrape_interval: $((SCRAPE_MS / FASTER))ms}}}}" ;;
  tiny) agent_with 'exporters: {otlp_http/loki: {sending_queue: {queue_size: 70000}}}' ;;
  *) echo "no form is called '$form': short, long or tiny"; exit 2 ;;
esac
port_forward pim service/spine 8080
port_forward pim pod/spine-0 8081
port_forward pim pod/agent-0 8888
for part in tempo:3200 loki:3100 mimir:9009; do port_forward pim-observability "service/${part%:*}" "${part#*:}"; done
agent_lost_of_all() {
  local each sum=0
  for each in "${SIGNAL[@]}"; do sum=$((sum + $(agent_lost "$each"))); done
  echo $sum
}
spine_lost() { counts spine-0 'pim_(spans|log_records)_dropped_total'; }
waits() { counts agent-0 "otelcol_exporter_queue_size{data_type=\"$1\".*"; }

eventually 'all that the agent took is sent' agent_owes_nothing
before_lost=$(agent_lost_of_all) before_spine=$(spine_lost) before_spans=$(counts spine-0 pim_spans_sent)
before_tempo=$(counts tempo tempo_distributor_spans_received)

# Off.
off=$(date +%s)
gateways 0
gone() { [ -z "$("${KUBECTL[@]}" -n pim-observability get pods -l app.kubernetes.io/name=gateway -o name)" ]; }
eventually 'no gateway' gone

# Patients are registered, each in a trace of its own; half of the id is this run's.
run=f$(od -An -N7 -tx1 /dev/urandom | tr -d ' \n')f
token=$(build/release/pim token --keys "$dir/secrets/keys.json" --user b-off --role registrar --tenant north-health --ttl 1h)
awk -v count="$kept" -v run="$run" -v token="$token" -v port="${PORT[spine]}" 'BEGIN {
  for (i = 1; i <= count; ++i) {
    id = sprintf("%s%016x", run, i)
    printf "%surl = \"http://127.0.0.1:%s/v1/patients\"\noutput = \"/dev/null\"\nwrite-out = \"%s %%{http_code}\\n\"\nretry = 3\n", (i > 1 ? "next\n" : ""), port, id
    printf "header = \"Authorization: Bearer %s\"\nheader = \"Content-Type: application/json\"\nheader = \"Idempotency-Key: b-off-%s\"\nheader = \"traceparent: 00-%s-00f067aa0ba902b7-01\"\n", token, id, id
    printf "data = \"{\\\"birth_year\\\":1957,\\\"sex\\\":\\\"F\\\",\\\"state\\\":\\\"OH\\\",\\\"zip3\\\":\\\"441\\\"}\"\n"
  }}' >"$work/calls"
begin=$(date +%s%3N)
curl -s --parallel --parallel-max 8 -K "$work/calls" >"$work/answers" 2>/dev/null || true
sed -n 's/ 201$//p' "$work/answers" | sort >"$work/acknowledged"
count=$(wc -l <"$work/acknowledged")
printf '%d commands in %d ms, %d acknowledged\n' "$kept" $(($(date +%s%3N) - begin)) "$count"
[ "$count" -gt $((kept * 9 / 10)) ] || fails "the spine acknowledged $count of $kept: $(sort "$work/answers" | cut -d' ' -f2 | sort | uniq -c | head -5)"

# Scrapes go on.
[ "$form" = long ] && scrapes=$((HOURS * 3600000 / SCRAPE_MS)) || scrapes=4
until [ $((($(date +%s) - off) * 1000)) -ge $((scrapes * SCRAPE_MS / FASTER)) ]; do sleep 0.5; done
[ "$(agent_owes "${SIGNAL[traces]}")" -ge "$count" ] || fails 'the spans did not wait: B was not off'
for each in traces logs metrics; do
  waiting=$(waits "$each") hours_bytes=$(waits "$each")
  # what was pressed together is whole; of scrapes there were as many as there was time for
  [ "$each" != metrics ] || hours_bytes=$((waiting * HOURS * 3600 / (($(date +%s) - off) * FASTER)))
  printf '%-8s %8d items wait in %9d bytes; two hours: %9d, %3d %% of what may wait\n' "$each" "$(agent_owes "${SIGNAL[$each]}")" "$waiting" "$hours_bytes" $((hours_bytes * 100 / BOUND))
  [ "$hours_bytes" -le $BOUND ] || fails "two hours of $each need more than $BOUND bytes"
done

# On again.
requests=$(counts spine-0 'pim_http_requests_total{operation="register-patient",method="POST",status="2xx".*')
gateways 1
"${KUBECTL[@]}" -n pim-observability rollout status deployment/gateway --timeout=120s >/dev/null
on=$(date +%s)
if [ "$form" != tiny ]; then eventually 'all that waited is sent' agent_owes_nothing; fi
[ "$form" = tiny ] || printf 'off for %d s; %d s after it came back all was sent\n' $((on - off)) $(($(date +%s) - on))
lost=$(($(agent_lost_of_all) - before_lost)) spine=$(($(spine_lost) - before_spine))
printf 'lost by the agent: %d items, by the spine: %d\n' "$lost" "$spine"
[ "$lost" = 0 ] && [ "$spine" = 0 ] || fails 'telemetry was dropped'

# loki QUERY: lines' labels since B went off.
loki() {
  curl -sfG "http://127.0.0.1:${PORT[loki]}/loki/api/v1/query_range" --data-urlencode "query=$1" -d "start=${off}000000000" -d "end=$(date +%s)000000000" -d limit=5000
}
lines() { # one query for each last digit, since an answer has 5,000 lines at most
  local digit
  for digit in {0..9} {a..f}; do
    loki "{service_name=\"pim\"} |= \"request POST\" | trace_id=~\"$run.*$digit\"" | jq -r '.data.result[] | .stream.trace_id as $id | .values[] | $id'
  done | sort
}
traces() {
  curl -sfG "http://127.0.0.1:${PORT[tempo]}/api/search" --data-urlencode 'q={resource.service.name="pim" && name="POST /v1/patients"}' -d "start=$off" -d "end=$(($(date +%s) + 5))" -d limit=50000 -d spss=1 |
    jq -r '.traces[]?.traceID | if length < 32 then "0" * (32 - length) + . else . end' | grep "^$run" | sort -u
}
# has WHAT COMMAND: each acknowledged command, by its id.
has() {
  "$2" >"$work/$1" || true
  comm -23 "$work/acknowledged" <(sort -u "$work/$1") >"$work/missing"
  [ ! -s "$work/missing" ]
}
for each in lines traces; do
  [ "$form" = tiny ] || PIM_LIMIT_SECONDS=60 eventually "$each of all commands" has "$each" "$each" || true
  has "$each" "$each" || fails "$(wc -l <"$work/missing") of $count commands have no $each, the first $(head -n 1 "$work/missing")"
done
printf 'of %d commands %d have their line, %d their trace; lines that are there twice: %d\n' "$count" \
  "$(sort -u "$work/lines" | comm -12 "$work/acknowledged" - | wc -l)" "$(comm -12 "$work/acknowledged" "$work/traces" | wc -l)" "$(uniq -d "$work/lines" | wc -l)"
spans=$(($(counts spine-0 pim_spans_sent) - before_spans)) received=$(($(counts tempo tempo_distributor_spans_received) - before_tempo))
printf 'spans that the spine sent: %d, that Tempo took: %d\n' "$spans" "$received"
[ "$form" = tiny ] || [ "$received" -ge "$spans" ] || fails 'spans are missing'

# Mimir: the counter's last value, and no scrape between that is missing.
in_mimir() { curl -sfG "http://127.0.0.1:${PORT[mimir]}/prometheus/api/v1/query" --data-urlencode "query=$1"; }
counter_is_there() { [ "$(in_mimir 'pim_http_requests_total{job="pim/pim",operation="register-patient",status="2xx"}' | jq -r '.data.result[].value[1]')" = "$requests" ]; }
eventually "the counter's last value, $requests, in Mimir" counter_is_there
in_mimir "up{job=\"pim/pim\"}[$(($(date +%s) - off))s]" | jq -r '.data.result[].values[][0]' | sort -n >"$work/scrapes"
gap=$(awk -v off="$off" 'BEGIN {last = off} {if ($1 - last > gap) gap = $1 - last; last = $1} END {printf "%.0f", gap * 1000}' "$work/scrapes")
printf 'scrapes in Mimir since B went off: %d; the longest time between two: %d ms\n' "$(wc -l <"$work/scrapes")" "$gap"
[ "$gap" -lt 15000 ] && [ "$(wc -l <"$work/scrapes")" -ge $((scrapes * 9 / 10)) ] || fails "scrapes are missing: $scrapes are due"
if [ "$form" = tiny ]; then
  [ "$lost" -gt 0 ] && [ "$(comm -23 "$work/acknowledged" <(sort -u "$work/lines") | wc -l)" -gt 0 ] || { echo 'FAILED: with a buffer too small nothing is seen to be lost'; exit 1; }
  echo 'what was lost is seen'
  exit 0
fi
[ $failed = 0 ] && echo 'nothing is missing'
exit $failed
