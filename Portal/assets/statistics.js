// The page of statistics: a chart whose bars open what is behind them, and an area drawn on a map.
// Chart and map are fetched only where they are shown.

import { load, showChart } from "./chart.js";

const $ = (id) => document.getElementById(id);

// Question: another dataset has other attributes.

$("dataset").addEventListener("change", () => {
  $("by").disabled = true;
  $("question").requestSubmit();
});

showChart();

// Area

const place = $("area-map");
let isMapped = false;

async function drawArea() {
  if (isMapped) return;
  isMapped = true;
  await load("/assets/ol.js");
  const { ol } = window;
  const format = new ol.format.GeoJSON({
    dataProjection: "EPSG:4326", featureProjection: "EPSG:3857",
  });
  const stroke = (color, width) => new ol.style.Stroke({ color, width });
  const ground = new ol.source.Vector({
    url: "/api/v1/datasets/counties/features?limit=1000", format: new ol.format.GeoJSON(),
  });
  const source = new ol.source.Vector();
  const map = new ol.Map({
    target: place,
    layers: [
      new ol.layer.Vector({
        source: ground, style: new ol.style.Style({ stroke: stroke("#8b94a3", 1) }),
      }),
      new ol.layer.Vector({
        source, style: new ol.style.Style({
          stroke: stroke("#0b6b6f", 2), fill: new ol.style.Fill({ color: "#0b6b6f22" }),
        }),
      }),
    ],
    view: new ol.View({ center: [0, 0], zoom: 2 }),
  });
  const fit = (extent) => map.getView().fit(extent, { padding: [24, 24, 24, 24], maxZoom: 16 });
  if (place.dataset.shape) {
    source.addFeature(new ol.Feature(format.readGeometry(JSON.parse(place.dataset.shape))));
    fit(source.getExtent());
  } else {
    ground.once("featuresloadend", () => fit(ground.getExtent()));
  }
  ground.once("featuresloaderror", () => { $("area-hint").textContent = place.dataset.failed; });
  const draw = new ol.interaction.Draw({ source, type: "Polygon", stopClick: true });
  draw.on("drawstart", () => source.clear());
  draw.on("drawend", (event) => {
    const drawn = format.writeGeometryObject(
      event.feature.getGeometry(), { rightHanded: true, decimals: 9 });
    $("drawn").value = JSON.stringify(drawn);
    $("area-form").querySelector("button[type=submit]").classList.add("strong-button");
  });
  map.addInteraction(draw);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") draw.abortDrawing();
  });
  place.dataset.ready = "true";
}

// Whoever has not signed in is offered no area.
const box = $("area");
const open = () => { if (box.open) drawArea().catch(() => { $("area-hint").textContent = place.dataset.failed; }); };
if (box) {
  box.addEventListener("toggle", open);
  open();
}
