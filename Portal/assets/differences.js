// The features two states show differently, on a small map; a row and its shape light up together.

const ol = window.ol;
const target = document.getElementById("differences-map");
const rows = new Map(
  [...document.querySelectorAll("tr[data-patch]")].map((row) => [row.dataset.patch, row]));
const COLOURS = {
  inserted: "#2c7a4b", ended: "#a8232c", changed: "#3a76b8", split: "#8a5305", merged: "#6a3d9a",
};
const format = new ol.format.GeoJSON({
  dataProjection: "EPSG:4326", featureProjection: "EPSG:3857",
});

function style(feature) {
  const colour = COLOURS[feature.get("change")];
  const isLit = feature.get("isLit");
  return new ol.style.Style({
    zIndex: isLit ? 1 : 0, fill: new ol.style.Fill({ color: colour + (isLit ? "99" : "44") }),
    stroke: new ol.style.Stroke({ color: colour, width: isLit ? 3 : 1.5 }),
  });
}

const source = new ol.source.Vector();
const ground = new ol.layer.Vector({
  source: new ol.source.Vector({
    url: "/api/v1/datasets/counties/features?limit=1000", format: new ol.format.GeoJSON(),
  }),
  style: new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#8b94a3", width: 1 }) }),
});
const map = new ol.Map({
  target, layers: [ground, new ol.layer.Vector({ source, style })],
  view: new ol.View({ center: [0, 0], zoom: 4 }),
});

async function patches() {
  try {
    const response = await fetch(target.dataset.shapes);
    if (!response.ok) throw new Error(String(response.status));
    return (await response.json()).patches;
  } catch {
    const note = document.createElement("p");
    note.textContent = target.dataset.failed;
    target.before(note);
    return [];
  }
}

for (const patch of await patches()) {
  if (!patch.geometry) continue;
  const feature = new ol.Feature(format.readGeometry(patch.geometry));
  feature.setId(patch.id);
  feature.set("change", patch.change);
  source.addFeature(feature);
}
const fit = (extent, duration) => map.getView().fit(extent, {
  padding: [40, 40, 40, 40], maxZoom: 16, duration,
});
if (source.getFeatures().length > 0) fit(source.getExtent(), 0);
target.dataset.shown = String(source.getFeatures().length);

function light(id) {
  source.getFeatures().forEach((feature) => feature.set("isLit", feature.getId() === id));
  rows.forEach((row, key) => row.classList.toggle("lit", key === id));
}
rows.forEach((row, id) => row.addEventListener("click", (event) => {
  if (event.target.closest("a")) return;
  light(id);
  const feature = source.getFeatureById(id);
  if (feature) fit(feature.getGeometry().getExtent(), 200);
}));
map.on("click", (event) => {
  const [hit] = map.getFeaturesAtPixel(event.pixel, { hitTolerance: 6 });
  if (hit?.getId() === undefined) return;
  light(hit.getId());
  rows.get(hit.getId())?.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
