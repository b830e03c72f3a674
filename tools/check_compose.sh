#!/usr/bin/env bash
# That deploy/compose has the limits of `./lab stack`, within 2048 MiB together, and where it claims the version that was
# built here, that version. It does not say that Docker takes it.
set -euo pipefail
cd "$(dirname "$0")/.."
source tools/lab/stack.sh
file=${1:-deploy/compose/compose.yaml}
failed=0
fail() { echo "$file: $*"; failed=1; }

limit_of() { awk -v part="$1" '/^  [a-z]/ {at = $1 == part ":"} at && $1 == "mem_limit:" {print $2 + 0}' "$file"; }
image_of() { awk -v part="$1" '/^  [a-z]/ {at = $1 == part ":"} at && $1 == "image:" {print $2, $3}' "$file"; }

for part in "${STACK_PARTS[@]}"; do
  [ "$(limit_of "$part")" = "${STACK_MEMORY[$part]}" ] || fail "$part may take $(limit_of "$part") MiB, and ${STACK_MEMORY[$part]} with ./lab"
  go_limit=GOMEMLIMIT:\ $((STACK_MEMORY[$part] * 85 / 100))MiB
  grep -q "$go_limit" "$file" || fail "no '$go_limit' for $part"
  read -r image comment <<<"$(image_of "$part")"
  [ "$comment" = '#' ] || grep -qwF "v${image##*:}" "tools/$part/go.mod" || fail "$image is not what tools/$part builds, and no comment says so"
done
sum=$(awk '$1 == "mem_limit:" {sum += $2} END {print sum + 0}' "$file")
[ "$sum" -gt 0 ] && [ "$sum" -le "$STACK_MEMORY_SUM" ] || fail "$sum MiB together, and at most $STACK_MEMORY_SUM may be"
grep -E '^ *image: ' "$file" | grep -vE 'image: [a-z0-9./-]+:[0-9]+\.[0-9]+\.[0-9]+( |$)' && fail "an image is not pinned by its tag"
exit $failed
