"""Where one run of the overlay benchmark finds and puts things."""
import os
import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
SIZES = {"30k": 30_000, "300k": 300_000, "3m": 3_000_000, "10m": 10_000_000}


def work() -> pathlib.Path:
    """The folder of data, cluster and results: BENCH_WORK, or bench-work in the repository."""
    return pathlib.Path(os.environ.get("BENCH_WORK") or REPOSITORY / "bench-work").absolute()


def data(size: str) -> pathlib.Path:
    return work() / "data" / size


def answers(size: str) -> pathlib.Path:
    """Where every engine writes what it found, so that answers can be compared."""
    folder = work() / "answers" / size
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def generator() -> pathlib.Path | None:
    """The data generator beside the repository, read in place; nothing if this clone has none."""
    beside = os.environ.get("KAREZ_SHARED") or REPOSITORY.parent / "shared"
    file = pathlib.Path(beside) / "tools" / "bench" / "gen.py"
    return file if file.exists() else None


def size_name(patches: int) -> str:
    """The size a number of patches asks for: the largest that is not above it."""
    fitting = [name for name, count in SIZES.items() if count <= patches]
    return fitting[-1] if fitting else "30k"
