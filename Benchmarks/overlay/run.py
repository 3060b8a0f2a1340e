"""Runs the overlay benchmark of one size, peers beside us on the same data: `run.py PATCHES`.

Each engine's job is a process of its own, one after another, nothing of ours beside it. Figures go to
runs/SIZE.jsonl in the work folder (and to results.jsonl, which grows), the table to runs/SIZE.md.
BENCH_ENGINES and BENCH_JOBS (words, comma between) narrow a run; figures of other jobs stay.
"""
import os
import pathlib
import shutil
import subprocess
import sys

import cluster
import places

HERE = pathlib.Path(__file__).resolve().parent
# Gigabytes of disk each size needs for its data, and for PostgreSQL and DuckDB with their copies of it.
DATA_GB = {"30k": 1, "300k": 2, "3m": 11, "10m": 32}
PEERS_GB = {"30k": 1, "300k": 2, "3m": 14, "10m": 0}
# The synthetic prefecture, our store of it, and what is made of both.
INTAKE_GB = {"30k": 1, "300k": 2, "3m": 16, "10m": 0}
SCRIPTS = {
    "karez": "karez.py", "geos": "geos.py", "duckdb": "duckdb_spatial.py", "postgis": "postgis.py",
}
JOBS = ("layers", "overlay", "cold", "check", "coverage", "union", "import", "tiles")
# What an engine does not do at a size, and why.
LEFT_OUT = {
    ("geos", "cold"): "works in memory", ("duckdb", "import"): "is no store of records",
    ("geos", "tiles"): "writes no tiles", ("duckdb", "tiles"): "is no server of tiles",
}
OURS_ONLY = ("layers",)
# The largest size is for growth: our own batch job.
ONLY_AT = {"10m": [("karez", "layers"), ("karez", "overlay"), ("karez", "cold")]}
LEFT_OUT_AT = {
    ("postgis", "union", "300k"): "takes minutes", ("postgis", "union", "3m"): "takes an hour",
    ("postgis", "coverage", "3m"): "takes an hour",
    ("geos", "union", "3m"): "goal is at 300k", ("duckdb", "union", "3m"): "goal is at 300k",
    ("duckdb", "coverage", "3m"): "needs more memory than this machine has",
}


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def wanted(name: str, known: tuple[str, ...]) -> list[str]:
    chosen = [word for word in os.environ.get(name, "").split(",") if word]
    unknown = [word for word in chosen if word not in known]
    if unknown:
        sys.exit(f"bench: {name}: {', '.join(unknown)} is not one of {', '.join(known)}")
    return [word for word in known if not chosen or word in chosen]


def needs_layers(chosen: list[str]) -> bool:
    """Whether the generated layers are asked for; the import has a prefecture of its own."""
    return any(job != "import" for job in chosen)


def require_disk(size: str, engines: list[str], chosen: list[str]) -> None:
    """Looks at free disk first; what already stands is not counted twice."""
    needed = 1
    if needs_layers(chosen) and not (places.data(size) / "asks.gpkg").exists():
        needed += DATA_GB[size]
    if needs_layers(chosen) and {"postgis", "duckdb"} & set(engines) and not _is_loaded(size):
        needed += PEERS_GB[size]
    if "import" in chosen:
        needed += INTAKE_GB[size]
    places.work().mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(places.work()).free / 1e9
    say(f"{needed} GB of disk are needed, {free:.0f} GB are free")
    if free < needed:
        sys.exit("bench: not enough disk; name another folder in BENCH_WORK, or fewer PATCHES")


def _is_loaded(size: str) -> bool:
    return (places.work() / "runs" / f"{size}.loaded").exists()


def make_data(size: str) -> bool:
    """Whether the data stand; they are made by the generator beside the repository if it is there."""
    folder = places.data(size)
    if not (folder / "patch.parquet").exists():
        generator = places.generator()
        if generator is None:
            say("the overlay benchmark is left out: its data generator (tools/bench/gen.py of the"
                " shared folder) is not beside this repository; name that folder in KAREZ_SHARED")
            return False
        say(f"making {size} data")
        words = [str(generator), str(places.SIZES[size]), str(folder)]
        run(words + (["--no-gpkg"] if size in ONLY_AT else []), {})
    has_faults = not (folder / "faults.parquet").exists() or (folder / "faults.gpkg").exists()
    if not (folder / "asks.gpkg").exists() or not has_faults:
        run([str(HERE / "prepare.py"), size], {})
    return True


def run(words: list[str], environment: dict, *, must_work: bool = True) -> int:
    done = subprocess.run([sys.executable, *words], env={**os.environ, **environment},
                          stdout=subprocess.DEVNULL if must_work else None)
    if must_work and done.returncode != 0:
        sys.exit(f"bench: {pathlib.Path(words[0]).name} failed ({done.returncode})")
    return done.returncode


def measure(size: str, engines: list[str], chosen: list[str], results: str) -> None:
    for engine in engines:
        if engine not in {of for of, _ in ONLY_AT.get(size, [(engine, "")])}:
            continue
        if engine == "postgis":
            if not cluster.is_available():
                say("PostGIS is left out; install postgresql-15-postgis-3 to have it beside us")
                continue
            cluster.start()
            if needs_layers(chosen):
                run([str(HERE / "postgis_load.py"), size], {})
                (places.work() / "runs" / f"{size}.loaded").touch()
        for job in chosen:
            if job in OURS_ONLY and engine != "karez":
                continue
            if (engine, job) not in ONLY_AT.get(size, [(engine, job)]):
                continue
            why = LEFT_OUT.get((engine, job)) or LEFT_OUT_AT.get((engine, job, size))
            if why:
                say(f"{engine}, {job}, {size}: left out; {why}")
                continue
            say(f"{engine}, {job}, {size}")
            if run([str(HERE / SCRIPTS[engine]), size, job], {"BENCH_RESULTS": results},
                   must_work=False) != 0:
                say(f"{engine}, {job}, {size}: failed, see above; the table is without it")
        if engine == "postgis":
            cluster.stop()


def main() -> None:
    size = places.size_name(int(sys.argv[1]))
    engines, chosen = wanted("BENCH_ENGINES", tuple(SCRIPTS)), wanted("BENCH_JOBS", JOBS)
    require_disk(size, engines, chosen)
    if needs_layers(chosen) and not make_data(size):
        return
    runs = places.work() / "runs"
    runs.mkdir(exist_ok=True)
    figures = runs / f"{size}.jsonl"
    if len(engines) == len(SCRIPTS) and len(chosen) == len(JOBS):
        figures.unlink(missing_ok=True)
        shutil.rmtree(places.answers(size))
    results = f"{figures}:{places.work() / 'results.jsonl'}"
    try:
        measure(size, engines, chosen, results)
    finally:
        if cluster.postmaster() is not None:
            cluster.stop()
    agreed = run([str(HERE / "agreement.py"), size], {"BENCH_RESULTS": results}, must_work=False)
    run([str(HERE / "table.py"), size], {}, must_work=False)
    sys.exit(agreed)


if __name__ == "__main__":
    main()
