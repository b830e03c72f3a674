# Sourced by tests of both clusters, which have set KUBECTL and `limit` (s): the back ends' answers, and waiting for them. It
# has the trap EXIT, and a directory `work`.
source tools/lab/common.sh
source tools/lab/spine.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-stack.XXXXXX")
trap 'forwards_end; rm -rf "$work"' EXIT

stack=()
for part in tempo:3200 loki:3100 mimir:9009; do
  forward pim-observability "service/${part%:*}" "${part#*:}"
  stack+=(--arg "${part%:*}" "http://$FORWARDED")
done
jq -n "${stack[@]}" '$ARGS.named' >"$work/stack.json"
# shellcheck disable=SC1091
source observability/ask.sh "$work/stack.json"

# found WHAT COMMAND...: until it says something.
found() {
  local what=$1 deadline=$((SECONDS + limit)) answer
  shift
  until answer=$("$@" 2>/dev/null) && [ -n "$answer" ]; do
    [ $SECONDS -lt $deadline ] || { echo "NOT FOUND after $limit s: $what ($*)"; exit 1; }
    sleep 1
  done
  printf '%-28s %s\n' "$what" "$(head -n 1 <<<"$answer" | cut -c1-150)"
}
