# Sourced by ./lab: the test stages. Each has a time limit in minutes, prints its minutes, and adds to one count.

source tools/lab/promtool.sh

PASSED=0
FAILED=0
NIGHTLY=
WITHIN= # minutes, for all stages of `all`
FAILED_STAGES=()

# count PASSED FAILED
count() {
  PASSED=$((PASSED + $1))
  FAILED=$((FAILED + $2))
}

# check NAME COMMAND...: one test that is a command.
check() {
  local name=$1
  shift
  if "$@" >"out/test-$name.log" 2>&1; then
    count 1 0
  else
    count 0 1
    printf '  FAILED %s (out/test-%s.log)\n' "$name" "$name" >&2
    tail -n 40 "out/test-$name.log" >&2
    return 1
  fi
}

# suites FLAVOUR LABEL_REGEX [EXCLUDE_REGEX]: runs ctest and counts the cases of the programs it ran.
suites() {
  local flavour=$1 label=$2 exclude=${3:-} log status=0 ok bad
  log=out/test-$flavour-${label//[^a-z]/_}.log
  [[ $label != *unit* ]] || PIM_PROMTOOL=$(promtool) || return
  export PIM_PROMTOOL
  ctest --test-dir "build/$flavour" -L "$label" ${exclude:+-LE "$exclude"} --no-tests=error -V -j2 >"$log" 2>&1 || status=$?
  ok=$(grep -cE '^[0-9]+: \[       OK \]' "$log" || true)
  bad=$(grep -cE '^[0-9]+: \[  FAILED  \] .* \([0-9]+ ms\)$' "$log" || true)
  if [ "$status" != 0 ]; then
    [ "$bad" -gt 0 ] || bad=1 # a crash or a time-out has no line of its own
    grep -E -A3 '^[0-9]+: \[  FAILED  \]|\*\*\*|Failure$|ERROR: AddressSanitizer|WARNING: ThreadSanitizer' "$log" | cut -c1-400 | head -n 60 >&2
    printf '  FAILED in %s\n' "$log" >&2
  fi
  sed -nE 's/^[0-9]+: \[  SKIPPED \] (.*) \([0-9]+ ms\)$/    skipped: \1/p' "$log" >&2
  grep -hoE '(power losses|kills|simulated runs) [0-9]+.*' "$log" | sed 's/^/    /' >&2 || true
  count "$ok" "$bad"
  return "$status"
}

stage_format() {
  need "${TIDY_PACKAGES[@]}" "${BOARD_PACKAGES[@]}" "${DEPLOY_PACKAGES[@]}"
  mkdir -p out
  local files=()
  mapfile -t files < <(git ls-files 'src/*.cc' 'src/*.h' 'bench/*.cc' 'bench/*.h' 'tests/*.cc' 'tests/*.h')
  check format clang-format-19 --dry-run --Werror "${files[@]}"
  check layers tools/check_layers.sh
  check dashboards tools/dashboards.sh --check
  check slo tools/slo.sh --check
  check compose tools/check_compose.sh
  check deploy tools/check_deploy.sh
  grep -h '^not rendered' out/test-deploy.log | sed 's/^/    /' >&2 || true
}

stage_tidy() {
  need "${BUILD_PACKAGES[@]}" "${TIDY_PACKAGES[@]}"
  mkdir -p out
  check clang-tidy tools/tidy.sh
}

stage_unit() {
  need "${BUILD_PACKAGES[@]}"
  build release all
  suites release unit
}

stage_integration() {
  need "${BUILD_PACKAGES[@]}" jq
  build release all
  local status=0
  suites release integration || status=1
  check images tools/check_images.sh build/release/pim || status=1
  return "$status"
}

stage_crash() {
  need "${BUILD_PACKAGES[@]}"
  build release all
  suites release crash
}

# The door itself, and that its verdict can be no, for each claim whose platform is up.
stage_demo() {
  need "${BUILD_PACKAGES[@]}"
  build release pim pim-planted
  local status=0 claim
  check demo ends_with 0 build/release/pim prove --demo --seed-dir seed --out out/demo || status=1
  check sabotage ends_with 1 build/release/pim prove --demo --sabotage --seed-dir seed --out out/sabotage || status=1
  for claim in 2 4 6; do
    check "sabotage-$claim" ends_with 1 build/release/pim prove --sabotage "$claim" --seed-dir seed --out "out/sabotage-$claim" || status=1
  done
  check sabotage-5 ends_with 3 build/release/pim prove --sabotage 5 --seed-dir seed --out out/sabotage-5 || status=1
  return "$status"
}

# ends_with CODE COMMAND...: a machine too busy for the load generator decides nothing (4): then again, twice at most.
ends_with() {
  local wanted=$1 status try
  shift
  for try in 1 2 3; do
    status=0
    "$@" || status=$?
    [ "$status" = 4 ] || break
    echo "try $try: inconclusive"
  done
  [ "$status" = "$wanted" ] || { echo "exit code $status, not $wanted: $*"; return 1; }
}

stage_asan() {
  need "${BUILD_PACKAGES[@]}"
  build asan suites
  local status=0
  PIM_SHORT=1 suites asan 'unit|integration' bench || status=1
  # not the pressure of claim 6: its objectives are not those of a slowed server
  check demo-asan ends_with 0 build/asan/pim prove --demo --claim 1 --claim 2 --claim 4 --seed-dir seed --out out/demo-asan || status=1
  return "$status"
}

# Each parser on its corpus and on what libFuzzer makes of it: so many runs from one seed, so that a red run is red
# again. Inputs that crash are kept in out/fuzz. First the negative control, in which a bug must be found.
stage_fuzz() {
  need "${BUILD_PACKAGES[@]}" "${FUZZ_PACKAGES[@]}"
  build fuzz fuzzers
  local runs=20000 status=0 target name
  [ -z "$NIGHTLY" ] || runs=2000000
  rm -rf out/fuzz
  mkdir -p out/fuzz
  check fuzz-planted fuzz_finds_a_planted_bug || status=1
  for target in build/fuzz/tests/fuzz/*_fuzz; do
    name=$(basename "$target" _fuzz)
    [ "$name" = planted ] && continue
    check "fuzz-$name" fuzz "$name" "$runs" || status=1
    grep -hE '^Done [0-9]+ runs' "out/test-fuzz-$name.log" | sed "s/^/    $name: /" >&2 || true
  done
  return "$status"
}

# fuzz NAME RUNS: what it finds on the way goes to out/fuzz/NAME, the corpus in the repository stays as it is.
fuzz() {
  local name=$1 runs=$2 corpus=()
  mkdir -p "out/fuzz/$name"
  [ -d "tests/fuzz/corpus/$name" ] && corpus=("tests/fuzz/corpus/$name")
  "build/fuzz/tests/fuzz/${name}_fuzz" -runs="$runs" -seed=4 -max_len=4096 -timeout=20 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="out/fuzz/$name-" "out/fuzz/$name" "${corpus[@]}"
}

fuzz_finds_a_planted_bug() {
  if fuzz planted 1000000; then
    echo "a read beyond a buffer was not found"
    return 1
  fi
  ls out/fuzz/planted-crash-* # what crashed is kept
}

# What has threads; everything at night.
stage_tsan() {
  need "${BUILD_PACKAGES[@]}"
  if [ -n "$NIGHTLY" ]; then
    build tsan suites
    suites tsan 'unit|integration' bench
  else
    build tsan store_test spine_test readmodel_test audit_test api_test telemetry_test data_test
    PIM_SHORT=1 suites tsan threaded
  fi
}

stage_hostile() {
  need "${BUILD_PACKAGES[@]}" "${HOSTILE_PACKAGES[@]}"
  build release pim
  local status=0
  check hostile tools/hostile/run.sh build/release/pim || status=1
  grep '^schemathesis: ' out/test-hostile.log | sed 's/^/    /' >&2 || true
  return "$status"
}

# The real Collector, Loki, Tempo, Mimir and Pyroscope, in a directory and on ports of their own.
stage_stack() {
  need "${BUILD_PACKAGES[@]}" "${TOUR_PACKAGES[@]}"
  source tools/lab/stack.sh
  stack build
  check webhook-receiver go_in_subshell collector test -count=1 pim.lab/webhookeventreceiver
  build release stack_test
  local dir status=0
  dir=$(mktemp -d "${TMPDIR:-/tmp}/pim-stack.XXXXXX")
  # Whatever ends the stage, the stack ends with it; also when its variables have gone.
  # shellcheck disable=SC2064
  trap "stack down --dir '$dir' >/dev/null; rm -rf '$dir'; echo \"\$PASSED \$FAILED\" >'$counts'" EXIT
  stack up --dir "$dir" --port-base "$(free_port_base)" --pim-admin 127.0.0.1:1 >&2
  PIM_STACK=$dir/stack.json PIM_STACK_IS_MINE=1 suites release stack || status=1
  stack status --dir "$dir" | sed -n 's/^together */    memory /p' >&2
  mkdir -p out/stack && cp "$dir"/log/*.log out/stack/
  local pids
  pids=$(cat "$dir"/*.pid)
  stack down --dir "$dir" >&2
  check stack-gone all_gone "$pids" || status=1
  return "$status"
}

go_in_subshell() { (go_in "$@"); }

all_gone() {
  local pid
  for pid in $1; do
    # one that has ended and waits for its parent has no command line any more
    if [ -n "$(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline")" ]; then
      echo "pid $pid is still there: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
      return 1
    fi
  done
}

# The clicker of ./lab prove --grafana, in the browser that it uses, on a page that imitates Grafana's.
stage_clicks() {
  source tools/lab/prove.sh
  need "${CLICKS_PACKAGES[@]}"
  mkdir -p out
  check clicks /usr/bin/python3 -B tools/clicks/clicks_test.py
}

stage_arm64() {
  source tools/lab/arm64_stage.sh
  stage_arm64_run
}

# A Kubernetes of one node, made from nothing and taken down without a trace; needs root.
stage_cluster() {
  source tools/lab/cluster_stage.sh
  stage_cluster_run
}

# name:limit in minutes; each has room for a build from nothing, where it runs alone
STAGES=(format:6 tidy:25 unit:25 integration:16 crash:16 demo:16 asan:30 tsan:15 fuzz:12)
# With `all`, too: what needs more than Debian packages (hostile: PyPI; stack, cluster: Go modules, built once a machine).
MORE_STAGES=(hostile:10 stack:60 cluster:45)
# By name only: Chromium, to click on an imitation; images of arm64, for which all of them are compiled once more.
NAMED_STAGES=(clicks:15 arm64:90)

# left_out STAGE: says why `all` leaves it out, if it does: this machine cannot have it, or WITHIN would not do for it. By name it
# is begun, and fails where it cannot be.
left_out() {
  local stage=$1
  case $1 in
    stack)
      source tools/lab/stack.sh
      stage_minutes 10 55 "${STACK_PARTS[@]}"
      ;;
    cluster)
      source tools/lab/cluster.sh
      node_possible "${TMPDIR:-/tmp}" && stage_minutes 10 30 "${STACK_PARTS[@]}" "${NODE_MODULES[@]}"
      ;;
  esac
}

# stage_minutes BUILT UNBUILT PART...: what a stage takes at most, when its third-party programs are built and when they are not.
stage_minutes() {
  local part minutes=$1
  for part in "${@:3}"; do go_is_built "$part" || minutes=$2; done
  [ -z "$WITHIN" ] || [ $((SECONDS / 60 + minutes)) -le "$WITHIN" ] ||
    echo "it may take $minutes min, and $((SECONDS / 60)) of $WITHIN are over; its third-party programs are built once: ./lab test $stage"
}

run_stages() {
  local wanted=() argument stage reason by_all='' all=("${STAGES[@]}" "${MORE_STAGES[@]}") known=()
  known=("${all[@]}" "${NAMED_STAGES[@]}")
  for argument in "$@"; do
    case $argument in
      --nightly) NIGHTLY=1; export PIM_NIGHTLY=1 ;;
      --within=*)
        WITHIN=${argument#*=}
        [[ $WITHIN =~ ^[1-9][0-9]{0,3}$ ]] || die 2 "--within is a number of minutes, and not '$WITHIN'"
        ;;
      all) wanted=("${all[@]}") by_all=1 ;;
      *)
        local found=
        for stage in "${known[@]}"; do [ "${stage%:*}" = "$argument" ] && found=$stage; done
        [ -n "$found" ] || die 2 "no stage is called '$argument': ${known[*]%:*}"
        wanted+=("$found")
        ;;
    esac
  done
  [ ${#wanted[@]} -gt 0 ] || wanted=("${STAGES[@]}")
  mkdir -p out

  local begin=$SECONDS
  for stage in "${wanted[@]}"; do
    reason=$([ -z "$by_all" ] || left_out "${stage%:*}" | tail -n 1) || true
    if [ -n "$reason" ]; then say "stage ${stage%:*} is LEFT OUT: $reason"; else run_stage "${stage%:*}" "${stage#*:}"; fi
  done
  say "all stages: $(minutes $((SECONDS - begin)))"
  [ ${#FAILED_STAGES[@]} -eq 0 ] || printf 'failed stages: %s\n' "${FAILED_STAGES[*]}"
  printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
  [ "$FAILED" = 0 ] && [ ${#FAILED_STAGES[@]} -eq 0 ]
}

minutes() { printf '%d:%02d min' $(($1 / 60)) $(($1 % 60)); }

# Runs a stage in a process group of its own, so that a limit ends all of it.
run_stage() {
  local name=$1 limit=$2 start=$SECONDS status=0 counts=out/.counts
  [ -z "$NIGHTLY" ] || limit=$((limit * 20))
  say "stage $name (limit $limit min)"
  : >"$counts"
  set -m
  (
    trap 'echo "$PASSED $FAILED" >"$counts"' EXIT
    PASSED=0 FAILED=0
    set -e
    "stage_$name"
  ) &
  local job=$!
  (
    sleep $((limit * 60))
    printf 'lab: stage %s passed its limit of %d minutes\n' "$name" "$limit" >&2
    kill -TERM -- "-$job"
    sleep 10
    kill -KILL -- "-$job"
  ) 2>/dev/null &
  local watchdog=$!
  set +m
  # The stage is in a group of its own, which Ctrl-C at the terminal does not reach.
  # shellcheck disable=SC2064
  trap "kill -TERM -- -$job -$watchdog 2>/dev/null; printf 'lab: interrupted in stage %s\n' '$name' >&2; exit 130" INT TERM
  wait "$job" || status=$?
  trap - INT TERM
  kill -- "-$watchdog" 2>/dev/null || true
  wait "$watchdog" 2>/dev/null || true
  local ok=0 bad=0
  read -r ok bad <"$counts" || true
  [ "$status" = 0 ] || [ "${bad:-0}" -gt 0 ] || bad=1
  count "${ok:-0}" "${bad:-0}"
  [ "$status" = 0 ] || FAILED_STAGES+=("$name")
  say "stage $name: ${ok:-0} passed, ${bad:-0} failed, $(minutes $((SECONDS - start)))"
}
