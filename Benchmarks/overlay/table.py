"""Prints what one run of the overlay benchmark measured, as markdown: `table.py SIZE`; also runs/SIZE.md."""
import json
import sys

import places

US = "karez"
# Wall times mean little where others used more than this share of a core meanwhile.
NOISY = 0.2


def main() -> None:
    size = sys.argv[1]
    lines = figures(size)
    if not lines:
        sys.exit("bench: no figures to show")
    text = "\n".join(part for part in (
        f"## Overlay, {size} ({places.SIZES[size]:,} polygons asked for)\n", batch(lines),
        checks(lines), coverage(lines), union(lines), tiles(lines), layer_files(lines),
        intake(lines), growth(),
        answers(lines), notes(lines)) if part)
    (places.work() / "runs" / f"{size}.md").write_text(text + "\n", encoding="utf-8")
    print(text)


def figures(size: str) -> list[dict]:
    """The lines of the last run; a job that was measured again counts by its later line."""
    file = places.work() / "runs" / f"{size}.jsonl"
    if not file.exists():
        return []
    with file.open(encoding="utf-8") as lines:
        return list({identity(line): line for line in map(json.loads, lines)}.values())


def identity(line: dict) -> tuple:
    """What tells two figures apart; of equal ones the later counts."""
    return tuple(line.get(key) for key in (
        "job", "engine", "layer", "plane", "state", "written", "ask", "form", "data", "of"))


