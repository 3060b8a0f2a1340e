"""Due dates, counted day by day on the fingers: the other opinion the tests compare with.

Reads lines `began unit length pauses today` and writes the last day of each term. Rules:
the day on which something begins is not counted; working days are Monday to Friday but for
holidays, and the weekend days that make up for them; a pause of (from, through] is not counted;
terms in days, months or years that end on a free day end on the next working day.
Pauses are written `from/through`, joined by commas, or `-`.
"""

import calendar
import datetime
import glob
import re
import sys

FREE, WORKED = set(), set()
ONE = datetime.timedelta(days=1)


def read_notices(folder):
    for path in sorted(glob.glob(folder + "/*.yaml")):
        for line in open(path, encoding="utf-8"):
            days = [datetime.date.fromisoformat(d) for d in re.findall(r'"(\d{4}-\d\d-\d\d)"', line)]
            if line.startswith("makeUpDays:"):
                WORKED.update(days)
            elif len(days) == 2:
                day = days[0]
                while day <= days[1]:
                    FREE.add(day)
                    day += ONE


def is_worked(day):
    if day in WORKED:
        return True
    return day.weekday() < 5 and day not in FREE


def months_later(day, months):
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day(began, unit, length, pauses):
    paused = set()
    for start, end in pauses:
        day = start + ONE
        while day <= end:
            paused.add(day)
            day += ONE
    day = began
    if unit == "working-days":
        left = length
        while left:
            day += ONE
            if is_worked(day) and day not in paused:
                left -= 1
        return day
    if unit == "calendar-days":
        left = length
        while left:
            day += ONE
            if day not in paused:
                left -= 1
    else:
        end = months_later(began, length * (12 if unit == "years" else 1))
        # The whole stretch, walked; every paused day on the way pushes the end one day further.
        left = (end - began).days
        while left:
            day += ONE
            if day not in paused:
                left -= 1
    while not is_worked(day) or day in paused:
        day += ONE
    return day


def main():
    read_notices(sys.argv[1])
    for line in sys.stdin:
        began, unit, length, written = line.split()
        pauses = []
        if written != "-":
            for pair in written.split(","):
                start, end = pair.split("/")
                pauses.append((datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)))
        print(last_day(datetime.date.fromisoformat(began), unit, int(length), pauses))


main()
