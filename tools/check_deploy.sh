#!/usr/bin/env bash
# That the manifests of deploy/ render, and that what comes out is what docs/deploy.md promises; and that each file of a
# folder which becomes a ConfigMap is in it. Says so where there is no kubectl to render with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/lab/common.sh
source tools/lab/stack.sh
failed=0

# in_full KUSTOMIZATION FOLDER PATTERN: whether it lists each.
in_full() {
  local file
  while read -r file; do
    grep -qF "$file" "$1/kustomization.yaml" || { echo "$1/kustomization.yaml does not list $file"; failed=1; }
  done < <(cd "$1" && find "$2" -maxdepth 1 -type f -name "$3")
}
in_full observability/grafana dashboards '*.json'
in_full observability/grafana runbooks '*.json'
in_full observability/grafana provisioning/datasources '*.yaml'
in_full observability/grafana provisioning/dashboards '*.yaml'
in_full observability/mimir rules '*.yaml'
in_full seed scenarios '*.toml'

kubectl=$(go_binary kubernetes kubectl 2>/dev/null || true)
[ -x "$kubectl" ] || kubectl=$(command -v kubectl || true)
[ -n "$kubectl" ] || { echo "not rendered: no kubectl in the cache (./lab cluster images kubectl makes one)"; exit $failed; }
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-deploy.XXXXXX")
trap 'rm -rf "$work"' EXIT
memory='' files=()
for part in "${STACK_PARTS[@]}"; do memory+=$part=${STACK_MEMORY[$part]},; done
for overlay in deploy/cluster-*/overlays/*; do
  file=$work/$(cut -d/ -f2,4 <<<"$overlay" | tr / -).yaml
  "$kubectl" kustomize "$overlay" >"$file" || { echo "$overlay does not render"; failed=1; continue; }
  files+=("$file")
done
missed=$(sed -nE 's/.*container_start_time_seconds\{job="cadvisor", container=~"([^"]+)"\}.*/\1/p' observability/mimir/rules/kubernetes.yaml)
check() { /usr/bin/python3 tools/check_deploy.py --memory "$memory" --missed "$missed" --versions deploy/compose/compose.yaml "$@"; }
check "${files[@]}" || failed=1
# Negative controls.
check --break "$work/cluster-a-ci.yaml" "$work/cluster-b-ci.yaml" || failed=1
sed 's|grafana/loki:.*|grafana/loki:1.0.0|' "$work/cluster-b-k3s.yaml" >"$work/another.yaml"
! check "$work/another.yaml" >/dev/null || { echo "another version than compose's is not found"; failed=1; }
exit $failed
