"""GEOS in process, one thread: `geos.py SIZE JOB…` with the jobs overlay, check, coverage, union.

shapely's vectorised calls, so Python is a small part. Geometries are decoded, transformed and in their
tree before the clock starts, as our layer files are built before it starts.
"""
import os
import pathlib
import resource

import numpy
import pyarrow
import pyarrow.csv
import pyarrow.parquet
import shapely

import asks
import intake
import jobs
import loops
import places
import statutory
from meter import best_of

ENGINE = "geos"
# A job that wants more memory than this is ended by its own allocation, not by the machine.
MEMORY_GB = float(os.environ.get("BENCH_MEMORY_GB") or 18)


class Layer:
    """A layer in memory: polygons, their groups as small integers, and the tree over them."""

    def __init__(self, size: str, name: str, key: str, *, in_statutory_plane: bool):
        file = pyarrow.parquet.ParquetFile(places.data(size) / f"{name}.parquet")
        shapes, keys = [], []
        for batch in file.iter_batches(100_000, columns=[key, "geometry"]):
            read = shapely.from_wkb(batch.column("geometry").to_numpy(zero_copy_only=False))
            shapes.append(statutory.shapes(read) if in_statutory_plane else read)
            keys.append(batch.column(key))
        self.shapes = numpy.concatenate(shapes)
        groups = pyarrow.chunked_array(keys).combine_chunks().dictionary_encode()
        self.names = groups.dictionary
        self.groups = groups.indices.to_numpy()
        self.tree = shapely.STRtree(self.shapes)
        self.tree.query(shapely.Point(0, 0))  # builds the tree


def overlay(size: str) -> None:
    for plane in ("degree", "statutory"):
        patches = Layer(size, "patch", "id", in_statutory_plane=plane == "statutory")
        for name, key in jobs.BATCH.items():
            layer = Layer(size, name, key, in_statutory_plane=plane == "statutory")
            loops.batch(ENGINE, size, name, plane, lambda: summary(grouped(patches, layer)),
                        lambda file: write(patches, layer, grouped(patches, layer), file))
            del layer


def grouped(patches: Layer, layer: Layer) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Group numbers (patch × key) that have a pair, and their areas."""
    patch, other = layer.tree.query(patches.shapes, predicate="intersects")
    areas = shapely.area(shapely.intersection(patches.shapes[patch], layer.shapes[other]))
    numbers = patch * len(layer.names) + layer.groups[other]
    unique, inverse = numpy.unique(numbers, return_inverse=True)
    return unique, numpy.bincount(inverse, weights=areas, minlength=len(unique))


def summary(found: tuple[numpy.ndarray, numpy.ndarray]) -> dict:
    return {"groups": len(found[0]), "area": float(found[1].sum())}


def write(patches: Layer, layer: Layer, found: tuple, file: pathlib.Path) -> dict:
    numbers, areas = found
    ids = patches.names.take(pyarrow.array(patches.groups[numbers // len(layer.names)]))
    keys = layer.names.take(pyarrow.array(numbers % len(layer.names)))
    table = pyarrow.table({"id": ids, "key": keys, "area": areas})
    pyarrow.csv.write_csv(table, file)
    return {**summary(found), "bytes": file.stat().st_size}


def check(size: str) -> None:
    layers = {name: Layer(size, name, key, in_statutory_plane=True)
              for name, key in jobs.CHECK.items()}
    for name in ("redline", "udb"):
        shapely.prepare(layers[name].shapes)
    for kind in jobs.ASKS:
        shapes = statutory.shapes(shapely.from_wkb(asks.shapes(size, kind)))
        for shape in shapes[:20]:
            one_check(layers, shape)
        loops.checks(ENGINE, size, kind, shapes, lambda shape: one_check(layers, shape))


def one_check(layers: dict[str, Layer], shape: shapely.Geometry) -> list[tuple]:
    shapely.prepare(shape)
    rows = []
    for name, layer in layers.items():
        hits = layer.tree.query(shape, predicate="intersects")
        if len(hits):
            areas = shapely.area(shapely.intersection(shape, layer.shapes[hits]))
            groups, inverse = numpy.unique(layer.groups[hits], return_inverse=True)
            sums = numpy.bincount(inverse, weights=areas)
            rows += [(name, layer.names[group].as_py(), area)
                     for group, area in zip(groups.tolist(), sums.tolist())]
    return rows


def coverage(size: str) -> None:
    """`coverage_invalid_edges`: overlaps and mismatched edges; with a width, narrow gaps too."""
    name = "faults" if (places.data(size) / "faults.parquet").exists() else "landuse"
    table = pyarrow.parquet.read_table(
        places.data(size) / f"{name}.parquet", columns=["bsm", "geometry"])
    ids = table["bsm"].to_numpy()
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    del table
    for form, width in (("overlaps", 0.0), ("overlaps and gaps to 3 m", 3e-5)):
        def invalid() -> dict:
            edges = shapely.coverage_invalid_edges(shapes, gap_width=width)
            flagged = ids[~shapely.is_empty(edges)]
            jobs.write_ids(jobs.answer(size, f"coverage-{'gaps' if width else 'overlaps'}", ENGINE),
                           set(flagged.tolist()))
            return {"polygons": len(shapes), "flagged": len(flagged)}

        best_of(1 if size == "3m" else 2, "coverage", ENGINE, size, invalid, form=form, data=name)


def union(size: str) -> None:
    table = pyarrow.parquet.read_table(
        places.data(size) / "landuse.parquet", columns=["county", "dlbm", "geometry"])
    shapes = shapely.from_wkb(table["geometry"].to_numpy(zero_copy_only=False))
    groups = table.drop(["geometry"]).to_pandas().groupby(["county", "dlbm"]).indices
    del table

    def united() -> dict:
        made = [shapely.coverage_union_all(shapes[members]) for members in groups.values()]
        jobs.write_rows(jobs.answer(size, "union", ENGINE), jobs.UNION_HEADS, [
            (*key, shapely.area(shape), shapely.get_num_coordinates(shape))
            for key, shape in zip(groups, made)])
        return {"groups": len(made)}

    best_of(2, "union", ENGINE, size, united, form="coverage_union_all")


JOBS = {"overlay": overlay, "check": check, "coverage": coverage, "union": union,
        "import": intake.geopackage}

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (int(MEMORY_GB * 1e9), int(MEMORY_GB * 1e9)))
    loops.main(JOBS)