def table(title: str, heads: list[str], rows: list[list]) -> str:
    if not rows:
        return ""
    out = [f"### {title}\n", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    out += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(out) + "\n"


def measured(lines: list[dict], job: str) -> list[dict]:
    return [line for line in lines if line["job"] == job]


def cost(line: dict, ours: dict | None) -> list:
    """Wall, CPU, memory, and how many times ours they are."""
    if "error" in line["result"]:
        return ["failed", "failed", "–", "–", "–"]
    noisy = " ~" if line["othersCpuS"] > NOISY * line["wallS"] else ""
    times = ["–", "–"]
    if ours and ours is not line and "error" not in ours["result"]:
        times = [f"{line['wallS'] / max(ours['wallS'], 1e-6):.1f}",
                 f"{line['cpuS'] / max(ours['cpuS'], 1e-6):.1f}"]
    return [f"{line['wallS']:.3f}{noisy}", f"{line['cpuS']:.3f}", line["peakMB"], *times]


def tiles(lines: list[dict]) -> str:
    """Time to draw one tile, and how many times ours it is."""
    found = measured(lines, "tiles")
    ours = next((line["result"] for line in found if line["engine"] == US), None)
    rows = []
    for line in found:
        result = line["result"]
        if "error" in result:
            rows.append([named(line), "failed", "", "", "", "", ""])
            continue
        times = [f"{result[key] / max(ours[key], 1e-6):.1f}" if ours else "–"
                 for key in ("p50Ms", "p99Ms")]
        rows.append([named(line), result["count"], result["p50Ms"], result["p99Ms"],
                     result["mostBytes"], *times])
    heads = ["engine", "tiles", "p50 ms", "p99 ms", "largest, bytes", "p50 ×", "p99 ×"]
    return table("One vector tile, levels 8 to 14, warm", heads, rows)


COST = ["wall s", "CPU s", "private MB", "wall ×", "CPU ×"]


def batch(lines: list[dict]) -> str:
    rows = []
    kinds = sorted({(line["layer"], line["plane"], line["state"], line["written"])
                    for line in measured(lines, "overlay")}, reverse=True)
    for kind in kinds:
        group = [line for line in measured(lines, "overlay")
                 if (line["layer"], line["plane"], line["state"], line["written"]) == kind]
        layer, plane, state, written = kind
        # Ours always writes; a peer that only counts is compared with that all the same.
        ours = next((line for line in measured(lines, "overlay") if line["engine"] == US
                     and (line["layer"], line["plane"], line["state"]) == (layer, plane, state)
                     and line.get("form") != "1 thread"), None)
        what = f"patch × {layer}, {plane}, {'written' if written else 'counted'}, {state}"
        rows += [[what, named(line), *cost(line, ours)] for line in ordered(group)]
    return table("Batch overlay, grouped by patch and class", ["job", "engine", *COST], rows)


def named(line: dict) -> str:
    return f"{line['engine']}, {line['form']}" if line.get("form") else line["engine"]


def ordered(group: list[dict]) -> list[dict]:
    return sorted(group, key=lambda line: (line["engine"] != US, line["engine"]))


def checks(lines: list[dict]) -> str:
    rows = []
    for kind in ("probe", "corridor"):
        for line in ordered([each for each in measured(lines, "check") if each["ask"] == kind]):
            found = line["result"]
            rows.append([kind, named(line),
                         *(found.get(key, "–") for key in (
                             "count", "p50Ms", "p99Ms", "maxMs", "firstMs", "rows"))])
    return table("One check against five layers, statutory areas (probe: 50 ha; corridor: 60 km)",
                 ["boundary", "engine", "places", "p50 ms", "p99 ms", "max ms", "first ms", "rows"],
                 rows)


def coverage(lines: list[dict]) -> str:
    group = measured(lines, "coverage")
    ours = next((line for line in group if line["engine"] == US), None)
    rows = [[line["engine"], line.get("form", ""), line.get("data", "faults"), *cost(line, ours),
             facts(line["result"])] for line in ordered(group)]
    planted = [[line["engine"], line["of"], line["result"]["flagged"], line["result"]["push"],
                line["result"]["pull"]] for line in measured(lines, "faults")]
    return table("Coverage check", ["engine", "looks for", "data", *COST, "found"], rows) + "\n" + table(
        "Planted faults found (100: half overlaps, half gaps)",
        ["engine", "looks for", "polygons flagged", "overlaps found", "gaps found"], planted)


def union(lines: list[dict]) -> str:
    group = measured(lines, "union")
    ours = next((line for line in group if line["engine"] == US), None)
    rows = [[line["engine"], line.get("form", ""), *cost(line, ours)] for line in ordered(group)]
    return table("Coverage union by class × county", ["engine", "by", *COST], rows)


def layer_files(lines: list[dict]) -> str:
    rows = [[line.get("layer", ""), *cost(line, None)[:3], line["cpuNsAVertexWithReading"],
             facts(line["result"])] for line in measured(lines, "layers")]
    return table("Layer files made from a GeoPackage", [
        "layer", "wall s", "CPU s", "private MB", "CPU ns a vertex, with reading", "file"], rows
    ) + "\n" + table("A layer file made from WKB in memory (library)", [
        "layer", "wall s", "CPU s", "CPU ns a vertex"], [
            [line["layer"], line["libraryWallS"], line["libraryCpuS"], line["result"]["cpuNsAVertex"]]
            for line in measured(lines, "layout")])


def intake(lines: list[dict]) -> str:
    group = measured(lines, "import")
    ours = next((line for line in group if line["engine"] == US), None)
    rows = [[named(line), *cost(line, ours), line.get("storedToSource", "–"), facts(line["result"])]
            for line in ordered(group)]
    states = [[line["form"], *cost(line, None)[:3]] for line in measured(lines, "state")]
    return table("Import of land patches into an empty store", [
        "engine", *COST, "stored ÷ source", "found"], rows) + "\n" + table(
        "A state written as Parquet", ["state", "wall s", "CPU s", "private MB"], states)


def growth() -> str:
    """The batch job at every size that was run: what doubles when the data do."""
    rows = []
    for size in places.SIZES:
        group = [line for line in measured(figures(size), "overlay")
                 if (line["layer"], line["plane"], line["state"], line["written"])
                 == ("landuse", "statutory", "warm", True) and "error" not in line["result"]]
        thousands = places.SIZES[size] / 1000
        rows += [[size, named(line), f"{line['wallS']:.3f}", f"{line['cpuS']:.3f}",
                  f"{1e6 * line['cpuS'] / thousands:.0f}"] for line in ordered(group)]
    if len({row[0] for row in rows}) < 2:
        return ""
    return table("Growth: patch × landuse, statutory, written, warm (figures of each size's last run)",
                 ["size", "engine", "wall s", "CPU s", "CPU µs a thousand polygons"], rows)


def facts(result: dict) -> str:
    return ", ".join(f"{name} {value}" for name, value in result.items())


def answers(lines: list[dict]) -> str:
    rows = []
    for line in measured(lines, "agreement"):
        found, allowed = line["result"], line["tolerance"]
        rows.append([
            line["of"], f"{line['engine']} / {line['reference']}", found["groups"],
            f"{found['missing']} / {found['extra']}", f"{found['maxM2']:.2g}",
            f"{allowed['absolute']:g} m² + {allowed['relative']:g} ({allowed['reason']})",
            "yes" if found["agrees"] else "**NO**"])
    return table("Answers compared, group by group", [
        "job", "engine / reference", "groups", "missing / extra", "largest difference, m²",
        "allowed a group", "agree"], rows)


def notes(lines: list[dict]) -> str:
    noisy = sum("wallS" in line and line["othersCpuS"] > NOISY * line["wallS"] for line in lines)
    note = ("Best of several warm runs on both sides; × is the peer's figure over ours. CPU counts the"
            " server's processes too; private MB leaves mapped files and shared buffers out.")
    if noisy:
        note += (f" {noisy} wall times are marked ~: others used the machine meanwhile, so compare CPU"
                 " there.")
    return note


if __name__ == "__main__":
    main()
