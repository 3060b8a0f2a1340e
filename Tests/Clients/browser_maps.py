"""OpenLayers and MapLibre in a real Chromium, on pages a programmer would write from their manuals:
`browser_maps.py ADDRESS FOLDER_OF_LIBRARIES [FOLDER_FOR_SCREENSHOTS]`.

The pages are put before the browser at the server's own address, so that nothing but tiles and features
comes from the server.
"""
import base64
import pathlib
import shutil
import sys
import time

from examined import Examined, ask
from playwright.sync_api import sync_playwright

FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--use-gl=angle", "--use-angle=swiftshader",
         "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
# The share of a screenshot that is the colour of the land.
GREEN = """async text => {
  const image = new Image(); image.src = 'data:image/png;base64,' + text; await image.decode();
  const canvas = document.createElement('canvas'); [canvas.width, canvas.height] = [80, 60];
  const drawing = canvas.getContext('2d'); drawing.drawImage(image, 0, 0, 80, 60);
  const pixels = drawing.getImageData(0, 0, 80, 60).data; let green = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 1] > 90 && pixels[i] < 90 && pixels[i + 2] < 90) green++;
  }
  return green / 4800;
}"""
BODY = "<body style='margin:0'><div id='map' style='width:800px;height:600px'></div>"
OPENLAYERS = """<!doctype html><meta charset='utf-8'><link rel='stylesheet' href='/client/ol.css'>
<script src='/client/ol.js'></script>""" + BODY + """<script>
window.errors = 0;
const source = new ol.source.OGCVectorTile({
  url: '/ogc/collections/land-patches/tiles/WebMercatorQuad', format: new ol.format.MVT()});
source.on('tileloaderror', () => window.errors++);
const style = new ol.style.Style({fill: new ol.style.Fill({color: '#0a0'}), stroke: new ol.style.Stroke({color: '#040'})});
const line = new ol.style.Style({stroke: new ol.style.Stroke({color: '#400', width: 2})});
const features = new ol.source.Vector({format: new ol.format.GeoJSON(), url: '/ogc/collections/counties/items?limit=100'});
const map = new ol.Map({target: 'map', layers: [
  new ol.layer.VectorTile({source, style}), new ol.layer.Vector({source: features, style: line})]});
map.getView().fit(ol.proj.transformExtent(BOX, 'EPSG:4326', 'EPSG:3857'), {size: [800, 600]});
map.on('rendercomplete', () => {
  window.drawn = source.getState() === 'ready' && features.getFeatures().length;
  window.found = map.getFeaturesAtPixel([400, 300]).length;
});
</script>"""
MAPLIBRE = """<!doctype html><meta charset='utf-8'><link rel='stylesheet' href='/client/maplibre-gl.css'>
<script src='/client/maplibre-gl.js'></script>""" + BODY + """<script>
window.errors = [];
const map = new maplibregl.Map({container: 'map', bounds: BOX, fadeDuration: 0, canvasContextAttributes: {preserveDrawingBuffer: true}, style: {version: 8,
  sources: {
    land: {type: 'vector', url: location.origin + '/ogc/collections/land-patches/tiles/WebMercatorQuad?f=tilejson'},
    counties: {type: 'geojson', data: '/ogc/collections/counties/items?limit=100'}},
  layers: [
    {id: 'land', type: 'fill', source: 'land', 'source-layer': 'land-patches', paint: {'fill-color': '#0a0'}},
    {id: 'counties', type: 'line', source: 'counties', paint: {'line-color': '#400', 'line-width': 2}}]}});
map.on('error', e => window.errors.push(String(e.error && e.error.message || e)));
map.on('idle', () => {
  window.drawn = map.queryRenderedFeatures({layers: ['land']}).length;
  window.found = map.queryRenderedFeatures({layers: ['counties']}).length;
});
</script>"""


class Browser:
    def __init__(self, browser, address, libraries, shots):
        self.browser, self.address = browser, address.rstrip("/")
        self.libraries, self.shots = pathlib.Path(libraries), shots
        self.box = ask(f"{self.address}/ogc/collections/land-patches?f=json")["extent"]["spatial"]["bbox"][0]

    def show(self, name, text):
        """Opens a page of a client and waits for it to have drawn; what it asked of the server."""
        page = self.browser.new_page(viewport={"width": 800, "height": 600})
        complaints, asked = [], []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.on("response", lambda r: asked.append((r.status, r.url)))

        def given(route):
            file = route.request.url.rsplit("/", 1)[1]
            if file == "page.html":
                route.fulfill(body=text.replace("BOX", str(list(self.box))), content_type="text/html")
            else:
                kind = "text/css" if file.endswith(".css") else "text/javascript"
                route.fulfill(body=(self.libraries / file).read_bytes(), content_type=kind)

        page.route("**/client/*", given)
        page.goto(f"{self.address}/client/page.html")
        end = time.monotonic() + 300
        while not page.evaluate("window.drawn || 0"):
            assert time.monotonic() < end, f"nothing was drawn: {complaints} {page.evaluate('window.errors')}"
            page.wait_for_timeout(100)
        page.wait_for_timeout(500)
        picture = page.screenshot()
        if self.shots:
            (pathlib.Path(self.shots) / f"{name}.png").write_bytes(picture)
        facts = page.evaluate("({drawn: window.drawn, found: window.found, errors: window.errors})")
        facts["green"] = page.evaluate(GREEN, base64.b64encode(picture).decode())
        page.close()
        assert not complaints, complaints
        tiles = [one for one in asked if "/tiles/" in one[1] and "tilejson" not in one[1]]
        assert tiles and all(status in (200, 204) for status, _ in tiles), tiles[:5]
        return facts


def openlayers_draws_tiles_and_features(browser):
    facts = browser.show("openlayers", OPENLAYERS)
    assert facts["drawn"] > 3 and facts["found"] > 0 and facts["errors"] == 0, facts
    assert facts["green"] > 0.1, facts


def maplibre_draws_tiles_and_features(browser):
    facts = browser.show("maplibre", MAPLIBRE)
    assert facts["drawn"] > 10 and facts["found"] > 3 and not facts["errors"], facts
    assert facts["green"] > 0.1, facts


def main():
    address, libraries = sys.argv[1:3]
    shots = sys.argv[3] if len(sys.argv) > 3 else None
    tests = [openlayers_draws_tiles_and_features]
    if (pathlib.Path(libraries) / "maplibre-gl.js").exists():
        tests.append(maplibre_draws_tiles_and_features)
    else:
        print("skipped MapLibre: its files are not there; make clients fetches them", flush=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            Examined(Browser(browser, address, libraries, shots)).all(*tests)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
