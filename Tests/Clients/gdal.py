"""GDAL's programs as somebody at a desk uses them: `gdal.py ADDRESS KAREZ DATA`.

Prints `N passed, M failed`; exits 1 if anything failed or nothing was examined.
"""
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from examined import Examined, ask


def run(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True,
                          env={**os.environ, "GDAL_HTTP_TIMEOUT": "600"})
    assert done.returncode == 0, f"{words[0]}: {done.stdout[-500:]}{done.stderr[-500:]}"
    return done.stdout


class Desk:
    def __init__(self, address, karez, data, folder):
        self.address, self.karez, self.data, self.folder = address, karez, data, pathlib.Path(folder)
        self.source = f"OAPIF:{address}ogc"

    def copied(self, layer, *options):
        """A layer by the OAPIF driver, as GeoJSON of our own disk."""
        out = self.folder / "out.geojson"
        out.unlink(missing_ok=True)
        run("ogr2ogr", "-f", "GeoJSON", *options, out, self.source, layer)
        return json.loads(out.read_text(encoding="utf-8"))["features"]

    def tile(self, dataset, level=8):
        """The square in the middle of a dataset at a level."""
        box = ask(f"{self.address}ogc/collections/{dataset}?f=json")["extent"]["spatial"]["bbox"][0]
        return middle(box, level)


    def window(self, dataset):
        """A tenth of a degree around some feature of a dataset: west, south, east, north."""
        ring = ask(f"{self.address}ogc/collections/{dataset}/items?limit=1")["features"][0]["geometry"]
        while not isinstance(ring["coordinates"][0], float):
            ring = {"coordinates": ring["coordinates"][0]}
        x, y = ring["coordinates"]
        return x - 0.05, y - 0.05, x + 0.05, y + 0.05

    def covered(self, place, *options):
        """The share of a picture that a layer covers."""
        out = self.folder / "picture.txt"
        picture = self.folder / "picture.tif"
        run("gdal_translate", "-q", "-outsize", 200, 200, *options, place, picture)
        run("gdal_translate", "-q", "-b", 4, "-of", "AAIGrid", picture, out)
        rows = out.read_text().split("\n")[5:]
        values = [float(word) for row in rows for word in row.split() if word[0] in "-0123456789"]
        return sum(value > 100 for value in values) / len(values)


def mercator(x, y):
    half = 20_037_508.342789244
    return x / 180 * half, math.asinh(math.tan(math.radians(y))) / math.pi * half


def middle(box, level):
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    n = 2 ** level
    return (level, int((1 - math.asinh(math.tan(math.radians(y))) / math.pi) / 2 * n),
            int((x + 180) / 360 * n))


def every_collection_is_a_layer(desk):
    listed = run("ogrinfo", "-ro", "-q", desk.source)
    for name in ("land-patches", "counties", "permanent-basic-farmland"):
        assert name in listed, listed[-400:]


def pages_are_followed_to_the_end(desk):
    count = ask(f"{desk.address}ogc/collections/counties/items?limit=1")["numberMatched"]
    assert count > 3
    for size in (1, 3, 1000):
        got = desk.copied("counties", "-oo", f"PAGE_SIZE={size}")
        assert len({f["properties"]["county_code"] for f in got}) == count == len(got), (size, len(got))


def a_filter_is_the_servers(desk):
    everything = desk.copied("land-patches")
    code = everything[0]["properties"]["land_class"]
    wanted = sum(1 for f in everything if f["properties"]["land_class"] == code)
    got = desk.copied("land-patches", "-where", f"land_class = '{code}'")
    assert len(got) == wanted < len(everything)
    assert all(f["properties"]["land_class"] == code for f in got)


def a_window_is_the_servers(desk):
    box = ask(f"{desk.address}ogc/collections/land-patches?f=json")["extent"]["spatial"]["bbox"][0]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    got = desk.copied("land-patches", "-spat", x, y, x + 0.2, y + 0.2)
    assert 0 < len(got) < len(desk.copied("land-patches"))


def a_day_before_anything_shows_nothing(desk):
    items = f"{desk.address}ogc/collections/land-patches/items"
    first = run("ogrinfo", "-ro", "-so", "-al", f"{items}?datetime=1980-01-01")
    assert "Feature Count: 0" in first, first[-300:]
    later = run("ogrinfo", "-ro", "-so", "-al", f"{items}?limit=5")
    assert "Feature Count: 5" in later, later[-300:]


def a_tile_is_read_by_the_driver_of_vector_tiles(desk):
    level, row, column = desk.tile("land-patches")
    place = f"{desk.address}ogc/collections/land-patches/tiles/WebMercatorQuad/{level}/{row}/{column}"
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
    # The driver takes an address without an ending only where something is asked of it.
    shown = run("ogrinfo", "-ro", "-so", "-al", f"MVT:/vsicurl/{place}?datetime={day}")
    assert "land-patches" in shown and "Feature Count: 0" not in shown, shown[-500:]


