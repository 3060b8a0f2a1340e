"""Writes random examples of the packs' procedures, with due dates counted here, and has the program
run them: `random_examples.py KAREZ [--cases 1000] [--seed 1]`.

An example goes as people let cases go: completed once or twice, accepted or deemed accepted, paused
for several reasons at once, extended, ticked by timers that come late, decided. Days are drawn from all
years the calendar knows, and every step expects every clock.
"""

import argparse
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta

from case import Case
from days import Days
from packs import Packs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACK = "administrative-procedure"
REVIEWERS = {"temporary-land": "land-officer", "construction-land-permit": "planner",
             "construction-works-permit": "planner", "completion-verification": "planner",
             "exploration-plan": "mineral-officer"}
CALENDAR_DAYS, DISCLOSURE = "reconsideration", "information-disclosure"


class Example:
    """One case as it goes, and the lines that tell it."""

    def __init__(self, kind, packs, days, chance, counts):
        self.kind, self.packs, self.days = kind, packs, days
        self.chance, self.counts = chance, counts
        self.id = f"{PACK}/{kind}"
        self.version = max(version for id, version in packs.procedures if id == self.id)
        self.procedure = packs.procedures[self.id, self.version]
        self.steps = {one["id"]: one for one in self.procedure["transitions"]}
        first = max(date.fromisoformat(self.procedure["inForce"]["from"]), date(days.first, 1, 1))
        self.day = first + timedelta(days=chance.randrange((date(days.last, 12, 31) - first).days))
        self.acts, self.lines = [], []

    def case(self):
        return Case({"procedure": self.id, "version": self.version, "acts": self.acts,
                     "asOf": self.day.isoformat()}, self.packs, self.days)

    def last(self, clock):
        return self.case().clocks[clock].counting(self.days, self.day).last

    def later(self, most):
        self.day += timedelta(days=self.chance.randrange(most + 1))

    def before_end_of(self, clock):
        self.later(max(0, (self.last(clock) - self.day).days))

    def act(self, what, **more):
        self.acts.append({"on": self.day.isoformat(), "act": what, **more})

    def tell(self, role, what, value=None, ordered=(), documents=(), facts=()):
        listed = lambda items: ", ".join(f'"{item}"' for item in items)
        case = self.case()
        running = {name: clock for name, clock in case.clocks.items() if not clock.stopped}
        idle = [name for name in case.clocks if name not in running]
        due = [f'{name}: "{clock.counting(self.days, self.day).last}"'
               for name, clock in running.items()]
        self.counts["due dates"] += len(due)
        expected = [f"states: [ {listed(sorted(case.tokens))} ]"]
        expected += [f"due: {{ {', '.join(due)} }}"] if due else []
        expected += [f"idle: [ {', '.join(idle)} ]"] if idle else []
        expected += [f"effects: [ {listed(ordered)} ]"] if ordered else []
        self.lines += [f'    - on: "{self.day}"', f"      as: [ {role} ]",
                       f'      {what}: "{value}"' if value else f"      {what}: true"]
        if documents:
            self.lines.append(f"      documents: [ {listed(documents)} ]")
        if facts:
            self.lines.append(f"      facts: {{ {', '.join(f'{fact}: true' for fact in facts)} }}")
        self.lines.append(f"      expect: {{ {', '.join(expected)} }}")

    def ordered(self, step):
        return [f"{one['kind']}:{one['of']}" for one in self.steps[step].get("effects") or []]

    def make(self, step, role, **brought):
        self.act("move", transition=step, fired=False)
        self.tell(role, "make", step, self.ordered(step), **brought)

    def tick(self):
        ordered = []
        for step in self.steps.values():
            case = self.case()
            clock = case.running(step["onDue"]) if step.get("onDue") else None
            if clock is None or clock.pauses or not set(step["from"]).issubset(case.tokens):
                continue
            if self.last(step["onDue"]) < self.day:
                self.act("move", transition=step["id"], fired=True)
                ordered += self.ordered(step["id"])
        self.tell("window", "tick", ordered=ordered)

    def go(self):
        documents = [one["id"] for one in self.procedure["documents"] if one["id"] != "letter"]
        self.act("open")
        self.tell("window", "open", documents=documents)
        first = "examination" if self.kind == CALENDAR_DAYS else "notice"
        while self.kind != DISCLOSURE and self.chance.random() < 0.3:
            self.complete(first)
        self.accept(first)
        self.stand_still("answer" if self.kind == DISCLOSURE else "decision")
        if self.kind in REVIEWERS and self.chance.random() < 0.5:
            self.decide()

    def complete(self, first):
        self.before_end_of(first)
        if self.kind == CALENDAR_DAYS:
            self.make("ask-for-completion", "legal")
            self.before_end_of("completion")
        else:
            self.make("tell-what-is-missing", "window")
            self.later(20)
        self.make("complete", "applicant")

    def accept(self, first):
        if self.chance.random() < 0.5:
            self.counts["deemed"] += 1
            self.day = self.last(first) + timedelta(days=self.chance.choice([1, 1, 1, 2, 5]))
            self.tick()
            return
        self.before_end_of(first)
        if self.kind == CALENDAR_DAYS:
            self.make("accept", "legal", facts=["in_time"])
        else:
            self.make("examine" if self.kind == DISCLOSURE else "accept", "window")

    def stand_still(self, clock):
        reasons = [one["id"] for one in self.procedure["pauses"]]
        role = "legal" if self.kind == CALENDAR_DAYS else "reviewer"
        for _ in range(self.chance.randrange(9)):
            self.later(14)
            run, drawn = self.case().running(clock), self.chance.random()
            reason = self.chance.choice(reasons)
            if drawn < 0.55:
                act = "resume" if reason in run.pauses else "pause"
                self.counts["pauses"] += act == "pause"
                self.act(act, reason=reason)
                self.tell(role, act, reason)
            elif drawn < 0.7:
                if not run.extensions and (run.pauses or self.day <= self.last(clock)):
                    self.counts["extensions"] += 1
                    self.act("extend", clock=clock)
                    self.tell("chief", "extend", clock)
            elif self.kind != DISCLOSURE:
                self.tick()

    def decide(self):
        self.later(5)
        self.make("review", REVIEWERS[self.kind], facts=["compliance_checked", "conforms"])
        self.later(5)
        self.make("grant", "chief", documents=["letter"])
        self.later(12)
        conditions = [one["fact"] for one in self.steps["issue"].get("when") or []]
        self.make("issue", "window", facts=conditions)


