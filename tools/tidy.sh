#!/usr/bin/env bash
# clang-tidy, two at a time. By day it reads what ships and the benches, a dozen sources at once as the build compiles
# them, without the path-sensitive analyzer (half of the time). At night (PIM_NIGHTLY=1) it reads each source alone,
# tests too, with all checks. What was clean is kept by the hash of what the compiler saw, comments included, so that
# a unit that did not change is not read twice.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab/tidy
build=build/tidy
unity=ON checks=-clang-analyzer-*,-bugprone-suspicious-include
[ -z "${PIM_NIGHTLY:-}" ] || unity=OFF checks= build=build/tidy-night
mkdir -p "$cache"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPIM_UNITY=$unity >/dev/null

one() {
  local unit=$1 key
  key=$({
    cat .clang-tidy CMakeLists.txt
    echo "$checks"
    clang-tidy-19 --version | grep -m1 version
    g++ -std=c++20 -E -P -CC -Isrc -Ibench "$unit" 2>/dev/null
  } | sha256sum | cut -d' ' -f1)
  [ -e "$cache/$key" ] && return 0
  # g++ finds deprecated calls of ours; clang also finds one within libstdc++'s own stable_sort
  if clang-tidy-19 -p "$build" --quiet --checks="$checks" --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-deprecated-declarations "$unit" 2>/dev/null; then
    touch "$cache/$key"
  else
    echo "clang-tidy: $unit"
    return 1
  fi
}
export -f one
export build cache checks

units=$(sed -n 's/^ *"file": "\(.*\)",\?$/\1/p' "$build/compile_commands.json" | sort -u)
[ -n "${PIM_NIGHTLY:-}" ] || units=$(grep -vE '_test(ing)?(\.cc|\.dir)|/tests/' <<<"$units")
[ -n "$units" ] || { echo "no compile commands in $build"; exit 1; }
xargs -P 2 -I{} bash -c 'one {}' <<<"$units"
