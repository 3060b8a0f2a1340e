#!/bin/bash
# Runs every benchmark job, peers beside us on the same data in one go, and prints their tables.
# PATCHES sets the size: 30000 (as it stands), 300000, or 3000000, which needs some 25 GB of disk and,
# the first time, an hour. COUNT sets the boundaries of the check. BENCH_WORK names another work folder.
set -euo pipefail
cd "$(dirname "$0")/.."
patches=${PATCHES:-30000}
export BENCH_WORK=${BENCH_WORK:-$PWD/bench-work}
mkdir -p "$BENCH_WORK"
status=0

Benchmarks/check.sh || status=1

# The peers' Python environment is the benchmark's own; the product needs none of it.
python=$BENCH_WORK/python
wanted=$(sha256sum <Benchmarks/requirements.txt)
if [ "$(cat "$python/requirements" 2>/dev/null)" != "$wanted" ]; then
  echo "bench: Python environment of the peers" >&2
  rm -rf "$python"
  /usr/bin/python3 -m venv "$python"
  "$python/bin/python" -m pip install -q --disable-pip-version-check -r Benchmarks/requirements.txt
  printf '%s\n' "$wanted" >"$python/requirements"
fi
# A peer that cannot be had is left out, and said so there.
if [ ! -x /usr/lib/cgi-bin/mapserv ]; then
  echo "bench: installing cgi-mapserver" >&2
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
    cgi-mapserver >"$BENCH_WORK/apt.log" 2>&1 || tail -n 1 "$BENCH_WORK/apt.log" >&2
fi
"$python/bin/python" Benchmarks/overlay/run.py "$patches" || status=1
# Ten million are for the growth of our own batch job.
if [ "$patches" -lt 10000000 ]; then
  "$python/bin/python" Benchmarks/serving/run.py "$patches" || status=1
fi
exit "$status"
