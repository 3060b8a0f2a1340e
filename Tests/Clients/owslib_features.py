"""OWSLib, which Python programs read OGC services by: `owslib_features.py ADDRESS`.

The APIs of today, and the services of before: WMS, WMTS, WFS.
"""
import sys

from examined import Examined
from owslib.ogcapi.features import Features


def classes_and_collections_are_found(service):
    assert any("features-1" in c for c in service.conformance()["conformsTo"])
    assert "land-patches" in service.feature_collections()
    assert service.collection("land-patches")["id"] == "land-patches"
    assert "land_class" in service.collection_queryables("land-patches")["properties"]


def items_are_had_by_window_filter_and_day(service):
    few = service.collection_items("land-patches", limit=7)
    assert few["numberReturned"] == 7
    box = service.collection("land-patches")["extent"]["spatial"]["bbox"][0]
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    near = service.collection_items("land-patches", bbox=[x, y, x + 0.1, y + 0.1], limit=10)
    assert 0 < near["numberReturned"] <= 10
    code = few["features"][0]["properties"]["land_class"]
    alike = service.collection_items("land-patches", filter=f"land_class = '{code}'", limit=20)
    assert {f["properties"]["land_class"] for f in alike["features"]} == {code}
    none = service.collection_items("land-patches", datetime_="1980-01-01")
    assert none["numberReturned"] == 0


def one_feature_is_had_by_its_name(service):
    first = service.collection_items("counties", limit=1)["features"][0]
    again = service.collection_item("counties", str(first["id"]))
    assert again["properties"] == first["properties"] and again["geometry"]


def pages_are_followed_by_their_links(service):
    import json
    import urllib.request
    page = service.collection_items("counties", limit=2)
    seen = [f["id"] for f in page["features"]]
    for _ in range(100):
        following = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not following:
            break
        with urllib.request.urlopen(following[0]) as answer:
            page = json.loads(answer.read())
        seen += [f["id"] for f in page["features"]]
    assert len(seen) == len(set(seen)) == service.collection_items("counties")["numberMatched"]


def pictures_are_drawn_by_wms(service):
    from owslib.wms import WebMapService
    maps = WebMapService(sys.argv[1] + "ogc/wms", version="1.3.0")
    west, south, east, north = maps["land-patches"].boundingBoxWGS84
    picture = maps.getmap(layers=["land-patches"], styles=[""], srs="CRS:84", size=(64, 64),
                          bbox=(west, south, east, north), format="image/png", transparent=True)
    assert picture.read().startswith(b"\x89PNG")


def pictures_are_drawn_by_wmts(service):
    from owslib.wmts import WebMapTileService
    tiles = WebMapTileService(sys.argv[1] + "ogc/wmts")
    assert "land-patches" in tiles.contents and {"c", "WebMercatorQuad"} <= set(tiles.tilematrixsets)
    tile = tiles.gettile(layer="land-patches", tilematrixset="WebMercatorQuad", tilematrix="4",
                         row=6, column=11, format="image/png")
    assert tile.read().startswith(b"\x89PNG")


def features_are_had_by_wfs(service):
    from owslib.wfs import WebFeatureService
    features = WebFeatureService(sys.argv[1] + "ogc/wfs", version="2.0.0")
    assert "karez:counties" in features.contents
    assert "county_code" in features.get_schema("karez:counties")["properties"]
    answer = features.getfeature(typename="karez:counties", maxfeatures=3, outputFormat="application/json")
    import json
    assert len(json.loads(answer.read())["features"]) == 3


if __name__ == "__main__":
    Examined(Features(sys.argv[1] + "ogc")).all(
        classes_and_collections_are_found, items_are_had_by_window_filter_and_day,
        one_feature_is_had_by_its_name, pages_are_followed_by_their_links,
        pictures_are_drawn_by_wms, pictures_are_drawn_by_wmts, features_are_had_by_wfs)
