// The places of a gate's findings on a small map; a row and its place light up together.

const ol = window.ol;
const rows = [...document.querySelectorAll("tr[data-place]")];
const features = rows.map((row, index) => {
  const [x, y] = row.dataset.place.split(",").map(Number);
  const feature = new ol.Feature(new ol.geom.Point(ol.proj.fromLonLat([x, y])));
  feature.setId(index);
  return feature;
});

const mark = (isLit) => new ol.style.Style({
  image: new ol.style.Circle({
    radius: isLit ? 9 : 6, fill: new ol.style.Fill({ color: isLit ? "#0b6b6f" : "#a8232c" }),
    stroke: new ol.style.Stroke({ color: "#ffffff", width: 2 }),
  }),
});
const source = new ol.source.Vector({ features });
const ground = new ol.layer.Vector({
  source: new ol.source.Vector({
    url: "/api/v1/datasets/counties/features?limit=1000", format: new ol.format.GeoJSON(),
  }),
  style: new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#8b94a3", width: 1 }) }),
});
const map = new ol.Map({
  target: "findings-map", layers: [ground, new ol.layer.Vector({ source, style: mark(false) })],
  view: new ol.View({ center: [0, 0], zoom: 4 }),
});
map.getView().fit(source.getExtent(), { padding: [40, 40, 40, 40], maxZoom: 14 });

function light(index) {
  features.forEach((feature, at) => feature.setStyle(at === index ? mark(true) : undefined));
  rows.forEach((row, at) => row.classList.toggle("lit", at === index));
}
rows.forEach((row, index) => row.addEventListener("click", () => {
  light(index);
  map.getView().animate({ center: features[index].getGeometry().getCoordinates(), duration: 200 });
}));
map.on("click", (event) => {
  const [hit] = map.getFeaturesAtPixel(event.pixel, { hitTolerance: 6 });
  if (hit?.getId() === undefined) return;
  light(hit.getId());
  rows[hit.getId()]?.scrollIntoView({ block: "nearest", behavior: "smooth" });
});
