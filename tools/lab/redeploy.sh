# Sourced by cluster.sh: the local node with both clusters, torn down and built again from the commit, timed by phase, restored
# from a backup, and held against what was there. OUT/result.json (docs/formats/cluster-file.md) is what came of it.
source tools/lab/stack.sh # its parts are compiled, too
REDEPLOY_LIMIT=600 # s, without the compilation of others' programs
REDEPLOY_KILLS=6

# redeploy DIR OUT: from a clone of HEAD. With PIM_SABOTAGE=1 nothing is restored, which has to be noticed.
redeploy() (
  local dir=$1 out=$2 source=$2/source saved=$2/saved restore=(--restore "$2/saved") begin=$SECONDS status=0 KUBECTL
  node_pid "$dir" >/dev/null || die 4 "no node runs in $dir; ./lab cluster up --local starts it, with both clusters"
  cluster_kubectl "$dir"
  deploy_has pim statefulset/spine || die 4 "there is no spine in $dir; ./lab cluster up --local deploys both clusters"
  [ -z "$(git status --porcelain)" ] || say "what is not committed is not deployed: HEAD is"
  [ -z "${PIM_SABOTAGE:-}" ] || restore=()
  # what a run that went wrong has saved may be all that is left of it
  [ ! -e "$saved" ] || jq -e 'all(.checks[]; .holds)' "$out/result.json" >/dev/null 2>&1 ||
    die 3 "$saved is the backup of a redeployment that did not end well: ./lab cluster up --local --restore $saved, or move it away, or give another --out"
  rm -rf "$out"
  mkdir -p "$out"
  : >"$out/phases" >"$out/checks"
  redeploy_all || status=$?
  redeploy_result >"$out/result.json"
  rm -rf "$source" # the backup stays
  jq -r '(.phases[] | "    \(.phase): \(.seconds) s"), (.checks[] | (if .holds then "    ok    " else "    FAIL  " end) + .check + ": " + .evidence)' "$out/result.json"
  [ "$status" = 0 ] && jq -e 'all(.checks[]; .holds)' "$out/result.json" >/dev/null
)

redeploy_all() {
  redeploy_phase backup cluster_backup "$dir" "$saved" || return
  redeploy_phase teardown cluster down --dir "$dir" || return
  redeploy_phase source git clone --quiet "$PWD" "$source" || return
  cd "$source" || return
  export CCACHE_BASEDIR=$PWD
  redeploy_phase third-party go_build "${NODE_MODULES[@]}" "${STACK_PARTS[@]}" || return
  redeploy_phase build ./lab cluster images || return
  redeploy_phase node ./lab cluster up --local --bare --dir "$dir" || return
  redeploy_phase deploy ./lab cluster up --local --dir "$dir" "${restore[@]}" || return
  redeploy_check 5 "every event and receipt is there again" redeploy_same
  redeploy_check 5 "every hash chain holds, and every signed head" redeploy_intact
  redeploy_check 5 "the boards' queries answer" tests/cluster/boards.sh "${KUBECTL[@]}"
  redeploy_check 3 "a command is found again in Tempo, Loki and Mimir" tests/cluster/follow.sh "$dir/secrets/keys.json" "${KUBECTL[@]}"
  redeploy_check 1 "pods are killed under load: nothing acknowledged is lost" cluster_kills "$dir" "$REDEPLOY_KILLS" 1 "$out/kills"
  redeploy_check 6 "and the objective after retries held" redeploy_objective
  redeploy_check 4 "each shard's requests are counted in Mimir" redeploy_shards
  redeploy_check 5 "it took no longer than $REDEPLOY_LIMIT s" redeploy_in_time
}

# redeploy_phase NAME COMMAND...: in a shell of its own.
redeploy_phase() {
  local name=$1 from=$SECONDS
  shift
  say "redeploy: $name"
  if ! ("$@") >"$out/$name.log" 2>&1; then
    tail -n 20 "$out/$name.log" >&2
    say "it ended at '$name'; see $out/$name.log; the backup is in $saved"
    redeploy_note 5 "both clusters stand again" "it ended at '$name'" false
    return 1
  fi
  printf '%s %s\n' "$name" $((SECONDS - from)) >>"$out/phases"
}

# redeploy_check CLAIM WHAT COMMAND...: the last line that the command prints is the evidence.
redeploy_check() {
  local claim=$1 what=$2 holds=true log=$out/check-$(wc -l <"$out/checks").log
  shift 2
  say "redeploy: $what"
  ("$@") >"$log" 2>&1 || holds=false
  redeploy_note "$claim" "$what" "$(tail -n 1 "$log")" "$holds"
}

redeploy_note() { jq -cn --argjson claim "$1" --arg check "$2" --arg evidence "$3" --argjson holds "$4" '$ARGS.named' >>"$out/checks"; }

redeploy_same() {
  spine_backup "$dir" redeployed
  build/release/pim audit export --data "$saved/backup" --output "$out/before.jsonl"
  build/release/pim audit export --data "$BACKUP" --output "$out/after.jsonl"
  cmp "$out/before.jsonl" "$out/after.jsonl" || { echo "$(wc -l <"$out/before.jsonl") before, $(wc -l <"$out/after.jsonl") after, and not the same"; return 1; }
  echo "$(wc -l <"$out/after.jsonl") records, byte for byte"
  rm "$out"/{before,after}.jsonl
}

redeploy_intact() { build/release/pim audit verify --data "$(volume_path "$dir" backup)/redeployed" --anchors "$saved/anchors"; }

redeploy_objective() {
  local goal
  goal=$(jq '.goals[] | select(.name | startswith("answered after retries"))' "$out/kills/result.json")
  jq -r '"\(.name): \(.got) %, \(.wanted) wanted"' <<<"$goal"
  jq -e .met <<<"$goal" >/dev/null
}

redeploy_shards() {
  limit=90
  source tests/cluster/stack.sh
  found "shards with requests" promql 'count(sum by (shard) (pim_shard_requests_total{job="pim/pim"}) > 0) == 4'
}

redeploy_seconds() { echo $((SECONDS - begin - $(awk '$1 == "third-party" {print $2}' "$out/phases" | grep . || echo 0))); }

redeploy_in_time() {
  local seconds
  seconds=$(redeploy_seconds)
  echo "$seconds s from the backup to here, without others' programs"
  [ "$seconds" -le "$REDEPLOY_LIMIT" ]
}

redeploy_result() {
  jq -n --arg commit "$(git rev-parse HEAD)" --argjson seconds "$(redeploy_seconds)" --slurpfile checks "$out/checks" \
    --argjson phases "$(jq -Rn '[inputs | split(" ") | {phase: .[0], seconds: (.[1] | tonumber)}]' <"$out/phases")" \
    '{$commit, $seconds, $phases, $checks}'
}
