#!/usr/bin/env bash
# A spine of another image and back again, under load: no request fails after its retries, nothing acknowledged is lost. The other
# image has the same program and one more file: it is the replacing that is tested. upgrade.sh DIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source tools/lab/cluster.sh
cluster_kubectl "$dir"
source tests/cluster/load.sh

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

load_begin "$(spine_url)" seed/scenarios/kills.toml
replaced "$next" set image statefulset/spine "spine=$next"
load_goes_on
replaced "$now" rollout undo statefulset/spine
load_goes_on
load_end
[ "$(jq '[.operations[] | .with_retries.failed] | add' "$work/load/result.json")" = 0 ] || fail "requests failed after their retries"
spine_check "$dir" "$work/load/history" "upgrade-$$" || fail "what was acknowledged is not what the spine has"
