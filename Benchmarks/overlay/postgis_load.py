"""Loads one size of the data into the cluster: `postgis_load.py SIZE [LAYER…]`. Loaded layers stay."""
import struct
import sys
import time

import psycopg
import pyarrow.parquet

import cluster
import places

# Layer, its attributes with their PostgreSQL types.
LAYERS = {
    "patch": {"id": "int8"},
    "landuse": {"bsm": "int8", "dlbm": "text", "county": "int4"},
    "pbf": {"id": "int8", "grade": "int4"},
    "redline": {"id": "int8"},
    "udb": {"id": "int8"},
    "parcel": {"id": "int8"},
}
# Layers of few, long polygons; cut into small pieces too, as the PostGIS manual advises.
LONG = ("redline", "udb")


def main() -> None:
    size = sys.argv[1]
    schema = f"s{size}"
    with psycopg.connect(cluster.DSN, autocommit=True) as link:
        link.execute(f"create schema if not exists {schema}")
        link.execute(f"set search_path = {schema}, public")
        for layer in sys.argv[2:] or LAYERS:
            begun = time.perf_counter()
            rows = load(link, size, layer)
            print(f"{size} {layer}: {rows} rows, {time.perf_counter() - begun:.1f} s", flush=True)


def load(link: psycopg.Connection, size: str, layer: str) -> int:
    """Rows loaded; those of a layer that stands already are counted only."""
    if link.execute("select to_regclass(%s)", (layer,)).fetchone()[0]:
        return link.execute(f"select count(*) from {layer}").fetchone()[0]
    attributes = LAYERS[layer]
    columns = ", ".join(f"{name} {type_}" for name, type_ in attributes.items())
    with link.transaction():
        link.execute(f"create table {layer}_new ({columns}, geom geometry(Polygon, 4490))")
        _copy(link, size, layer, f"{layer}_new", attributes)
    link.execute(f"create index on {layer}_new using gist (geom)")
    if layer in LONG:
        link.execute(f"drop table if exists {layer}_pieces")
        link.execute(f"create table {layer}_pieces as"
                     f" select id, st_subdivide(geom, 256) geom from {layer}_new")
        link.execute(f"create index on {layer}_pieces using gist (geom)")
        link.execute(f"vacuum analyze {layer}_pieces")
    link.execute(f"vacuum analyze {layer}_new")
    link.execute(f"alter table {layer}_new rename to {layer}")
    return link.execute(f"select count(*) from {layer}").fetchone()[0]


def _copy(link: psycopg.Connection, size: str, layer: str, table: str, attributes: dict) -> None:
    """Binary COPY: the Parquet file's WKB goes to the server as it stands, with its SRID put in."""
    srid = struct.pack("<I", 4490)
    file = pyarrow.parquet.ParquetFile(places.data(size) / f"{layer}.parquet")
    with link.cursor() as cursor, cursor.copy(f"copy {table} from stdin (format binary)") as copy:
        copy.set_types([*attributes.values(), "bytea"])
        for batch in file.iter_batches(20_000, columns=[*attributes, "geometry"]):
            values = [batch.column(name).to_pylist() for name in attributes]
            for *row, shape in zip(*values, batch.column("geometry").to_pylist()):
                copy.write_row((*row, shape[:1] + b"\x03\x00\x00\x20" + srid + shape[5:]))


if __name__ == "__main__":
    main()
