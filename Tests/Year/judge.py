"""Judges due dates: `judge.py CASES.jsonl [--packs FOLDER] [--most N]`, or `judge.py --self-test`.

Each line is a case with its acts and with what somebody else computed of its clocks. The clocks are
computed here again, from the acts, the procedures and the statutes, by counting days one by one.
Nothing is shared with the program that is judged. Differences are printed with the counting;
the status is 1 if there was any. README.md says which conventions are the law's and which are ours.
"""

import argparse
import json
import pathlib
import sys
from collections import Counter

from case import Case, departures
from days import Days
from packs import Packs

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Verdict:
    """Differences of one case, as text."""

    def __init__(self, line, case):
        self.number, self.lines = line.get("number", "?"), []
        self.case, self.clocks = case, 0
        for fault in case.faults:
            self.say(f"an act: {fault}")
        if case.procedure is None:
            return
        found = line.get("clocks") or {}
        for name in sorted(set(case.clocks) | set(found)):
            self.compare(name, case.clocks.get(name), found.get(name))
        if "states" in line and sorted(line["states"]) != sorted(case.tokens):
            self.say(f"states: expected {sorted(case.tokens)}, found {sorted(line['states'])}")

    def say(self, text):
        self.lines.append(f"{self.number}: {text}")

    def compare(self, name, clock, found):
        if clock is None:
            self.say(f"{name}: never began, found {found}")
            return
        if found is None:
            if clock.stopped is None:
                self.say(f"{name}: runs since {clock.begin}, not found")
            return
        self.clocks += 1
        days, today = self.case.days, self.case.today
        counting = clock.counting(days, today)
        self.differ(name, clock, "due", counting, found.get("due"))
        promise = clock.promise(days, today)
        self.differ(name, clock, "promised", promise, found.get("promised"))
        if bool(found.get("provisional")) != counting.provisional:
            self.say(f"{name}: provisional should be {counting.provisional} at {counting.last}")
        # While a clock stands still "running" has no meaning a statute knows.
        if not clock.pauses and bool(found.get("running")) != (clock.stopped is None):
            self.say(f"{name}: running should be {clock.stopped is None}")

    def differ(self, name, clock, what, counting, found):
        expected = counting and counting.last.isoformat()
        if expected == found:
            return
        why = f", {clock.by_law}" if clock.by_law else ""
        still = f", still paused since {min(clock.pauses.values())}" if clock.pauses else ""
        more = f", extended {clock.extensions} time(s)" if clock.extensions else ""
        self.say(f"{name}: {what} expected {expected}, found {found}"
                 f" (begun {clock.begin}{why}{still}{more})")
        if counting:
            self.lines.append(counting.told())


def judge(lines, packs, most=20, out=print):
    """The number of cases that differ; counts and the first `most` differences are told."""
    days, counts, shown = Days(packs), Counter(), 0
    for departure in departures(packs):
        counts["departures of the packs"] += 1
        out(departure)
    for number, text in enumerate(lines, 1):
        if not text.strip():
            continue
        line = json.loads(text)
        case = Case(line, packs, days)
        verdict = Verdict(line, case)
        counts["cases"] += 1
        counts["clocks"] += verdict.clocks
        counts["with pauses"] += case.had_pause
        counts["with extensions"] += case.had_extension
        counts["deemed from receipt"] += case.deemed
        if verdict.lines:
            counts["that differ"] += 1
            if shown < most:
                shown += 1
                out("\n".join(verdict.lines))
    names = ("cases", "clocks", "with pauses", "with extensions", "deemed from receipt", "that differ")
    out(", ".join(f"{counts[name]} {name}" for name in names))
    if not counts["clocks"]:
        out("nothing was judged")
        return 1
    return counts["that differ"] + counts["departures of the packs"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("cases", nargs="?", help="JSON lines; - is standard input")
    parser.add_argument("--packs", default=ROOT / "Packs")
    parser.add_argument("--most", type=int, default=20, help="differing cases that are told whole")
    parser.add_argument("--self-test", action="store_true", help="dates counted by hand, and those of the packs' examples")
    given = parser.parse_args()
    packs = Packs(given.packs)
    if given.self_test:
        import hand_counted
        import pack_cases
        failed = hand_counted.test(packs) + pack_cases.test(packs, pathlib.Path(given.packs))
        return 1 if failed else 0
    if not given.cases:
        parser.error("a file of cases is wanted")
    if given.cases == "-":
        return 1 if judge(sys.stdin, packs, given.most) else 0
    with open(given.cases, encoding="utf-8") as file:
        return 1 if judge(file, packs, given.most) else 0


if __name__ == "__main__":
    sys.exit(main())