def examples(packs, count, seed, counts):
    chance, days = random.Random(seed), Days(packs)
    yield "# 随机的办件例: 到期日逐日另算."
    for number in range(count):
        kind = chance.choice([*REVIEWERS, CALENDAR_DAYS, CALENDAR_DAYS, DISCLOSURE])
        example = Example(kind, packs, days, chance, counts)
        example.go()
        yield from (f'- name: "{number}"', f'  procedure: "{example.id}"', '  region: "653101"',
                    "  steps:", *example.lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("karez")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    given = parser.parse_args()
    counts = Counter()
    with tempfile.TemporaryDirectory() as home:
        shutil.copytree(ROOT / "Packs", f"{home}/Packs")
        folder = pathlib.Path(home, "Packs", PACK, "workflows", "cases")
        text = "\n".join(examples(Packs(ROOT / "Packs"), given.cases, given.seed, counts))
        (folder / "random.yaml").write_text(text + "\n", encoding="utf-8")
        ran = subprocess.run([given.karez, "rules", "test"], env=os.environ | {"KAREZ_HOME": home})
    told = ", ".join(f"{number} {name}" for name, number in sorted(counts.items()))
    print(f"{given.cases} random examples (seed {given.seed}): {told}")
    return 1 if ran.returncode or not counts["due dates"] else 0


if __name__ == "__main__":
    sys.exit(main())
