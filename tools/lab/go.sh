# Sourced by ./lab: Go, and the third-party servers that are built with it from pinned modules, once a machine.

GO_VERSION=1.26.8 # of the toolchain; any Go from 1.21 on fetches it as a module, against the checksum database
GO_PACKAGES=(golang-1.23-go ca-certificates)
GO_CACHE=${PIM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pim-lab}

# What can be built: part, package (or several, by commas), flags of the linker. Each has its pinned modules in tools/NAME.
KUBERNETES_VERSION=$(sed -n 's|^\s*k8s.io/kubernetes v\([0-9.]*\).*|\1|p' tools/kubernetes/go.mod)
KUBERNETES=k8s.io/kubernetes/cmd
KUBERNETES_STAMP=k8s.io/component-base/version
CONTAINERD=github.com/containerd/containerd/v2/cmd
declare -A GO_PARTS=(
  [collector]='. '
  [loki]='github.com/grafana/loki/v3/cmd/loki '
  [mimir]='github.com/grafana/mimir/cmd/mimir '
  [tempo]='github.com/grafana/tempo/cmd/tempo -checklinkname=0'
  [pyroscope]='github.com/grafana/pyroscope/cmd/pyroscope '
  [k6]='go.k6.io/k6 '
  [kubernetes]="$(printf "$KUBERNETES/%s," kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl)$KUBERNETES/kubeadm"
  [containerd]="$CONTAINERD/containerd,$CONTAINERD/containerd-shim-runc-v2,$CONTAINERD/ctr "
  [etcd]='go.etcd.io/etcd/server/v3 '
  [coredns]='. '
)
# Without its version stamped in, a program of Kubernetes takes itself for v0.0.0 and refuses the others.
GO_PARTS[kubernetes]+=$(IFS=. && set -- $KUBERNETES_VERSION && echo " -X $KUBERNETES_STAMP.gitVersion=v$KUBERNETES_VERSION -X $KUBERNETES_STAMP.gitMajor=$1 -X $KUBERNETES_STAMP.gitMinor=$2")
declare -A GO_TAGS=([containerd]=no_btrfs,no_devmapper,no_zfs)

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

# Where the programs of a part are, or will be: another folder for other modules, sources, flags or another Go.
go_folder() {
  local part=$1 key
  key=$({ find "tools/$part" -type f -print0 | LC_ALL=C sort -z | xargs -0 cat && echo "${GO_PARTS[$part]} $GO_VERSION${GO_TAGS[$part]:+ ${GO_TAGS[$part]}}"; } | sha256sum | cut -c1-16)
  echo "$GO_CACHE/$part-$key${FOREIGN_ARCH:+-$FOREIGN_ARCH}"
}

# go_binary PART [PROGRAM]: of a part with several programs, one by its name.
go_binary() { echo "$(go_folder "$1")/${2:-$1}"; }

# What is built of a part: of Kubernetes for another architecture only what an image is made of.
go_packages() {
  if [ "$1" = kubernetes ] && [ -n "$FOREIGN_ARCH" ]; then echo "$KUBERNETES/kubectl"; else echo "${GO_PARTS[$1]%% *}"; fi
}

# Whether a part has several packages: each program is named by the last word of its own then, else by the part.
go_has_several() { [[ ${GO_PARTS[$1]%% *} == *,* ]]; }

go_programs() {
  if go_has_several "$1"; then go_packages "$1" | tr , '\n' | sed 's|.*/||'; else echo "$1"; fi
}

go_is_built() {
  local folder program
  folder=$(go_folder "$1")
  for program in $(go_programs "$1"); do [ -x "$folder/$program" ] || return 1; done
}

# go_in PART ARGUMENT...: `go ARGUMENT...` among the pinned modules of a part; installs Go where there is none.
go_in() {
  local part=$1 go
  shift
  find_go >/dev/null || need "${GO_PACKAGES[@]}"
  go=$(find_go) || die 3 "no Go from 1.21 on, and Debian's golang-1.23-go is not where it should be"
  cd "tools/$part"
  GOTOOLCHAIN=go$GO_VERSION GOFLAGS=-mod=readonly GOWORK=off CGO_ENABLED=0 GOARCH=$FOREIGN_ARCH "$go" "$@"
}

# go_build PART...: each that the cache does not have.
go_build() {
  local part missing=()
  for part in "$@"; do go_is_built "$part" || missing+=("$part"); done
  [ ${#missing[@]} -eq 0 ] && return
  find_go >/dev/null || need "${GO_PACKAGES[@]}"
  mkdir -p out
  local begin=$SECONDS start folder target packages flags log
  for part in "${missing[@]}"; do
    start=$SECONDS
    folder=$(go_folder "$part")
    packages=$(go_packages "$part")
    flags=${GO_PARTS[$part]#* }
    log=out/go-$part${FOREIGN_ARCH:+-$FOREIGN_ARCH}.log
    target=$folder/new/
    go_has_several "$part" || target+=$part
    say "building $part${FOREIGN_ARCH:+ for $FOREIGN_ARCH} (once; log in $log)"
    mkdir -p "$folder/new"
    # -trimpath: the same bytes from any folder
    (go_in "$part" build -trimpath -buildvcs=false -tags "${GO_TAGS[$part]:-}" -ldflags "-s -w $flags" -o "$target" ${packages//,/ }) \
      >"$log" 2>&1 || { tail -n 15 "$log" >&2; die 3 "the build of $part failed; see $log"; }
    mv "$folder/new/"* "$folder/"
    rmdir "$folder/new"
    say "built $part in $(((SECONDS - start) / 60)):$(printf %02d $(((SECONDS - start) % 60))) min"
  done
  say "third-party builds: $(((SECONDS - begin) / 60)):$(printf %02d $(((SECONDS - begin) % 60))) min"
}
