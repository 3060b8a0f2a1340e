#!/bin/bash
# Puts the browser files the portal ships into Portal/vendor, each as pinned and of the checksum
# listed in browser-files.sha256. They come out of released Python wheels that carry them.
set -euo pipefail
cd "$(dirname "$0")/.."
sums=$PWD/Scripts/browser-files.sha256
vendor=Portal/vendor

say() { printf '%s\n' "browser files: $*"; }
whole() { (cd "$vendor" 2>/dev/null && sha256sum --check --status "$sums"); }

count=$(grep -c . "$sums")
if whole; then
  say "$count examined, all as listed"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$vendor"

# wheel and version, then pairs of: path inside it, name here
take() {
  local wheel=$1 from=$2
  shift 2
  .venv/bin/python -m pip download -q --disable-pip-version-check --no-deps \
    --only-binary=:all: -d "$work" "$wheel"
  while [ $# -gt 0 ]; do
    unzip -p "$work/$from"-*.whl "$1" >"$vendor/$2"
    test -s "$vendor/$2" || { say "$2 is not in $wheel" >&2; exit 1; }
    shift 2
  done
}

static=mapproxy/service/templates/demo/static
take mapproxy==7.0.0 mapproxy $static/ol.js ol.js $static/ol.css ol.css
take django-htmx==1.29.0 django_htmx django_htmx/static/django_htmx/htmx-2.min.js htmx.min.js
take vizly==1.0.1 vizly vizly/assets/echarts.min.js echarts.min.js

whole || {
  (cd "$vendor" && sha256sum --check "$sums") >&2 || true
  say "a file differs from its checksum; do not use it, and report it" >&2
  exit 1
}
say "$count fetched, all as listed"
