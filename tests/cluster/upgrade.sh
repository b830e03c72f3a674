#!/usr/bin/env bash
# A spine of another image and back again, under load: no request fails after its retries, nothing acknowledged is lost. The other
# image has the same program and one more file: it is the replacing that is tested. upgrade.sh DIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source tools/lab/cluster.sh
cluster_kubectl "$dir"
node_addresses "$(cat "$dir/number")"
out=$(mktemp -d "${TMPDIR:-/tmp}/pim-upgrade.XXXXXX")
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-upgrade.XXXXXX")
namespace='' load=''
trap 'kills_end; rm -rf "$out"' EXIT

spine() { "${KUBECTL[@]}" -n pim get pod spine-0 -o jsonpath='{.spec.containers[0].image} {.metadata.uid}'; }
# replaced IMAGE ARGUMENT...: kubectl makes it a pod of that image, which is another.
replaced() {
  local image=$1 before begin=$EPOCHREALTIME
  before=$(spine)
  shift
  "${KUBECTL[@]}" -n pim "$@"
  "${KUBECTL[@]}" -n pim rollout status statefulset/spine --timeout=60s
  [ "$(spine)" != "$before" ] && [[ $(spine) == "$image "* ]] || fail "the spine is $(spine), and was $before"
  awk -v begin="$begin" -v end="$EPOCHREALTIME" -v image="$image" 'BEGIN {printf "%s after %.1f s\n", image, end - begin}'
}

tar -xf "$IMAGES_DIR/pim.tar" -C "$work"
mkdir "$work/stage"
tar -xf "$work/$(jq -r '.[0].Layers[0]' "$work/manifest.json")" -C "$work/stage"
echo another >"$work/stage/etc/another"
(IMAGES_DIR=$work/images image_pack pim "$work/stage" /usr/bin/pim)
node_images "$dir" "$work/images/pim.tar"
now=$(spine) now=${now% *} next=lab.local/pim:$(IMAGES_DIR=$work/images image_tag pim)
[ "$now" != "$next" ] || fail "both images are $now"

kills_load
replaced "$next" set image statefulset/spine "spine=$next"
replaced "$now" rollout undo statefulset/spine
kill -TERM "$load"
wait "$load" || true
load=''
kills_check

read -r sent failed first < <(jq -r '[.series[] | [([.ended[]] | add), ([.ended | to_entries[] | select(.key | IN("ok", "rejected") | not).value] | add), .first_failed]]
  | transpose | map(add) | map(tostring) | join(" ")' "$out/load/result.json")
jq -e '.whole and .acknowledged > 0 and ([.violations[]] | add == 0)' "$out/check.json" >/dev/null || fail "the history does not hold: $(jq -c .violations "$out/check.json")"
echo "$sent requests, $first failed at first, $failed after retries; $(jq .acknowledged "$out/check.json") acknowledged, none lost"
[ "$failed" = 0 ] || fail "$failed requests failed after their retries"
