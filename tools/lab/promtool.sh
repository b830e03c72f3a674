# Sourced by ./lab: promtool, which tests rules, out of Debian's package `prometheus`; the package itself, a service with
# its web pages, is not installed.

# Prints where it is; fetches it once a machine.
promtool() {
  local dir=${PIM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab}/promtool
  [ -x "$dir/promtool" ] || promtool_fetch "$dir" >&2 || die 3 "no promtool: apt-get download prometheus failed"
  echo "$dir/promtool"
}

promtool_fetch() (
  set -e
  local dir=$1 as_root=()
  mkdir -p "$dir"
  cd "$(mktemp -d)"
  trap 'rm -rf "$PWD"' EXIT
  say "fetching promtool (once)"
  if ! apt-get download -qq prometheus; then
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    "${as_root[@]}" apt-get update -qq
    apt-get download -qq prometheus
  fi
  dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
  mv usr/bin/promtool "$dir/promtool.new"
  mv "$dir/promtool.new" "$dir/promtool"
)
