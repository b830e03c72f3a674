# Sourced by images.sh: what is in an image, as SPDX 2.3 in JSON. The same image gives the same bytes.

# sbom NAME: of an image that is packed, from lines `ID NAME VERSION PURL` on stdin, a tab between.
sbom() {
  LC_ALL=C sort -u | jq -Rn --arg image "$1" --arg tag "$(image_tag "$1")" '
    [inputs | split("\t") | {id: "SPDXRef-\(.[0] | gsub("[^A-Za-z0-9.-]"; "-"))", name: .[1], version: .[2], purl: (.[3] | sub("@(?<v>[^?]+)"; "@\(.v | @uri)"))}] as $parts
    | {SPDXID: "SPDXRef-image", name: "lab.local/\($image)", downloadLocation: "NOASSERTION", filesAnalyzed: false,
       licenseConcluded: "NOASSERTION", licenseDeclared: "NOASSERTION", copyrightText: "NOASSERTION"} as $whole
    | {spdxVersion: "SPDX-2.3", dataLicense: "CC0-1.0", SPDXID: "SPDXRef-DOCUMENT", name: "lab.local/\($image)",
       documentNamespace: "https://lab.local/spdx/\($image)/\($tag)",
       creationInfo: {created: "1970-01-01T00:00:00Z", creators: ["Tool: tools/lab/sbom.sh"]},
       packages: ([$whole] + ($parts | map({SPDXID: .id, name, versionInfo: .version, downloadLocation: "NOASSERTION",
         filesAnalyzed: false, licenseConcluded: "NOASSERTION", licenseDeclared: "NOASSERTION", copyrightText: "NOASSERTION",
         externalRefs: [{referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: .purl}]}))),
       relationships: ([{spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-image"}]
         + ($parts | map({spdxElementId: "SPDXRef-image", relationshipType: "CONTAINS", relatedSpdxElement: .id})))}'
}

# sbom_of_libraries NAME STAGE: the Debian packages of the shared libraries below it, and IMAGE_PACKAGE, the program's own, if any.
sbom_of_libraries() {
  local library package version architecture
  {
    if [ -n "${IMAGE_PACKAGE:-}" ]; then
      read -r package version <<<"$IMAGE_PACKAGE"
      printf '%s\t%s\t%s\t%s\n' "deb-$package" "$package" "$version" "pkg:deb/debian/$package@$version?arch=$(image_architecture)"
    fi
    sbom_lines_of_libraries "$2"
  } | sbom "$1"
}
sbom_lines_of_libraries() {
  local library package version architecture
  find "$1" -type f -name '*.so*' -printf '/%P\n' | while read -r library; do
    # where /lib is a link to /usr/lib, dpkg knows a file by one of its two names
    package=$({ dpkg-query -S "$library" || dpkg-query -S "${library#/usr}" || dpkg-query -S "/usr$library" ||
      dpkg-query -S "$(realpath "$library")"; } 2>/dev/null | sed -n '1s/: .*//p')
    [ -n "$package" ] || die 3 "no Debian package has $library: an image is made of packages"
    read -r version architecture < <(dpkg-query -W -f '${Version} ${Architecture}\n' "$package")
    package=${package%%:*}
    printf '%s\t%s\t%s\t%s\n' "deb-$package" "$package" "$version" "pkg:deb/debian/$package@$version?arch=$architecture"
  done
}

# sbom_of_go NAME PROGRAM: the modules that the program says it was built from.
sbom_of_go() {
  "$(find_go)" version -m "$2" | awk -F'\t' -v OFS='\t' '
    FNR == 1 {n = split($0, words, " "); print "go-std", "std", words[n], "pkg:golang/std@" substr(words[n], 3)}
    $2 == "=>" && $3 !~ /^\./ {at--} # takes the place of the one before
    $2 == "dep" || $2 == "=>" && $3 !~ /^\./ {names[at] = $3; versions[at] = $4; at++}
    END {for (i = 0; i < at; ++i) print "go-" names[i] "-" versions[i], names[i], versions[i], "pkg:golang/" names[i] "@" versions[i]}' | sbom "$1"
}
