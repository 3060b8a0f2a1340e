"""The import job: one file of land patches into an empty store, every engine with what it can ask.

Ours is `karez import` with the whole quality gate into an empty One Map that knows counties, townships and
villages; beside it `ogr2ogr` into PostGIS and ST_IsValid there, and `ogr2ogr` into a GeoPackage and GEOS's
validity on its polygons. Then the size of what stands on disk, and one state read as of last year and now.
The file is that of the synthetic prefecture, made once by `karez synth`.
"""
import pathlib
import shutil
import sqlite3
import subprocess

import jobs
import places
from meter import Meter, best_of, emit
from program import karez

# What the gate compares land patches with, in the order in which one rests on another.
CONTEXT = ("counties", "townships", "villages")
PATCHES = "land-patches"
LAST_YEAR, NOW = "2024-01-01", "2025-01-01"
# One patch in so many changes between the two days.
CHANGED = 10


def synth(size: str) -> pathlib.Path:
    """The folder of the synthetic prefecture, made if it is not there."""
    folder = places.work() / "synth" / size
    if not (folder / "truth.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        karez("synth", "--patches", places.SIZES[size], "--seed", 7, "--out", folder, "--json")
    return folder


def layer(file: pathlib.Path) -> tuple[str, str]:
    """The layer of a GeoPackage of one, and its column of geometry."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as link:
        return link.execute("select table_name, column_name from gpkg_geometry_columns").fetchone()


def ours(size: str) -> None:
    source, home = synth(size), places.work() / "intake" / size
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    data = home / "karez-data"
    karez("init", "--data", data, "--json")
    for name in CONTEXT:
        karez("import", name, source / f"{name}.gpkg", "--data", data, "--valid-from", LAST_YEAR, "--json")
    before = stored(data)
    imported(size, data, source / f"{PATCHES}.gpkg", before, "import with the whole gate",
             "--valid-from", LAST_YEAR)
    changes = home / "changes.gpkg"
    change(source / f"{PATCHES}.gpkg", changes)
    imported(size, data, changes, stored(data), "a tenth changed a year later",
             "--valid-from", NOW, "--mode", "changes")
    for day in (LAST_YEAR, NOW):
        file = home / f"{day}.parquet"
        best_of(jobs.repeats(size), "state", "karez", size,
                lambda: exported(data, file, day), form=f"as of {day}", only_children=True)


def imported(size: str, data: pathlib.Path, file: pathlib.Path, before: int, form: str,
             *words: str) -> None:
    """One import as a whole process; its result is what was recorded, found and stored."""
    meter = Meter("import", "karez", size, only_children=True, form=form)
    with meter:
        found = karez("import", PATCHES, file, "--data", data, "--json", *words)
        if found["commit"] is None:
            raise RuntimeError(f"nothing was recorded: {found['counts']}")
        meter.result = {"features": found["inserted"] + found["changed"],
                        "findings": sum(found["counts"].values())}
    grown, own = stored(data) - before, file.stat().st_size
    emit(meter.line(storedMB=round(grown / 1e6), sourceMB=round(own / 1e6),
                    storedToSource=round(grown / own, 2)))


def stored(data: pathlib.Path) -> int:
    """Bytes of the database; layer files beside it are a cache that is made when it is asked for."""
    return sum(file.stat().st_size for file in data.glob("karez.gpkg*"))


def change(source: pathlib.Path, target: pathlib.Path) -> None:
    """Every so-manieth patch, with the year of its data another; a GeoPackage like the source."""
    name, _ = layer(source)
    run("ogr2ogr", "-f", "GPKG", target, source, name, "-nln", name,
        "-where", f"fid % {CHANGED} = 0")
    with sqlite3.connect(target) as link:
        columns = {row[1].lower(): row[1] for row in link.execute(f'pragma table_info("{name}")')}
        year = columns.get("data_year") or columns.get("sjnf")
        if year is None:
            link.execute(f'alter table "{name}" add column data_year integer')
            year = "data_year"
        # The file's own triggers call functions of spatial extensions that this connection lacks.
        for (trigger,) in link.execute(
                "select name from sqlite_master where type = 'trigger'").fetchall():
            link.execute(f'drop trigger "{trigger}"')
        link.execute(f'update "{name}" set "{year}" = coalesce("{year}", 0) + 1')


def exported(data: pathlib.Path, file: pathlib.Path, day: str) -> dict:
    file.unlink(missing_ok=True)
    karez("export", PATCHES, file, "--data", data, "--on", day, "--json")
    return {"bytes": file.stat().st_size}


def postgis(size: str) -> None:
    """ogr2ogr by COPY with its index, and ST_IsValid of every polygon by two workers."""
    import cluster
    import psycopg
    from postgis import PARALLEL

    source = synth(size) / f"{PATCHES}.gpkg"
    name, _ = layer(source)
    with psycopg.connect(cluster.DSN, autocommit=True) as link:
        link.execute("drop table if exists public.intake")
        meter = Meter("import", "postgis", size, server=cluster.postmaster(),
                      form="ogr2ogr + ST_IsValid")
        with meter:
            run("ogr2ogr", "-f", "PostgreSQL", f"PG:{cluster.DSN}", source, name, "-nln", "public.intake",
                "-lco", "GEOMETRY_NAME=geom", "-lco", "SPATIAL_INDEX=GIST", "-gt", "200000",
                "--config", "PG_USE_COPY", "YES")
            link.execute(PARALLEL.format(workers=2))
            rows, invalid = link.execute(
                "select count(*), count(*) filter (where not st_isvalid(geom)) from intake").fetchone()
            meter.result = {"features": rows, "findings": invalid}
        grown = link.execute("select pg_total_relation_size('public.intake')").fetchone()[0]
        emit(meter.line(storedMB=round(grown / 1e6), sourceMB=round(source.stat().st_size / 1e6),
                        storedToSource=round(grown / source.stat().st_size, 2)))
        link.execute("drop table public.intake")


def geopackage(size: str) -> None:
    """ogr2ogr into a GeoPackage with its index, and GEOS's validity of every polygon read back."""
    import numpy
    import pyogrio.raw
    import shapely

    source = synth(size) / f"{PATCHES}.gpkg"
    name, _ = layer(source)
    target = places.work() / "intake" / f"{size}.gpkg"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    meter = Meter("import", "geos", size, form="ogr2ogr to GeoPackage + is_valid")
    with meter:
        run("ogr2ogr", "-f", "GPKG", target, source, name, "-nln", name, "-gt", "200000")
        rows = invalid = 0
        while True:
            shapes = pyogrio.raw.read(target, layer=name, columns=[], skip_features=rows,
                                      max_features=200_000)[2]
            if not len(shapes):
                break
            rows += len(shapes)
            invalid += int(numpy.count_nonzero(~shapely.is_valid(shapely.from_wkb(shapes))))
        meter.result = {"features": rows, "findings": invalid}
    emit(meter.line(storedMB=round(target.stat().st_size / 1e6),
                    sourceMB=round(source.stat().st_size / 1e6),
                    storedToSource=round(target.stat().st_size / source.stat().st_size, 2)))
    target.unlink()


def run(*words: object) -> None:
    done = subprocess.run(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode()[-300:])
