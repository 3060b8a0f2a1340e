#!/bin/bash
# Runs every test on the release build; no test run, or a test that wrote into the tree, is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

before=$(git status --porcelain)
log=$(mktemp)
trap 'rm -f "$log"' EXIT
served='^(KarezWebTests|EndToEndTests)\.'
driven='^EndToEndTests\.BrowserTests'
total=0

run() {
  # Tests wait on programs and servers; all at once they would hold thousands of files open.
  if ! swift test -c release --skip-build --experimental-maximum-parallelization-width 6 "$@" \
    >"$log" 2>&1; then
    # What failed comes last, where a reader of the log looks first.
    grep -vE '^(◇|↳) ' "$log" | grep -vE '^✔ Test "' || true
    exit 1
  fi
  grep -E 'skipped' "$log" || true
  tail -n 1 "$log"
  local examined
  examined=$(grep -oE 'Test run with [0-9]+ tests?' "$log" | grep -oE '[0-9]+' | tail -n 1)
  if [ "${examined:-0}" -eq 0 ]; then
    echo "test: no test ran" >&2
    exit 1
  fi
  total=$((total + examined))
}

echo "test: building the tests"
swift build -c release --build-tests 2>&1 |
  { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$' || true; }
# Servers within the tests answer on the threads that the tests themselves compute on: apart from
# those that compute long, nobody waits for an answer.
echo "test: what computes"
run --skip "$served"
echo "test: what serves"
run --filter "$served" --skip "$driven"
# What a hand does in a browser is done at a hand's pace: nothing else runs beside it.
echo "test: what is driven in a browser"
run --filter "$driven"
if [ "$(git status --porcelain)" != "$before" ]; then
  echo "test: a test wrote into the tree:" >&2
  git status --short >&2
  exit 1
fi
echo "test: $total tests examined, the tree is as it was"
