#!/bin/bash
# Runs the tests of what runs at once with the thread sanitizer, in a build of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
# What people do at once, what jobs do beside them, and what is computed on several threads.
suites="JobTests|TwoPersonTests|AccountTests|FactorTests|SameGroundTests|SubmissionTests|DiffTests"
suites+="|SQLiteStoreTests|PostgreSQLStoreTests|RecordContractTests|RecordedCopyTests"
suites+="|CaseContractTests|LedgerConcurrencyTests|LedgerUnknownOutcomeTests|SnapshotFileTests"
suites+="|CheckpointerTests|ReadLedgerTests|KarezServiceTests.CaseTests|EffectTests|UnitTests"
suites+="|OverlayBatchTests|CoverageUnionTests|CoverageSearchTests|WebServerTests|TileRouteTests"
suites+="|CaseRouteTests|LimitTests|WorkGateTests|MetricsTests|AccessStatisticsTests"
suites=${1:-$suites}
echo "races: building with -sanitize=thread"
swift build -c release --build-tests --sanitize=thread --scratch-path .build/races 2>&1 |
  { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$' || true; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The first report ends the run: what follows a race means nothing.
status=0
TSAN_OPTIONS="halt_on_error=1 exitcode=66" swift test -c release --skip-build --sanitize=thread \
  --scratch-path .build/races --filter "$suites" >"$log" 2>&1 || status=$?
grep -E '^(WARNING: ThreadSanitizer|SUMMARY: ThreadSanitizer)' "$log" || true
tail -n 1 "$log"
if [ "$status" -ne 0 ]; then
  grep -E '✘|  #[0-5] ' "$log" | head -n 40 >&2 || true
  exit "$status"
fi
grep -qE 'Test run with [1-9]' "$log" || { echo "races: no test ran" >&2; exit 1; }
echo "races: clean"
