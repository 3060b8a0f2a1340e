// A prepared edit on a small map: what is recorded now, and what would be, among what stays.

const ol = window.ol;
const target = document.getElementById("edit-map");
const format = new ol.format.GeoJSON({
  dataProjection: "EPSG:4326", featureProjection: "EPSG:3857",
});
const line = (color, width, lineDash) => new ol.style.Stroke({ color, width, lineDash });
const STYLES = {
  before: new ol.style.Style({ stroke: line("#a8232c", 2, [6, 4]) }),
  after: new ol.style.Style({
    stroke: line("#0b6b6f", 2.5), fill: new ol.style.Fill({ color: "#0b6b6f33" }),
  }),
};

const sources = { before: new ol.source.Vector(), after: new ol.source.Vector() };
for (const { id, side, geometry } of JSON.parse(target.dataset.shapes)) {
  const feature = new ol.Feature(format.readGeometry(geometry));
  feature.set("name", id);
  sources[side].addFeature(feature);
}
const around = new ol.source.Vector();
const map = new ol.Map({
  target,
  controls: [new ol.control.Zoom(), new ol.control.ScaleLine({ minWidth: 80 })],
  layers: [
    new ol.layer.Vector({
      source: around, style: new ol.style.Style({ stroke: line("#8b94a3", 1) }),
    }),
    new ol.layer.Vector({ source: sources.after, style: STYLES.after }),
    new ol.layer.Vector({ source: sources.before, style: STYLES.before }),
  ],
  view: new ol.View({ center: [0, 0], zoom: 4 }),
});

const extent = ol.extent.createEmpty();
for (const source of Object.values(sources)) ol.extent.extend(extent, source.getExtent());
if (!ol.extent.isEmpty(extent)) {
  map.getView().fit(extent, { padding: [40, 40, 40, 40], maxZoom: 18 });
  const wide = ol.extent.buffer(extent, ol.extent.getWidth(extent));
  const box = ol.proj.transformExtent(wide, "EPSG:3857", "EPSG:4326");
  const query = `bbox=${box.map((n) => n.toFixed(6)).join(",")}&limit=1000`;
  const response = await fetch(`${target.dataset.around}?${query}`);
  if (response.ok) around.addFeatures(format.readFeatures(await response.json()));
}
target.dataset.shown = String(
  sources.before.getFeatures().length + sources.after.getFeatures().length);
