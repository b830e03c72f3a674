# Sourced by ./lab: the claims, shown; and what takes other programs than our own to show.
source tools/lab/stack.sh
source tools/lab/cluster.sh

CLICKS_PACKAGES=(chromium chromium-driver python3-selenium curl jq)
CLICKS_DIR=out/grafana
SUBJECT_LIMIT=180 # s

PROVE_USAGE='./lab prove                  every claim that can be shown here, into out/prove/report.html; about 15 min
./lab prove --claim N        that claim alone, and what is shown with it
./lab prove --sabotage N     with what makes claim N fail: must end with exit code 1 (3: not delivered here)
./lab prove --publish        and a sabotaged run beside it, into docs/evidence.md; the working tree must be clean
./lab prove --grafana        clicks from trace to logs, to metrics, to the exemplar, and from a span to its profile, in the pinned
                             Grafana (Docker, or PIM_GRAFANA_HOME); pictures and addresses in out/grafana/
The short form is ./lab demo.'

prove() {
  case "$*" in
    --grafana) prove_grafana ;;
    '') prove_claims out/prove ;;
    --publish) source tools/lab/publish.sh && publish ;;
    '--claim '[1-6]) prove_claims out/prove --claim "$2" ;;
    '--sabotage '[1-6]) prove_claims out/sabotage --sabotage "$2" ;;
    *) die 2 "prove does not take '$*'"$'\n'"$PROVE_USAGE" ;;
  esac
}