def an_archive_is_read_tile_by_tile(desk):
    """GDAL 3.6 has no driver of archives: their own reader takes a tile out, GDAL reads that."""
    out = desk.folder / "counties.pmtiles"
    done = subprocess.run([desk.karez, "export", "counties", str(out), "--data", desk.data],
                          capture_output=True, text=True, env=os.environ)
    assert done.returncode == 0, done.stderr[-400:]
    import types
    import pmtiles.tile
    from pmtiles.reader import MmapSource, Reader
    # It takes every directory for compressed, whatever the header says.
    pmtiles.tile.gzip = types.SimpleNamespace(decompress=lambda given: given)
    with open(out, "rb") as file:
        reader = Reader(MmapSource(file))
        head = reader.header()
        level, row, column = desk.tile("counties", head["max_zoom"] - 4)
        tile = reader.get(level, column, row)
        assert tile, "no tile in the middle of the archive"
    one = desk.folder / "tile.mvt"
    one.write_bytes(tile)
    shown = run("ogrinfo", "-ro", "-so", "-al", f"MVT:{one}")
    assert "counties" in shown and "Feature Count: 0" not in shown, shown[-500:]


def files_are_had_by_their_formats(desk):
    import urllib.request
    for form in ("gpkg", "csv"):
        out = desk.folder / f"items.{form}"
        with urllib.request.urlopen(f"{desk.address}ogc/collections/counties/items?f={form}") as answer:
            out.write_bytes(answer.read())
        shown = run("ogrinfo", "-ro", "-so", "-al", out)
        assert "Feature Count: 0" not in shown and "county_code" in shown, shown[-300:]


def pictures_are_drawn_by_the_driver_of_map_services(desk):
    """WMS by its capabilities, and one picture of the middle of the land."""
    service = f"WMS:{desk.address}ogc/wms"
    listed = run("gdalinfo", f"{service}?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetCapabilities")
    assert "LAYERS=land-patches" in listed, listed[-500:]
    west, south, east, north = desk.window("land-patches")
    place = (f"{service}?SERVICE=WMS&VERSION=1.3.0&REQUEST=GetMap&LAYERS=land-patches&STYLES="
             f"&CRS=EPSG:4490&BBOX={south},{west},{north},{east}&FORMAT=image/png&TRANSPARENT=TRUE")
    assert desk.covered(place, "-projwin", west, north, east, south) > 0.5


def pictures_are_drawn_by_the_driver_of_tiled_services(desk):
    west, south, east, north = desk.window("land-patches")
    for name, corners in (("c", (west, north, east, south)),
                          ("WebMercatorQuad", (*mercator(west, north), *mercator(east, south)))):
        place = (f"WMTS:{desk.address}ogc/wmts/1.0.0/WMTSCapabilities.xml,layer=land-patches,"
                 f"tilematrixset={name}")
        assert desk.covered(place, "-projwin", *corners) > 0.5, name


def features_are_had_by_the_driver_of_feature_services(desk):
    """WFS: all of a layer, a window and a filter of it; as many as by the newer driver."""
    source = f"WFS:{desk.address}ogc/wfs"
    count = ask(f"{desk.address}ogc/collections/counties/items?limit=1")["numberMatched"]
    whole = run("ogrinfo", "-ro", "-so", source, "karez:counties")
    assert f"Feature Count: {count}" in whole, whole[-500:]
    near = list(map(str, desk.window("land-patches")))
    same = len(desk.copied("land-patches", "-spat", *near))
    found = run("ogrinfo", "-ro", "-q", source, "karez:land-patches", "-spat", *near, "-geom=NO")
    assert found.count("OGRFeature(") == same > 0, (found.count("OGRFeature("), same)
    code = ask(f"{desk.address}ogc/collections/land-patches/items?limit=1")["features"][0][
        "properties"]["land_class"]
    alike = run("ogrinfo", "-ro", "-q", source, "karez:land-patches", "-geom=NO", "-where",
                f"land_class = '{code}'")
    assert alike.count("OGRFeature(") == len(desk.copied("land-patches", "-where", f"land_class = '{code}'"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="karez-gdal-") as scratch:
        # What it fetched is kept where it is started, were it not told another place.
        os.environ["GDAL_DEFAULT_WMS_CACHE_PATH"] = scratch
        Examined(Desk(sys.argv[1], sys.argv[2], sys.argv[3], scratch)).all(
            every_collection_is_a_layer, pages_are_followed_to_the_end, a_filter_is_the_servers,
            a_window_is_the_servers, a_day_before_anything_shows_nothing,
            a_tile_is_read_by_the_driver_of_vector_tiles, an_archive_is_read_tile_by_tile,
            files_are_had_by_their_formats, pictures_are_drawn_by_the_driver_of_map_services,
            pictures_are_drawn_by_the_driver_of_tiled_services,
            features_are_had_by_the_driver_of_feature_services)
