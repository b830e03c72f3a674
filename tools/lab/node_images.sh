# Sourced by node.sh: images in the form of `docker save`, made without a registry, and brought into a node.

# node_pack TAR NAME PROGRAM...: an image of static programs in /, which starts the first; the same bytes from the same programs.
node_pack() (
  local tar=$1 name=$2 layer config
  shift 2
  work=$(mktemp -d "${TMPDIR:-/tmp}/pim-image.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  local pack=(tar --format=gnu --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner)
  install -D -m 755 -t "$work/layer" "$@"
  "${pack[@]}" -C "$work/layer" -cf "$work/layer.tar" .
  layer=$(sha256sum <"$work/layer.tar" | cut -c1-64)
  rm -rf "$work/layer"
  jq -nc --arg start "/$(basename "$1")" --arg layer "sha256:$layer" --arg architecture "$(dpkg --print-architecture)" \
    '{$architecture, os: "linux", config: {Entrypoint: [$start], User: "65532:65532", WorkingDir: "/"}, rootfs: {type: "layers", diff_ids: [$layer]}}' >"$work/config"
  config=$(sha256sum <"$work/config" | cut -c1-64)
  mv "$work/config" "$work/$config.json"
  jq -nc --arg config "$config.json" --arg name "$name" '[{Config: $config, RepoTags: [$name], Layers: ["layer.tar"]}]' >"$work/manifest.json"
  "${pack[@]}" -C "$work" -cf "$tar.new" manifest.json "$config.json" layer.tar
  mv "$tar.new" "$tar"
)

# Each time, ctr warns of cgroups of version 1.
node_ctr() { node_exec "$1" ctr -n k8s.io "${@:2}" 2>>"$1/log/images.log"; }

# node_images DIR TAR...: what the node does not have. An image in it bears the digest of the archive that it came from; an import
# takes the labels of all images of its archive away.
node_images() {
  local dir=$1 tar digest name names
  shift
  for tar in "$@"; do
    digest=$(sha256sum <"$tar" | cut -c1-64)
    names=$(tar -xOf "$tar" manifest.json | jq -r '.[].RepoTags[]') || die 3 "$tar is not an archive of images as docker save makes it"
    ! node_has_images "$dir" "$digest" $names || continue
    node_ctr "$dir" images import - <"$tar" >>"$dir/log/images.log" || die 3 "$tar could not be imported; see $dir/log/images.log"
    for name in $names; do node_ctr "$dir" images label "$name" "pim.lab/archive=$digest" >>"$dir/log/images.log"; done
  done
}

# node_has_images DIR DIGEST NAME...: whether each is there, of that archive.
node_has_images() {
  local name
  for name in "${@:3}"; do [ -n "$(node_ctr "$1" images ls -q "name==$name,labels.\"pim.lab/archive\"==$2")" ] || return 1; done
}
