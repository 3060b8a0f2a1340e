"""QGIS through its own Python, without a window: `qgis_layers.py ADDRESS [PICTURE]`, by the system's Python.

Features by the providers of OGC API and WFS, vector tiles by theirs, pictures by that of WMS and WMTS; drawn
as QGIS draws them.
"""
import math
import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from qgis.core import (QgsApplication, QgsCoordinateReferenceSystem, QgsCoordinateTransform,  # noqa: E402
                       QgsFeatureRequest, QgsMapRendererParallelJob, QgsMapSettings, QgsProject,
                       QgsRasterLayer, QgsRectangle, QgsVectorLayer, QgsVectorTileLayer)
from qgis.PyQt.QtCore import QSize  # noqa: E402

from examined import Examined, ask  # noqa: E402


class Desk:
    def __init__(self, address, picture):
        self.address, self.picture = address, picture
        box = ask(f"{address}ogc/collections/land-patches?f=json")["extent"]["spatial"]["bbox"][0]
        self.box = QgsRectangle(*box)

    def layer(self, name, **options):
        words = [f"url='{self.address}ogc'", f"typename='{name}'", "pagingEnabled='true'"]
        words += [f"{key}='{value}'" for key, value in options.items()]
        layer = QgsVectorLayer(" ".join(words), name, "OAPIF")
        assert layer.isValid(), f"{name}: {layer.dataProvider() and layer.dataProvider().error().message()}"
        return layer

    def draw(self, layers):
        """The share of a picture of 400 × 300 that something was drawn on."""
        settings = QgsMapSettings()
        system = QgsCoordinateReferenceSystem("EPSG:3857")
        change = QgsCoordinateTransform(QgsCoordinateReferenceSystem("EPSG:4326"), system,
                                        QgsProject.instance())
        settings.setLayers(layers)
        settings.setDestinationCrs(system)
        settings.setExtent(change.transformBoundingBox(self.box))
        settings.setOutputSize(QSize(400, 300))
        job = QgsMapRendererParallelJob(settings)
        job.start()
        job.waitForFinished()
        image = job.renderedImage()
        if self.picture:
            image.save(self.picture)
        blank = image.pixel(0, 0)
        drawn = sum(1 for x in range(0, 400, 4) for y in range(0, 300, 4) if image.pixel(x, y) != blank)
        return drawn / 7_500


def features_are_paged_through(desk):
    counties = desk.layer("counties", pageSize=2)
    expected = ask(f"{desk.address}ogc/collections/counties/items?limit=1")["numberMatched"]
    assert sum(1 for _ in counties.getFeatures()) == expected > 3
    assert counties.fields().indexOf("county_code") >= 0
    assert counties.crs().isValid()


def a_window_is_asked_of_the_server(desk):
    land = desk.layer("land-patches", restrictToRequestBBOX=1)
    middle = desk.box.center()
    window = QgsRectangle(middle.x(), middle.y(), middle.x() + 0.1, middle.y() + 0.1)
    found = list(land.getFeatures(QgsFeatureRequest().setFilterRect(window)))
    assert found and all(not f.geometry().isNull() and math.isfinite(f.geometry().area()) for f in found)


def vector_tiles_are_drawn(desk):
    place = "ogc/collections/land-patches/tiles/WebMercatorQuad/{z}/{y}/{x}"
    layer = QgsVectorTileLayer(f"type=xyz&url={desk.address}{place}&zmin=0&zmax=14", "land")
    assert layer.isValid()
    share = desk.draw([layer])
    assert share > 0.1, share


def features_are_drawn(desk):
    share = desk.draw([desk.layer("counties")])
    assert share > 0.1, share


def features_are_had_by_wfs(desk):
    place = (f"url='{desk.address}ogc/wfs' typename='karez:counties' version='2.0.0' srsname='EPSG:4490'"
             " pagingEnabled='true'")
    counties = QgsVectorLayer(place, "counties", "WFS")
    assert counties.isValid(), counties.dataProvider() and counties.dataProvider().error().message()
    expected = ask(f"{desk.address}ogc/collections/counties/items?limit=1")["numberMatched"]
    assert sum(1 for _ in counties.getFeatures()) == expected
    # A northing taken for an easting would lie elsewhere.
    assert desk.box.intersects(counties.extent()), counties.extent().toString()


def pictures_are_drawn_by_wms(desk):
    layer = QgsRasterLayer(f"url={desk.address}ogc/wms&layers=land-patches&styles=&format=image/png"
                           "&crs=EPSG:3857&version=1.3.0", "land", "wms")
    assert layer.isValid(), layer.error().message()
    share = desk.draw([layer])
    assert share > 0.1, share


def pictures_are_drawn_by_wmts(desk):
    layer = QgsRasterLayer(f"url={desk.address}ogc/wmts/1.0.0/WMTSCapabilities.xml&layers=land-patches"
                           "&styles=default&format=image/png&crs=EPSG:3857"
                           "&tileMatrixSet=WebMercatorQuad&tileDimensions=TIME%3Dcurrent", "land", "wms")
    assert layer.isValid(), layer.error().message()
    share = desk.draw([layer])
    assert share > 0.1, share


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    code = 1
    try:
        Examined(Desk(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)).all(
            features_are_paged_through, a_window_is_asked_of_the_server, vector_tiles_are_drawn,
            features_are_drawn, features_are_had_by_wfs, pictures_are_drawn_by_wms,
            pictures_are_drawn_by_wmts)
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    # Its own way out at times crashes in the destructors of providers.
    os._exit(code)
