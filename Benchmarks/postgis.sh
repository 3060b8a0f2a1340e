#!/bin/bash
# The compliance check's areas in PostGIS: same features, same boundaries. Prints figures as JSON.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$1
bin=/usr/lib/postgresql/15/bin
port=${BENCH_PORT:-55471}
cluster=$(mktemp -d -t karez-bench.XXXXXXXX)
chmod 755 "$cluster"

as_owner() {
  if [ "$(id -u)" -eq 0 ]; then su postgres -s /bin/bash -c "$1"; else bash -c "$1"; fi
}
if [ "$(id -u)" -eq 0 ]; then chown postgres "$cluster"; fi
stop() {
  as_owner "$bin/pg_ctl -D $cluster/data -m immediate stop" >/dev/null 2>&1 || true
  rm -rf "$cluster"
}
trap stop EXIT

as_owner "$bin/initdb -D $cluster/data -E UTF8 --locale=C.UTF-8 -A trust" >/dev/null
cat >>"$cluster/data/postgresql.conf" <<C
port=$port
listen_addresses='127.0.0.1'
unix_socket_directories='$cluster'
shared_buffers=2GB
work_mem=128MB
maintenance_work_mem=1GB
random_page_cost=1.1
jit=off
C
as_owner "$bin/pg_ctl -D $cluster/data -w -l $cluster/log start" >/dev/null
dsn="host=127.0.0.1 port=$port user=postgres dbname=postgres"
sql() { psql -X -q -v ON_ERROR_STOP=1 "$dsn" "$@"; }
sql -c "create extension postgis"
for layer in land-patches permanent-basic-farmland ecological-red-line nature-reserve-core \
  urban-development-boundary mining-rights hazard-zones land-conversions farmland-reserve; do
  ogr2ogr -f PostgreSQL "PG:$dsn" "$work/karez-data/karez.gpkg" "${layer//-/_}" \
    -nln "${layer//-/_}" -lco GEOMETRY_NAME=geom -lco SPATIAL_INDEX=GIST --config PG_USE_COPY YES
done
ogr2ogr -f PostgreSQL "PG:$dsn" "$work/boundaries.geojson" -a_srs EPSG:4490 -nln boundaries -lco GEOMETRY_NAME=geom -lco FID=ogc_fid
sql -c "analyze"
/usr/bin/python3 Benchmarks/postgis_check.py "$dsn"
