"""One project through all its procedures: what of the chain is done, what may come next and what it
waits for, and how many working days all departments together have had.

`chains.py` checks `Packs/project-chains.yaml` against the procedures and counts the projects below,
whose dates and days were counted by hand.
"""

import pathlib
import sys
from datetime import date, timedelta

from case import Case
from days import Days
from packs import Packs, read

ROOT = pathlib.Path(__file__).resolve().parents[2]


def faults(file, packs):
    """Where the chains name what is not there, or go round."""
    newest = {}
    for (id, version), one in packs.procedures.items():
        newest[id] = max(newest.get(id, one), one, key=lambda each: each["version"])
    stages = {one["id"] for one in file["stages"]}
    if file["limit"]["term"] not in packs.terms:
        yield "the limit names no term"
    elif int(file["limit"]["promised"]) > int(packs.terms[file["limit"]["term"]]["length"]):
        yield "more is promised than the term gives"
    used = set(file["apart"])
    for chain in file["chains"]:
        before = {}
        for step in chain["steps"]:
            place = f"{chain['id']}/{step['id']}"
            if ("procedure" in step) == ("outside" in step):
                yield f"{place}: either of a procedure or outside"
            if chain["counted"] and step.get("stage") not in stages:
                yield f"{place}: no stage {step.get('stage')}"
            if not chain["counted"] and ("stage" in step or "counts" in step):
                yield f"{place}: no limit counts it"
            if step["id"] in before:
                yield f"{place}: stands twice"
            procedure = newest.get(step.get("procedure"))
            if "procedure" in step and procedure is None:
                yield f"{place}: no procedure {step['procedure']}"
            used.add(step.get("procedure"))
            for need in step.get("needs") or []:
                yield from faults_of_need(place, need, before, procedure)
            for clock in step.get("counts") or []:
                if clock not in names(procedure, "clocks"):
                    yield f"{place}: no clock {clock}"
            before[step["id"]] = procedure
    for id in newest:
        if id not in used:
            yield f"{id} stands in no chain"


def faults_of_need(place, need, before, procedure):
    if need["of"] not in before:
        yield f"{place}: {need['of']} does not come before it"
        return
    earlier = before[need["of"]]
    if earlier and not need.get("decision"):
        yield f"{place}: by which decision of {need['of']}"
    for decision in (need.get("decision") or []) if earlier else []:
        if decision not in names(earlier, "transitions"):
            yield f"{place}: {need['of']} has no decision {decision}"
    if not earlier and need.get("decision"):
        yield f"{place}: {need['of']} is outside and has no decision known here"
    if need.get("within") and need["within"] not in names(earlier, "clocks"):
        yield f"{place}: {need['of']} has no clock {need['within']}"
    if need.get("fills") and need["fills"] not in names(procedure, "documents"):
        yield f"{place}: no document {need['fills']}"


def names(procedure, key):
    return {one["id"] for one in (procedure or {}).get(key) or []}


class Project:
    """The cases of one project code on a day, by the step of the chain each of them is."""

    def __init__(self, chain, cases, packs, today, outside=(), left_out=()):
        self.chain, self.packs, self.days = chain, packs, Days(packs)
        self.today, self.outside, self.left_out = today, set(outside), set(left_out)
        self.lines, self.cases = cases, {}
        steps = {one["id"]: one for one in chain["steps"]}
        for step, acts in cases.items():
            procedure = steps[step]["procedure"]
            version = max(v for id, v in packs.procedures if id == procedure)
            line = {"procedure": procedure, "version": version, "acts": acts,
                    "asOf": today.isoformat()}
            self.cases[step] = Case(line, packs, self.days)

    def made(self, step, decisions):
        return any(act.get("transition") in decisions for act in self.lines.get(step, []))

    def lack(self, need):
        """Why a need is not met, or None. A step that this project does not have needs nothing."""
        of = need["of"]
        if of in self.left_out:
            return None
        if not need.get("decision"):
            return None if of in self.outside else f"{of} is not there"
        if not self.made(of, need["decision"]):
            return f"{of} is not decided"
        clock = self.cases[of].clocks.get(need.get("within"))
        if clock and clock.counting(self.days, self.today).last < self.today:
            return f"{of} is no longer valid"
        return None

    def standing(self):
        """Each step: done, running, ready, left out, or what it waits for."""
        found = {}
        for step in self.chain["steps"]:
            id = step["id"]
            lacks = [lack for lack in map(self.lack, step.get("needs") or []) if lack]
            if id in self.left_out:
                found[id] = "left out"
            elif id in self.outside:
                found[id] = "done"
            elif id in self.cases:
                kinds = {one["id"]: one.get("kind") for one in self.cases[id].procedure["states"]}
                over = all(kinds[token] == "end" for token in self.cases[id].tokens)
                found[id] = "done" if over else "running"
            else:
                found[id] = "; ".join(lacks) or "ready"
        return found

    def counted(self, day):
        """Whether a department had the project on that day: some clock that counts ran, and did
        not stand still. Two at once are one day."""
        if self.days.why_free(day):
            return False
        for step in self.chain["steps"]:
            case = self.cases.get(step["id"])
            for name in step.get("counts") or []:
                clock = case and case.clocks.get(name)
                if clock is None or not clock.begin < day <= (clock.stopped or day):
                    continue
                if not any(first < day <= last for first, last in clock.spans(self.today)):
                    return True
        return False

    def usage(self, limit):
        """Days used, days left, and the day on which the last is used up, if one runs on."""
        runs = [clock for step in self.chain["steps"] for name in step.get("counts") or []
                if (clock := self.cases.get(step["id"]) and self.cases[step["id"]].clocks.get(name))]
        used, reached = 0, None
        if not runs:
            return 0, limit, None
        day = min(clock.begin for clock in runs)
        while day < self.today:
            day += timedelta(days=1)
            used += self.counted(day)
            if used == limit and reached is None:
                reached = day
        left = limit - used
        if reached is None and any(not clock.stopped and not clock.pauses for clock in runs):
            ahead = left
            while ahead:
                day += timedelta(days=1)
                ahead -= not self.days.why_free(day)
            reached = day
        return used, left, reached


def main():
    import chain_cases
    packs = Packs(ROOT / "Packs")
    file = read(ROOT / "Packs" / "project-chains.yaml")
    found = list(faults(file, packs))
    print("\n".join(found) or "the chains name only what is there")
    failed = len(found) + chain_cases.test(file, packs)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
