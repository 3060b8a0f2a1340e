"""Prints what the jobs of one benchmark run measured, as a table."""
import json
import pathlib
import sys


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    rows = []
    for name in ("karez", "postgis"):
        file = folder / f"{name}.json"
        if file.exists():
            figures = json.loads(file.read_text())
            rows.append((name, {**figures, **figures.get("result", {})}))
    if not rows:
        sys.exit("bench: no figures to show")
    print(f"check, {folder.name} land patches, {rows[0][1].get('count')} boundaries")
    print("| engine | p50 ms | p99 ms | wall s | peak MB | land use found, m² |")
    print("|---|---|---|---|---|---|")
    for name, figures in rows:
        print(f"| {name} | {figures.get('p50Ms')} | {figures.get('p99Ms')} "
              f"| {figures.get('wallS')} | {figures.get('peakMB', '–')} | {figures.get('landUseM2')} |")
    if len(rows) == 2:
        ratio = rows[1][1]["p50Ms"] / max(rows[0][1]["p50Ms"], 0.001)
        print(f"PostGIS takes {ratio:.1f} times as long at the median, for the areas alone: rules, digest"
              " and answer are in our figure, one round trip is in its. Its areas follow geodesics.")


if __name__ == "__main__":
    main()
