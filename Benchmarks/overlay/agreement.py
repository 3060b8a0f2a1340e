"""Do the engines give the same answers? `agreement.py SIZE`; a benchmark of wrong answers is worthless.

Every engine left its groups and areas in a file. One engine that works in the same plane is the
reference; for each other, one JSON line says how many groups both have, what only one has, the largest
difference of a group and of the sum, and whether that is within the stated tolerance. A group that only
one has disagrees unless it is smaller than the tolerance. Ends with status 1 if one disagrees.
"""
import dataclasses
import json
import pathlib
import sys

import pandas

import jobs
import places
from meter import emit

# Square metres of a square degree in the middle of the data: only to state differences in one unit.
SQUARE_DEGREE_M2 = 111_320 * 111_000 * 0.789
# A group with less only touches; it is not counted.
TOUCHING_M2 = 1e-6
ENGINES = ("geos", "postgis", "postgis, layers cut", "postgis, both cut", "duckdb", "karez")


@dataclasses.dataclass(frozen=True)
class Tolerance:
    """A group may differ by `absolute` m² and by `relative` of its area."""
    absolute: float
    relative: float
    reason: str


# Same plane, straight edges in it: what is left is rounding, below 1e-5 m² a pair; a group has some.
SAME_PLANE = Tolerance(2e-5, 1e-10, "same plane")
# Our latitudes are rounded to 2⁻²⁴ m there, which counts along the kilometres of one check's pieces.
SAME_PLANE_LONG = Tolerance(1e-4, 1e-9, "same plane, kilometres of edges")
# Geodesic edges on the ellipsoid against straight ones in the statutory plane. Between the two lies
# tan φ d³ / 12 R for an edge of length d: 0.01 m² for 100 m, 0.3 m² for 300 m.
GEODESIC = Tolerance(0.2, 1e-6, "geodesic edges")
# Cutting a polygon first puts long straight lines into it, which then are taken for geodesics.
GEODESIC_CUTS = Tolerance(10, 1e-4, "geodesic edges and cuts")
# Cut in degrees and then projected, against cut in the projected plane: edges bend.
PROJECTED = Tolerance(1e-2, 1e-7, "cut before projecting")


def tolerance(job: str, plane: str, engine: str, reference: str) -> Tolerance:
    if engine.endswith(" cut"):
        return GEODESIC_CUTS
    if plane == "statutory" and {engine, reference} & {"postgis", "duckdb"}:
        return GEODESIC
    if plane == "planar":
        return PROJECTED
    return SAME_PLANE_LONG if job.startswith("check") else SAME_PLANE


def read(file: pathlib.Path, keys: list[str]) -> pandas.Series:
    # Ours begins with the mark that office programs look for, and calls columns by attribute and unit.
    table = pandas.read_csv(file, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    table.columns = [*keys, "area", *table.columns[len(keys) + 1:]]
    table["area"] = table["area"].astype(float)
    return table.groupby(keys)["area"].sum()


def compare(size: str, job: str, keys: list[str], plane: str) -> list[dict]:
    """Lines for one job: every engine against the first that answered."""
    found = {engine: jobs.answer(size, job, engine) for engine in ENGINES}
    answers = {engine: read(file, keys) for engine, file in found.items() if file.exists()}
    if len(answers) < 2:
        return []
    reference = next(iter(answers))
    scale = SQUARE_DEGREE_M2 if plane == "degree" else 1.0
    lines = []
    for engine, answer in answers.items():
        if engine != reference:
            allowed = tolerance(job, plane, engine, reference)
            judged = judge(answers[reference] * scale, answer * scale, allowed)
            lines.append({"job": "agreement", "of": job, "engine": engine, "size": size,
                          "reference": reference, "tolerance": dataclasses.asdict(allowed),
                          "result": judged})
    return lines


def judge(reference: pandas.Series, answer: pandas.Series, allowed: Tolerance) -> dict:
    # A check that was given up early answered fewer places: compare those it did answer.
    if reference.index.names[0] == "ask":
        last = min(int(series.index.get_level_values("ask").astype(int).max())
                   for series in (reference, answer))
        reference, answer = (series[series.index.get_level_values("ask").astype(int) <= last]
                             for series in (reference, answer))
    both = pandas.DataFrame({"reference": reference, "answer": answer})
    counts = (both.abs() > TOUCHING_M2).sum()
    is_missing = both["answer"].isna() & (both["reference"] > allowed.absolute)
    is_extra = both["reference"].isna() & (both["answer"] > allowed.absolute)
    shared = both.dropna()
    difference = (shared["answer"] - shared["reference"]).abs()
    excess = difference - allowed.absolute - allowed.relative * shared["reference"].abs()
    worst = float(difference.max()) if len(shared) else 0.0
    total = float(both["reference"].sum())
    return {
        "groups": int(counts["answer"]), "referenceGroups": int(counts["reference"]),
        "missing": int(is_missing.sum()), "extra": int(is_extra.sum()),
        "maxM2": worst, "area": float(both["answer"].sum()),
        "sumRelative": abs(float(both["answer"].sum()) / total - 1) if total else 0.0,
        "agrees": bool(len(shared) > 0 and not (is_missing | is_extra).any() and (excess <= 0).all()),
    }


def faults(size: str) -> list[dict]:
    """How many of the planted faults each engine's list of flagged polygons holds."""
    truth_file = places.data(size) / "faults.json"
    if not truth_file.exists():
        return []
    planted = {bsm: kind for bsm, kind in json.loads(truth_file.read_text())}
    lines = []
    for file in sorted(places.answers(size).glob("coverage-*.csv")):
        _, form, engine = file.stem.split("-", 2)
        flagged = set(map(int, file.read_text().split()[1:]))
        found = {kind: sum(1 for bsm, of in planted.items() if of == kind and bsm in flagged)
                 for kind in ("push", "pull")}
        lines.append({"job": "faults", "of": form, "engine": engine, "size": size,
                      "result": {"flagged": len(flagged), "planted": len(planted), **found}})
    return lines


def main() -> None:
    size = sys.argv[1]
    lines: list[dict] = []
    for layer in jobs.BATCH:
        for plane in ("degree", "planar", "statutory"):
            lines += compare(size, f"overlay-{layer}-{plane}", ["id", "key"], plane)
    for kind in jobs.ASKS:
        lines += compare(size, f"check-{kind}", ["ask", "layer", "key"], "statutory")
    lines += compare(size, "union", ["county", "dlbm"], "degree")
    for line in lines + faults(size):
        emit(line)
    wrong = [line for line in lines if not line["result"]["agrees"]]
    for line in wrong:
        print(f"bench: {line['engine']} and {line['reference']} disagree on {line['of']}, {size}",
              file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
