# Sourced by ./lab: the observability stack as processes of this machine, on loopback, within 2 GB.
source tools/lab/go.sh

# In the order in which they start. Each with its limit in MiB (compose has the same, and Grafana besides; all within the
# sum), and the path that answers 200 once it is ready.
STACK_PARTS=(mimir loki pyroscope tempo collector)
declare -A STACK_MEMORY=([collector]=192 [loki]=384 [mimir]=512 [tempo]=384 [pyroscope]=256)
STACK_MEMORY_SUM=2048
declare -A STACK_READY=(
  [collector]='COLLECTOR_HEALTH_PORT /' [loki]='LOKI_HTTP_PORT /ready' [mimir]='MIMIR_HTTP_PORT /ready'
  [tempo]='TEMPO_HTTP_PORT /ready' [pyroscope]='PYROSCOPE_HTTP_PORT /ready'
)
STACK_READY_LIMIT=120 # s

# The usual ports; with --port-base N they are N, N+1, ... in this order.
STACK_PORTS=(
  OTLP_HTTP_PORT=4318 OTLP_GRPC_PORT=4317 LOKI_HTTP_PORT=3100 TEMPO_HTTP_PORT=3200 MIMIR_HTTP_PORT=9009
  PYROSCOPE_HTTP_PORT=4040 ALERT_SINK_PORT=8088 COLLECTOR_METRICS_PORT=8888 COLLECTOR_HEALTH_PORT=13133
  TEMPO_OTLP_PORT=4418 LOKI_GRPC_PORT=9095 TEMPO_GRPC_PORT=9096 MIMIR_GRPC_PORT=9097 PYROSCOPE_GRPC_PORT=9098
  LOKI_GOSSIP_PORT=7946 TEMPO_GOSSIP_PORT=7947 MIMIR_GOSSIP_PORT=7948 PYROSCOPE_GOSSIP_PORT=7949
)

STACK_USAGE='./lab stack build                      the servers, from pinned Go modules into a cache
./lab stack up [--dir DIR] [--port-base N] [--pim-admin HOST:PORT]
./lab stack status|down [--dir DIR]    DIR is .lab/stack; --pim-admin is what the Collector scrapes (127.0.0.1:8081)'

stack() {
  local verb=${1:-help} dir=.lab/stack
  [ $# -gt 0 ] && shift
  local port_base='' pim_admin=''
  while [ $# -gt 0 ]; do
    [ $# -ge 2 ] || die 2 "$1 needs a value"
    case $1 in
      --dir) dir=$2 ;;
      --port-base) port_base=$2 ;;
      --pim-admin) pim_admin=$2 ;;
      *) die 2 "stack has no option $1"$'\n'"$STACK_USAGE" ;;
    esac
    shift 2
  done
  [[ -z $port_base || ($port_base =~ ^[0-9]+$ && $port_base -ge 1024 && $port_base -le 65000) ]] || die 2 "--port-base is a number from 1024 to 65000"
  dir=$(realpath -m "$dir")
  case $verb in
    build) go_build "${STACK_PARTS[@]}" ;;
    up | down | status) "stack_$verb" "$dir" "$port_base" "$pim_admin" ;;
    help) echo "$STACK_USAGE" ;;
    *) die 2 "stack has no verb '$verb'"$'\n'"$STACK_USAGE" ;;
  esac
}

# The pid of a part, if it runs and is ours.
stack_pid() {
  local dir=$1 part=$2 pid
  pid=$(cat "$dir/$part.pid" 2>/dev/null) || return 1
  [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */"$part"-????????????????/"$part"* ]] && echo "$pid"
}

