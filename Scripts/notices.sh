#!/bin/bash
# Prints the notices of everything a package ships that others made. $1 is Print's Python packages.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$1
rule() { printf '\n%s\n' '--------------------------------------------------------------------------------'; }
echo "Karez, and what it ships of others' work. Libraries of Debian are dependencies; their notices are in their packages."
rule
cat Portal/NOTICES.md
# The libraries that are linked into the programs.
examined=0
for checkout in .build/checkouts/*/; do
  name=$(basename "$checkout")
  rule
  echo "$name (linked into karez)"
  for file in LICENSE LICENSE.txt LICENSE.md COPYING NOTICE.txt; do
    if [ -f "$checkout$file" ]; then
      echo
      cat "$checkout$file"
      examined=$((examined + 1))
    fi
  done
done
rule
echo "The Swift runtime and Foundation (shipped under /usr/lib/karez/swift): Copyright Apple Inc. and the Swift project"
echo "authors, Apache License 2.0 with Runtime Library Exception; ICU data in it: Copyright Unicode, Inc., Unicode License."
for dist in "$packages"/*.dist-info; do
  rule
  basename "$dist" .dist-info
  sed -n 's/^License\(-Expression\)\?: /Licence: /p' "$dist/METADATA"
  find "$dist" -iname 'LICEN[CS]E*' -type f -exec cat {} +
  examined=$((examined + 1))
done
test "$examined" -gt 5 || { echo "notices: only $examined found" >&2; exit 1; }
