"""One case, told again from its acts: which states it stands in, which clocks began when, what
stood still, what was extended, and when each clock is due."""

from dataclasses import dataclass, field
from datetime import date

from days import Counting

# What the statutes say, so that a procedure's terms are held to them and not only to themselves.
# unit, length, extension: Administrative Licensing Law arts. 32, 42, 44, 47; Administrative
# Reconsideration Law arts. 30, 31, 62; Urban Real Estate Law art. 26; Administrative Penalty Law art. 48.
STATUTES = {
    "administrative-procedure/licence/notice": ("working-days", 5, None),
    "administrative-procedure/licence/decision": ("working-days", 20, 10),
    "administrative-procedure/licence/joint-decision": ("working-days", 45, 15),
    "administrative-procedure/licence/delivery": ("working-days", 10, None),
    "administrative-procedure/licence/hearing": ("working-days", 20, None),
    "administrative-procedure/reconsideration/examination": ("working-days", 5, None),
    "administrative-procedure/reconsideration/completion": ("working-days", 10, None),
    "administrative-procedure/reconsideration/decision": ("calendar-days", 60, 30),
    "land-supply/start/one-year": ("years", 1, None),
    "land-supply/start/two-years": ("years", 2, None),
    "land-supply/credit/withdrawal": ("working-days", 3, None),
}


def departures(packs):
    """Where the packs are not what an article says."""
    for (procedure, _), one in packs.procedures.items():
        for step in one["transitions"]:
            named = step.get("countsFromBeginning") or step.get("countsFromDue")
            if step.get("onDue") and step.get("starts") and not named:
                yield f"{procedure}: {step['id']} is deemed and does not say from which day"
    yield from departing_terms(packs.terms)


def departing_terms(terms):
    for name, statute in STATUTES.items():
        term = terms.get(name)
        if term is None:
            yield f"{name}: the packs have no such term"
            continue
        extension = term.get("extension")
        found = (term["unit"], int(term["length"]),
                 int(extension["length"]) if extension else None)
        if found != statute:
            yield f"{name}: the statute says {statute}, the packs {found}"


@dataclass
class Clock:
    """One clock from one beginning; a clock begun anew is another."""

    begin: date
    term: dict
    promised: int | None
    stopped: date | None = None
    extensions: int = 0
    pauses: dict = field(default_factory=dict)  # reason -> days [first, last or None]
    past: list = field(default_factory=list)
    by_law: str = ""  # why it began before anybody wrote it down

    def spans(self, today):
        end = min(today, self.stopped or today)
        still = [(first, max(first, end)) for first in self.pauses.values()]
        return [(first, min(last, end)) for first, last in self.past] + still

    def counting(self, days, today, extended=True):
        """The whole term with its extensions is one term: sixty and thirty days are ninety from
        the beginning, wherever the sixtieth falls."""
        length = int(self.term["length"])
        if extended and self.extensions:
            length += self.extensions * int(self.term["extension"]["length"])
        return Counting(days, self.begin, self.term["unit"], length, self.spans(today))

    def promise(self, days, today):
        """What was promised is counted as the term is, but no statute lengthens a promise."""
        if self.promised is None:
            return None
        return Counting(days, self.begin, self.term["unit"], self.promised, self.spans(today))


