#!/bin/bash
# Runs every test; zero tests run, or a test that wrote into the tree, is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

before=$(git status --porcelain)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

echo "test: building the tests"
swift build --build-tests 2>&1 |
  { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$' || true; }
echo "test: running"
# Tests wait on programs and servers; all at once they would hold thousands of files open.
if ! swift test --skip-build --experimental-maximum-parallelization-width 6 >"$log" 2>&1; then
  # What failed comes last, where a reader of the log looks first.
  grep -vE '^(◇|↳) ' "$log" | grep -vE '^✔ Test "' || true
  exit 1
fi
grep -E 'skipped' "$log" || true
tail -n 1 "$log"
examined=$(grep -oE 'Test run with [0-9]+ tests?' "$log" | grep -oE '[0-9]+' | tail -n 1)
if [ "${examined:-0}" -eq 0 ]; then
  echo "test: no test ran" >&2
  exit 1
fi
if [ "$(git status --porcelain)" != "$before" ]; then
  echo "test: a test wrote into the tree:" >&2
  git status --short >&2
  exit 1
fi
echo "test: $examined tests examined, the tree is as it was"
