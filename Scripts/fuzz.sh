#!/bin/bash
# Feeds libFuzzer's inventions to every parser, or to one, for so many seconds each.
#   [FUZZ_JOBS=2] [FUZZ_SEED=n] Scripts/fuzz.sh SECONDS [TARGET…]
# FUZZ_JOBS targets run at once, each for its seconds; the processor time each had is told.
# With a seed the inventions are the same again, as the gate wants them; without, new ones.
# What was found lies in .build/fuzz-found/TARGET; feed it again with
#   KAREZ_FUZZ_TARGET=TARGET .build/fuzz/release/karez-fuzz FILE
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:?seconds for each target}
shift
# A backtrace of Swift's own ends the process before libFuzzer can keep what caused it.
export SWIFT_BACKTRACE=enable=no KAREZ_FUZZ=1
export seconds program=.build/fuzz/release/karez-fuzz

echo "fuzz: building with -sanitize=fuzzer"
swift build -c release --product karez-fuzz --sanitize=fuzzer --scratch-path .build/fuzz \
  2>&1 |
  { grep -vE '^\[[0-9]+/[0-9]+\] |CMakeLists|unhandled|^$' || true; }
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  for folder in Fuzz/Corpus/*/; do targets+=("$(basename "$folder")"); done
fi

feed() {
  local target=$1 found=.build/fuzz-found/$1 grown=.build/fuzz-corpus/$1
  local log=.build/fuzz-found/$1.log runs edges cpu TIMEFORMAT='processor seconds: %U'
  mkdir -p "$found" "$grown"
  # One input may take five seconds, a gigabyte, and no leak.
  if { time KAREZ_FUZZ_TARGET=$target "$program" -max_total_time="$seconds" -timeout=5 \
    -rss_limit_mb=1024 -malloc_limit_mb=512 -print_final_stats=1 -seed="${FUZZ_SEED:-0}" \
    -artifact_prefix="$found/" \
    "$grown" "Fuzz/Corpus/$target"; } >"$log" 2>&1; then
    runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
    edges=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
    cpu=$(sed -n 's/^processor seconds: //p' "$log")
    echo "fuzz: $target: $runs runs in $cpu s of processor time, $edges, nothing found"
  else
    echo "fuzz: $target: FOUND, see $log" >&2
    grep -E '^(Fatal error|.*: Fatal error|==[0-9]+== ERROR|SUMMARY)' "$log" | head -n 5 >&2 || true
    return 1
  fi
}
export -f feed

printf '%s\n' "${targets[@]}" | xargs -P "${FUZZ_JOBS:-2}" -I TARGET bash -c 'feed TARGET' || {
  echo "fuzz: ${#targets[@]} targets, $seconds s each: faults were found" >&2
  exit 1
}
echo "fuzz: ${#targets[@]} targets, $seconds s each, nothing found"
