#!/bin/bash
# Breaks the kernel in one place at a time, in a copy, and requires that its suites notice.
#
# A rule nobody would miss is no rule. Each mutation replaces one text, which must stand exactly
# once in its file; one that no longer does, does not build, or survives, fails the run.
# Usage: mutate-kernel.sh [WORDS]   only mutations whose name matches, as `soun|simple`
#        mutate-kernel.sh --check   only see whether every text still stands where it did
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
only=${1:-}
folder=$root/.build/mutations
kernel=$folder/Sources/KarezGeometry/Kernel
log=$folder/log.txt
export KAREZ_SHARED=${KAREZ_SHARED:-$root/../shared}
# The quick suites first: most mutations fall there.
first='PairKernelTests|KernelPropertyTests|KernelBadInputTests/.*(told|walk|beyond)'
rest='KernelStatutoryTests|SigmaTableTests|KernelGridTests|KernelAgainstGEOSTests|KernelBadInputTests|KernelCaseTests'

Scripts/lay-out-kernel.sh "$folder"
cd "$folder"

build() { swift build --build-tests >"$log" 2>&1; }

# Whether the suites pass; a mutation may also make them run for ever.
passes() {
  timeout 300 swift test --skip-build --filter "$first" >"$log" 2>&1 &&
    timeout 600 swift test --skip-build --filter "$rest" >"$log" 2>&1
}

echo "mutations: the kernel as it is"
[ "$only" = --check ] || build || { tail -n 20 "$log"; exit 1; }
[ "$only" = --check ] || passes || { grep -E '^✘' "$log" | head; echo "mutations: the kernel fails unchanged" >&2; exit 1; }

examined=0
survived=0
# mutate NAME FILE TEXT REPLACEMENT
mutate() {
  local name=$1 file=$kernel/$2 text=$3 replacement=$4 count
  if [[ -n "$only" && "$only" != --check && ! "$name" =~ $only ]]; then return 0; fi
  count=$(grep -cF -- "$text" "$file" || true)
  if [ "$count" -ne 1 ]; then
    echo "mutations: $name: the text stands $count times in $2: $text" >&2
    exit 1
  fi
  if [ "$only" = --check ]; then examined=$((examined + 1)); return 0; fi
  cp -a "$file" "$folder/unchanged"
  TEXT=$text REPLACEMENT=$replacement perl -pi -e 's/\Q$ENV{TEXT}\E/$ENV{REPLACEMENT}/' "$file"
  if ! build; then
    grep -E 'error:' "$log" | head -n 5 >&2
    echo "mutations: $name does not build" >&2
    exit 1
  fi
  if passes; then
    echo "SURVIVED  $name"
    survived=$((survived + 1))
  else
    echo "noticed   $name"
  fi
  examined=$((examined + 1))
  cp "$folder/unchanged" "$file"
}

# The tie rule.
mutate 'a point on an edge is never left of it' ExactCross.swift \
  'cross != 0 ? cross > 0 : (dy != 0 ? dy < 0 : dx > 0)' 'cross > 0'
mutate 'a point on an edge is always left of it' ExactCross.swift \
  'cross != 0 ? cross > 0 : (dy != 0 ? dy < 0 : dx > 0)' 'cross >= 0'
mutate 'a resting point on a moved edge is never left of it' ExactCross.swift \
  'cross != 0 ? cross > 0 : (dy != 0 ? dy > 0 : dx < 0)' 'cross > 0'
mutate 'both polygons decide ties as if the other rested' ExactCross.swift \
  'cross != 0 ? cross > 0 : (dy != 0 ? dy > 0 : dx < 0)' \
  'cross != 0 ? cross > 0 : (dy != 0 ? dy < 0 : dx > 0)'
mutate 'ties on level edges go the wrong way' ExactCross.swift \
  '(dy != 0 ? dy < 0 : dx > 0)' '(dy != 0 ? dy < 0 : dx < 0)'
mutate 'a vertex level with the ray counts for one polygon as for the other' ShapeReader.swift \
  'orLevel ? y <= point.point.y : y < point.point.y' 'y < point.point.y'
mutate 'a ray decides ties as if its point were always moved' RingReading.swift \
  '? MovedSide.isPointLeft(side, dx, dy) : MovedSide.isEdgeRight(side, dx, dy)' \
  '? MovedSide.isPointLeft(side, dx, dy) : MovedSide.isPointLeft(side, dx, dy)'

# Exact arithmetic.
mutate 'signs are those of plain products' ExactCross.swift \
  'if c.magnitude > 4.5e-16 * m || m < exactBelow { return c }' \
  'if c.magnitude >= 0 * m || m < exactBelow { return c }'
mutate 'shares along an edge are those of plain products' ExactCross.swift \
  'if c.magnitude > 0x1p-10 * m || m < exactBelow { return c }' \
  'if c.magnitude >= 0 * m || m < exactBelow { return c }'
mutate 'exact products lose their sign' ExactCross.swift \
  '(c < 0 ? -whole : whole) / wholeStep' 'whole / wholeStep'
mutate 'exact products lose the parts of a step' ExactCross.swift \
  'Int64(ax * wholeStep)' 'Int64(ax.rounded() * wholeStep)'
mutate 'parts of a step are taken for whole ones' PlaneFrame.swift \
  'isWhole ? 0x1p53 : 0x1p53 / wholeStep' 'isWhole ? 0x1p53 : 0x1p53'
