"""What one run of the serving benchmark measured, as markdown."""
import ground
import places

US = "karez"
# The bars of issue 6: how many times faster than ST_AsMVT and tipg, and the largest tile.
BARS = {"tile, p50": 5, "tile, p99": 10, "page, p50": 3}
MOST_BYTES = 500_000
# Times mean less where others used more than this share of a core meanwhile.
NOISY = 0.2


def markdown(size: str, lines: list[dict]) -> str:
    parts = [f"## Served, {size} ({places.SIZES[size]:,} patches asked for)\n",
             tiles(lines), levels(lines), items(lines), bars(lines)]
    noisy = sum("wallS" in line and line["othersCpuS"] > NOISY * line["wallS"] for line in lines)
    parts.append("One reader, one connection. Tiles of others are compared with ours in the same state,"
                 " and with what they draw where they remember nothing."
                 + (f" Others used the machine during {noisy} measurements (~)." if noisy else ""))
    return "\n".join(part for part in parts if part) + "\n"


def rows_of(lines: list[dict], job: str, **facts) -> list[dict]:
    return [line for line in lines if line["job"] == job
            and all(line.get(key) == value for key, value in facts.items())]


def grid(title: str, heads: list[str], rows: list[list]) -> str:
    if not rows:
        return ""
    out = [f"### {title}\n", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(out + ["| " + " | ".join(map(str, row)) + " |" for row in rows]) + "\n"


def named(line: dict) -> str:
    return line["engine"] + (" ~" if line["othersCpuS"] > NOISY * line["wallS"] else "")


def times(line: dict, ours: dict | None, key: str, clock: str = "wall") -> float | None:
    """How many times our figure this one is, of wall time or of the servers' processor time."""
    if ours is None or ours is line:
        return None
    theirs, own = (each["result"] if clock == "wall" else each["result"]["cpu"] for each in (line, ours))
    return theirs[key] / max(own[key], 1e-6)


def shown(ratio: float | None) -> str:
    return "–" if ratio is None else f"{ratio:.1f}"


HEADS = ["p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms", "p50 ×", "p99 ×", "CPU p50 ×", "CPU p99 ×"]


def cells(line: dict, ours: dict | None) -> list:
    found = line["result"]
    return [found["p50Ms"], found["p99Ms"], found["cpu"]["p50Ms"], found["cpu"]["p99Ms"],
            *(shown(times(line, ours, key, clock))
              for clock in ("wall", "cpu") for key in ("p50Ms", "p99Ms"))]


def tiles(lines: list[dict]) -> str:
    rows = []
    for state in ("cold", "drawn", "again"):
        ours = next(iter(rows_of(lines, "tiles", engine=US, state=state)), None)
        # What remembers nothing draws again.
        group = rows_of(lines, "tiles", state=state)
        if state == "again":
            group += [line for line in rows_of(lines, "tiles", state="drawn") if line["engine"] != US]
        rows += [[state, named(line), line["result"]["count"], line["result"]["mostBytes"],
                  *cells(line, ours)] for line in group]
    return grid("One vector tile, levels 8 to 14",
                ["state", "server", "tiles", "largest, bytes", *HEADS], rows)


def levels(lines: list[dict]) -> str:
    return grid("Median processor time of each level, drawn, ms", ["server", *map(str, ground.LEVELS)], [
        [named(line), *(line["result"]["p50CpuMsByLevel"][level] for level in ground.LEVELS)]
        for line in rows_of(lines, "tiles", state="drawn")])


def items(lines: list[dict]) -> str:
    rows = []
    for form in ("following", "windows"):
        for state in ("cold", "warm"):
            group = rows_of(lines, "items", form=form, state=state)
            ours = next((line for line in group if line["engine"] == US), None)
            rows += [[form, state, named(line), line["result"]["count"], line["result"]["bytes"],
                      *cells(line, ours)] for line in group]
    return grid(f"One page of {ground.PAGE:,} features",
                ["pages", "state", "server", "count", "bytes", *HEADS], rows)


def bars(lines: list[dict]) -> str:
    """What was to be reached, and was it: by wall time, and by processor time on a busy machine."""
    found = []

    def compare(what: str, ours: list[dict], theirs: list[dict], key: str, form: str = "") -> None:
        if not ours or not theirs:
            return
        ratios = [times(theirs[0], ours[0], key, clock) for clock in ("wall", "cpu")]
        is_busy = any(named(line).endswith("~") for line in (ours[0], theirs[0]))
        found.append([what + form, f"≥ {BARS[what]} ×", *(f"{ratio:.1f} ×" for ratio in ratios),
                      "yes" if ratios[is_busy] >= BARS[what] else "**NO**"])

    ours = rows_of(lines, "tiles", engine=US, state="drawn")
    theirs = [line for line in rows_of(lines, "tiles", state="drawn")
              if line["engine"].startswith("postgis")]
    compare("tile, p50", ours, theirs, "p50Ms")
    compare("tile, p99", ours, theirs, "p99Ms")
    if ours:
        most = ours[0]["result"]["mostBytes"]
        found.append(["largest tile", f"≤ {MOST_BYTES:,} bytes", f"{most:,} bytes", "",
                      "yes" if most <= MOST_BYTES else "**NO**"])
    for form in ("following", "windows"):
        both = [rows_of(lines, "items", engine=name, form=form, state="warm") for name in (US, "tipg")]
        compare("page, p50", *both, "p50Ms", f", {form}")
    return grid("What was to be reached", ["what", "goal", "wall", "CPU", "reached"], found)
