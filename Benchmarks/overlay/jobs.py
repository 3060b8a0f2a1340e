"""What every engine is asked: the jobs, and where each leaves its answer."""
import pathlib

import places

# Layers of the batch job with the attribute that groups them.
BATCH = {"landuse": "dlbm", "pbf": "grade"}
# Layers of one check with the attribute that groups them.
CHECK = {"landuse": "dlbm", "pbf": "grade", "redline": "id", "udb": "id", "parcel": "id"}
ASKS = ("probe", "corridor")
# One kind of check is given up after this long; its figures then stand for fewer places.
CHECK_BUDGET_S = 60


def repeats(size: str) -> int:
    """Warm runs of a job, of which the quickest counts; the same for every engine."""
    return 3 if size == "3m" else 5


def answer(size: str, job: str, engine: str) -> pathlib.Path:
    return places.answers(size) / f"{job}-{engine}.csv"
