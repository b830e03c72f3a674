#!/usr/bin/env bash
# check_images_arm64.sh [NAME...]: that images of arm64, made on a machine of another architecture, hold programs and libraries of
# that one and all that these need, that they give the same bytes again, and that an emulator runs them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/lab/common.sh
source tools/lab/images.sh
[ $# -gt 0 ] || set -- "${IMAGES[@]}"
need "${TOUR_PACKAGES[@]}"
[ "$(image_architecture)" != arm64 ] || die 3 "this machine is of arm64: tools/check_images.sh is for it"
# out of its package: installed it would have the kernel start it for every foreign program
emulator=$(sysroot "$(image_architecture)" qemu-user-static)/usr/bin/qemu-aarch64-static
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-arm64.XXXXXX")
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT
inside=(chroot)
[ "$(id -u)" = 0 ] || inside=(unshare --map-root-user chroot)

# unpack TAR FOLDER: the image's files into FOLDER/root, its configuration beside it.
unpack() {
  mkdir -p "$2/image" "$2/root"
  tar -C "$2/image" -xf "$1"
  tar -C "$2/root" -xf "$2/image/$(jq -r '.[0].Layers[0]' "$2/image/manifest.json")"
  mv "$2/image/$(jq -r '.[0].Config' "$2/image/manifest.json")" "$2/config"
  rm -r "$2/image"
}

# machines ROOT: of its programs and libraries, each once.
machines() { find "$1" -type f -exec readelf -hW {} + 2>/dev/null | sed -n 's/^ *Machine: *//p' | sort -u; }

# missing ROOT: libraries and loaders that are asked for in it and are not there.
missing() {
  comm -23 <(find "$1" -type f -exec readelf -dlW {} + 2>/dev/null | sed -nE 's/.*(\(NEEDED\).*\[|interpreter: .*\/)(.*)\]$/\2/p' | sort -u) \
    <(find "$1" -name '*.so*' -printf '%f\n' | sort -u)
}

# holds FOLDER: what an unpacked image has to be; says what it is not.
holds() {
  local found
  found=$(jq -r .architecture "$1/config")
  [ "$found" = arm64 ] || { echo "its configuration says $found"; return 1; }
  found=$(machines "$1/root")
  [ "$found" = AArch64 ] || { echo "it holds programs of: ${found:-nothing}"; return 1; }
  found=$(missing "$1/root")
  [ -z "$found" ] || { echo "not in it: $found"; return 1; }
}

# emulated NAME COMMAND...: in that image's root, which sees nothing else.
emulated() { exec "${inside[@]}" "$work/$1/root" /qemu "${@:2}"; }

images_are_of arm64
for name in "$@"; do
  image=$IMAGES_DIR/$name
  [ -e "$image.tar" ] || die 3 "there is no image of $name: ./lab cluster images --arch arm64 $name"
  unpack "$image.tar" "$work/$name"
  holds "$work/$name" || { echo "$name: not an image of arm64"; exit 1; }
  (umask 077 && TZ=Asia/Tokyo IMAGES_DIR=$work/again images_build "$name")
  for kind in tar spdx.json; do cmp "$image.$kind" "$work/again/$name.$kind"; done
  rm "$work/again/$name.tar"
  jq -e '[.packages[1:][].externalRefs[].referenceLocator | select(startswith("pkg:deb/") and (endswith("?arch=arm64") | not))] == []' "$image.spdx.json" >/dev/null ||
    { echo "$image.spdx.json names packages of another architecture"; exit 1; }
  case $name in
    pim) version=(version) ;;
    gateway) version=(-v) ;;
    kubectl) version=(version --client) ;;
    *) version=(--version) ;;
  esac
  entry=$(jq -r '.config.Entrypoint[0]' "$work/$name/config")
  cp "$emulator" "$work/$name/root/qemu"
  (emulated "$name" "$entry" "${version[@]}") >"$work/version" 2>&1 || { cat "$work/version"; echo "$name: does not run"; exit 1; }
  echo "$name: $(find "$work/$name/root" -name '*.so*' | wc -l) libraries, $(stat -c %s "$image.tar") bytes, $(grep -m1 -E "^$name |[Vv]ersion" "$work/version")"
done

# Negative controls: an image of this machine, even with another label, and one that lacks a library.
(FOREIGN_ARCH='' IMAGES_DIR=$work/native image_of_program gateway /usr/bin/env)
unpack "$work/native/gateway.tar" "$work/native/gateway"
! holds "$work/native/gateway" || { echo "an image of this machine passes"; exit 1; }
jq '.architecture = "arm64"' "$work/native/gateway/config" >"$work/config"
mv "$work/config" "$work/native/gateway/config"
! holds "$work/native/gateway" || { echo "an image of this machine passes when labelled arm64"; exit 1; }
rm "$work"/native/gateway/root/lib/*/libc.so.6
[ -n "$(missing "$work/native/gateway/root")" ] || { echo "an image without its libc passes"; exit 1; }

# The spine, emulated: a patient that it registers is read back, and the chains that it leaves hold.
[[ " $* " == *" pim "* ]] || exit 0
pim() (emulated pim /usr/bin/pim "$@")
pim token --init --keys /tmp/keys.json >/dev/null
token=$(pim token --keys /tmp/keys.json --user check --role registrar --tenant north-health)
emulated pim /usr/bin/pim serve --data /tmp/data --keys /tmp/keys.json --port 0 --admin-port 0 --ready-file /tmp/ready.json >"$work/log" 2>&1 &
server=$!
until [ -e "$work/pim/root/tmp/ready.json" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$work/log"; echo "the emulated server does not start"; exit 1; }
  sleep 0.1
done
patients=http://127.0.0.1:$(jq .port "$work/pim/root/tmp/ready.json")/v1/patients
ask() { curl -sS --fail-with-body --noproxy '*' -H "Authorization: Bearer $token" "$@"; }
id=$(ask -D "$work/headers" -H 'Content-Type: application/json' -d '{"birth_year":1957,"sex":"F","state":"OH","zip3":"441"}' "$patients" | jq -r .id)
position=$(sed -n 's/^pim-position: //ip' "$work/headers" | tr -d '\r')
ask -H "Pim-Min-Position: $position" "$patients/$id" | jq -e '.patient.birth_year == 1957' >/dev/null || { echo "the patient $id is not read back"; exit 1; }
kill -TERM "$server"
wait "$server" || { cat "$work/log"; echo "the emulated server ends with $?"; exit 1; }
server=
pim audit verify --data /tmp/data
LC_ALL=C sed -i 's/"birth_year":1957/"birth_year":1958/' "$work/pim/root/tmp/data/events.db"
! pim audit verify --data /tmp/data >"$work/log" || { echo "an event that was changed passes the emulated check"; exit 1; }
grep -q 'does not match its hash' "$work/log"
