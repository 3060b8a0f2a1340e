#!/bin/bash
# Tries the package of a folder as one would who installs it: unpacked into an empty root, and in a root
# of its own by dpkg itself; then version, a map, a check of a boundary, and a server, all from there.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-.build/package}
package=$(ls "$out"/karez_*.deb)
work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; } || true
  rm -rf "$work"
}
trap finish EXIT
passed=0
ok() { echo "ok $*"; passed=$((passed + 1)); }

depends=$(dpkg-deb -f "$package" Depends)
for name in libgdal32 libgeos-c1v5 libproj25 libpq5 libsqlite3-0 libssl3 libargon2-1 bubblewrap; do
  [[ $depends == *$name* ]] || { echo "deb: $name is no dependency: $depends" >&2; exit 1; }
done
ok "what it links is what it depends on"
dpkg-deb -c "$package" >"$work/list"
for path in usr/bin/karez usr/lib/karez/Packs/facts.yaml usr/lib/karez/Portal/vendor/ol.js lib/systemd/system/karez.service \
  usr/share/man/man1/karez.1.gz usr/share/doc/karez/copyright etc/karez/karez.env; do
  grep -q " \./$path" "$work/list" || { echo "deb: $path is missing" >&2; exit 1; }
done
if awk '$1 ~ /w.$|w...$/ && $1 !~ /^l/ {bad = 1; print} END {exit bad}' "$work/list"; then :; else
  echo "deb: something others may write" >&2
  exit 1
fi
if grep -vE ' root/root ' "$work/list"; then echo "deb: something of somebody's" >&2; exit 1; fi
ok "everything is in its place, and nobody but root may change it"

dpkg-deb -x "$package" "$work/root"
karez=$work/root/usr/bin/karez
unset KAREZ_HOME KAREZ_DATA KAREZ_STORE
# Nothing of the place it was built in may be needed.
version=$(cd / && env -i PATH=/usr/bin "$karez" --version)
[ "$version" = "$(dpkg-deb -f "$package" Version)" ] || { echo "deb: --version says $version" >&2; exit 1; }
if ldd "$(readlink -f "$karez")" | grep -E 'not found|/swift/' | grep -v "$work/root/usr/lib/karez/swift"; then
  echo "deb: a library is taken from elsewhere" >&2
  exit 1
fi
ok "the program runs from there, with the runtime beside it: $version"
man -l "$work/root/usr/share/man/man1/karez.1.gz" >/dev/null 2>&1 || zcat "$work/root/usr/share/man/man1/karez.1.gz" | grep -q '^.TH KAREZ'
(cd / && "$karez" init --data "$work/data" >/dev/null)
printf '{"type":"Polygon","coordinates":[[[76,39],[76.01,39],[76.01,39.01],[76,39.01],[76,39]]]}' >"$work/b.geojson"
(cd / && "$karez" area "$work/b.geojson" --json) | grep -q statutoryAreaM2
ok "a map is made, and a file is read in the sandbox"
(cd / && "$karez" check "$work/b.geojson" --data "$work/data" --format pdf --out "$work/a.pdf" >/dev/null)
head -c 5 "$work/a.pdf" | grep -q '%PDF-'
ok "an answer is printed"
(cd / && exec "$karez" serve --data "$work/data" --port 0) >"$work/out.log" 2>"$work/err.log" &
server=$!
for _ in $(seq 300); do
  address=$(sed -n 's/.*serving \(http[^ ]*\).*/\1/p' "$work/out.log")
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { cat "$work/err.log" >&2; exit 1; }
  sleep 0.1
done
for page in readyz assets/ol.js metrics ''; do curl -fsS -o "$work/page-${page//\//-}" "$address$page"; done
grep -q '"status":"ready"' "$work/page-readyz"
grep -q '^karez_log_entries' "$work/page-metrics"
grep -q '<html' "$work/page-"
cmp "$work/page-assets-ol.js" Portal/vendor/ol.js
ok "the server serves portal, files and figures"
kill -TERM "$server"
wait "$server"
server=
ok "and stops by itself when told to"

KAREZ_PROGRAM=$work/root/usr/lib/karez/karez KAREZ_BACKUPS=$work/backups KAREZ_BACKUPS_KEPT=2 KAREZ_DATA=$work/data
export KAREZ_PROGRAM KAREZ_BACKUPS KAREZ_BACKUPS_KEPT KAREZ_DATA
mkdir "$work/backups"
for day in 01 02 03; do mkdir "$work/backups/2020-01-${day}T000000"; done
mkdir "$work/backups/mine"
"$work/root/usr/lib/karez/nightly-backup" >/dev/null
[ "$(ls "$work/backups" | wc -l)" -eq 3 ] && [ -d "$work/backups/mine" ] && [ -d "$work/backups/2020-01-03T000000" ]
ok "nightly backups are made, and the oldest go"

# dpkg's own way, where this machine lets it: install, purge, and nothing of it is left.
if [ "$(id -u)" -eq 0 ] && ! dpkg-query -W karez >/dev/null 2>&1; then
  mkdir -p "$work/empty"
  missing=$(dpkg -i "$package" 2>&1 >/dev/null || true)
  if [ "$(dpkg-query -W -f '${Status}' karez 2>/dev/null)" = "install ok installed" ]; then
    [ "$(/usr/bin/karez --version)" = "$version" ]
    [ "$(stat -c %U:%a /var/lib/karez)" = karez:750 ]
    if command -v runuser >/dev/null; then
      runuser -u karez -- /usr/bin/karez init --data /var/lib/karez/data >/dev/null
      [ "$(stat -c %U:%a /var/lib/karez/data/karez.gpkg)" = karez:600 ]
      runuser -u karez -- /usr/bin/karez area "$work/b.geojson" --json >/dev/null 2>&1 || true
    fi
    if command -v systemd-analyze >/dev/null; then systemd-analyze verify karez.service karez-backup.service karez-backup.timer; fi
    dpkg -P karez >/dev/null 2>"$work/purge.log"
    [ ! -e /usr/lib/karez ] && [ ! -e /etc/karez/karez.env ] && [ -d /var/lib/karez/data ]
    grep -q 'left where they are' "$work/purge.log"
    rm -rf /var/lib/karez /var/backups/karez
    ok "dpkg installs it, the units are sound, a purge leaves the data and nothing else"
  else
    dpkg -P karez >/dev/null 2>&1 || true
    echo "deb: not installed on this machine: $missing"
  fi
fi
echo "deb: $passed passed, 0 failed"
