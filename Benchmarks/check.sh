#!/bin/bash
# The compliance check on the demo prefecture, PostGIS beside it for the areas alone.
# A demo prefecture larger than 30,000 patches takes long to make: CHECK_PATCHES asks for it.
set -euo pipefail
cd "$(dirname "$0")/.."
patches=${PATCHES:-30000}
[ "$patches" -le 30000 ] || patches=30000
patches=${CHECK_PATCHES:-$patches}
count=${COUNT:-200}
work=${BENCH_WORK:-bench-work}/$patches
karez=.build/release/karez
mkdir -p "$work"

free=$(df --output=avail -BG "$work" | tail -n 1 | tr -dc 0-9)
wanted=$((2 + patches / 150000))
if [ "$free" -lt "$wanted" ]; then
  echo "bench: $wanted GB of disk are needed, $free GB are free; name another folder in BENCH_WORK" >&2
  exit 1
fi

[ -d "$work/karez-data" ] || "$karez" demo --data "$work/karez-data" --out "$work/demo" --patches "$patches" >/dev/null
"$karez" bench check --data "$work/karez-data" --count "$count" \
  --boundaries "$work/boundaries.geojson" >"$work/karez.json"

# The peer: PostGIS with the same features and the same boundaries, on a cluster of its own.
if [ -x /usr/lib/postgresql/15/bin/initdb ] && command -v ogr2ogr >/dev/null; then
  Benchmarks/postgis.sh "$work" >"$work/postgis.json"
else
  echo "bench: PostGIS left out; install postgresql-15-postgis-3 and gdal-bin to have it beside us" >&2
fi
/usr/bin/python3 Benchmarks/table.py "$work"
