"""Counts days as the statutes do, one after another, and remembers why each was or was not counted.

Slow on purpose: no table, no formula. Whoever doubts a date reads the counting.
"""

import calendar
from datetime import date, timedelta

DAY = timedelta(days=1)
UNITS = ("working-days", "calendar-days", "months", "years")


class Days:
    """Which days work: weekends, less those made up, and the holidays of the yearly notices."""

    def __init__(self, packs):
        self.holidays, self.made_up = packs.holidays, packs.made_up
        self.first, self.last = min(packs.years), max(packs.years)

    def why_free(self, day):
        """Why a day is free, or None where it works."""
        if day in self.holidays:
            return self.holidays[day]
        if day.weekday() >= 5 and day not in self.made_up:
            return "休息日"
        return None

    def provisional(self, day):
        """No notice says yet which days of that year are free."""
        return day.year > self.last

    def corresponding(self, begin, months):
        """Civil Code art. 202: the corresponding day of the last month, or the month's last day."""
        year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
        month += 1
        return date(year, month, min(begin.day, calendar.monthrange(year, month)[1]))


class Counting:
    """One period from its beginning to its last day, with what was seen on the way."""

    def __init__(self, days, begin, unit, length, pauses=()):
        self.days, self.begin, self.unit, self.pauses = days, begin, unit, pauses
        self.seen = []  # (day, number or None, reason)
        if begin.year < days.first:
            raise ValueError(f"{begin}: no notice of that year")
        if unit == "working-days":
            self.last = self.walk(length, working=True)
            return
        if unit == "calendar-days":
            count = length
        else:
            months = length * (12 if unit == "years" else 1)
            count = (days.corresponding(begin, months) - begin).days
        self.last = self.roll(self.walk(count, working=False))

    def paused(self, day):
        """The day on which a pause begins still counts, as that of any beginning does not
        (Civil Code art. 201); the day on which it ends is its last."""
        return any(first < day <= last for first, last in self.pauses)

    def walk(self, count, working):
        day, counted = self.begin, 0
        while counted < count:
            day += DAY
            free = self.days.why_free(day) if working else None
            if self.paused(day):
                self.seen.append((day, None, "暂停"))
            elif free:
                self.seen.append((day, None, free))
            else:
                counted += 1
                self.seen.append((day, counted, None))
        return day

    def roll(self, day):
        """Civil Code art. 203: a last day that is a rest day makes way for the first that works."""
        while self.days.why_free(day) or self.paused(day):
            day += DAY
            free = "暂停" if self.paused(day) else self.days.why_free(day)
            self.seen.append((day, None, free or "顺延至此"))
        return day

    @property
    def provisional(self):
        return self.days.provisional(self.last)

    def told(self):
        """`自 3月2日: 3–6日 1–4; 7–8日 休息日; …`, runs of days that are alike on one line each."""
        runs = []
        for day, number, reason in self.seen:
            same = runs and runs[-1][3] == reason
            if same:
                runs[-1][1], runs[-1][5] = day, number
            else:
                runs.append([day, day, None, reason, number, number])
        lines = [f"        {self.begin} is the beginning and does not count"]
        for first, last, _, reason, low, high in runs:
            span = f"{first}" if first == last else f"{first} … {last}"
            what = reason or (f"{low}" if low == high else f"{low}–{high}")
            lines.append(f"        {span}  {what}")
        return "\n".join(lines)
