#!/usr/bin/env bash
# That the image of a pim gives the same bytes again, holds all that the program needs, and that its SBOM names every package.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source tools/lab/common.sh
source tools/lab/images.sh
pim=${1:-build/release/pim}
work=$(mktemp -d "${TMPDIR:-/tmp}/pim-images.XXXXXX")
trap 'rm -rf "$work"' EXIT

IMAGES_DIR=$work/one image_of_program pim "$pim"
cp "$pim" "$work/pim" # elsewhere, at another time, for another user
(umask 077 && TZ=Asia/Tokyo IMAGES_DIR=$work/two image_of_program pim "$work/pim")
diff -r "$work/one" "$work/two"
# The negative control.
IMAGES_DIR=$work/three image_of_program pim /usr/bin/env
! cmp -s "$work/one/pim.tar" "$work/three/pim.tar" || { echo "another program gives the same image"; exit 1; }

mkdir "$work/image" "$work/root"
tar -C "$work/image" -xf "$work/one/pim.tar"
tar -C "$work/root" -xf "$work/image/$(jq -r '.[0].Layers[0]' "$work/image/manifest.json")"
jq -e '.config.User == "10001:10001"' "$work/image/$(jq -r '.[0].Config' "$work/image/manifest.json")" >/dev/null
inside=(chroot)
[ "$(id -u)" = 0 ] || inside=(unshare --map-root-user chroot)
"${inside[@]}" "$work/root" /usr/bin/pim version

sbom=$work/one/pim.spdx.json
jq -e '.spdxVersion == "SPDX-2.3" and (.packages | all(.SPDXID and .name and .downloadLocation)) and
  ([.relationships[].relatedSpdxElement] - [.packages[].SPDXID] == [])' "$sbom" >/dev/null
for package in libc6 libstdc++6 libssl3 libsqlite3-0; do
  version=$(dpkg-query -W -f '${Version}' "$package")
  jq -e --arg name "$package" --arg version "$version" \
    'any(.packages[]; .name == $name and .versionInfo == $version)' "$sbom" >/dev/null ||
    { echo "$sbom does not name $package $version"; exit 1; }
done
# The gateway's: of a package that is not installed.
IMAGES_DIR=$work/one image_of_nginx
mkdir "$work/gateway" "$work/gateway-root"
tar -C "$work/gateway" -xf "$work/one/gateway.tar"
tar -C "$work/gateway-root" -xf "$work/gateway/$(jq -r '.[0].Layers[0]' "$work/gateway/manifest.json")"
jq -e '.config.StopSignal == "SIGQUIT"' "$work/gateway/$(jq -r '.[0].Config' "$work/gateway/manifest.json")" >/dev/null
"${inside[@]}" "$work/gateway-root" /usr/bin/nginx -v
jq -e 'any(.packages[]; .name == "nginx")' "$work/one/gateway.spdx.json" >/dev/null || { echo "the gateway's SBOM does not name nginx"; exit 1; }

echo "$(jq '.packages | length - 1' "$sbom") packages, $(stat -c %s "$work/one/pim.tar") bytes, $(grep "^pim " "$work/one/tags")"
