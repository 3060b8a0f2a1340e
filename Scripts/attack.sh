#!/bin/bash
# Attacks the real server with everything there is: the suites, schemathesis as every role, sqlmap
# on every parameter. Takes an hour and more on two cores; needs what `make setup` installs.
set -euo pipefail
cd "$(dirname "$0")/.."

for program in .venv-attack/bin/schemathesis /usr/bin/sqlmap /usr/bin/chromium; do
  [ -x "$program" ] || {
    echo "attack: $program is missing: run make setup" >&2
    exit 1
  }
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "attack: building the tests"
swift build -c release --build-tests 2>&1 |
  { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$' || true; }
suites="SchemaAttackTests|AttackTests|RawSocketTests|HeaderTests|LimitTests|WorkGateTests"
suites+="|ApiContractTests|LogLinesTests|HostileFileTests|ArchiveTests|ChannelMatrixTests"
if ! KAREZ_ATTACK=long swift test -c release --skip-build --filter "$suites" 2>&1 | tee "$log"; then
  echo "attack: something got through" >&2
  exit 1
fi
grep -qE 'Test run with [1-9][0-9]* tests' "$log" || {
  echo "attack: no test ran" >&2
  exit 1
}
if grep -E '➜ .*skipped' "$log"; then
  echo "attack: a test was skipped" >&2
  exit 1
fi
echo "attack: nothing got through"
