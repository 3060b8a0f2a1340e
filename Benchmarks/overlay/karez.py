"""Our share: `karez.py SIZE JOB…`, jobs as in the others, and layers (the layer files themselves).

Everything is measured from outside, as whole processes of the release binary: its start, the opening of
the layer files and the writing of the answer are in the figures. Layer files are made once, as indexes
are, and their making is a job of its own.
"""
import pathlib

import caches
import intake
import jobs
import loops
import places
from meter import Meter, best_of, emit
from program import karez

ENGINE = "karez"
PLANES = {"statutory": [], "planar": ["--planar", "EPSG:4514"]}
# Layer, the attribute that names its polygons, and those it is grouped by.
LAYERS = {
    "patch": ("id", ""), "landuse": ("bsm", "dlbm,county"), "pbf": ("id", "grade"),
    "redline": ("id", ""), "udb": ("id", ""), "parcel": ("id", ""),
}


def layer(size: str, name: str) -> pathlib.Path:
    folder = places.work() / "layers" / size
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.layer"


def make(size: str, name: str) -> dict:
    """Lays a layer out; the figures of the file."""
    if name in jobs.ASKS:
        source, identifier, columns = f"{places.data(size) / 'asks.gpkg'}:{name}", "id", ""
    elif name == "faults":
        source, identifier, columns = str(places.data(size) / "faults.gpkg"), "bsm", ""
    else:
        source = f"{places.data(size) / 'onemap.gpkg'}:{name}"
        identifier, columns = LAYERS[name]
    file = layer(size, name)
    words = ["layer", source, "--id", identifier, "--out", file, "--json"]
    made = karez(*words, *(["--columns", columns] if columns else []))
    size_b = file.stat().st_size
    return {"polygons": made["polygons"], "vertices": made["vertices"], "bytes": size_b,
            "bytesAVertexAbove64APolygon": round(
                (size_b - 64 * made["polygons"]) / max(1, made["vertices"]), 2)}


def require(size: str, *names: str) -> list[pathlib.Path]:
    for name in names:
        if not layer(size, name).exists():
            make(size, name)
    return [layer(size, name) for name in names]


def layers(size: str) -> None:
    """Makes every layer file anew: reading the GeoPackage in the sandbox, sorting, writing."""
    has_faults = (places.data(size) / "faults.gpkg").exists()
    names = ("patch", "landuse") if size == "10m" else (*LAYERS, *jobs.ASKS)
    for name in (*names, *(["faults"] if has_faults else [])):
        meter = Meter("layers", ENGINE, size, only_children=True, layer=name)
        with meter:
            meter.result = make(size, name)
        per_vertex = 1e9 * meter.cpu / max(1, meter.result["vertices"])
        emit(meter.line(cpuNsAVertexWithReading=round(per_vertex, 1)))
    layout(size)


def layout(size: str) -> None:
    """The land-use layer laid out again from WKB in memory, on the library's own clock."""
    file, = require(size, "landuse")
    again = file.with_name("again.layer")
    runs = []
    for _ in range(jobs.repeats(size)):
        meter = Meter("layout", ENGINE, size, only_children=True, layer="landuse")
        with meter:
            found = karez("bench", "layout", file, "--out", again)
        meter.result = found["result"]
        runs.append(meter.line(libraryCpuS=found["cpuS"], libraryWallS=found["wallS"]))
    emit(min(runs, key=lambda line: line["libraryCpuS"]))
    again.unlink()


def overlay(size: str) -> None:
    batch = {"landuse": "dlbm"} if size == "10m" else jobs.BATCH
    require(size, "patch", *batch)
    for name, key in batch.items():
        for plane in PLANES:
            overlay_once(size, name, key, plane, threads=2)
    overlay_once(size, "landuse", "dlbm", "statutory", threads=1)


def overlay_once(size: str, name: str, key: str, plane: str, threads: int) -> None:
    file = jobs.answer(size, f"overlay-{name}-{plane}", ENGINE)
    best_of(jobs.repeats(size), "overlay", ENGINE, size,
            lambda: overlaid(size, name, key, plane, file, threads), layer=name, plane=plane,
            state="warm", written=True, form="1 thread" if threads == 1 else "2 threads",
            only_children=True)


def overlaid(size: str, name: str, key: str, plane: str, file: pathlib.Path, threads: int) -> dict:
    found = karez("overlay", layer(size, "patch"), layer(size, name), "--by", key, "--out", file,
                  "--threads", threads, "--json", *PLANES[plane])
    return {"groups": found["rows"], "pairs": found["pairs"], "area": float(found["areaM2"]),
            "bytes": file.stat().st_size}


def cold(size: str) -> None:
    """The batch job with none of the layer files in the page cache."""
    forgotten = caches.forget(*require(size, "patch", "landuse"))
    file = jobs.answer(size, "overlay-landuse-statutory-cold", ENGINE)
    meter = Meter("overlay", ENGINE, size, only_children=True, layer="landuse", plane="statutory",
                  state="cold", written=True, form="2 threads")
    with meter:
        meter.result = overlaid(size, "landuse", "dlbm", "statutory", file, 2)
    emit(meter.line(forgottenMB=forgotten))


def check(size: str) -> None:
    """Boundaries against five layer files, the library alone: no store, no rules, no answer."""
    for kind in jobs.ASKS:
        targets = require(size, kind, *jobs.CHECK)
        words = [f"{file}:{key}" if key != "id" else str(file)
                 for file, key in zip(targets[1:], jobs.CHECK.values())]
        for state in ("cold", "warm"):
            forgotten = caches.forget(*targets) if state == "cold" else 0
            file = jobs.answer(size, f"check-{kind}", ENGINE)
            meter = Meter("check", ENGINE, size, only_children=True, ask=kind, state=state,
                          form="library" if state == "warm" else "library, first call cold")
            with meter:
                meter.result = karez("bench", "layers", "--boundaries", targets[0], "--out", file,
                                     *words)["result"]
            emit(meter.line(forgottenMB=forgotten))


def coverage(size: str) -> None:
    """Gaps, overlaps, duplicates and mismatched edges; the polygons of every fault are listed."""
    name = "faults" if (places.data(size) / "faults.gpkg").exists() else "landuse"
    file, = require(size, name)
    answer = jobs.answer(size, "coverage-all", ENGINE)
    best_of(2, "coverage", ENGINE, size,
            lambda: karez("bench", "coverage", file, "--out", answer)["result"],
            form="all kinds of faults", data=name, only_children=True)


def union(size: str) -> None:
    file, = require(size, "landuse")
    answer = jobs.answer(size, "union", ENGINE)
    best_of(2, "union", ENGINE, size,
            lambda: karez("bench", "coverage", file, "--union", "county,dlbm", "--out", answer)[
                "result"], form="shared edges cancelled", only_children=True)


def tiles(size: str) -> None:
    """Vector tiles of the land use, the library's clock; others draw the tiles that ours names."""
    layer, look, levels, count = jobs.TILES
    file, = require(size, layer)
    meter = Meter("tiles", ENGINE, size, only_children=True, form="layer file")
    with meter:
        meter.result = karez(
            "bench", "tiles", "--by", look, "--from", levels[0], "--to", levels[-1], "--count",
            count, "--out", jobs.answer(size, "tiles", ENGINE), file)["result"]
    emit(meter.line())


JOBS = {"layers": layers, "overlay": overlay, "cold": cold, "check": check, "coverage": coverage,
        "union": union, "import": intake.ours, "tiles": tiles}

if __name__ == "__main__":
    loops.main(JOBS)