# prove_claims OUT [--claim N | --sabotage N]
prove_claims() {
  local out=$1 handed_in=() sabotaged=
  shift
  [ "${1:-}" != --sabotage ] || sabotaged=$2
  need "${BUILD_PACKAGES[@]}" "${TOUR_PACKAGES[@]}"
  build release pim pim-planted
  mkdir -p "$out"
  if [ $# -eq 0 ] || [ "$2" = 3 ]; then
    prove_links "$out" "$sabotaged"
    handed_in+=(--links "$out/links.json")
  fi
  if [ $# -eq 0 ] || [ "$2" = 5 ]; then
    prove_cluster "$out" "$sabotaged"
    handed_in+=(--cluster "$out/cluster.json")
  fi
  build/release/pim prove --seed-dir seed --out "$out" "${handed_in[@]}" "$@"
}

# prove_cluster OUT [SABOTAGED]: brings both clusters up on a node of their own, redeploys them and says in OUT/cluster.json
# (docs/formats/cluster-file.md) what came of it. Sabotaged, nothing is restored.
prove_cluster() {
  local out=$1 part reason=''
  rm -f "$out/cluster.json"
  [ "$(id -u)" = 0 ] || reason='a Kubernetes of its own needs root'
  for part in "${NODE_MODULES[@]}" "${STACK_PARTS[@]}"; do
    go_is_built "$part" || reason="$part is not built on this machine (./lab cluster up --local)"
  done
  if [ -z "$reason" ]; then
    say "both clusters, on a node of their own, and redeployed"
    prove_redeploy "$out" "${2:-}" || [ -s "$out/redeploy/result.json" ] || reason="the clusters did not come up (see $out/cluster.log)"
  fi
  if [ -n "$reason" ]; then jq -n --arg reason "$reason" '{checks: [], $reason}'; else cat "$out/redeploy/result.json"; fi >"$out/cluster.json"
}

# In a shell of its own, with which the node ends.
prove_redeploy() (
  local out=$1 work dir KUBECTL
  rm -rf "$out/redeploy"
  work=$(mktemp -d "${TMPDIR:-/tmp}/pim-prove.XXXXXX")
  dir=$work/cluster
  # shellcheck disable=SC2064
  trap "cluster down --dir '$dir' >/dev/null; rm -rf '$work'" EXIT
  {
    ./lab cluster up --local --dir "$dir" && cluster_kubectl "$dir" && spine_token "$dir" loadgen >"$work/loadgen" &&
      build/release/pim data generate --patients 50 --format api --url "$(spine_url)" --token-file "$work/loadgen" &&
      PIM_SABOTAGE=${2:+1} ./lab cluster redeploy --dir "$dir" --out "$out/redeploy"
  } >"$out/cluster.log" 2>&1
)

# prove_links OUT [SABOTAGED]: runs the link tests against a stack of their own and says in OUT/links.json
# (docs/formats/links-file.md) what came of it. Sabotaged, the key of a link is broken.
prove_links() {
  local out=$1 filter='LinkContract.*' part
  rm -f "$out"/links*
  for part in "${STACK_PARTS[@]}"; do
    [ ! -x "$(go_binary "$part")" ] || continue
    say "claim 3 needs $part, which ./lab stack build makes (once a machine); without it"
    links_not_run "the stack is not built on this machine (./lab stack build)" >"$out/links.json"
    return
  done
  [ -z "${2:-}" ] || filter='LinkContract.FromAnExemplar*'
  build release stack_test
  say "the link tests, against a stack of their own"
  if ! prove_links_run "$out" "$filter" "${2:-}"; then
    links_not_run "the stack did not start (see $out/links.log)" >"$out/links.json"
    return
  fi
  links_json "$out/links-tests.json" "$(links_claim "$CLICKS_DIR" "$(tree_commit)")" >"$out/links.json"
}

# In a shell of its own, with which its stack ends.
prove_links_run() (
  local out=$1 filter=$2 sabotaged=$3 dir
  dir=$(mktemp -d "${TMPDIR:-/tmp}/pim-links.XXXXXX")
  # shellcheck disable=SC2064
  trap "stack down --dir '$dir' >/dev/null; rm -rf '$dir'" EXIT
  stack up --dir "$dir" --port-base "$(free_port_base)" --pim-admin 127.0.0.1:1 >"$out/links.log" 2>&1 || return 1
  PIM_LINKS_SABOTAGE=$sabotaged PIM_STACK=$dir/stack.json PIM_STACK_IS_MINE=1 build/release/tests/stack/stack_test \
    --gtest_filter="$filter" --gtest_output="json:$out/links-tests.json" >>"$out/links.log" 2>&1 || true
)

links_not_run() { jq -n --arg reason "$1" '{tests: [], $reason}'; }

# links_json GTEST_REPORT CLAIM: what a test program that died says is that it died.
links_json() {
  local tests
  tests=$(jq -e '[.testsuites[].testsuite[] | select(.status == "RUN") |
    {name: "\(.classname).\(.name)", passed: (.result == "COMPLETED" and .failures == null),
     problem: ([.failures[]?.failure] | join("; ") | .[0:300])}] | select(length > 0)' "$1" 2>/dev/null) ||
    tests='[{"name": "the link tests run to their end", "passed": false, "problem": "see links.log"}]'
  jq -n --argjson tests "$tests" --arg claim "$2" '{$tests, $claim, clicked: ($claim | contains("; clicked in "))}'
}

# links_claim DIR COMMIT: what may be said of the links. Clicked only where DIR/clicks.json says so of that very commit.
links_claim() {
  local dir=$1 commit=$2 version
  version=$(jq -er --arg commit "$commit" 'select(.ok == true and .commit == $commit and ($commit | endswith("-dirty") | not)) | .grafana' "$dir/clicks.json" 2>/dev/null) &&
    echo "links resolve; clicked in Grafana $version" || echo "links resolve; not clicked"
}

# The commit of the working tree, with -dirty where it is none.
tree_commit() { git describe --always --dirty --abbrev=40 --exclude='*'; }

# In a shell of its own, with which all that it started ends.
prove_grafana() (
  local image home dir commit began status=0 stack_was_up=1 server_pid='' grafana_pid='' container=''
  image=$(sed -n 's/^ *image: \(grafana\/grafana:[^ ]*\).*/\1/p' deploy/compose/compose.yaml)
  home=$(grafana_home) || docker info >/dev/null 2>&1 ||
    die 3 "no Grafana ${image#*:}: no Docker daemon answers, and PIM_GRAFANA_HOME names none; links resolve; not clicked"
  need "${BUILD_PACKAGES[@]}" "${CLICKS_PACKAGES[@]}"
  build release pim
  rm -rf "$CLICKS_DIR"
  mkdir -p "$CLICKS_DIR"
  commit=$(tree_commit)
  dir=$(mktemp -d "${TMPDIR:-/tmp}/pim-clicks.XXXXXX")
  trap prove_end EXIT
  stack status >/dev/null 2>&1 || { stack_was_up='' && stack up >&2; }
  source observability/ask.sh .lab/stack/stack.json
  grafana_start
  prove_server
  say "looking for a request and a span to click on"
  prove_subject >"$CLICKS_DIR/subject.json" || die 4 "no request with an exemplar, a trace and a line, or no span with samples, within $SUBJECT_LIMIT s"
  say "clicking"
  tools/clicks/clicks.py --grafana "http://127.0.0.1:$grafana_port" --started-from "${home:-$image}" --subject "$CLICKS_DIR/subject.json" \
    --out "$CLICKS_DIR" --commit "$commit" || status=$?
  say "$(links_claim "$CLICKS_DIR" "$commit"); see $CLICKS_DIR/clicks.json"
  exit "$status"
)

prove_end() {
  set +e
  [ -z "$server_pid" ] || { kill "$server_pid"; wait "$server_pid"; }
  [ -z "$grafana_pid" ] || { kill "$grafana_pid"; wait "$grafana_pid"; }
  [ -z "$container" ] || { docker logs "$container" >"$CLICKS_DIR/grafana.log" 2>&1; docker stop "$container" >/dev/null; }
  rm -f .lab/stack/targets/clicks.json
  [ -n "$stack_was_up" ] || stack down >&2
  rm -rf "$dir"
}

# A directory with bin/grafana, conf/ and public/, as its archive and its Debian package have it.
grafana_home() {
  local home=${PIM_GRAFANA_HOME:-/usr/share/grafana}
  [ -x "$home/bin/grafana" ] && echo "$home"
}

# With compose's settings and our provisioning files, on a port of its own. Nothing is fetched from Grafana's catalogue.
grafana_start() {
  local settings=() each deadline=$((SECONDS + 120)) version
  grafana_port=$(free_port_base)
  mapfile -t settings < <(sed -n 's/^ *\(GF_[A-Z_]*\): "\{0,1\}\([^"]*\)"\{0,1\}$/\1=\2/p' deploy/compose/compose.yaml)
  settings+=(
    "GF_SERVER_HTTP_PORT=$grafana_port" GF_PLUGINS_PREINSTALL_DISABLED=true
    "PIM_TEMPO_URL=$(ask_url tempo)" "PIM_LOKI_URL=$(ask_url loki)" "PIM_MIMIR_URL=$(ask_url mimir)/prometheus"
    "PIM_PYROSCOPE_URL=$(ask_url pyroscope)" "PIM_ALERTMANAGER_URL=$(ask_url mimir)"
  )
  if [ -n "$home" ]; then
    mkdir "$dir/etc"
    cp -r observability/grafana/{provisioning,dashboards,runbooks} "$dir/etc/"
    sed -i "s|/etc/grafana|$dir/etc|" "$dir/etc/provisioning/dashboards/pim.yaml"
    settings+=("GF_PATHS_PROVISIONING=$dir/etc/provisioning" "GF_PATHS_DATA=$dir/grafana" "GF_PATHS_LOGS=$dir/grafana/log" "GF_PATHS_PLUGINS=$dir/grafana/plugins")
    env "${settings[@]}" "$home/bin/grafana" server --homepath "$home" >"$CLICKS_DIR/grafana.log" 2>&1 </dev/null &
    grafana_pid=$!
  else
    local options=(--network host --user 0:0 --security-opt no-new-privileges:true)
    for each in "${settings[@]}"; do options+=(--env "$each"); done
    for each in provisioning dashboards runbooks; do options+=(--volume "$PWD/observability/grafana/$each:/etc/grafana/$each:ro"); done
    container=$(docker run --detach "${options[@]}" "$image") || die 3 "docker does not start $image"
  fi
  until http_ok "$grafana_port" /api/health; do
    [ -z "$grafana_pid" ] || kill -0 "$grafana_pid" 2>/dev/null || die 3 "Grafana ended; see $CLICKS_DIR/grafana.log"
    [ $SECONDS -lt $deadline ] || die 3 "Grafana is not ready after 120 s; see $CLICKS_DIR/grafana.log"
    sleep 0.2
  done
  version=$(curl -sf "http://127.0.0.1:$grafana_port/api/health" | jq -r .version)
  [ "$version" = "${image#*:}" ] || die 3 "this Grafana is $version, and deploy/compose pins ${image#*:}"
}

# A server of its own that the stack sees, and some load.
prove_server() {
  local pim=build/release/pim role deadline=$((SECONDS + 60))
  "$pim" token --init --keys "$dir/keys.json" >/dev/null
  for role in loadgen operator; do "$pim" token --keys "$dir/keys.json" --user clicks --role "$role" --tenant north-health >"$dir/$role"; done
  "$pim" serve --data "$dir/data" --keys "$dir/keys.json" --port 0 --admin-port 0 --ready-file "$dir/ready.json" --trace-rate 100000 \
    --otlp-endpoint "$(ask_url otlp)" --pyroscope-endpoint "$(ask_url pyroscope)" >"$CLICKS_DIR/server.log" 2>&1 </dev/null &
  server_pid=$!
  until [ -e "$dir/ready.json" ]; do
    kill -0 "$server_pid" 2>/dev/null && [ $SECONDS -lt $deadline ] || die 3 "the server did not start; see $CLICKS_DIR/server.log"
    sleep 0.1
  done
  admin=http://127.0.0.1:$(jq .admin_port "$dir/ready.json")
  echo "[{\"targets\": [\"${admin#http://}\"]}]" >.lab/stack/targets/clicks.json
  began=$(date +%s)
  "$pim" data generate --patients 20 --format api --url "http://127.0.0.1:$(jq .port "$dir/ready.json")" --token-file "$dir/loadgen" >"$CLICKS_DIR/load.log" 2>&1 ||
    die 3 "the load failed; see $CLICKS_DIR/load.log"
}

# What clicks.py is to click on: asked for until all of it has arrived.
prove_subject() {
  local deadline=$((SECONDS + SUBJECT_LIMIT)) trace profiled
  until trace=$(slowest_request) && profiled=$(profiled_span); do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 1
  done
  jq -n --argjson trace "$trace" --argjson profiled "$profiled" '{$trace, $profiled}'
}

# The slowest, as of many exemplars Grafana shows the highest of each step.
slowest_request() {
  local exemplar id span line
  exemplar=$(ask mimir /prometheus/api/v1/query_exemplars query='pim_http_request_duration_seconds_bucket{shard!="none"}' start="$began" end="$(date +%s)" |
    jq -ce '[.data[] | .seriesLabels as $of | .exemplars[] | {id: .labels.trace_id, seconds: (.value | tonumber),
      series: ["operation=\"\($of.operation)\"", "shard=\"\($of.shard)\""]}] | max_by(.seconds) | select(.id)') || return 1
  id=$(jq -r .id <<<"$exemplar")
  span=$(ask tempo "/api/traces/$id" |
    jq -er 'first(.batches[].scopeSpans[].spans[] | select(any(.attributes[]?; .key == "pim.operation"))) | .name') || return 1
  line=$(ask loki /loki/api/v1/query_range query="{service_name=\"pim\"} | trace_id=\"$id\" | pim_shard!=\"\"" start="$began" end="$(($(date +%s) + 5))" |
    jq -er 'first(.data.result[].values[][1] | select(startswith("request ")))') || return 1
  jq -cn --argjson exemplar "$exemplar" --arg span "$span" --arg line "$line" '$exemplar + {$span, $line}'
}

# One that the profiler's clock has met, and whose samples have arrived. A rebuild is long enough to be met now and then.
profiled_span() {
  local id span_id
  curl -sf -o /dev/null "$admin/admin/rebuild" -H "Authorization: Bearer $(cat "$dir/operator")" -H 'Content-Type: application/json' -d '{"apply":false}' || return 1
  while read -r id span_id; do
    has_samples "$span_id" || continue
    jq -cn --arg id "$id" --arg span_id "$span_id" '{$id, $span_id, span: "rebuild"}'
    return
  done < <(ask tempo /api/search q='{ name = "rebuild" && span.pyroscope.profile.id != "" }' start="$began" end="$(($(date +%s) + 5))" limit=50 |
    jq -r 'def id(n): ("0" * n + .)[-n:]; .traces[]? | (.traceID | id(32)) + " " + (.spanSets[].spans[].spanID | id(16))')
  return 1
}

has_samples() {
  jq -n --arg span "$1" --arg from "${began}000" --arg to "$(date +%s)000" '{profileTypeID: "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    labelSelector: "{service_name=\"pim\"}", spanSelector: [$span], start: $from, end: $to}' |
    curl -sf "$(ask_url pyroscope)/querier.v1.QuerierService/SelectMergeSpanProfile" -H 'Content-Type: application/json' -d @- |
    jq -e '.flamegraph.total // "0" | tonumber > 0' >/dev/null
}