# In a shell of its own, with which its lock ends.
stack_up() (
  local dir=$1 port_base=$2 pim_admin=$3 part pid missing=()
  go_build "${STACK_PARTS[@]}"
  mkdir -p -m 700 "$dir"
  exec 8>"$dir/lock"
  flock -n 8 || die 3 "another ./lab stack is busy with $dir"
  for part in "${STACK_PARTS[@]}"; do stack_pid "$dir" "$part" >/dev/null || missing+=("$part"); done
  # Without options as it was last time.
  if [ -n "$port_base$pim_admin" ] || [ ! -e "$dir/stack.env" ]; then
    local wanted
    wanted=$(stack_environment "$dir" "$port_base" "$pim_admin")
    [ ${#missing[@]} -eq ${#STACK_PARTS[@]} ] || [ "$wanted" = "$(cat "$dir/stack.env")" ] ||
      die 2 "the stack in $dir runs with other settings: ./lab stack down first"
    echo "$wanted" >"$dir/stack.env"
  fi
  set -a
  # shellcheck disable=SC1091
  source "$dir/stack.env"
  set +a
  mkdir -p "$dir/log" "$dir/targets/load" "$dir/rules"
  ln -sfn "$PWD/observability/mimir/rules" "$dir/rules/anonymous" # Mimir's one tenant
  [ ${#missing[@]} -lt ${#STACK_PARTS[@]} ] || stack_ports_are_free
  for part in "${missing[@]}"; do stack_start "$dir" "$part"; done
  [ -d "$(cat "$dir/cgroup" 2>/dev/null)" ] || stack_watch "$dir"
  for part in "${STACK_PARTS[@]}"; do stack_await "$dir" "$part"; done
  stack_describe "$dir" >"$dir/stack.json.new"
  mv "$dir/stack.json.new" "$dir/stack.json"
  stack_status "$dir"
)

# What the configuration files in observability/ read.
stack_environment() {
  local dir=$1 port_base=$2 pim_admin=$3 port name
  for port in "${STACK_PORTS[@]}"; do
    name=${port%=*}
    local "$name=${port#*=}"
    [ -z "$port_base" ] || printf -v "$name" %d $((port_base++))
    echo "$name=${!name}"
  done
  cat <<EOF
LOKI_DATA=$dir/loki
TEMPO_DATA=$dir/tempo
MIMIR_DATA=$dir/mimir
PYROSCOPE_DATA=$dir/pyroscope
COLLECTOR_DATA=$dir/collector
MIMIR_RULES=$dir/rules
MIMIR_ALERTMANAGER=$PWD/observability/mimir/alertmanager.yaml
PIM_TARGETS=$dir/targets
PIM_ADMIN=${pim_admin:-127.0.0.1:8081}
LOKI_HOST=127.0.0.1:$LOKI_HTTP_PORT
TEMPO_HOST=127.0.0.1:$TEMPO_HTTP_PORT
MIMIR_HOST=127.0.0.1:$MIMIR_HTTP_PORT
PYROSCOPE_HOST=127.0.0.1:$PYROSCOPE_HTTP_PORT
LOKI_URL=http://127.0.0.1:$LOKI_HTTP_PORT
MIMIR_URL=http://127.0.0.1:$MIMIR_HTTP_PORT
TEMPO_OTLP_URL=http://127.0.0.1:$TEMPO_OTLP_PORT
EOF
}

stack_start() {
  local dir=$1 part=$2 arguments=() cgroup
  case $part in
    collector) arguments=(--config "$PWD/observability/collector/collector.yaml") ;;
    *) arguments=("-config.file=$PWD/observability/$part/$part.yaml" -config.expand-env=true) ;;
  esac
  mkdir -p "$dir/$part"
  echo "http://127.0.0.1:$ALERT_SINK_PORT/alerts" >"$dir/$part/alert-sink" # Mimir's working directory is its data
  cgroup=$(stack_cgroup "$dir" "$part")
  # Go gives back memory as it nears GOMEMLIMIT; the cgroup ends whoever passes its limit.
  (
    cd "$dir/$part"
    GOMEMLIMIT=$((STACK_MEMORY[$part] * 85 / 100))MiB setsid bash -c \
      '[ -z "$1" ] || echo $$ >"$1/cgroup.procs"; echo $$ >"$2"; shift 2; exec "$@"' \
      "$part" "$cgroup" "$dir/$part.pid" "$(cd "$OLDPWD" && go_binary "$part")" "${arguments[@]}" \
      >"$dir/log/$part.log" 2>&1 </dev/null 8>&- &
  )
  until [ -s "$dir/$part.pid" ] && stack_pid "$dir" "$part" >/dev/null; do
    sleep 0.05
    [ $((stack_tries++)) -lt 200 ] || die 3 "$part does not start; see $dir/log/$part.log"
  done
}
stack_tries=0

stack_ports_are_free() {
  local port
  for port in "${STACK_PORTS[@]%=*}"; do
    ! { exec 7<>"/dev/tcp/127.0.0.1/${!port}"; } 2>/dev/null ||
      die 3 "port ${!port} ($port) is taken; another stack? ./lab stack up --port-base N takes N to N+$((${#STACK_PORTS[@]} - 1))"
  done
}

# Below the ports that the kernel gives to others.
free_port_base() {
  local base port
  while :; do
    base=$((20000 + RANDOM % 10000))
    for port in $(seq $base $((base + ${#STACK_PORTS[@]} - 1))); do
      if { exec 7<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then continue 2; fi
    done
    echo $base
    return
  done
}

# Makes a memory cgroup (version 1) for a part, below one for the stack, and says where; nothing where that cannot be
# done, or PIM_STACK_NO_CGROUP is set.
stack_cgroup() {
  local dir=$1 part=$2 own root
  [ -z "${PIM_STACK_NO_CGROUP:-}" ] || return 0
  own=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
  root=/sys/fs/cgroup/memory${own%/}/pim-stack-$(echo "$dir" | sha256sum | cut -c1-8)
  {
    mkdir -p "$root/$part" &&
      echo $((STACK_MEMORY_SUM * 1048576)) >"$root/memory.limit_in_bytes" &&
      echo $((STACK_MEMORY[$part] * 1048576)) >"$root/$part/memory.limit_in_bytes" &&
      echo "$root" >"$dir/cgroup" && echo "$root/$part"
  } 2>/dev/null || true
}

# In the place of cgroups: looks every 5 s, ends a part beyond its limit, and goes when no part is left.
stack_watch() {
  local dir=$1
  (
    set +e
    exec >>"$dir/log/memory.log" 2>&1 </dev/null 8>&- 7<&-
    echo "$BASHPID" >"$dir/watch.pid"
    local part pid rss left=1
    while [ $left -gt 0 ]; do
      left=0
      for part in "${STACK_PARTS[@]}"; do
        pid=$(stack_pid "$dir" "$part") || continue
        left=$((left + 1))
        rss=$(stack_rss "$pid")
        [ "$rss" -le "${STACK_MEMORY[$part]}" ] || { echo "$(date -u +%FT%TZ) $part has $rss MiB, and its limit is ${STACK_MEMORY[$part]}: killed"; kill -KILL "$pid"; }
      done
      sleep 5
    done
    rm -f "$dir/watch.pid"
  ) &
  disown
}

# Whether 127.0.0.1:PORT answers a GET of PATH with 200; no curl on a bare machine.
http_ok() {
  local line=''
  { exec 7<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$2" >&7 2>/dev/null
  read -r -t 5 line <&7 2>/dev/null || true
  exec 7<&-
  [[ $line == *' 200 '* ]]
}

stack_await() {
  local dir=$1 part=$2 port path deadline=$((SECONDS + STACK_READY_LIMIT))
  read -r port path <<<"${STACK_READY[$part]}"
  # Whoever holds its port may answer in its place: it has to be alive, too.
  until stack_pid "$dir" "$part" >/dev/null && http_ok "${!port}" "$path"; do
    stack_pid "$dir" "$part" >/dev/null || { tail -n 5 "$dir/log/$part.log" >&2; die 3 "$part ended; see $dir/log/$part.log"; }
    [ $SECONDS -lt $deadline ] || { tail -n 5 "$dir/log/$part.log" >&2; die 3 "$part is not ready after $STACK_READY_LIMIT s; see $dir/log/$part.log"; }
    sleep 0.2
  done
}

stack_describe() {
  local dir=$1 host=http://127.0.0.1 part pids=''
  for part in "${STACK_PARTS[@]}"; do pids+="${pids:+, }\"$part\": $(stack_pid "$dir" "$part")"; done
  cat <<EOF
{
  "otlp": "$host:$OTLP_HTTP_PORT", "loki": "$host:$LOKI_HTTP_PORT", "tempo": "$host:$TEMPO_HTTP_PORT",
  "mimir": "$host:$MIMIR_HTTP_PORT", "pyroscope": "$host:$PYROSCOPE_HTTP_PORT",
  "alert_sink": "$host:$ALERT_SINK_PORT", "collector_metrics": "$host:$COLLECTOR_METRICS_PORT",
  "collector_health": "$host:$COLLECTOR_HEALTH_PORT", "otlp_grpc": "$host:$OTLP_GRPC_PORT",
  "directory": "$dir", "logs": "$dir/log", "targets": "$dir/targets", "pim_admin": "$PIM_ADMIN",
  "memory_limit_mib": $STACK_MEMORY_SUM, "pids": {$pids}
}
EOF
}

# MiB, resident
stack_rss() { awk '/^VmRSS:/ {print int($2 / 1024)}' "/proc/$1/status" 2>/dev/null || echo 0; }

stack_status() {
  local dir=$1 part pid rss sum=0 running=0
  for part in "${STACK_PARTS[@]}"; do
    if pid=$(stack_pid "$dir" "$part"); then
      rss=$(stack_rss "$pid")
      sum=$((sum + rss)) running=$((running + 1))
      printf '%-10s pid %-7s %4d of %4d MiB   log %s\n' "$part" "$pid" "$rss" "${STACK_MEMORY[$part]}" "$dir/log/$part.log"
    else
      printf '%-10s not running\n' "$part"
    fi
  done
  printf '%-10s             %4d of %4d MiB   %s\n' together "$sum" "$STACK_MEMORY_SUM" \
    "$([ -d "$(cat "$dir/cgroup" 2>/dev/null)" ] && echo "held by cgroups" || echo "watched every 5 s (no memory cgroup could be made)")"
  [ $running -gt 0 ] || { echo "./lab stack up starts it"; return 4; }
  # shellcheck disable=SC1091
  source "$dir/stack.env"
  cat <<EOF
addresses  OTLP http://127.0.0.1:$OTLP_HTTP_PORT, Loki :$LOKI_HTTP_PORT, Tempo :$TEMPO_HTTP_PORT, Mimir :$MIMIR_HTTP_PORT/prometheus, Pyroscope :$PYROSCOPE_HTTP_PORT; all in $dir/stack.json
a server   build/release/pim serve ... --otlp-endpoint http://127.0.0.1:$OTLP_HTTP_PORT --admin-port ${PIM_ADMIN##*:}
another    its admin address in $dir/targets/NAME.json: [{"targets": ["127.0.0.1:8083"]}]
EOF
  [ $running -eq ${#STACK_PARTS[@]} ]
}

# Whoever sends before whom it sends to, so that each hands on what it has; 30 s each. This Tempo waits for ever when it
# was asked in its last half minute (its queue of queries is cleaned that often, and has to be gone): it writes what it
# holds, and has 5 s.
stack_down() {
  local dir=$1 part
  [ -d "$dir" ] || { echo "not running"; return 0; }
  stack_end "$dir" 30 collector
  if stack_pid "$dir" tempo >/dev/null; then http_ok "$(sed -n 's/^TEMPO_HTTP_PORT=//p' "$dir/stack.env")" /flush || true; fi
  stack_end "$dir" 5 tempo
  stack_end "$dir" 30 mimir loki pyroscope
  [ ! -e "$dir/cgroup" ] || find "$(cat "$dir/cgroup")" -depth -type d -exec rmdir {} + 2>/dev/null || true
  if [ -s "$dir/watch.pid" ] && grep -qs stack "/proc/$(cat "$dir/watch.pid")/cmdline"; then kill "$(cat "$dir/watch.pid")"; fi
  rm -f "$dir/stack.json" "$dir/cgroup" "$dir/watch.pid"
  echo "stopped; the data stay in $dir"
}

stack_end() {
  local dir=$1 limit=$2 part pid deadline=$((SECONDS + $2))
  shift 2
  for part in "$@"; do
    if pid=$(stack_pid "$dir" "$part"); then kill -TERM "$pid"; fi
  done
  for part in "$@"; do
    while pid=$(stack_pid "$dir" "$part"); do
      if [ $SECONDS -ge $deadline ]; then
        [ "$part" = tempo ] || say "$part (pid $pid) did not end within $limit s: killed; see $dir/log/$part.log"
        kill -KILL "$pid"
      fi
      sleep 0.1
    done
    rm -f "$dir/$part.pid"
  done
}
