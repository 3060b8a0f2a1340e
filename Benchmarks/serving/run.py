"""Runs the benchmark of what is served, peers beside us on the same rows: `run.py PATCHES`.

Tiles of levels 8 to 14 and pages of a thousand features, asked by one reader through each server's own
door. Figures go to runs/served-SIZE.jsonl in the work folder, the table to runs/served-SIZE.md.
SERVING_DOORS (karez, postgis, tipg, mapserver; comma between) and SERVING_JOBS (tiles, items) narrow a run.
"""
import csv
import importlib.util
import json
import os
import pathlib
import shutil
import statistics
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "overlay"))

import cluster  # noqa: E402
import doors  # noqa: E402
import figures  # noqa: E402
import ground  # noqa: E402
import places  # noqa: E402
import vector_tile  # noqa: E402
from meter import Meter, cpu_of, quantiles  # noqa: E402

# Gigabytes of disk: the prefecture as files, in our store, and in PostGIS twice.
NEEDED_GB = {"30k": 1, "300k": 3, "3m": 24, "10m": 80}
DOORS = {"karez": doors.Karez, "postgis": doors.PostGIS, "tipg": doors.Tipg,
         "mapserver": doors.MapServer}
JOBS = ("tiles", "items")
# Up to so many features each is in a tile by itself, on every side, and can be counted.
COUNTED = 1_500


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def words(name: str, known) -> list[str]:
    chosen = [word for word in os.environ.get(name, "").split(",") if word]
    if unknown := [word for word in chosen if word not in known]:
        sys.exit(f"bench: {name}: {', '.join(unknown)} is not one of {', '.join(known)}")
    return [word for word in known if not chosen or word in chosen]


def tiles(door: doors.Door, asked: list[tuple[int, int, int]], emit) -> list[list]:
    """Every tile cold; drawn anew, its files read before; and again, where the server remembers."""
    forgotten = door.cold()
    rows = timed_tiles(door, asked, "cold", emit, forgottenMB=forgotten)
    if door.remembers:
        door.restart()
    rows += timed_tiles(door, asked, "drawn", emit)
    if door.remembers:
        rows += timed_tiles(door, asked, "again", emit)
    return rows


def timed_tiles(door: doors.Door, asked, state: str, emit, **facts) -> list[list]:
    rows, seconds, works = [], [], []
    meter = Meter("tiles", door.name, door.size, server=door.servers(), state=state)
    with meter:
        for tile in asked:
            used, begun = cpu_of(door.servers()), time.perf_counter()
            body = door.tile(*tile)
            took = time.perf_counter() - begun
            seconds.append(took)
            works.append(cpu_of(door.servers()) - used)
            rows.append([state, *tile, round(1000 * took, 3), round(1000 * works[-1], 3), len(body),
                         vector_tile.features(body)])
        levels = {level: round(statistics.median(row[5] for row in rows if row[1] == level), 3)
                  for level in ground.LEVELS}
        meter.result = {**quantiles(seconds), "cpu": quantiles(works),
                        "mostBytes": max(row[6] for row in rows), "p50CpuMsByLevel": levels}
    emit(meter.line(**facts))
    return rows


def items(door: doors.Door, windows, emit) -> None:
    """Pages of a thousand: one after the other as links lead, and of windows here and there."""
    for state in ("cold", "warm"):
        forgotten = door.cold() if state == "cold" else 0
        for form, work in (("following", lambda: followed(door)),
                           ("windows", lambda: looked(door, windows))):
            meter = Meter("items", door.name, door.size, server=door.servers(), state=state,
                          form=form)
            with meter:
                meter.result = work()
            emit(meter.line(forgottenMB=forgotten))


def followed(door: doors.Door) -> dict:
    query, seconds, works, size, names = {"limit": ground.PAGE}, [], [], 0, set()
    for _ in range(ground.PAGES):
        used, begun = cpu_of(door.servers()), time.perf_counter()
        body = door.page(query)
        seconds.append(time.perf_counter() - begun)
        works.append(cpu_of(door.servers()) - used)
        size += len(body)
        page = json.loads(body)
        names.update(str(feature["id"]) for feature in page["features"])
        link = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)
        if link is None:
            break
        query = dict(urllib.parse.parse_qsl(link.partition("?")[2]))
    if len(names) < ground.PAGE * (len(seconds) - 1):
        raise RuntimeError(f"{door.name}: pages repeat features: {len(names)}")
    return {**quantiles(seconds), "cpu": quantiles(works), "features": len(names), "bytes": size}


