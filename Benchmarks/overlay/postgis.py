"""PostGIS's share: `postgis.py SIZE JOB…` with the jobs overlay, cold, check, union, coverage.

The layers must stand in the cluster (postgis_load.py). Areas: square degrees (`degree`), the projected
plane EPSG:4514 (`planar`), and the ellipsoid (`statutory`; PostGIS follows geodesics there).
"""
import csv
import math
import pathlib
import time

import psycopg
import asks
import caches
import cluster
import intake
import jobs
import loops
import postgis_load
from meter import Meter, best_of, emit

ENGINE = "postgis"
AREAS = {
    "degree": "st_area(piece)",
    "planar": "st_area(st_transform(piece, 4514))",
    "statutory": "st_area(piece::geography)",
}
PARALLEL = """set max_parallel_workers_per_gather = {workers}; set parallel_setup_cost = 10;
set parallel_tuple_cost = 0.001; set min_parallel_table_scan_size = 0"""


def connect(size: str) -> psycopg.Connection:
    link = psycopg.connect(cluster.DSN, autocommit=True)
    link.execute(f"set search_path = s{size}, public")
    link.execute(PARALLEL.format(workers=2))
    return link


def write(link: psycopg.Connection, query: str, file: pathlib.Path) -> dict:
    with link.cursor().copy(f"copy ({query}) to stdout (format csv, header)") as rows:
        with open(file, "wb") as out:
            for block in rows:
                out.write(block)
    return {"bytes": file.stat().st_size}


def overlay(size: str) -> None:
    with connect(size) as link:
        for layer in jobs.BATCH:
            for plane, area in AREAS.items():
                query = loops.overlay_query(layer, area)

                def counted() -> dict:
                    groups, total = link.execute(
                        f"with r as materialized ({query})"
                        " select count(*), sum(area) from r").fetchone()
                    return {"groups": groups, "area": total}

                loops.batch(ENGINE, size, layer, plane, counted,
                            lambda file: write(link, query, file), server=cluster.postmaster())


def cold(size: str) -> None:
    """The first batch job after a restart, nothing of the cluster in the page cache."""
    cluster.stop()
    forgotten = caches.forget(cluster.folder() / "data")
    cluster.start()
    with connect(size) as link:
        file = jobs.answer(size, "overlay-landuse-statutory-cold", ENGINE)
        meter = Meter("overlay", ENGINE, size, server=cluster.postmaster(), layer="landuse",
                      plane="statutory", state="cold", written=True)
        with meter:
            meter.result = write(link, loops.overlay_query("landuse", AREAS["statutory"]), file)
        emit(meter.line(forgottenMB=forgotten))


# Forms of the one check: as a beginner writes it, with long polygons cut beforehand as the manual
# advises, and with the boundary cut as well. The quickest is the one we compare with.
FORMS = ("whole", "layers cut", "both cut")


def check_query(form: str) -> str:
    ask = "st_geomfromwkb(%s, 4490)"
    parts = []
    for layer, key in jobs.CHECK.items():
        table = f"{layer}_pieces" if form != "whole" and layer in postgis_load.LONG else layer
        parts.append(f"""
          select '{layer}' as layer, {key}::text as key, sum({AREAS["statutory"]}) as area from (
            select {key}, st_intersection(l.geom, ask.geom) piece
            from {table} l, ask where st_intersects(l.geom, ask.geom)) pieces
          group by 2""")
    ask = f"st_subdivide({ask}, 64)" if form == "both cut" else ask
    return f"with ask as materialized (select {ask} geom) " + " union all ".join(parts)


def check(size: str) -> None:
    """One boundary against five layers, a round trip each, one session, statements prepared."""
    for kind in jobs.ASKS:
        shapes = asks.shapes(size, kind)
        for form in FORMS:
            with connect(size) as link:
                link.execute(PARALLEL.format(workers=0))
                time_checks(link, size, kind, form, shapes)


def time_checks(link: psycopg.Connection, size: str, kind: str, form: str,
                shapes: list[bytes]) -> None:
    query = check_query(form)

    def ask(shape: bytes) -> list[tuple]:
        return link.execute(query, (shape,), prepare=True).fetchall()

    begun = time.perf_counter()
    ask(shapes[0])
    first = time.perf_counter() - begun
    for shape in shapes[:20]:
        ask(shape)
    loops.checks(ENGINE, size, kind, shapes, ask, form=form, server=cluster.postmaster(),
                 firstMs=round(1000 * first, 3))


