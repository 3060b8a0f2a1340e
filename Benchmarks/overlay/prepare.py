"""Writes what the generator leaves out: `prepare.py SIZE` makes asks.gpkg, and faults.gpkg if it can.

The planted faults come as Parquet, which not every engine reads; as GeoPackage all do. Of the largest
size, which is for the batch job alone, only the layers of that job are written.
"""
import pathlib
import sys

import pyarrow
import pyarrow.parquet
import pyogrio
import pyogrio.raw

import asks
import places


def write_faults(size: str) -> None:
    source = places.data(size) / "faults.parquet"
    if source.exists():
        table = pyarrow.parquet.read_table(source, columns=["bsm", "geometry"])
        unfinished = pathlib.Path(f"{places.data(size) / 'faults'}.unfinished.gpkg")
        unfinished.unlink(missing_ok=True)
        pyogrio.raw.write(
            unfinished, table["geometry"].to_numpy(zero_copy_only=False),
            [table["bsm"].to_numpy()], ["bsm"], layer="faults", driver="GPKG",
            geometry_type="Polygon", crs="EPSG:4490")
        unfinished.rename(places.data(size) / "faults.gpkg")


def write_map(size: str) -> None:
    """onemap.gpkg of the two layers that the batch job reads, batch by batch."""
    unfinished = places.data(size) / "onemap.unfinished.gpkg"
    unfinished.unlink(missing_ok=True)
    for layer, columns in (("patch", ["id"]), ("landuse", ["bsm", "dlbm", "county"])):
        file = pyarrow.parquet.ParquetFile(places.data(size) / f"{layer}.parquet")
        fields = [file.schema_arrow.field(name) for name in columns]
        fields.append(pyarrow.field(
            "geometry", pyarrow.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"}))
        schema = pyarrow.schema(fields)
        batches = (pyarrow.RecordBatch.from_arrays(
            [batch.column(name) for name in schema.names], schema=schema)
            for batch in file.iter_batches(50_000, columns=schema.names))
        pyogrio.write_arrow(
            pyarrow.RecordBatchReader.from_batches(schema, batches), unfinished, layer=layer,
            driver="GPKG", geometry_name="geometry", geometry_type="Polygon", crs="EPSG:4490",
            append=unfinished.exists())
    unfinished.rename(places.data(size) / "onemap.gpkg")


if __name__ == "__main__":
    if not (places.data(sys.argv[1]) / "onemap.gpkg").exists():
        write_map(sys.argv[1])
    if not (places.data(sys.argv[1]) / "faults.gpkg").exists():
        write_faults(sys.argv[1])
    asks.write(sys.argv[1])
