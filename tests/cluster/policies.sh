#!/usr/bin/env bash
# What network policies let pass and what not, asked by two pods of the namespace pim: a stranger and a client of the spine.
# Ends with 4 where the cluster's network plugin enforces none. policies.sh IMAGE BUSYBOX KUBECTL...: an image with busybox, and
# where it lies in it.
set -euo pipefail
image=$1 busybox=$2
shift 2
KUBECTL=("$@")
failed=0 passed=0

pod() {
  cat <<EOF
apiVersion: v1
kind: Pod
metadata: {name: probe-$1, namespace: pim, labels: {pim.lab/probe: "true", $2}}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: 1
  securityContext: {runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: probe
      image: $image
      command: [$busybox, sleep, "600"]
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
---
EOF
}
trap '"${KUBECTL[@]}" -n pim delete pod -l pim.lab/probe=true >/dev/null' EXIT
{ pod stranger 'pim.lab/client: "false"' && pod client 'pim.lab/client: "true"'; } | "${KUBECTL[@]}" apply -f - >/dev/null
"${KUBECTL[@]}" -n pim wait --for=condition=Ready pod -l pim.lab/probe=true --timeout=60s >/dev/null

# asks POD HOST PORT: whether anything answers; any answer of HTTP is one. The question's end stays open: who sees a client go
# need not answer it.
asks() {
  local try
  for try in 1 2 3; do
    if "${KUBECTL[@]}" -n pim exec "probe-$1" -- "$busybox" sh -c \
      "(printf 'GET / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n'; $busybox sleep 2) | $busybox timeout 5 $busybox nc $2 $3" \
      2>/dev/null | grep '^HTTP/' >/dev/null; then return; fi
  done
  return 1
}

# expect open|shut POD HOST PORT: into the list of them; all are asked at once.
flows=()
expect() { flows+=("$*"); }
expect open client spine 8080 # else what is shut below says nothing
expect shut stranger spine 8080
expect shut client spine-0.spine-admin 8081
expect shut stranger spine-0.spine-admin 8081
expect shut client agent 4318
expect shut stranger loki.pim-observability 3100
expect shut stranger mimir.pim-observability 9009
expect shut stranger gateway.pim-observability 443

answers=()
for flow in "${flows[@]}"; do
  read -r _ pod host port <<<"$flow"
  asks "$pod" "$host" "$port" &
  answers+=($!)
done
for i in "${!flows[@]}"; do
  read -r wanted pod host port <<<"${flows[i]}"
  found=shut
  if wait "${answers[i]}"; then found=open; fi
  printf '%-9s %s:%-6s %s\n' "$pod" "$host" "$port" "$found"
  if [ "$found" = "$wanted" ]; then continue; fi
  if [ "$wanted" = open ]; then failed=1; else passed=$((passed + 1)); fi
done

[ $failed = 0 ] || { echo "what is allowed does not pass"; exit 1; }
case $passed in
  0) echo "policies hold" ;;
  7) echo "no policy is enforced: the cluster's network plugin does not"; exit 4 ;;
  *) echo "$passed of 7 flows pass that no policy allows"; exit 1 ;;
esac
