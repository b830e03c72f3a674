#!/usr/bin/env bash
# Every query of every board, asked of cluster B: none is refused, and no board is empty. boards.sh KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source tools/lab/common.sh
source tools/lab/spine.sh
KUBECTL=("$@")
trap forwards_end EXIT
urls=()
for part in mimir:9009 loki:3100 tempo:3200; do
  forward pim-observability "service/${part%:*}" "${part#*:}"
  urls+=("${part%:*}=http://$FORWARDED")
done
/usr/bin/python3 tests/cluster/boards.py observability/grafana/dashboards "${urls[@]}"
