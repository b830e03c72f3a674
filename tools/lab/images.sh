# Sourced by ./lab: container images without an engine or a registry. deploy/images/README.md says what they are.
source tools/lab/go.sh
source tools/lab/sbom.sh
source tools/lab/sysroot.sh

IMAGES_DIR=$PWD/out/images
IMAGES=(pim collector loki tempo mimir pyroscope kubectl gateway) # pim is ours, gateway is Debian's nginx, the others are single Go programs
IMAGE_PACKAGES=(binutils jq libpcre2-8-0 libssl3 libcrypt1 zlib1g) # the last are the libraries of nginx

# What Debian and Go call amd64 and arm64.
image_architecture() {
  case ${FOREIGN_ARCH:-$(uname -m)} in
    x86_64 | amd64) echo amd64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) die 3 "no image for $(uname -m): amd64 and arm64 only" ;;
  esac
}

# images_are_of ARCHITECTURE: from here on images are of that one, in out/images/ARCHITECTURE.
images_are_of() {
  triplet "$1" >/dev/null
  IMAGES_DIR=$IMAGES_DIR/$1
  [ "$1" = "$(image_architecture)" ] || FOREIGN_ARCH=$1
}

# images_build [NAME...]: each into out/images, with its SBOM beside it.
images_build() {
  [ $# -gt 0 ] || set -- "${IMAGES[@]}"
  need "${IMAGE_PACKAGES[@]}"
  mkdir -p "$IMAGES_DIR"
  local name
  for name in "$@"; do
    case $name in
      pim) if [ -z "$FOREIGN_ARCH" ]; then image_of_program pim build/release/pim; else image_of_foreign_pim; fi ;;
      gateway) image_of_nginx ;;
      kubectl) image_of_go kubectl kubernetes ;;
      *) image_of_go "$name" "$name" ;;
    esac
  done
}

