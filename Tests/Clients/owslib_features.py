"""OWSLib, which Python programs read OGC services by: `owslib_features.py ADDRESS`."""
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


if __name__ == "__main__":
    Examined(Features(sys.argv[1] + "ogc")).all(
        classes_and_collections_are_found, items_are_had_by_window_filter_and_day,
        one_feature_is_had_by_its_name, pages_are_followed_by_their_links)
