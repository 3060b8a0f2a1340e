#!/bin/bash
# Drives a real server with the programs people use: GDAL, OWSLib, OpenLayers and MapLibre in Chromium,
# QGIS. $1 is the folder the programs were built into. QGIS (200 MB) and MapLibre are installed here and
# nowhere else; what cannot be had is skipped and said so.
set -euo pipefail
cd "$(dirname "$0")/.."
karez=${1:-.build/release}/karez
shots=${KAREZ_SCREENSHOTS:-}
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT
say() { printf '%s\n' "clients: $*"; }
export KAREZ_HOME=$PWD PYTHONDONTWRITEBYTECODE=1

libraries=$work/libraries
mkdir "$libraries"
cp Portal/vendor/ol.js Portal/vendor/ol.css "$libraries"
# As pinned, of the checksums below; only to be tested with.
if .venv/bin/python -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
  -d "$work" roadstyle==0.25.0 2>"$work/pip.log"; then
  for name in maplibre-gl.js maplibre-gl.css; do unzip -p "$work"/roadstyle-*.whl "roadstyle/vendor/$name" >"$libraries/$name"; done
  (cd "$libraries" && sha256sum --check --quiet "$KAREZ_HOME/Tests/Clients/libraries.sha256")
else
  say "MapLibre cannot be had: $(tail -n 1 "$work/pip.log")"
fi
if ! /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then
  say "installing python3-qgis"
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    python3-qgis >"$work/apt.log" 2>&1 || say "QGIS cannot be had: $(tail -n 1 "$work/apt.log")"
fi

"$karez" demo --data "$work/data" --out "$work/out" --patches "${PATCHES:-3000}" >/dev/null
"$karez" serve --data "$work/data" --port 0 >"$work/out.log" 2>"$work/err.log" &
server=$!
for _ in $(seq 600); do
  address=$(sed -n 's/.*serving \(http[^ ]*\).*/\1/p' "$work/out.log")
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/err.log" >&2; exit 1; }
  sleep 0.1
done

passed=0 failed=0 skipped=0
drive() {
  local name=$1 line
  shift
  say "$name"
  "$@" >"$work/client.log" 2>"$work/client.err" || true
  cat "$work/client.log"
  line=$(tail -n 1 "$work/client.log")
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
  else
    tail -n 15 "$work/client.err"
    failed=$((failed + 1))
  fi
}
python=$PWD/.venv/bin/python
drive "GDAL $(ogrinfo --version | cut -d, -f1 | cut -d' ' -f2)" "$python" Tests/Clients/gdal.py "$address" "$karez" "$work/data"
drive "OWSLib" "$python" Tests/Clients/owslib_features.py "$address"
drive "OpenLayers and MapLibre in Chromium" "$python" Tests/Clients/browser_maps.py "$address" "$libraries" $shots
if /usr/bin/python3 -c 'import qgis.core' 2>/dev/null; then
  drive "QGIS" /usr/bin/python3 Tests/Clients/qgis_layers.py "$address" ${shots:+"$shots/qgis.png"}
else
  say "QGIS skipped"
  skipped=$((skipped + 1))
fi
if grep -qE '"level":"(error|critical)"' "$work/err.log"; then
  grep -E '"level":"(error|critical)"' "$work/err.log" | head -5
  failed=$((failed + 1))
fi
echo "clients: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
