# Sourced by cluster.sh: the kill matrix. Load from this machine on the spine's Service, kills of every pod (tools/kills), the
# history held against the store, one table of it all.
KILLS_PACKAGES=(python3 curl jq)
KILLS_WAIT=120 # s, for the load to begin

# cluster_kills DIR KILLS SEED OUT [NAMESPACE]: of all pods of the lab; of a NAMESPACE only deletes, of its own spine.
cluster_kills() (
  local dir=$1 kills=$2 seed=$3 out=$4 namespace=${5:-} status=0 load='' work='' KUBECTL
  [[ $kills =~ ^[1-9][0-9]{0,3}$ && $seed =~ ^[0-9]{1,9}$ ]] || die 2 "--kills and --seed are numbers"
  node_pid "$dir" >/dev/null || die 3 "no node runs in $dir; ./lab cluster up --local --dir $dir starts it"
  need "${KILLS_PACKAGES[@]}"
  [ -x build/release/pim ] || build release pim
  cluster_kubectl "$dir"
  node_addresses "$(cat "$dir/number")"
  rm -rf "$out"
  mkdir -p "$out"
  work=$(mktemp -d "${TMPDIR:-/tmp}/pim-kills.XXXXXX")
  trap kills_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  say "kills: $kills, seed $seed"
  kills_load
  "${KUBECTL[@]}" config view --raw --flatten -o json >"$work/api.json"
  tools/kills/matrix.py --dir "$dir" --api "$work/api.json" --group "$(group_memory)/$(node_id "$dir")" --kills "$kills" --seed "$seed" \
    --out "$out" ${namespace:+--namespace "$namespace"} $(kills_services) || status=$?
  [ "$status" -le 1 ] || exit "$status"
  kill -TERM "$load"
  wait "$load" || true # its own verdict is of a whole run; the table judges what there was
  load=''
  kills_check
  tools/kills/table.py --out "$out"
)

kills_end() {
  set +e
  trap '' INT TERM
  [ -z "$load" ] || { kill -TERM "$load"; wait "$load"; } 2>/dev/null
  forwards_end
  [ -n "$namespace" ] || "${KUBECTL[@]}" -n pim delete endpointslice kills --ignore-not-found >/dev/null
  rm -rf "$work"
}

# Where telemetry goes in and comes out; nothing of a spine by itself.
kills_services() {
  [ -z "$namespace" ] || return 0
  jq -n --arg agent "$(service_url pim agent)" --arg loki "$(service_url pim-observability loki)" \
    --arg tempo "$(service_url pim-observability tempo)" --arg mimir "$(service_url pim-observability mimir)" \
    '$ARGS.named' >"$work/services.json"
  echo "--services $work/services.json"
}

# The load, which the agent scrapes like a Job's: rules of what clients see have something to look at. It lasts until it is told
# to end.
kills_load() {
  local deadline=$((SECONDS + KILLS_WAIT)) metrics=http://$NODE_HOST:8082/metrics
  [ -n "$namespace" ] || "${KUBECTL[@]}" apply -f - >/dev/null <<END
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: kills, namespace: pim, labels: {kubernetes.io/service-name: load}}
addressType: IPv4
ports: [{name: metrics, port: 8082}]
endpoints: [{addresses: [$NODE_HOST]}]
END
  build/release/pim load run seed/scenarios/kills.toml --duration 2h --target "$(service_url "${namespace:-pim}" spine)" \
    --keys "$dir/secrets/keys.json" --out "$out/load" --metrics-listen "$NODE_HOST" --metrics-port 8082 >"$out/load.log" 2>&1 &
  load=$!
  until curl -sf --noproxy '*' "$metrics" | grep -q '^pim_load_requests_total{.*outcome="ok"} [1-9]'; do
    kill -0 "$load" 2>/dev/null || { tail -n 5 "$out/load.log" >&2; die 3 "the load ended; see $out/load.log"; }
    [ $SECONDS -lt $deadline ] || die 3 "the load has not begun after $KILLS_WAIT s; see $out/load.log"
    sleep 0.1
  done
}

# What the spine has, by a backup into its own directory of backups, which this machine sees through the process: a spine of a
# NAMESPACE need not have a claim.
kills_check() {
  local status=0 token=$work/operator container pid name=kills-$$
  spine_token "$dir" operator >"$token"
  forward "${namespace:-pim}" pod/spine-0 8081
  container=$("${KUBECTL[@]}" -n "${namespace:-pim}" get pod spine-0 -o 'jsonpath={.status.containerStatuses[0].containerID}')
  pid=$(find "$(group_memory)/$(node_id "$dir")/kubepods" -path "*/${container##*/}/cgroup.procs" -exec head -n 1 {} +)
  build/release/pim store backup --admin-url "http://$FORWARDED" --token-file "$token" --to "/backup/$name" >"$out/check.log" 2>&1 ||
    { cat "$out/check.log" >&2; die 3 "the spine made no backup"; }
  mv "/proc/$pid/root/backup/$name" "$work/backup" # SQLite would follow that path to this machine's own
  build/release/pim load check --history "$out/load/history" --data "$work/backup" --others-wrote --json \
    >"$out/check.json" 2>>"$out/check.log" || status=$?
  rm "$out/load/export.jsonl"
  [ "$status" -le 1 ] || [ "$status" = 4 ] || { cat "$out/check.log" >&2; die 3 "the history was not checked"; }
}
