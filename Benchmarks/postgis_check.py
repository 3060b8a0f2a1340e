"""Times the areas of one compliance check in PostGIS, boundary by boundary, over one session."""
import json
import statistics
import subprocess
import sys

LAYERS = [
    "land_patches", "permanent_basic_farmland", "ecological_red_line", "nature_reserve_core",
    "urban_development_boundary", "mining_rights", "hazard_zones", "land_conversions",
    "farmland_reserve",
]


def statement(fid: int) -> str:
    """The occupied area of every layer, land use by class; ellipsoidal square metres."""
    parts = []
    for layer in LAYERS:
        key = "l.land_class" if layer == "land_patches" else "''"
        parts.append(
            f"select '{layer}' layer, {key} class, sum(st_area(st_intersection(l.geom, b.geom)::geography)) m2"
            f" from {layer} l, b where st_intersects(l.geom, b.geom) group by 2")
    return (f"with b as materialized (select geom from boundaries where ogc_fid = {fid}) "
            + " union all ".join(parts))


def main() -> None:
    dsn = sys.argv[1]
    script = ["\\timing on", "\\pset format unaligned", "\\pset tuples_only on"]
    ids = subprocess.run(
        ["psql", "-X", "-At", dsn, "-c", "select ogc_fid from boundaries order by 1"],
        check=True, capture_output=True, text=True).stdout.split()
    warm_up = ids[:10]  # these only fill the caches
    for fid in warm_up + ids:
        script.append(statement(int(fid)) + ";")
    out = subprocess.run(
        ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", dsn], input="\n".join(script), check=True,
        capture_output=True, text=True).stdout.splitlines()
    times, land = [], []
    found = 0.0
    for line in out:
        if line.startswith("Time:"):
            times.append(float(line.split()[1]))
            land.append(found)
            found = 0.0
        elif line.startswith("land_patches|"):
            found += float(line.split("|")[2])
    times, land = times[-len(ids):], land[-len(ids):]
    if not ids or not sum(land):
        sys.exit("bench: PostGIS found no land use; the figures would mean nothing")
    json.dump({
        "job": "check", "count": len(times),
        "p50Ms": round(statistics.median(times), 3),
        "p99Ms": round(sorted(times)[min(len(times) - 1, int(len(times) * 0.99))], 3),
        "wallS": round(sum(times) / 1000, 3),
        "landUseM2": f"{sum(land):.2f}",
    }, sys.stdout, sort_keys=True, indent=2)
    print()


if __name__ == "__main__":
    main()
