# Sourced: the spine of a local node, asked from this machine. KUBECTL is set by whoever calls (cluster_kubectl DIR).
FORWARDS=() # processes, ended by forwards_end

# forward NAMESPACE TARGET PORT: sets FORWARDED, an address of this machine that leads to that port of a pod or Service. It
# ends with the pod to which it leads.
forward() {
  local log deadline=$((SECONDS + 30))
  log=$(mktemp "${TMPDIR:-/tmp}/pim-forward.XXXXXX")
  "${KUBECTL[@]}" -n "$1" port-forward "$2" ":$3" --address 127.0.0.1 >"$log" 2>&1 8>&- &
  FORWARDS+=($!)
  until FORWARDED=$(sed -n 's/^Forwarding from \(127.0.0.1:[0-9]*\) .*/\1/p' "$log" | grep .); do
    kill -0 "${FORWARDS[-1]}" 2>/dev/null && [ $SECONDS -lt $deadline ] || { cat "$log" >&2; rm "$log"; die 3 "nothing leads to $2:$3 in namespace $1"; }
    sleep 0.1
  done
  rm "$log"
}

forwards_end() {
  local pid
  for pid in "${FORWARDS[@]}"; do kill "$pid" 2>/dev/null || true; done
  for pid in "${FORWARDS[@]}"; do wait "$pid" 2>/dev/null || true; done
  FORWARDS=()
}

# service_address NAMESPACE NAME: of a Service, to which this machine has a route, and which does not change with its pods.
service_address() { "${KUBECTL[@]}" -n "$1" get service "$2" -o 'jsonpath={.spec.clusterIP}'; }
# service_url NAMESPACE NAME: of its first port.
service_url() { "${KUBECTL[@]}" -n "$1" get service "$2" -o 'jsonpath=http://{.spec.clusterIP}:{.spec.ports[0].port}'; }
spine_url() { service_url pim spine; }

# volume_path DIR CLAIM: where a claim of namespace pim lies on this machine.
volume_path() {
  local volume
  volume=$("${KUBECTL[@]}" -n pim get persistentvolumeclaim "$2" -o 'jsonpath={.spec.volumeName}')
  [ -n "$volume" ] || die 3 "the claim $2 has no volume: ${KUBECTL[*]} -n pim describe pvc $2"
  echo "$1/volumes/$volume"
}

# spine_token DIR ROLE
spine_token() { build/release/pim token --keys "$1/secrets/keys.json" --user lab --role "$2" --tenant north-health --ttl 1h; }

# spine_backup DIR NAME: a verified backup while it serves, in the claim `backup`; sets BACKUP, where it lies on this machine.
spine_backup() {
  local token
  BACKUP=$(volume_path "$1" backup)/$2
  token=$(mktemp "${TMPDIR:-/tmp}/pim-token.XXXXXX")
  spine_token "$1" operator >"$token"
  forward pim pod/spine-0 8081
  build/release/pim store backup --admin-url "http://$FORWARDED" --token-file "$token" --to "/backup/$2" >&2 ||
    { rm "$token"; forwards_end; die 3 "the spine made no backup"; }
  rm "$token"
  forwards_end
}

# spine_check DIR HISTORY NAME: the history of a load run, held against what the spine has; others wrote to it, too.
spine_check() {
  spine_backup "$1" "$3"
  build/release/pim load check --history "$2" --data "$BACKUP" --others-wrote
}
