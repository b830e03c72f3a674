# Sourced by ./lab: Go, and the third-party servers that are built with it from pinned modules, once a machine.

GO_VERSION=1.26.8 # of the toolchain; any Go from 1.21 on fetches it as a module, against the checksum database
GO_PACKAGES=(golang-1.23-go ca-certificates)
GO_CACHE=${PIM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab}

# PARTS is what can be built: name, package, flags of the linker. Each has its pinned modules in tools/NAME.
declare -A GO_PARTS=(
  [collector]='. '
  [loki]='github.com/grafana/loki/v3/cmd/loki '
  [mimir]='github.com/grafana/mimir/cmd/mimir '
  [tempo]='github.com/grafana/tempo/cmd/tempo -checklinkname=0'
  [pyroscope]='github.com/grafana/pyroscope/cmd/pyroscope '
  [k6]='go.k6.io/k6 '
)

# A `go` that is new enough to fetch the toolchain: the one on the PATH, else Debian's.
find_go() {
  local go minor
  for go in "$(command -v go || true)" /usr/lib/go-1.2[1-9]/bin/go; do
    [ -x "$go" ] || continue
    minor=$("$go" version | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p')
    [ "${minor:-0}" -ge 21 ] && echo "$go" && return
  done
  return 1
}

# Where the program of a part is, or will be: another file for other modules, sources, flags or another Go.
go_binary() {
  local part=$1 key
  key=$({ find "tools/$part" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat && echo "${GO_PARTS[$part]} $GO_VERSION"; } | sha256sum | cut -c1-16)
  echo "$GO_CACHE/$part-$key/$part"
}

# go_in PART ARGUMENT...: `go ARGUMENT...` among the pinned modules of a part; installs Go where there is none.
go_in() {
  local part=$1 go
  shift
  find_go >/dev/null || need "${GO_PACKAGES[@]}"
  go=$(find_go) || die 3 "no Go from 1.21 on, and Debian's golang-1.23-go is not where it should be"
  cd "tools/$part"
  GOTOOLCHAIN=go$GO_VERSION GOFLAGS=-mod=readonly GOWORK=off CGO_ENABLED=0 "$go" "$@"
}

# go_build PART...: each that the cache does not have.
go_build() {
  local part missing=()
  for part in "$@"; do [ -x "$(go_binary "$part")" ] || missing+=("$part"); done
  [ ${#missing[@]} -eq 0 ] && return
  find_go >/dev/null || need "${GO_PACKAGES[@]}"
  mkdir -p out
  local begin=$SECONDS start binary package flags
  for part in "${missing[@]}"; do
    start=$SECONDS
    binary=$(go_binary "$part")
    read -r package flags <<<"${GO_PARTS[$part]}"
    say "building $part (once; log in out/go-$part.log)"
    mkdir -p "${binary%/*}"
    # -trimpath: the same bytes from any folder
    (go_in "$part" build -trimpath -buildvcs=false -ldflags "-s -w $flags" -o "$binary.new" "$package") \
      >"out/go-$part.log" 2>&1 || { tail -n 15 "out/go-$part.log" >&2; die 3 "the build of $part failed; see out/go-$part.log"; }
    mv "$binary.new" "$binary"
    say "built $part in $(((SECONDS - start) / 60)):$(printf %02d $(((SECONDS - start) % 60))) min"
  done
  say "third-party builds: $(((SECONDS - begin) / 60)):$(printf %02d $(((SECONDS - begin) % 60))) min"
}