# image_of_program NAME PROGRAM: it, and its shared libraries. IMAGE_STOP_SIGNAL: how it is told to end, if not by SIGTERM;
# IMAGE_PACKAGE: name and version of the Debian package that it is of; IMAGE_SYSROOT: the libraries' root, if not the machine's.
image_of_program() (
  local name=$1 program=$2 sysroot=${IMAGE_SYSROOT:-} stage libraries library entry
  entry=/usr/bin/$(basename "$program")
  [ -z "$sysroot" ] || export DPKG_ADMINDIR=$sysroot/var/lib/dpkg
  image_libraries "$program" "$sysroot"
  image_is_new "$name" "$program" "${libraries[@]/#/$sysroot}" || return 0
  stage=$(mktemp -d "${TMPDIR:-/tmp}/pim-image.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  image_root "$stage"
  # names of functions stay, for profiles
  "$(triplet "$(image_architecture)")-strip" --strip-debug -o "$stage$entry" "$program"
  for library in "${libraries[@]}"; do install -D -m 755 "$(realpath "$sysroot$library")" "$stage$library"; done
  image_pack "$name" "$stage" "$entry"
  sbom_of_libraries "$name" "$stage" >"$IMAGES_DIR/$name.spdx.json"
  image_is_made "$name"
)

# image_libraries PROGRAM SYSROOT: sets libraries to the loader that it asks for and all that it and they need, where the loader
# looks for them, under the names by which they are asked for. As ldd says, but ldd would have to run it.
image_libraries() {
  local sysroot=$2 folder=/lib/$(triplet "$(image_architecture)") asking=("$1") name names loader
  local -A paths=()
  loader=$(readelf -lW "$1" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
  paths[${loader##*/}]=$loader
  while [ ${#asking[@]} -gt 0 ]; do
    mapfile -t names < <(readelf -dW "${asking[@]}" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | LC_ALL=C sort -u)
    asking=()
    for name in "${names[@]}"; do
      [ ! -v "paths[$name]" ] || continue
      [ -e "$sysroot$folder/$name" ] || die 3 "there is no $name in $sysroot$folder, which $1 needs: an image is made of Debian packages"
      paths[$name]=$folder/$name
      asking+=("$sysroot$folder/$name")
    done
  done
  mapfile -t libraries < <(printf '%s\n' "${paths[@]}" | LC_ALL=C sort)
}

# Compiled here for another architecture, against the packages of a build.
image_of_foreign_pim() {
  local sysroot package packages=()
  need "${BUILD_PACKAGES[@]}" "${CROSS_PACKAGES[$FOREIGN_ARCH]}"
  for package in "${BUILD_PACKAGES[@]}"; do [[ $package != *-dev ]] || packages+=("$package"); done
  sysroot=$(sysroot "$FOREIGN_ARCH" "${packages[@]}")
  sysroot_build "$FOREIGN_ARCH" "$sysroot" pim
  IMAGE_SYSROOT=$sysroot image_of_program pim "build/release-$FOREIGN_ARCH/pim"
}

# Debian's nginx, out of its package: installed it would be a server on this machine.
image_of_nginx() {
  local version program sysroot=''
  if [ -n "$FOREIGN_ARCH" ]; then
    need "${CROSS_PACKAGES[$FOREIGN_ARCH]}"
    sysroot=$(sysroot "$FOREIGN_ARCH" nginx)
    version=$(dpkg-query --admindir "$sysroot/var/lib/dpkg" -W -f '${Version}' nginx)
    program=$sysroot/usr/sbin/nginx
  else
    version=$(nginx_fetch) || { apt_update && version=$(nginx_fetch); } || die 3 "apt has no package nginx"
    program=$GO_CACHE/nginx-$version/nginx
  fi
  IMAGE_SYSROOT=$sysroot IMAGE_STOP_SIGNAL=SIGQUIT IMAGE_PACKAGE="nginx $version" image_of_program gateway "$program"
}

# The program into the cache; says its version.
nginx_fetch() {
  local version folder
  version=$(apt-cache policy nginx | sed -n 's/^ *Candidate: \([0-9].*\)/\1/p')
  folder=$GO_CACHE/nginx-$version
  [ -n "$version" ] || return
  if [ ! -x "$folder/nginx" ]; then
    rm -rf "$folder.new"
    mkdir -p "$folder.new"
    (cd "$folder.new" && apt-get download -qq "nginx=$version" >&2 && dpkg-deb --fsys-tarfile nginx_*.deb | tar -xO ./usr/sbin/nginx >nginx && rm nginx_*.deb) 2>>out/apt.log || return
    chmod 755 "$folder.new/nginx"
    mv -T "$folder.new" "$folder"
  fi
  echo "$version"
}

# image_of_go NAME PART: one static program of a part of go.sh.
image_of_go() (
  local name=$1 program stage
  go_build "$2"
  program=$(go_binary "$2" "$name")
  image_is_new "$name" "$program" || return 0
  stage=$(mktemp -d "${TMPDIR:-/tmp}/pim-image.XXXXXX")
  trap 'rm -rf "$stage"' EXIT
  image_root "$stage"
  cp "$program" "$stage/usr/bin/$name"
  image_pack "$name" "$stage" "/usr/bin/$name"
  sbom_of_go "$name" "$program" >"$IMAGES_DIR/$name.spdx.json"
  image_is_made "$name"
)

# image_is_new NAME FILE...: whether the image of these files is yet to be made. The digest of what it is made from lies beside
# it once it is whole.
image_is_new() {
  mkdir -p "$IMAGES_DIR"
  image_from=$(cat "${@:2}" tools/lab/images.sh tools/lab/sbom.sh deploy/images/root/etc/* | sha256sum | cut -c1-64)
  [ "$image_from" != "$(cat "$IMAGES_DIR/$1.from" 2>/dev/null)" ] || return 1
  rm -f "$IMAGES_DIR/$1.from"
}
image_is_made() { echo "$image_from" >"$IMAGES_DIR/$1.from"; }

# image_root STAGE: what every image begins with.
image_root() {
  cp -r deploy/images/root/. "$1"
  mkdir -p "$1/tmp" "$1/usr/bin"
}

# image_pack NAME STAGE ENTRYPOINT...: out/images/NAME.tar and its line in out/images/tags. The same files give the same bytes.
image_pack() {
  local name=$1 stage=$2 work layer config tag
  shift 2
  mkdir -p "$IMAGES_DIR"
  work=$(mktemp -d "${TMPDIR:-/tmp}/pim-image.XXXXXX")
  chmod -R u=rwX,go=rX "$stage"
  [ ! -d "$stage/tmp" ] || chmod 1777 "$stage/tmp"
  image_tar "$work/layer.tar" "$stage"
  layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  mkdir "$work/image"
  mv "$work/layer.tar" "$work/image/$layer.tar"
  jq -cn --arg architecture "$(image_architecture)" --arg layer "sha256:$layer" --arg stop "${IMAGE_STOP_SIGNAL:-SIGTERM}" --args '{
    architecture: $architecture, os: "linux", created: "1970-01-01T00:00:00Z",
    config: {User: "10001:10001", Entrypoint: $ARGS.positional, Env: ["PATH=/usr/bin"], WorkingDir: "/", StopSignal: $stop},
    rootfs: {type: "layers", diff_ids: [$layer]},
    history: [{created: "1970-01-01T00:00:00Z", created_by: "tools/lab/images.sh"}]
  }' -- "$@" >"$work/config"
  config=$(sha256sum "$work/config" | cut -d' ' -f1)
  mv "$work/config" "$work/image/$config.json"
  tag=${config:0:12}
  jq -cn --arg name "lab.local/$name" --arg tag "$tag" --arg config "$config.json" --arg layer "$layer.tar" \
    '[{Config: $config, RepoTags: ["\($name):\($tag)", "\($name):local"], Layers: [$layer]}]' >"$work/image/manifest.json"
  chmod 644 "$work/image"/*
  image_tar "$work/$name.tar" "$work/image"
  mv "$work/$name.tar" "$IMAGES_DIR/$name.tar"
  rm -rf "$work"
  { grep -v "^$name " "$IMAGES_DIR/tags" 2>/dev/null || true; echo "$name $tag"; } | LC_ALL=C sort >"$IMAGES_DIR/tags.new"
  mv "$IMAGES_DIR/tags.new" "$IMAGES_DIR/tags"
  say "image lab.local/$name:$tag, $(du -m "$IMAGES_DIR/$name.tar" | cut -f1) MB"
}

# image_tar FILE DIRECTORY: all that is in it.
image_tar() (
  export LC_ALL=C
  cd "$2"
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -cf "$1" -- *
)

# image_tag NAME: what is deployed of it.
image_tag() { sed -n "s/^$1 //p" "$IMAGES_DIR/tags" 2>/dev/null | grep . || die 3 "there is no image of $1: ./lab cluster images"; }
