# Sourced by stage_arm64: the images of arm64, made and checked on a machine of another architecture.

stage_arm64_run() {
  mkdir -p out
  check images-arm64 ./lab cluster images --arch arm64
  check arm64 tools/check_images_arm64.sh
  sed 's/^/    /' out/test-arm64.log >&2
}