def looked(door: doors.Door, windows) -> dict:
    seconds, works, size, count = [], [], 0, 0
    for box in windows:
        used, begun = cpu_of(door.servers()), time.perf_counter()
        body = door.page({"limit": ground.PAGE, "bbox": ",".join(map(str, box))})
        seconds.append(time.perf_counter() - begun)
        works.append(cpu_of(door.servers()) - used)
        size += len(body)
        count += len(json.loads(body)["features"])
    return {**quantiles(seconds), "cpu": quantiles(works), "features": count, "bytes": size}


def agreement(found: dict[str, list[list]], emit) -> bool:
    """Whether tiles of few features show as many on every side; a fault is said.

    tipg and MapServer leave the tile's margin out where they look for features, and may show fewer.
    """
    ours = {tuple(row[1:4]): row[7] for row in found.get("karez", []) if row[0] == "drawn"}
    agrees = True
    for name, rows in found.items():
        if name == "karez" or not ours:
            continue
        few = [row for row in rows if row[0] == "drawn" and 0 < row[7] <= COUNTED]
        differences = [(row, ours[tuple(row[1:4])] - row[7], max(2, row[7] // 50)) for row in few]
        wrong = [row for row, more, most in differences
                 if more < -most or name == "postgis" and more > most]
        emit({"job": "agreement", "engine": name, "result": {"tiles": len(few), "differ": len(wrong)}})
        if wrong:
            say(f"{name} shows {wrong[0][7]} features in {wrong[0][1:4]}, karez"
                f" {ours[tuple(wrong[0][1:4])]}; {len(wrong)} of {len(few)} tiles differ")
            agrees = False
    return agrees


def is_there(name: str) -> bool:
    if name == "tipg" and importlib.util.find_spec("tipg") is None:
        say("tipg is left out; it is in Benchmarks/requirements.txt")
        return False
    if name == "mapserver" and doors.MapServer.program() is None:
        say("MapServer is left out; install cgi-mapserver to have it beside us")
        return False
    return True


def measure(size: str, emit) -> bool:
    chosen, asked = words("SERVING_DOORS", DOORS), words("SERVING_JOBS", JOBS)
    if "karez" in chosen:
        ground.store(size)
    ground.load(size)
    wanted, windows = ground.tiles(size), ground.windows(size)
    drawn: dict[str, list[list]] = {}
    for name in filter(is_there, chosen):
        door = DOORS[name](size)
        try:
            door.settle()
            if "tiles" in asked:
                say(f"tiles, {door.name}, {size}")
                rows = drawn[name] = tiles(door, wanted, emit)
                with open(places.answers(size) / f"served-tiles-{name}.csv", "w", newline="",
                          encoding="utf-8") as file:
                    writer = csv.writer(file)
                    writer.writerow(("state", "level", "row", "column", "ms", "cpuMs", "bytes", "features"))
                    writer.writerows(rows)
            if "items" in asked and hasattr(door, "page"):
                say(f"items, {door.name}, {size}")
                items(door, windows, emit)
        finally:
            door.stop()
    return agreement(drawn, emit)


def main() -> None:
    size = places.size_name(int(sys.argv[1]))
    if not cluster.is_available():
        say("what is served is not compared; install postgresql-15-postgis-3 to have it beside us")
        return
    places.work().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(places.work()).free / 1e9
    if free < NEEDED_GB[size]:
        sys.exit(f"bench: {NEEDED_GB[size]} GB of disk are needed, {free:.0f} GB are free")
    runs = places.work() / "runs"
    runs.mkdir(exist_ok=True)
    lines: list[dict] = []

    def emit(line: dict) -> None:
        lines.append(line)
        with open(runs / f"served-{size}.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    cluster.start()
    try:
        agrees = measure(size, emit)
    finally:
        cluster.stop()
    text = figures.markdown(size, lines)
    (runs / f"served-{size}.md").write_text(text, encoding="utf-8")
    print(text)
    sys.exit(0 if agrees and "**NO**" not in text else 1)


if __name__ == "__main__":
    main()
