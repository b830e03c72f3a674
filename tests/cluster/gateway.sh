#!/usr/bin/env bash
# Who comes into cluster B: with a certificate of the lab what A writes is taken, and nothing else is; with none, a foreign, an
# ended or the gateway's own one nothing is. And certificates are rotated under way. gateway.sh DIR KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
dir=$1
shift
KUBECTL=("$@")
source tests/cluster/ports.sh
source tools/lab/certs.sh
secrets=$dir/secrets
failed=0
port_forward pim-observability service/loki 3100
port_forward pim pod/agent-0 8888

# A foreign authority, and leaves that must not do.
foreign=$work/foreign/secrets
certs_authority "$foreign" 2>/dev/null
certs_leaf "$foreign" agent 2>/dev/null
mkdir "$work/ended"
cp "$secrets"/ca.* "$work/ended"
CERTS_DAYS=-1 certs_leaf "$work/ended" agent 2>/dev/null

# ask WHO FOLDER PATH [CURL OPTION...]: the status; 000 where there was no answer.
ask() {
  local certificate=()
  [ "$1" = nobody ] || certificate=(--cert "$2/$1.crt" --key "$2/$1.key")
  at_gateway "$3" -o "$work/answer" --cacert "$secrets/ca.crt" "${certificate[@]}" "${@:4}"
}

# expect STATUS WHAT WHO FOLDER PATH [CURL OPTION...]
expect() {
  local status
  status=$(ask "${@:3}")
  printf '%-34s %-12s %s\n' "$2" "$5" "$status"
  [ "$status" = "$1" ] || { echo "FAILED: $1 was expected; $(head -c 200 "$work/answer")"; failed=1; }
}

line() { # a log line of this test's own
  printf '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gateway-test"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"%s","body":{"stringValue":"%s"}}]}]}]}' "$(date +%s%N)" "$1"
}
run=$RANDOM$RANDOM
write=(-H 'Content-Type: application/json' -d)
expect 204 'a client of the lab writes' agent "$secrets" /v1/logs "${write[@]}" "$(line "taken $run")"
expect 200 'traces, too' agent "$secrets" /v1/traces "${write[@]}" '{}'
expect 200 'and metrics' agent "$secrets" /v1/metrics "${write[@]}" '{}'
expect 200 'and asks how long it is known' agent "$secrets" /certificate
grep -q '^gateway_client_certificate_days{client="agent"} [12][0-9]$' "$work/answer" || { echo "FAILED: the gateway says $(cat "$work/answer")"; failed=1; }
expect 503 'without a certificate' nobody - /v1/logs "${write[@]}" "$(line "refused $run")"
expect 503 "a foreign authority's" agent "$foreign" /v1/logs "${write[@]}" "$(line "refused $run")"
expect 503 'one that has ended' agent "$work/ended" /v1/logs "${write[@]}" "$(line "refused $run")"
expect 503 'which is told nothing' nobody - /certificate
expect 503 "the gateway's own" gateway "$secrets" /v1/logs "${write[@]}" "$(line "refused $run")"
expect 404 'a query of logs' agent "$secrets" /loki/api/v1/query_range -d 'query={service_name="pim"}'
expect 404 'a query of metrics' agent "$secrets" /prometheus/api/v1/query -d 'query=up'
expect 404 'the deletion of logs' agent "$secrets" /loki/api/v1/delete -d 'query={service_name="pim"}'
expect 404 'a way round' agent "$secrets" /v1/logs/../../loki/api/v1/push --path-as-is -d x
expect 405 'a GET of what is written' agent "$secrets" /v1/logs
expect 413 'more than 8 MiB' agent "$secrets" /v1/logs -H 'Expect:' --data-binary "@$(head -c 9000000 /dev/zero >"$work/large" && echo "$work/large")"
# who trusts another authority does not speak to this gateway
status=$(at_gateway /v1/logs -o /dev/null --cacert "$foreign/ca.crt")
[ "$status" = 000 ] || { echo "FAILED: a client that trusts another authority was answered $status"; failed=1; }

written() { curl -sfG "http://127.0.0.1:${PORT[loki]}/loki/api/v1/query_range" --data-urlencode 'query={service_name="gateway-test"}' | jq -r '.data.result[].values[][1]' | grep "$run"; }
eventually "the taken line in Loki" written
[ "$(written)" = "taken $run" ] || { echo "FAILED: Loki has what was refused: $(written)"; failed=1; }

# Rotation, while the agent sends: other serials on both sides, and no restart, nothing lost, nothing refused.
served() { openssl s_client -connect "$GATEWAY_ADDRESS:443" -servername "$GATEWAY" </dev/null 2>/dev/null | openssl x509 -noout -serial | cut -d= -f2; }
pods() { "${KUBECTL[@]}" get pods -A -l 'app.kubernetes.io/name in (gateway, agent, spine)' -o jsonpath='{range .items[*]}{.metadata.uid} {.status.containerStatuses[0].restartCount}{"\n"}{end}'; }
lost() {
  local each
  for each in "${SIGNAL[@]}"; do agent_lost "$each"; done | paste -sd' '
}
shows_it() { # agent or spine; this test does so afterwards only
  "${KUBECTL[@]}" -n pim-observability logs -l app.kubernetes.io/name=gateway --tail=500 |
    jq -eRn --arg serial "$(certs_serial "$secrets/$1.crt")" '[inputs | fromjson? | select(.serial == $serial and .status < 300)] | length > 0'
}
before_pods=$(pods) before=$(served) before_lost=$(lost) before_sent=$(counts agent-0 otelcol_exporter_sent_metric_points)
[ "$before" = "$(certs_serial "$secrets/gateway.crt")" ] || { echo "FAILED: the gateway serves $before, and not the newest"; failed=1; }
cp "$secrets/agent.crt" "$secrets/agent.key" "$work"
./lab certs rotate --dir "$dir"
gateway_shows_it() { [ "$(served)" = "$(certs_serial "$secrets/gateway.crt")" ]; }
eventually 'the new certificate of the gateway' gateway_shows_it
eventually 'the new certificate of the agent' shows_it agent
eventually "the new certificate of the spine, with a profile" shows_it spine
printf 'rotated: the gateway shows %s, and showed %s\n' "$(served)" "$before"
[ "$before" != "$(served)" ] || { echo 'FAILED: the same is served after rotation'; failed=1; }
expect 204 'the new certificate' agent "$secrets" /v1/logs "${write[@]}" "$(line "taken $run")"
expect 204 'the one before, until it ends' agent "$work" /v1/logs "${write[@]}" "$(line "taken $run")"
eventually 'all that the agent took is sent' agent_owes_nothing
sent=$(($(counts agent-0 otelcol_exporter_sent_metric_points) - before_sent))
printf 'metric points sent meanwhile: %d; lost since the agent began: %s, before: %s\n' "$sent" "$(lost)" "$before_lost"
[ "$sent" -gt 0 ] || { echo 'FAILED: nothing was sent meanwhile'; failed=1; }
[ "$before_lost" = "$(lost)" ] || { echo 'FAILED: the agent lost telemetry'; failed=1; }
[ "$before_pods" = "$(pods)" ] || { echo "FAILED: a pod was restarted: $(diff <(echo "$before_pods") <(pods))"; failed=1; }
[ $failed = 0 ] && echo 'the gateway holds'
exit $failed
