#!/bin/bash
# Runs the kernel's suites optimised, on every pair and every case instead of a sample.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
folder=$root/.build/kernel
Scripts/lay-out-kernel.sh "$folder"
cd "$folder"
echo "exhaustive: building the kernel and its suites"
swift build -c release -Xswiftc -enable-testing --build-tests 2>&1 |
  { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$' || true; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
shared=${KAREZ_SHARED:-$root/../shared}
if ! KAREZ_EXHAUSTIVE=1 KAREZ_SHARED=$shared \
  swift test -c release -Xswiftc -enable-testing --skip-build >"$log" 2>&1; then
  grep -vE '^(◇|↳) ' "$log" | grep -vE '^✔ Test "' || true
  exit 1
fi
grep -E 'skipped|^✔ (Test "(pairs|areas|overlays|the oracle)|Suite)' "$log" || true
tail -n 1 "$log"