TILE = """select st_asmvt(q, 'landuse', 4096, 'shape') from (
  select {look}, st_asmvtgeom(web, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64, true) shape
  from {layer}_web where web && st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 64.0 / 4096)) q"""


def tiles(size: str) -> None:
    """The tiles that ours drew, by ST_AsMVT, of geometries transformed and indexed beforehand.

    Each is drawn twice and timed the second time; a round trip is in the figure.
    """
    layer, look, _, _ = jobs.TILES
    with open(jobs.answer(size, "tiles", "karez"), encoding="utf-8") as file:
        asked = list(csv.DictReader(file))
    with connect(size) as link:
        link.execute(f"""create table if not exists {layer}_web as
            select {look}, st_transform(geom, 3857) web from {layer}""")
        link.execute(f"create index if not exists {layer}_web_box on {layer}_web using gist (web)")
        link.execute(f"vacuum analyze {layer}_web")
        query, rows = TILE.format(layer=layer, look=look), []
        meter = Meter("tiles", ENGINE, size, server=cluster.postmaster(), form="ST_AsMVT")
        with meter:
            for tile in asked:
                place = {"z": int(tile["level"]), "x": int(tile["column"]), "y": int(tile["row"])}
                link.execute(query, place, prepare=True).fetchone()
                begun = time.perf_counter()
                found, = link.execute(query, place, prepare=True).fetchone()
                rows.append((place["z"], place["y"], place["x"],
                             1000 * (time.perf_counter() - begun), len(found or b"")))
            jobs.write_rows(jobs.answer(size, "tiles", ENGINE),
                            ("level", "row", "column", "ms", "bytes"), rows)
            times = sorted(row[3] for row in rows)
            meter.result = {
                "count": len(times), "p50Ms": _rank(times, 0.5), "p99Ms": _rank(times, 0.99),
                "maxMs": round(times[-1], 3), "mostBytes": max(row[4] for row in rows)}
        emit(meter.line())


def _rank(times: list[float], share: float) -> float:
    """Nearest rank: the smallest time that this share of the times does not exceed."""
    return round(times[max(0, math.ceil(len(times) * share) - 1)], 3)


def union(size: str) -> None:
    with connect(size) as link:
        query = ("select county, dlbm, st_area(shape) as area, st_npoints(shape) as points from"
                 " (select county, dlbm, st_union(geom) shape from landuse group by 1, 2) u")
        file = jobs.answer(size, "union", ENGINE)
        best_of(1, "union", ENGINE, size, lambda: write(link, query, file),
                server=cluster.postmaster(), form="st_union")


def coverage(size: str) -> None:
    """PostGIS 3.3 has no coverage check; its usual substitute is a self-join for overlaps, and holes
    of the union for gaps."""
    load_faults(size)
    with connect(size) as link:
        def overlaps() -> dict:
            pairs = link.execute("""select a.bsm, b.bsm from faults a join faults b
              on a.geom && b.geom and a.bsm < b.bsm and st_relate(a.geom, b.geom, '2********')
              """).fetchall()
            jobs.write_ids(jobs.answer(size, "coverage-overlaps", ENGINE),
                           {bsm for pair in pairs for bsm in pair})
            return {"overlaps": len(pairs)}

        def gaps() -> dict:
            holes = link.execute("""select sum(st_numinteriorrings(g)) from
              (select (st_dump(st_union(geom))).geom g from faults) parts""").fetchone()[0]
            return {"gaps": int(holes)}

        facts = {"server": cluster.postmaster()}
        best_of(1, "coverage", ENGINE, size, overlaps, form="overlaps: self-join", **facts)
        best_of(1, "coverage", ENGINE, size, gaps, form="gaps: holes of the union", **facts)


def load_faults(size: str) -> None:
    postgis_load.LAYERS["faults"] = {"bsm": "int8"}
    with connect(size) as link:
        postgis_load.load(link, size, "faults")


JOBS = {"overlay": overlay, "cold": cold, "check": check, "union": union, "coverage": coverage,
        "import": intake.postgis, "tiles": tiles}

if __name__ == "__main__":
    loops.main(JOBS)
