# Sourced by ./lab: packages, builds, messages.

BUILD_PACKAGES=(
  g++ cmake ninja-build ccache
  libboost1.81-dev libsimdjson-dev libsqlite3-dev libssl-dev libxxhash-dev libtomlplusplus-dev libcli11-dev
  libjemalloc-dev nlohmann-json3-dev libgtest-dev libbenchmark-dev librapidcheck-dev
  libabsl-dev opentelemetry-cpp-dev libdw-dev libyaml-cpp-dev
  libfuse3-dev nftables iproute2 # faults: disks, partitions
  python3-prometheus-client # the parser that a test holds /metrics against
)
BACKPORTED=(opentelemetry-cpp-dev golang-1.23-go) # in Debian 12 only in bookworm-backports
TIDY_PACKAGES=(clang-format-19 clang-tidy-19 git)
BOARD_PACKAGES=(jsonnet)
DEPLOY_PACKAGES=(python3-yaml)
TOUR_PACKAGES=(curl jq)
FUZZ_PACKAGES=(clang-19 libclang-rt-19-dev)
HOSTILE_PACKAGES=(python3-venv curl)
BENCH_WRITE_PACKAGES=(postgresql-15)
declare -A CROSS_PACKAGES=([amd64]=g++-x86-64-linux-gnu [arm64]=g++-aarch64-linux-gnu)

FOREIGN_ARCH= # amd64 or arm64: programs and images are for that one, which is not the machine's
BUILD_OPTIONS=() # more for cmake

# Objects may be shared between build directories and clones of the same sources.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=5G

say() { printf '==> %s\n' "$*" >&2; }
die() {
  local code=$1
  shift
  printf 'lab: %s\n' "$*" >&2
  exit "$code"
}

BACKPORTS='deb http://deb.debian.org/debian bookworm-backports main'
BACKPORTS_FILE=/etc/apt/sources.list.d/pim-lab-backports.list

# Whether apt knows where to find what is not in Debian 12's main; another Debian has it there.
finds_backports() {
  ! grep -q '^VERSION_CODENAME=bookworm' /etc/os-release || apt-cache policy | grep -q 'bookworm-backports/main'
}

# apt_update: what can be had, where that is not known or no longer true.
apt_update() {
  mkdir -p out
  if [ "$(id -u)" = 0 ]; then apt-get update -qq; else sudo -n apt-get update -qq; fi >>out/apt.log 2>&1
}

# need PACKAGE...: installs what is missing, or prints the one command that does.
need() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die 3 "this is not Debian; run the lab in a debian:12 container, or install: ${missing[*]}"
  local as_root=() backports=()
  for package in "${BACKPORTED[@]}"; do
    [[ " ${missing[*]} " != *" $package "* ]] || finds_backports || backports=(echo "$BACKPORTS")
  done
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || die 3 "packages are missing; run: ${backports:+echo '$BACKPORTS' | sudo tee $BACKPORTS_FILE; sudo apt-get update; }sudo apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo -n)
  fi
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  mkdir -p out
  {
    if [ ${#backports[@]} -gt 0 ]; then "${backports[@]}" | "${as_root[@]}" tee "$BACKPORTS_FILE"; fi
    "${as_root[@]}" apt-get update -qq &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  } >out/apt.log 2>&1 || { tail -n 15 out/apt.log >&2; die 3 "apt-get failed; the whole log is in out/apt.log"; }
}

# build FLAVOUR TARGET...: build/FLAVOUR; release, asan, tsan, fuzz, or another with BUILD_OPTIONS.
build() {
  local flavour=$1 start=$SECONDS
  shift
  local options=(-DCMAKE_BUILD_TYPE=Release "${BUILD_OPTIONS[@]}")
  case $flavour in
    asan) options+=(-DPIM_SANITIZE=address) ;;
    tsan) options+=(-DPIM_SANITIZE=thread) ;;
    fuzz) options+=(-DPIM_SANITIZE=fuzzer -DCMAKE_CXX_COMPILER=clang++-19) ;;
  esac
  mkdir -p out
  local log=out/build-$flavour.log
  cmake -S . -B "build/$flavour" -G Ninja "${options[@]}" >"$log" 2>&1 || { tail -n 20 "$log" >&2; die 3 "cmake failed; see $log"; }
  say "building $flavour: $*"
  if [ -t 2 ]; then
    ninja -C "build/$flavour" "$@" || die 3 "the build failed"
  else
    ninja -C "build/$flavour" "$@" >>"$log" 2>&1 || { grep -m1 -A25 'FAILED' "$log" >&2; die 3 "the build failed; see $log"; }
  fi
  say "built in $((SECONDS - start)) s"
}
