"""Reads what the packs say: a reader of the YAML subset they are written in, the procedures, the
terms and the years of the calendar. Nothing here knows what any of it means."""

import pathlib
from datetime import date


class Unreadable(Exception):
    """A file of a pack that is not in the subset, with the place."""


class Flow:
    """One value on one line: `"text"`, `[ a, b ]`, `{ key: value }` or a plain word."""

    def __init__(self, text, place):
        self.text, self.place, self.at = text, place, 0

    def fail(self, what):
        raise Unreadable(f"{self.place}: {what}: {self.text}")

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def next(self):
        self.blanks()
        return self.text[self.at] if self.at < len(self.text) else ""

    def value(self):
        sign = self.next()
        if sign == "[":
            return self.sequence()
        if sign == "{":
            return self.mapping()
        if sign == '"':
            return self.quoted()
        return plain(self.word(",]}"))

    def whole(self):
        value = self.value()
        if self.next() not in ("", "#"):
            self.fail("something is left over")
        return value

    def quoted(self):
        self.at += 1
        found = []
        while self.at < len(self.text):
            sign = self.text[self.at]
            self.at += 1
            if sign == '"':
                return "".join(found)
            if sign == "\\":
                sign = {"n": "\n", "t": "\t"}.get(self.text[self.at], self.text[self.at])
                self.at += 1
            found.append(sign)
        self.fail("a quotation does not end")

    def word(self, ends):
        begin = self.at
        while self.at < len(self.text) and self.text[self.at] not in ends:
            if self.text[self.at] == "#" and self.text[self.at - 1] == " ":
                break
            self.at += 1
        return self.text[begin:self.at].strip()

    def sequence(self):
        self.at += 1
        found = []
        while self.next() != "]":
            if not self.next():
                self.fail("a sequence does not end")
            found.append(self.value())
            if self.next() == ",":
                self.at += 1
        self.at += 1
        return found

    def mapping(self):
        self.at += 1
        found = {}
        while self.next() != "}":
            if not self.next():
                self.fail("a mapping does not end")
            key = self.quoted() if self.next() == '"' else self.word(":")
            if self.next() != ":":
                self.fail("a key has no value")
            self.at += 1
            found[key] = self.value()
            if self.next() == ",":
                self.at += 1
        self.at += 1
        return found


def plain(word):
    return {"true": True, "false": False, "null": None, "": None}.get(word, word)


class Block:
    """Lines by their indentation."""

    def __init__(self, path):
        self.path = path
        self.lines = []
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            text = line.strip(" ")
            if text and not text.startswith("#"):
                self.lines.append((len(line) - len(line.lstrip(" ")), text, number))
        self.at = 0

    def indent(self):
        return self.lines[self.at][0] if self.at < len(self.lines) else -1

    def value(self, indent):
        if self.lines[self.at][1].startswith("- "):
            return self.sequence(indent)
        return self.mapping(indent)

    def sequence(self, indent):
        found = []
        while self.indent() == indent and self.lines[self.at][1].startswith("- "):
            _, text, number = self.lines[self.at]
            text = text[2:].lstrip(" ")
            if text[0] in '"[{' or not split_key(text):
                self.at += 1
                found.append(Flow(text, f"{self.path}:{number}").whole())
            else:  # the first key of a mapping stands behind the dash
                self.lines[self.at] = (indent + 2, text, number)
                found.append(self.mapping(indent + 2))
        return found

    def mapping(self, indent):
        found = {}
        while self.indent() == indent and not self.lines[self.at][1].startswith("- "):
            _, text, number = self.lines[self.at]
            split = split_key(text)
            if not split:
                raise Unreadable(f"{self.path}:{number}: no key: {text}")
            key, rest = split
            if key in found:
                raise Unreadable(f"{self.path}:{number}: {key} stands twice")
            self.at += 1
            if rest:
                found[key] = Flow(rest, f"{self.path}:{number}").whole()
            elif self.indent() > indent:
                found[key] = self.value(self.indent())
            else:
                found[key] = None
        return found


def split_key(text):
    key, colon, rest = text.partition(":")
    if not colon or (rest and not rest.startswith(" ")) or " " in key:
        return None
    return key.strip('"'), rest.strip(" ")


def read(path):
    block = Block(pathlib.Path(path))
    if not block.lines:
        return None
    value = block.value(block.indent())
    if block.at < len(block.lines):
        raise Unreadable(f"{path}:{block.lines[block.at][2]}: the indentation is wrong")
    return value


class Packs:
    """The procedures with their versions, the terms, and which days work."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.procedures, self.terms = {}, {}
        for path in sorted(folder.glob("*/workflows/*.yaml")):
            for one in read(path):
                self.procedures[one["id"], one["version"]] = one
        for path in sorted(folder.glob("*/terms/*.yaml")):
            for one in read(path):
                self.terms[one["id"]] = one
        self.holidays, self.made_up, self.years = {}, set(), []
        for path in sorted((folder / "calendar" / "years").glob("*.yaml")):
            self.take_year(read(path))

    def take_year(self, year):
        self.years.append(int(year["year"]))
        for holiday in year["holidays"]:
            first = date.fromisoformat(holiday["first"]).toordinal()
            last = date.fromisoformat(holiday["last"]).toordinal()
            for day in range(first, last + 1):
                self.holidays[date.fromordinal(day)] = holiday["title"]["zh"]
        self.made_up.update(date.fromisoformat(day) for day in year["makeUpDays"])