class Case:
    def __init__(self, line, packs, days):
        self.days, self.terms = days, packs.terms
        self.today = date.fromisoformat(line["asOf"])
        self.procedure = packs.procedures.get((line["procedure"], line["version"]))
        self.clocks, self.tokens, self.faults = {}, [], []
        self.had_pause = self.had_extension = self.deemed = False
        if self.procedure is None:
            self.faults.append(f"no pack holds {line['procedure']} {line['version']}")
            return
        self.kinds = {one["id"]: one for one in self.procedure["clocks"]}
        self.steps = {one["id"]: one for one in self.procedure["transitions"]}
        self.reasons = {one["id"]: one for one in self.procedure.get("pauses") or []}
        before = date.min
        for act in line["acts"]:
            on = date.fromisoformat(act["on"])
            if on < before:
                self.faults.append(f"{on}: {act['act']} stands behind an act of {before}")
            if on > self.today:
                self.faults.append(f"{on}: {act['act']} lies in the future of {self.today}")
            before = on
            getattr(self, "do_" + act["act"])(act, on)
        self.look_for_what_did_not_happen()

    def start(self, names, on, by_law=""):
        for name in names or []:
            kind = self.kinds[name]
            promised = int(kind["promised"]) if kind.get("promised") else None
            self.clocks[name] = Clock(on, self.terms[kind["term"]], promised, by_law=by_law)

    def stop(self, names, on):
        for name in names or []:
            clock = self.clocks.get(name)
            if clock and clock.stopped is None:
                clock.stopped = on

    def running(self, name):
        clock = self.clocks.get(name)
        return clock if clock and clock.stopped is None else None

    def do_open(self, act, on):
        self.tokens = [one["id"] for one in self.procedure["states"] if one.get("kind") == "begin"]
        self.start(self.procedure["opening"].get("starts"), on)

    def do_move(self, act, on):
        step = self.steps.get(act["transition"])
        if step is None:
            self.faults.append(f"{on}: no transition {act['transition']}")
            return
        effective = self.deem(step, on) if step.get("onDue") else on
        began, by_law = self.beginning(step, effective)
        self.take_tokens(step, on)
        self.stop(step.get("stops"), effective)
        self.start(step.get("starts"), began, by_law)
        ends = {one["id"] for one in self.procedure["states"] if one.get("kind") == "end"}
        if self.tokens and ends.issuperset(self.tokens):
            # Nothing more is owed in a case that is over, but what its last step began.
            self.stop([name for name in self.clocks if name not in (step.get("starts") or [])], on)

    def beginning(self, step, effective):
        """From when the clocks count that a step starts, where its article names another day."""
        for key, words in (("countsFromBeginning", "beginning"), ("countsFromDue", "last day")):
            clock = self.clocks.get(step.get(key))
            if clock:
                last = clock.counting(self.days, effective).last
                day = clock.begin if key == "countsFromBeginning" else last
                return day, f"{step['id']}: from the {words} of {step[key]}"
        if step.get("onDue"):
            return effective, f"{step['id']}: from the last day of {step['onDue']}"
        return effective, ""

    def deem(self, step, on):
        """The day from which it holds what an article attaches to a term's running out: the last
        of the term, whenever it was written down."""
        name = step["onDue"]
        clock = self.running(name)
        if clock is None:
            self.faults.append(f"{on}: {step['id']} rests on {name}, which does not run")
            return on
        self.deemed = self.deemed or bool(step.get("countsFromBeginning"))
        last = clock.counting(self.days, on).last
        if on <= last:
            self.faults.append(f"{on}: {step['id']} came before {name} had run out on {last}")
        clock.stopped = last
        return last

    def take_tokens(self, step, on):
        if step.get("fromAny"):
            held = [one for one in self.tokens if one in step["fromAny"]]
            gone = list(self.tokens) if step.get("clears") else held[:1]
            if not held:
                self.faults.append(f"{on}: {step['id']} from {self.tokens}")
        else:
            gone = step["from"]
            if any(one not in self.tokens for one in gone):
                self.faults.append(f"{on}: {step['id']} from {self.tokens}")
        for one in gone:
            if one in self.tokens:
                self.tokens.remove(one)
        self.tokens += step["to"]

    def do_pause(self, act, on):
        self.had_pause = True
        stood = 0
        for name in self.reasons[act["reason"]]["clocks"]:
            clock = self.running(name)
            if clock and act["reason"] not in clock.pauses:
                clock.pauses[act["reason"]] = on
                stood += 1
        if not stood:
            self.faults.append(f"{on}: {act['reason']} stops no clock")

    def do_resume(self, act, on):
        for name in self.reasons[act["reason"]]["clocks"]:
            clock = self.clocks.get(name)
            first = clock.pauses.pop(act["reason"], None) if clock else None
            if first:
                clock.past.append((first, on))

    def do_extend(self, act, on):
        self.had_extension = True
        clock = self.running(act["clock"])
        if clock is None:
            self.faults.append(f"{on}: {act['clock']} is extended and does not run")
            return
        last = clock.counting(self.days, on).last
        extension = clock.term.get("extension")
        if on > last and not clock.pauses:
            self.faults.append(f"{on}: {act['clock']} is extended after its last day {last}")
        if not extension or clock.extensions >= int(extension.get("most") or 1):
            self.faults.append(f"{on}: {act['clock']} is extended more often than the article allows")
            return
        clock.extensions += 1

    def look_for_what_did_not_happen(self):
        """A term that ran out while its case stood where the article attaches something to it."""
        for step in self.steps.values():
            clock = self.running(step["onDue"]) if step.get("onDue") else None
            if clock is None or clock.pauses or step.get("when"):
                continue
            if not all(one in self.tokens for one in step.get("from") or ["-"]):
                continue
            last = clock.counting(self.days, self.today).last
            if last < self.today:
                self.faults.append(f"{step['onDue']} ran out on {last}, and {step['id']} did not come")
