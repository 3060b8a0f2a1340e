"""What every engine is asked: the jobs, and where each leaves its answer."""
import csv
import pathlib

import places

# Layers of the batch job with the attribute that groups them.
BATCH = {"landuse": "dlbm", "pbf": "grade"}
# Layers of one check with the attribute that groups them.
CHECK = {"landuse": "dlbm", "pbf": "grade", "redline": "id", "udb": "id", "parcel": "id"}
ASKS = ("probe", "corridor")
# Tiles are drawn of this layer, with this attribute, at these levels, so many of each.
TILES = ("landuse", "dlbm", range(8, 15), 40)
CHECK_HEADS = ("ask", "layer", "key", "area")
UNION_HEADS = ("county", "dlbm", "area", "points")
# One kind of check is given up after this long; its figures then stand for fewer places.
CHECK_BUDGET_S = 60


def repeats(size: str) -> int:
    """Warm runs of a job, of which the quickest counts; the same for every engine."""
    return 3 if size in ("3m", "10m") else 5


def answer(size: str, job: str, engine: str) -> pathlib.Path:
    return places.answers(size) / f"{job}-{engine}.csv"


def write_rows(file: pathlib.Path, heads: tuple[str, ...], rows: list[tuple]) -> None:
    with open(file, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(heads)
        writer.writerows(rows)


def write_ids(file: pathlib.Path, ids: set[int]) -> None:
    file.write_text("id\n" + "".join(f"{number}\n" for number in sorted(ids)), encoding="utf-8")
