#!/usr/bin/env bash
# Every query of every board, asked of cluster B: none is refused, and no board is empty. boards.sh KUBECTL...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
KUBECTL=("$@")
source tests/cluster/stack.sh
/usr/bin/python3 tests/cluster/boards.py observability/grafana/dashboards "$work/stack.json"
