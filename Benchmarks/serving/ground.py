"""What is served: one synthetic prefecture's land patches, the same rows in our store and in PostGIS.

Both are made once a size. PostGIS has the patches twice: in longitude and latitude, for pages of features,
and in Web Mercator, transformed and indexed beforehand, for tiles; so it transforms nothing while it serves.
"""
import pathlib
import random
import shutil
import sys

import psycopg

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "overlay"))

import cluster  # noqa: E402
import intake  # noqa: E402
import places  # noqa: E402
from program import karez  # noqa: E402

DATASET = "land-patches"
LEVELS = range(8, 15)
TILES_OF_A_LEVEL = 40
PAGE = 1_000
PAGES = 30
SEED = 20_261
HALF_TURN_M = 20_037_508.342789244


def schema(size: str) -> str:
    return f"serving{size}"


def store(size: str) -> pathlib.Path:
    """Our data folder with the prefecture recorded, and the jobs done that follow a commit."""
    home = places.work() / "serving" / size
    data = home / "karez-data"
    if not (home / "made").exists():
        source = intake.synth(size)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        karez("init", "--data", data, "--json")
        for name in (*intake.CONTEXT, DATASET):
            karez("import", name, source / f"{name}.gpkg", "--data", data,
                  "--valid-from", intake.NOW, "--json")
        karez("jobs", "run", "--once", "--data", data)
        (home / "made").touch()
    return data


def load(size: str) -> None:
    """The same file in PostGIS, with every index and statistic it could wish for."""
    name, tables = schema(size), f"{schema(size)}.patches"
    source = intake.synth(size) / f"{DATASET}.gpkg"
    layer, _ = intake.layer(source)
    with psycopg.connect(cluster.DSN, autocommit=True) as link:
        if link.execute("select to_regclass(%s)", (f"{tables}_web",)).fetchone()[0]:
            return
        link.execute(f"drop schema if exists {name} cascade")
        link.execute(f"create schema {name}")
        intake.run("ogr2ogr", "-f", "PostgreSQL", f"PG:{cluster.DSN}", source, layer, "-nln", tables,
                   "-lco", "GEOMETRY_NAME=geom", "-lco", "FID=id", "-lco", "SPATIAL_INDEX=GIST",
                   "-lco", "PRECISION=NO", "-nlt", "MULTIPOLYGON", "-a_srs", "EPSG:4326",
                   "-gt", "200000", "--config", "PG_USE_COPY", "YES")
        columns = link.execute(f"select * from {tables} limit 0").description
        known = {column.name for column in columns}
        look = next(name for name in ("dlbm", "land_class") if name in known)
        mark = next(name for name in ("bsm", "identifier") if name in known)
        link.execute(f"create table {name}.unfinished as select id, {mark} as identifier,"
                     f" {look} as land_class,"
                     f" st_transform(geom, 3857)::geometry(multipolygon, 3857) as web from {tables}")
        link.execute(f"alter table {name}.unfinished add primary key (id)")
        link.execute(f"create index patches_web_box on {name}.unfinished using gist (web)")
        # Neighbours on the map are neighbours on disk: the best order there is for tiles and windows.
        link.execute(f"cluster {name}.unfinished using patches_web_box")
        link.execute(f"cluster {tables} using {table_index(link, name)}")
        link.execute(f"vacuum analyze {tables}")
        link.execute(f"alter table {name}.unfinished rename to patches_web")
        link.execute(f"vacuum analyze {tables}_web")


def table_index(link: psycopg.Connection, name: str) -> str:
    """The spatial index that ogr2ogr made."""
    return link.execute("select indexname from pg_indexes where schemaname = %s and tablename ="
                        " 'patches' and indexdef like '%%gist%%'", (name,)).fetchone()[0]


def tiles(size: str) -> list[tuple[int, int, int]]:
    """Level, row and column of tiles with something in them, drawn at random; the same in every run."""
    dice, chosen = random.Random(SEED), []
    with psycopg.connect(cluster.DSN, autocommit=True) as link:
        west, south, east, north = link.execute(
            "select st_xmin(e), st_ymin(e), st_xmax(e), st_ymax(e) from"
            f" (select st_extent(web) e from {schema(size)}.patches_web) box").fetchone()
        for level in LEVELS:
            side = 2 * HALF_TURN_M / 2 ** level
            every = [(level, row, column)
                     for row in range(int((HALF_TURN_M - north) / side), int((HALF_TURN_M - south) / side) + 1)
                     for column in range(int((west + HALF_TURN_M) / side), int((east + HALF_TURN_M) / side) + 1)]
            dice.shuffle(every)
            found = []
            for tile in every:
                if len(found) == TILES_OF_A_LEVEL:
                    break
                if link.execute(
                        f"select exists (select from {schema(size)}.patches_web where"
                        " st_intersects(web, st_tileenvelope(%s, %s, %s)))",
                        (tile[0], tile[2], tile[1])).fetchone()[0]:
                    found.append(tile)
            chosen += found
    # Neither the coarse nor the fine come first: whoever has drawn a coarse one has read the fine.
    dice.shuffle(chosen)
    return chosen


def windows(size: str) -> list[tuple[float, float, float, float]]:
    """Windows of degrees around patches drawn at random, each with more than a page of them."""
    dice, chosen = random.Random(SEED + 1), []
    with psycopg.connect(cluster.DSN, autocommit=True) as link:
        table = f"{schema(size)}.patches"
        least, most = link.execute(f"select min(id), max(id) from {table}").fetchone()
        while len(chosen) < PAGES:
            place = link.execute(f"select st_x(c), st_y(c) from (select st_centroid(geom) c from {table}"
                                 " where id >= %s order by id limit 1) one",
                                 (dice.randint(least, most),)).fetchone()
            half = 0.01
            while True:
                box = (place[0] - half, place[1] - half, place[0] + half, place[1] + half)
                count = link.execute(f"select count(*) from {table} where geom &&"
                                     " st_makeenvelope(%s, %s, %s, %s, 4326)", box).fetchone()[0]
                if count >= PAGE or half > 4:
                    break
                half *= 1.4
            chosen.append(tuple(round(number, 6) for number in box))
    return chosen
