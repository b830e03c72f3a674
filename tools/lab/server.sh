# Sourced by ./lab: one server in the background, its state in .lab/.

LAB_DIR=.lab
READY=$LAB_DIR/ready.json

server_field() { sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p" "$READY" 2>/dev/null; }

# The server's pid, if it is running and is ours.
server_pid() {
  local pid
  pid=$(server_field pid)
  [ -n "$pid" ] && [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$PWD/build/release/pim" ] && echo "$pid"
}

server_up() {
  if server_pid >/dev/null; then server_status; return; fi
  need "${BUILD_PACKAGES[@]}"
  build release pim
  mkdir -p -m 700 "$LAB_DIR"
  rm -f "$READY"
  local pim=build/release/pim
  [ -e "$LAB_DIR/keys.json" ] || "$pim" token --init --keys "$LAB_DIR/keys.json" >/dev/null
  local command=("$pim" serve --data "$LAB_DIR/data" --anchors "$LAB_DIR/anchors" --keys "$LAB_DIR/keys.json"
    --port "${PIM_PORT:-8080}" --admin-port "${PIM_ADMIN_PORT:-8081}" --ready-file "$READY")
  setsid "${command[@]}" >>"$LAB_DIR/server.log" 2>&1 </dev/null &
  local child=$!
  until [ -e "$READY" ]; do
    kill -0 "$child" 2>/dev/null || { tail -n 5 "$LAB_DIR/server.log" >&2; die 3 "the server did not start; see $LAB_DIR/server.log"; }
    sleep 0.1
  done
  write_unit_file "${command[@]}"
  server_status
}

# What faults are told of the server (docs/formats/unit-file.md).
write_unit_file() {
  {
    echo 'name = "spine"'
    printf 'command = ['
    printf '"%s", ' "$@"
    printf ']\nready-file = "%s"\nlog = "%s"\naddress = "127.0.0.1:%s"\n' "$READY" "$LAB_DIR/server.log" "$(server_field port)"
  } >"$LAB_DIR/unit.toml"
}

server_status() {
  local pid
  pid=$(server_pid) || { echo "not running (./lab up starts it)"; return 4; }
  local port admin
  port=$(server_field port)
  admin=$(server_field admin_port)
  cat <<EOF
running   pid $pid, data in $LAB_DIR/data, log in $LAB_DIR/server.log
API       http://127.0.0.1:$port/v1   (description: /openapi.json)
admin     http://127.0.0.1:$admin   (/readyz, /metrics)
a token   build/release/pim token --keys $LAB_DIR/keys.json --user you --role registrar --tenant north-health
EOF
}

server_down() {
  local pid
  pid=$(server_pid) || { echo "not running"; return 0; }
  kill -TERM "$pid"
  local waited=0
  while kill -0 "$pid" 2>/dev/null; do
    [ $((waited++)) -lt 100 ] || die 1 "the server (pid $pid) did not end within 10 s; see $LAB_DIR/server.log"
    sleep 0.1
  done
  rm -f "$READY"
  echo "stopped; the data stay in $LAB_DIR/data"
}

server_clean() {
  server_pid >/dev/null && die 2 "a server is running; ./lab down first"
  [ ! -e "$LAB_DIR/stack/stack.json" ] || die 2 "the observability stack is running; ./lab stack down first"
  [ ! -e "$LAB_DIR/cluster/lock" ] || die 2 "a cluster is there; ./lab cluster down first"
  rm -rf build "$LAB_DIR" out
}
