#!/usr/bin/env bash
# Holds the rooms of src/ to the order that docs/architecture.md gives: a room includes only rooms below it.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A may=(
  [domain]=""
  [telemetry]=""
  [routing]="domain"
  [store]="domain routing telemetry"
  [spine]="domain routing store telemetry"
  [readmodel]="domain routing store telemetry"
  [audit]="domain routing store readmodel telemetry"
  [api]="domain routing store spine readmodel audit telemetry"
  [data]="domain telemetry"
  [load]="domain telemetry data"
  [chaos]="domain telemetry"
  [cli]="domain routing store spine readmodel audit api data load chaos telemetry"
)

bad=0
for room in src/*/; do
  room=$(basename "$room")
  [ -v "may[$room]" ] || { echo "src/$room is no known room: add it to $0 and docs/architecture.md"; bad=1; continue; }
  while IFS=: read -r file line include; do
    [ -n "$file" ] || continue
    target=${include%%/*}
    [ "$target" = "$room" ] && continue
    [ -d "src/$target" ] || continue
    # planted bugs are a seam of the store that every room may ask
    case " ${may[$room]} " in *" $target "*) ;; *) echo "$file:$line: $room may not include $include"; bad=1 ;; esac
  done < <(grep -rnoP '^#include "\K[a-z_]+/[^"]+' "src/$room" --include='*.h' --include='*.cc' || true)
done
exit $bad
