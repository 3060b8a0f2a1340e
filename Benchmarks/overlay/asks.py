"""The boundaries of one check: 50 ha probes and 60 km corridors, one file that every engine reads.

data/SIZE/asks.gpkg has the layers `probe` (the generator's, about 50 ha, 200 vertices) and `corridor`
(ours: 60 km long, 40 m wide, 2,000 vertices, bending like a road), 200 each.
"""
import pathlib
import sys

import numpy
import pyarrow.parquet
import pyogrio.raw
import shapely

import places

COUNT = 200
LENGTH_M, WIDTH_M, STATIONS = 60_000.0, 40.0, 1_000
SEED = 20_260_101


def file(size: str) -> pathlib.Path:
    return places.data(size) / "asks.gpkg"


def shapes(size: str, kind: str) -> list[bytes]:
    """The boundaries of a kind as WKB, in the order of their ids."""
    _, _, geometry, _ = pyogrio.raw.read(file(size), layer=kind)
    return [bytes(shape) for shape in geometry]


def corridors(size: str) -> list:
    """Corridors whose middles lie where the patches lie, in all directions."""
    random = numpy.random.default_rng(SEED)
    patches = pyarrow.parquet.read_table(places.data(size) / "patch.parquet", columns=["bbox"])
    boxes = patches["bbox"].combine_chunks()
    west, south = boxes.field("xmin").to_numpy(), boxes.field("ymin").to_numpy()
    made = []
    for middle in random.choice(len(west), COUNT, replace=False):
        made.append(corridor(random, float(west[middle]), float(south[middle])))
    return made


def corridor(random: numpy.random.Generator, longitude: float, latitude: float):
    """A strip along a centre line of three sine waves: no bend is sharper than the strip is wide."""
    along = numpy.linspace(-LENGTH_M / 2, LENGTH_M / 2, STATIONS)
    across, slope = numpy.zeros(STATIONS), numpy.zeros(STATIONS)
    for wave in (24_000.0, 7_000.0, 2_300.0):
        height, phase = wave * random.uniform(0.01, 0.04), random.uniform(0, 2 * numpy.pi)
        turn = 2 * numpy.pi / wave
        across += height * numpy.sin(turn * along + phase)
        slope += height * turn * numpy.cos(turn * along + phase)
    norm = numpy.hypot(1, slope)
    half = WIDTH_M / 2
    east = numpy.concatenate([along + half * slope / norm, (along - half * slope / norm)[::-1]])
    north = numpy.concatenate([across - half / norm, (across + half / norm)[::-1]])
    angle = random.uniform(0, 2 * numpy.pi)
    x = east * numpy.cos(angle) - north * numpy.sin(angle)
    y = east * numpy.sin(angle) + north * numpy.cos(angle)
    ring = numpy.round(numpy.column_stack([
        longitude + x / (111_320 * numpy.cos(numpy.radians(latitude))),
        latitude + y / 111_000]), 9)
    return shapely.polygons(numpy.vstack([ring, ring[:1]]))


def write(size: str) -> None:
    probes = pyarrow.parquet.read_table(
        places.data(size) / "probe.parquet", columns=["geometry"])["geometry"].to_pylist()
    target = file(size)
    target.unlink(missing_ok=True)
    for kind, made in (("probe", shapely.from_wkb(probes)), ("corridor", corridors(size))):
        made = numpy.asarray(made)
        if not shapely.is_valid(made).all():
            sys.exit(f"bench: a {kind} is not a valid polygon")
        pyogrio.raw.write(
            target, shapely.to_wkb(made), [numpy.arange(1, len(made) + 1)], ["id"], layer=kind,
            driver="GPKG", geometry_type="Polygon", crs="EPSG:4490", append=target.exists())
