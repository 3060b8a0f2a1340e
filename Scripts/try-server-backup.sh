#!/bin/bash
# Tries the recipe of docs/operations.md for a server's map: a cluster of its own in a temporary
# folder, archived and backed up by pgBackRest while the map is in use, lost, restored to its end
# and to a named point, and verified entry by entry. Nothing outside the folder is touched.
set -euo pipefail

cd "$(dirname "$0")/.."
karez=${KAREZ:-$PWD/.build/release/karez}
test -x "$karez" || karez=$PWD/.build/debug/karez
command -v pgbackrest >/dev/null || { echo "server backup: skipped: pgbackrest is not installed"; exit 0; }
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
dir=$(mktemp -d -t karez-server-backup.XXXXXX)
chmod 755 "$dir"
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$dir"
  as=(runuser -u postgres --)
fi
running=""
stop() { [ -z "$running" ] || "${as[@]}" "$bin/pg_ctl" -D "$running" -m "${1:-fast}" -w stop >/dev/null; running=""; }
trap 'stop immediate || true; rm -rf "$dir"' EXIT

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(port)
address="postgresql://postgres@127.0.0.1:$port/onemap"
psql() { "${as[@]}" "$bin/psql" -q -A -t -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$port" -U postgres "$@"; }
rest() { "${as[@]}" pgbackrest --config="$dir/pgbackrest.conf" --stanza=onemap "$@"; }
start() {
  running=$1
  "${as[@]}" "$bin/pg_ctl" -D "$1" -l "$dir/log" -w -t 60 -o "-p $port -k $dir -c listen_addresses=127.0.0.1" \
    start >/dev/null
}
settings() {
  cat <<CONF | "${as[@]}" tee "$dir/pgbackrest.conf" >/dev/null
[global]
repo1-path=$dir/repo
repo1-retention-full=2
log-path=$dir
lock-path=$dir
spool-path=$dir
log-level-console=warn
start-fast=y
[onemap]
pg1-path=$1
pg1-port=$port
pg1-socket-path=$dir
pg1-user=postgres
CONF
}
field() {
  cat >"$dir/field.geojson" <<JSON
{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "a"},
 "geometry": {"type": "Polygon", "coordinates": [[[76, 39], [$1, 39], [$1, 39.01], [76, 39.01], [76, 39]]]}}]}
JSON
  "$karez" import polygons "$dir/field.geojson" --valid-from "$2" --reason test --store "$address" \
    --data "$dir/cache" >/dev/null
}
# The log of the map as it now runs, and whether it verifies.
state() {
  "$karez" log verify --store "$address" --data "$dir/cache" >/dev/null
  "$karez" log show --json --store "$address" --data "$dir/cache"
}
# Restores into a folder, starts from it, and waits until recovery has ended.
restored() {
  stop immediate
  settings "$1"
  "${as[@]}" mkdir -m 700 "$1"
  rest restore "${@:2}"
  start "$1"
  until [ "$(psql -d postgres -c 'SELECT pg_is_in_recovery()')" = f ]; do sleep 0.2; done
}

settings "$dir/first"
"${as[@]}" "$bin/initdb" -D "$dir/first" -A trust -U postgres -E UTF8 --locale=C >/dev/null
cat <<CONF | "${as[@]}" tee -a "$dir/first/postgresql.conf" >/dev/null
archive_mode = on
archive_command = 'pgbackrest --config=$dir/pgbackrest.conf --stanza=onemap archive-push %p'
wal_level = replica
CONF
start "$dir/first"
psql -d postgres -c 'CREATE DATABASE onemap'
psql -d onemap -c 'CREATE EXTENSION postgis'
rest stanza-create
rest check
"$karez" init --store "$address" --data "$dir/cache" >/dev/null
field 76.01 2024-01-01
state >"$dir/one.json"
rest backup --type=full
psql -d postgres -c "SELECT pg_create_restore_point('quarter')" >/dev/null
field 76.02 2025-01-01
rest backup --type=incr
field 76.03 2026-01-01
state >"$dir/three.json"
psql -d postgres -c 'SELECT pg_switch_wal()' >/dev/null
rest check

restored "$dir/second"
state >"$dir/back.json"
cmp "$dir/three.json" "$dir/back.json" || { echo "server backup: the end is not what was recorded" >&2; exit 1; }

stop
set="$(rest info --output=json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["backup"][0]["label"])')"
restored "$dir/third" --set="$set" --type=name --target=quarter --target-action=promote
state >"$dir/back.json"
cmp "$dir/one.json" "$dir/back.json" || { echo "server backup: the point is not what was recorded" >&2; exit 1; }
echo "server backup: restored to its end and to a named point, every log entry and row verified"
