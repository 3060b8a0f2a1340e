"""Judges the packs' own examples: the due dates that stand in `workflows/cases` are counted again.

An example says what people did, not what then happened by itself; that is put in here from the
states a case stands in, as the procedures say.
"""

from case import Case
from days import Days
from packs import read

WHAT = {"make": "transition", "pause": "reason", "resume": "reason", "extend": "clock"}


class Told:
    """One example, told step by step."""

    def __init__(self, one, packs, days):
        self.packs, self.days, self.acts = packs, days, []
        self.line = {"number": one["name"], "procedure": one["procedure"], "acts": self.acts}
        self.line["version"] = one.get("version") or max(
            version for id, version in packs.procedures if id == one["procedure"])
        self.differences, self.dates = [], 0

    def case(self, on):
        return Case(self.line | {"asOf": on}, self.packs, self.days)

    def take(self, step):
        if (step.get("expect") or {}).get("refused"):
            return
        on = step["on"]
        if step.get("open"):
            self.acts.append({"on": on, "act": "open"})
        if step.get("tick"):
            self.fire(on)
        for key, name in WHAT.items():
            if key in step:
                act = "move" if key == "make" else key
                self.acts.append({"on": on, "act": act, name: step[key], "fired": False})
        self.go_on(on)
        self.compare(step)

    def fire(self, on):
        for step in self.case(on).steps.values():
            case = self.case(on)
            clock = case.running(step["onDue"]) if step.get("onDue") else None
            if clock is None or clock.pauses or not set(step["from"]).issubset(case.tokens):
                continue
            if clock.counting(self.days, case.today).last < case.today:
                self.acts.append({"on": on, "act": "move", "transition": step["id"], "fired": True})

    def go_on(self, on):
        for _ in range(10):
            case = self.case(on)
            ready = [step["id"] for step in case.steps.values()
                     if step.get("automatic") and set(step["from"]).issubset(case.tokens)]
            if not ready:
                return
            self.acts.append({"on": on, "act": "move", "transition": ready[0], "fired": True})

    def compare(self, step):
        on, expected = step["on"], step.get("expect") or {}
        case = self.case(on)
        place = f"{self.line['procedure']}: {self.line['number']}: {on}"
        # What was due yesterday may still be waiting for the timer of this example.
        self.differences += [f"{place}: {fault}" for fault in case.faults if "did not come" not in fault]
        if "states" in expected and sorted(expected["states"]) != sorted(case.tokens):
            self.differences.append(f"{place}: stands at {sorted(case.tokens)}")
        for name in expected.get("idle") or []:
            if case.running(name):
                self.differences.append(f"{place}: {name} runs")
        for name, due in (expected.get("due") or {}).items():
            self.dates += 1
            clock = case.running(name)
            counting = clock and clock.counting(self.days, case.today)
            if counting is None or counting.last.isoformat() != due:
                found = counting and f"{counting.last}\n{counting.told()}"
                self.differences.append(f"{place}: {name} is due {due}, counted {found}")


def test(packs, folder):
    """The number of differences."""
    days, cases, dates, differences = Days(packs), 0, 0, []
    for path in sorted(folder.glob("*/workflows/cases/*.yaml")):
        for one in read(path):
            told = Told(one, packs, days)
            for step in one["steps"]:
                told.take(step)
            cases += 1
            dates += told.dates
            differences += dict.fromkeys(told.differences)
    print("\n".join(differences) or "every example agrees")
    print(f"{cases} examples of the packs, {dates} due dates, {len(differences)} differences")
    return len(differences) + (dates == 0)
