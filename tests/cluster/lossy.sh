#!/usr/bin/env bash
# The kill matrix must fail where data go with their pod: a spine on emptyDirs, deleted. lossy.sh DIR OUT
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
source tools/lab/deploy.sh
out=$2 DEPLOY_LIMIT=90
export NO_PROXY='*'
KUBECTL=("$(go_binary kubernetes kubectl)" --kubeconfig "$dir/admin.conf" --cache-dir "$dir/kubectl")
work=$(mktemp -d "$PWD/out/lossy.XXXXXX")
trap '"${KUBECTL[@]}" delete namespace pim-lossy --ignore-not-found --wait=false >/dev/null; rm -rf "$work"' EXIT

printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [%s]\nimages: [{name: lab.local/pim, newTag: "%s"}]\n' \
  "$(realpath --relative-to="$work" tests/cluster/lossy)" "$(image_tag pim)" >"$work/kustomization.yaml"
"${KUBECTL[@]}" create namespace pim-lossy
"${KUBECTL[@]}" -n pim get secret keys spine-tls -o json | jq '.items[].metadata |= {name}' | "${KUBECTL[@]}" -n pim-lossy apply -f -
"${KUBECTL[@]}" apply --server-side --force-conflicts -k "$work"
deploy_await pim-lossy

status=0
./lab cluster kills --dir "$dir" --namespace pim-lossy --kills 1 --seed 1 --out "$out" || status=$?
[ "$status" = 1 ] || fail "the matrix ends with $status, and the data went with their pod"
lost=$(jq '.check.violations.lost' "$out/result.json")
[ "$lost" -gt 0 ] || fail "nothing is lost"
echo "$lost acknowledged writes of a spine without a volume were found lost"
