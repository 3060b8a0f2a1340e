"""Writes what the generator leaves out: `prepare.py SIZE` makes asks.gpkg, and faults.gpkg if it can.

The planted faults come as Parquet, which not every engine reads; as GeoPackage all do.
"""
import pathlib
import sys

import pyarrow.parquet
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


if __name__ == "__main__":
    if not (places.data(sys.argv[1]) / "faults.gpkg").exists():
        write_faults(sys.argv[1])
    asks.write(sys.argv[1])
