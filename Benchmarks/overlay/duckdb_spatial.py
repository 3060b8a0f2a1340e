"""DuckDB's share, with its spatial extension: `duckdb_spatial.py SIZE JOB…`, jobs as in geos.py and cold.

A database file a size is filled on first use. The extension is the one that comes as a Python package,
so nothing is fetched while the benchmark runs. Two threads.
"""
import os
import pathlib

import duckdb
import duckdb_extension_spatial

import asks
import caches
import jobs
import loops
import places
from meter import Meter, best_of, emit

ENGINE = "duckdb"
# st_area_spheroid wants latitude first, and measures on WGS 84, which differs by 1e-10 in flattening.
AREAS = {
    "degree": "st_area(piece)",
    "statutory": "st_area_spheroid(st_flipcoordinates(piece))",
}
LAYERS = {
    "patch": "id", "landuse": "bsm, dlbm, county", "pbf": "id, grade", "redline": "id",
    "udb": "id", "parcel": "id", "faults": "bsm",
}


def database(size: str) -> pathlib.Path:
    return places.work() / f"duckdb-{size}.db"


def connect(size: str, layers: tuple[str, ...]) -> duckdb.DuckDBPyConnection:
    link = duckdb.connect(database(size), config={
        "threads": 2, "memory_limit": os.environ.get("BENCH_DUCKDB_MEMORY", "10GB"),
        "allow_unsigned_extensions": "true", "temp_directory": str(places.work() / "duckdb-tmp")})
    package = pathlib.Path(duckdb_extension_spatial.__file__).parent
    extension = next(package.rglob("spatial.duckdb_extension"))
    link.execute(f"load '{extension}'")
    link.execute("set preserve_insertion_order = false")
    standing = {row[0] for row in link.execute("select table_name from duckdb_tables()").fetchall()}
    for layer in layers:
        if layer not in standing:
            link.execute(f"create table {layer} as select {LAYERS[layer]}, geometry::geometry geom"
                         f" from '{places.data(size) / (layer + '.parquet')}'")
    link.execute("checkpoint")
    return link


def write(link: duckdb.DuckDBPyConnection, query: str, file: pathlib.Path) -> dict:
    link.execute(f"copy ({query}) to '{file}' (format csv, header)")
    return {"bytes": file.stat().st_size}


def overlay(size: str) -> None:
    with connect(size, ("patch", *jobs.BATCH)) as link:
        for layer in jobs.BATCH:
            for plane, area in AREAS.items():
                query = loops.overlay_query(layer, area)

                def counted() -> dict:
                    groups, total = link.execute(
                        f"select count(*), sum(area) from ({query})").fetchone()
                    return {"groups": groups, "area": total}

                loops.batch(ENGINE, size, layer, plane, counted,
                            lambda file: write(link, query, file))


def cold(size: str) -> None:
    """The first batch job after opening, the database file not in the page cache."""
    connect(size, ("patch", "landuse")).close()
    forgotten = caches.forget(database(size))
    meter = Meter("overlay", ENGINE, size, layer="landuse", plane="statutory", state="cold",
                  written=True)
    with meter:
        with connect(size, ("patch", "landuse")) as link:
            file = jobs.answer(size, "overlay-landuse-statutory-cold", ENGINE)
            meter.result = write(link, loops.overlay_query("landuse", AREAS["statutory"]), file)
    emit(meter.line(forgottenMB=forgotten))


def check(size: str) -> None:
    """One boundary against five layers, a statement a layer; stops when its time is used up."""
    with connect(size, ("patch", *jobs.CHECK)) as link:
        for kind in jobs.ASKS:
            shapes = asks.shapes(size, kind)
            one_check(link, shapes[0])
            loops.checks(ENGINE, size, kind, shapes, lambda shape: one_check(link, shape))


def one_check(link: duckdb.DuckDBPyConnection, shape: bytes) -> list[tuple]:
    rows = []
    for layer, key in jobs.CHECK.items():
        rows += link.execute(f"""
          select '{layer}', {key}::varchar, sum({AREAS["statutory"]}) from (
            select {key}, st_intersection(geom, st_geomfromwkb($1)) piece
            from {layer} where st_intersects(geom, st_geomfromwkb($1))) pieces
          group by 2""", [shape]).fetchall()
    return rows


def coverage(size: str) -> None:
    name = "faults" if (places.data(size) / "faults.parquet").exists() else "landuse"
    with connect(size, (name,)) as link:
        def flagged() -> dict:
            return {"flagged": link.execute(f"""
              select count(*) from (select unnest(st_dump(st_coverageinvalidedges_agg(geom))) part
              from {name}) where not st_isempty(part.geom)""").fetchone()[0]}

        best_of(1, "coverage", ENGINE, size, flagged, form="overlaps", data=name)


def union(size: str) -> None:
    with connect(size, ("landuse",)) as link:
        query = ("select county, dlbm, st_area(shape) as area, st_npoints(shape) as points from"
                 " (select county, dlbm, st_coverageunion_agg(geom) shape from landuse group by 1, 2)")
        file = jobs.answer(size, "union", ENGINE)
        best_of(2, "union", ENGINE, size, lambda: write(link, query, file),
                form="st_coverageunion_agg")


JOBS = {"overlay": overlay, "cold": cold, "check": check, "coverage": coverage, "union": union}

if __name__ == "__main__":
    loops.main(JOBS)