mutate 'northings are no whole steps' SigmaTable.swift \
  'return (y + 0x1.8p52) - 0x1.8p52' 'return y'
mutate 'products are measured from the corner of the first polygon' PairKernel.swift \
  'around: upper(a.low, b.low)' 'around: .zero'

# Crossings.
mutate 'an edge crosses the whole line of the other' CrossingSearch.swift \
  'if isStartLeft == isEndLeft { return }' 'if isStartLeft && isEndLeft { return }'
mutate 'the share before a crossing counts, not the one after' CrossingSearch.swift \
  'e.fraction += Double(entering) * (1 - t)' 'e.fraction += Double(entering) * t'
mutate 'the other edge is entered from the wrong side' CrossingSearch.swift \
  'isEndRight ? 1 : -1' 'isEndRight ? -1 : 1'
mutate 'a box over edges leaves the last one out' CrossingSearch.swift \
  'below[first..<min(first + fanOut, below.count)]' \
  'below[first..<max(first + 1, min(first + fanOut, below.count) - 1)]'
mutate 'a box over edges is searched but for the last one' CrossingSearch.swift \
  'node * fanOut..<min(count, (node + 1) * fanOut)' \
  'node * fanOut..<max(node * fanOut + 1, min(count, (node + 1) * fanOut) - 1)'

# Runs of edges near the other polygon.
mutate 'a run over the seam of a ring is two' RingReading.swift \
  'let wraps = last > 0 &&' 'let wraps = last > 1_000_000 &&'
mutate 'eight edges are passed by where one is' RingReading.swift \
  'if open < 0, !Self.hasZeroByte(both) {' 'if open < 0, both != 0 {'
mutate 'a ring that is near as a whole begins outside' RingReading.swift \
  'wholeRing: isWhole ? number : -1' 'wholeRing: isWhole ? -1 : -1'
mutate 'every run begins where the whole ring does' PairKernel.swift \
  'var winding: Int32 = 0' 'var winding: Int32 = run.first == 0 ? 0 : 1'
mutate 'runs of neighbouring boxes are kept apart' RingReading.swift \
  'last >= 0, notes.first[last].end == first' 'last >= 0, notes.first[last].end == -1'
mutate 'an edge along the side of the box is not near' ShapeReader.swift \
  'p.x < low.x ? 1 : 0' 'p.x <= low.x ? 1 : 0'
mutate 'boxes are rounded to the nearest Float' CandidateEdges.swift \
  'exact - size * 0x1p-23' 'exact - size * 0'
mutate 'any crossed edge tells where a ring begins' PairKernel.swift \
  'edges[index].crossings == 1' 'edges[index].crossings >= 1'
mutate 'a ring is taken to begin outside what it leaves' PairKernel.swift \
  '(edges[index].change > 0 ? 0 : 1)' '(edges[index].change > 0 ? 0 : 0)'

# Boxes of long rings.
mutate 'a box leaves out where its last edge ends' EdgeBoxes.swift \
  'for index in first...min(first + length, last)' \
  'for index in first..<min(first + length, last)'
mutate 'edges east of a point are never crossed' RingReading.swift \
  'return isLow == isEndLow ? 0 : isLow ? 1 : -1' 'return isLow == isEndLow ? 0 : isLow ? 0 : 0'
mutate 'a box around a point is passed by' EdgeBoxes.swift \
  'point.x > Double(-box[2])' 'point.x > Double(box[0])'

# Rings and soundness.
mutate 'rings are left as they run' PlaneShape.swift \
  'ring.isHole ? doubled > 0 : doubled < 0' 'ring.isHole ? doubled.isNaN : doubled.isNaN'
mutate 'holes run as shells do' PlaneShape.swift \
  'ring.isHole ? doubled > 0 : doubled < 0' 'ring.isHole ? doubled < 0 : doubled < 0'
mutate 'every shape is called sound' PlaneShape.swift \
  'isSound = Soundness.isSound(self)' 'isSound = true'
mutate 'a shape is trusted while it is examined' Soundness.swift \
  'overlap(shape.doubting(), shape.doubting())' 'overlap(shape, shape)'
mutate 'a single ring is called simple' Soundness.swift \
  'if !isClear(points, edge, other, of: count, cross) { return false }' \
  'if !isClear(points, edge, other, of: count, cross) { continue }'
mutate 'edges that touch are called apart' Soundness.swift \
  'return (own > 0 && ownEnd > 0) || (own < 0 && ownEnd < 0)' \
  'return (own >= 0 && ownEnd >= 0) || (own <= 0 && ownEnd <= 0)'
mutate 'a ring that goes round its middle twice is called simple' Soundness.swift \
  'return turns == 1' 'return turns >= 1'
mutate 'edges may turn back on their way round the middle' Soundness.swift \
  'guard p - q > 4.5e-16 * (p.magnitude + q.magnitude) else { return false }' ''
mutate 'an upright edge does not end a course to the east' Soundness.swift \
  'if product.x <= 0 { start.x = edge }' 'if product.x < 0 { start.x = edge }'
mutate 'a course to the north never ends' Soundness.swift \
  'if product.y <= 0 { start.y = edge }' ''
mutate 'what a frame cannot hold is measured' Soundness.swift \
  'shape.frame.holds(low: shape.sourceLow, high: shape.sourceHigh)' 'shape.rings.count > 0'

echo "mutations: $examined examined, $survived survived"
[ "$examined" -gt 0 ] && [ "$survived" -eq 0 ]
