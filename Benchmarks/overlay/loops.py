"""What the engines' scripts do alike: how a batch is counted and written, and how checks are timed."""
import sys
import time
from collections.abc import Callable, Iterable

import jobs
from meter import Meter, best_of, emit, quantiles


def overlay_query(layer: str, area: str) -> str:
    """Grouped areas of patch × layer in SQL, `area` being that of a `piece`.

    A patch within one polygon is not cut: the quickest form known.
    """
    key = jobs.BATCH[layer]
    return f"""
      select id, {key} as key, sum({area}) as area from (
        select p.id, l.{key}, case when st_coveredby(p.geom, l.geom) then p.geom
          else st_intersection(p.geom, l.geom) end piece
        from patch p join {layer} l on st_intersects(p.geom, l.geom)) pieces
      group by 1, 2"""


def batch(engine: str, size: str, layer: str, plane: str, counted: Callable[[], dict],
          written: Callable, **more: object) -> None:
    """One batch job twice: its groups counted, and written to the engine's answer."""
    facts = {"layer": layer, "plane": plane, "state": "warm", **more}
    times = jobs.repeats(size)
    best_of(times, "overlay", engine, size, counted, **facts, written=False)
    file = jobs.answer(size, f"overlay-{layer}-{plane}", engine)
    best_of(times, "overlay", engine, size, lambda: written(file), **facts, written=True)


def checks(engine: str, size: str, kind: str, shapes: Iterable, ask: Callable[..., list[tuple]],
           *, form: str = "whole", server: int | None = None, **found: object) -> None:
    """Asks about one boundary after the other, until the time for a kind is used up.

    `found` are figures taken before. Forms besides the whole one leave an answer of their own.
    """
    seconds, rows = [], []
    meter = Meter("check", engine, size, server=server, ask=kind, form=form, state="warm")
    with meter:
        for number, shape in enumerate(shapes, 1):
            begun = time.perf_counter()
            answer = ask(shape)
            seconds.append(time.perf_counter() - begun)
            rows += [(number, *row) for row in answer]
            if sum(seconds) > jobs.CHECK_BUDGET_S:
                break
        meter.result = {**quantiles(seconds), **found, "rows": len(rows),
                        "area": sum(row[3] for row in rows)}
    emit(meter.line())
    name = engine if form == "whole" else f"{engine}, {form}"
    jobs.write_rows(jobs.answer(size, f"check-{kind}", name), jobs.CHECK_HEADS, rows)


def main(known: dict[str, Callable[[str], None]]) -> None:
    """Runs the jobs the command line names: `SCRIPT SIZE JOB…`."""
    for job in sys.argv[2:]:
        known[job](sys.argv[1])
