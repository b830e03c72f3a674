# Sourced by images.sh: Debian packages of an architecture, the machine's or another, unpacked into the cache and not installed; and
# what is compiled against them.

# sysroot ARCHITECTURE PACKAGE...: says the folder with these and all that they depend on; other versions are another folder.
# dpkg-query --admindir FOLDER/var/lib/dpkg tells of which package a file is.
sysroot() {
  local architecture=$1 folder
  shift
  mkdir -p out
  # as with the machine's own packages, lists are fetched anew only where what they name cannot be had
  folder=$(sysroot_unpacked "$architecture" "$@") ||
    { sysroot_apt "$architecture" update -qq >>out/apt.log 2>&1 && folder=$(sysroot_unpacked "$architecture" "$@"); } ||
    die 3 "apt has not all of these for $architecture: $*; see out/apt.log"
  echo "$folder"
}

# sysroot_apt ARCHITECTURE ARGUMENT...: an apt-get for which that is the machine's, on which nothing is installed; from the
# machine's sources.
sysroot_apt() {
  local folder=$GO_CACHE/apt-$1
  mkdir -p "$folder"/{lists,archives}/partial
  touch "$folder/status"
  # not as another user: it could not write there
  apt-get -o APT::Architecture="$1" -o APT::Architectures::="$1" -o APT::Install-Recommends=false -o APT::Sandbox::User=root \
    -o Dir::State::lists="$folder/lists" -o Dir::State::status="$folder/status" -o Dir::State::extended_states="$folder/extended" \
    -o Dir::Cache="$folder" "${@:2}"
}

sysroot_unpacked() {
  local architecture=$1 debs key folder
  shift
  debs=$(sysroot_apt "$architecture" install --print-uris -qq "$@" 2>>out/apt.log | cut -d' ' -f2 | LC_ALL=C sort)
  [ -n "$debs" ] || return
  key=$(sha256sum <<<"$debs" | cut -c1-16)
  folder=$GO_CACHE/sysroot-$architecture-$key
  if [ ! -d "$folder" ]; then
    say "unpacking $(wc -l <<<"$debs") Debian packages of $architecture: $*"
    rm -rf "$folder.new" "$folder.debs"
    mkdir -p "$folder.debs/partial"
    sysroot_apt "$architecture" install -d -y -qq -o Dir::Cache::archives="$folder.debs" "$@" >>out/apt.log 2>&1 &&
      sysroot_unpack "$folder.debs" "$folder.new" || return
    rm -r "$folder.debs"
    mv -T "$folder.new" "$folder"
  fi
  echo "$folder"
}

# sysroot_unpack DEBS FOLDER: their files, and dpkg's records of them.
sysroot_unpack() {
  local debs=$1 folder=$2 records=$2/var/lib/dpkg each deb package link
  mkdir -p "$records/info"
  for each in bin lib lib64 sbin; do
    mkdir -p "$folder/usr/$each"
    ln -s "usr/$each" "$folder/$each"
  done
  echo 1 >"$records/info/format"
  for deb in "$debs"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink --no-same-owner --no-same-permissions -C "$folder" || return
    package=$(dpkg-deb -f "$deb" Package)
    [ "$(dpkg-deb -f "$deb" Multi-Arch)" != same ] || package+=:$(dpkg-deb -f "$deb" Architecture)
    dpkg-deb --fsys-tarfile "$deb" | tar -t | sed 's|^\.||; s|/$||; s|^$|/.|' >"$records/info/$package.list"
    { dpkg-deb -f "$deb" && printf 'Status: install ok installed\n\n'; } >>"$records/status"
  done
  # what points to the root of a machine would point out of the folder
  find "$folder" -type l -lname '/*' | while read -r link; do ln -sfnr "$folder$(readlink "$link")" "$link"; done
}

# sysroot_build ARCHITECTURE SYSROOT TARGET...: build/release-ARCHITECTURE.
sysroot_build() {
  local architecture=$1 sysroot=$2
  shift 2
  local BUILD_OPTIONS=(--fresh -DCMAKE_TOOLCHAIN_FILE=cmake/cross.cmake -DPIM_TRIPLET="$(triplet "$architecture")" -DPIM_SYSROOT="$sysroot")
  build "release-$architecture" "$@"
}

# triplet ARCHITECTURE: in the names of folders and of compilers.
triplet() {
  case $1 in
    amd64) echo x86_64-linux-gnu ;;
    arm64) echo aarch64-linux-gnu ;;
    *) die 2 "images are of amd64 or arm64, not of '$1'" ;;
  esac
}
