#!/usr/bin/env bash
# clang-tidy over what the build compiles, two at a time: tidy.sh BUILD_DIR. Tests are read at night only (PIM_NIGHTLY=1).
# Clean results are kept by the hash of what the compiler saw, so that a file that did not change is not read twice.
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab/tidy
mkdir -p "$cache"

one() {
  local file=$1 key
  key=$({ cat .clang-tidy; clang-tidy-19 --version | grep -m1 version; g++ -std=c++20 -E -P -Isrc -I. "$file" 2>/dev/null; } | sha256sum | cut -d' ' -f1)
  [ -e "$cache/$key" ] && return 0
  if clang-tidy-19 -p "$build" --quiet --extra-arg=-Wno-unknown-warning-option "$file" 2>/dev/null; then
    touch "$cache/$key"
  else
    echo "clang-tidy: $file"
    return 1
  fi
}
export -f one
export build cache

files=$(git ls-files 'src/*.cc' 'bench/*.cc' 'tests/*.cc')
[ -n "${PIM_NIGHTLY:-}" ] || files=$(grep -vE '_test(ing)?\.cc$|^tests/' <<<"$files")
xargs -P 2 -I{} bash -c 'one {}' <<<"$files"
