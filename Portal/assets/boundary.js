// The boundary of an application: drawn on a map or typed corner by corner. Either shows the other, and what is sent
// are the typed corners, so all of it works without a map, a mouse or this script.

import { baseLayers } from "./base.js";
import { Pencil, format, typedBoundary } from "./draw.js";

const ol = window.ol;
const line = (color, width) => new ol.style.Stroke({ color, width });

/** Corners as they are typed: a line each, nine decimals of a degree at most, the first not repeated. */
function corners(polygon) {
  const [ring] = polygon.coordinates;
  return ring.slice(0, -1).map((place) => place.map((degrees) => String(Number(degrees.toFixed(9)))).join(" "))
    .join("\n");
}

function setUp() {
  const target = document.getElementById("draft-map");
  if (!target || target.dataset.shown) return;
  target.dataset.shown = "0";
  const { words: texts, extent, ground } = target.dataset;
  const words = JSON.parse(texts);
  const [typed, said, draw, clear] = ["corners", "draw-said", "draw-start", "draw-clear"]
    .map((id) => document.getElementById(id));
  const source = new ol.source.Vector();
  const beneath = new ol.source.Vector({ url: ground, format: new ol.format.GeoJSON() });
  const map = new ol.Map({
    target,
    controls: [new ol.control.Zoom(), new ol.control.ScaleLine({ minWidth: 80 }),
      new ol.control.Attribution({ collapsible: false })],
    layers: [
      ...baseLayers(),
      new ol.layer.Vector({ source: beneath, style: new ol.style.Style({ stroke: line("#8b94a3", 1) }) }),
      new ol.layer.Vector({
        source,
        style: new ol.style.Style({ stroke: line("#0b6b6f", 2.5), fill: new ol.style.Fill({ color: "#0b6b6f33" }) }),
      }),
    ],
    view: new ol.View({ center: [0, 0], zoom: 4, maxZoom: 20 }),
  });
  const box = ol.proj.transformExtent(extent.split(",").map(Number), "EPSG:4326", "EPSG:3857");
  const fit = (around) => {
    if (!ol.extent.isEmpty(around)) map.getView().fit(around, { padding: [32, 32, 32, 32], maxZoom: 18 });
  };

  const tell = (text) => { said.textContent = text; };
  function show(polygon) {
    source.clear();
    if (polygon) source.addFeature(new ol.Feature(format.readGeometry(polygon)));
    target.dataset.shown = polygon ? "1" : "0";
    clear.hidden = !polygon && typed.value === "";
  }
  function take(polygon) {
    typed.value = corners(polygon);
    show(polygon);
    tell(words.boundary_drawn);
  }
  const pencil = new Pencil(map, {
    words, onDrawn: take,
    onMode: (mode, hint) => {
      draw.setAttribute("aria-pressed", String(mode === "draw"));
      tell(hint);
    },
  });
  // A corner that was put down wrong is dragged to its place.
  const mend = new ol.interaction.Modify({ source });
  mend.on("modifyend", () => {
    const [feature] = source.getFeatures();
    take(format.writeGeometryObject(feature.getGeometry(), { rightHanded: true, decimals: 9 }));
  });
  map.addInteraction(mend);

  function showTyped(isFitting) {
    if (typed.value.trim() === "") {
      show(null);
      return tell("");
    }
    const { polygon, few, line: bad } = typedBoundary(typed.value);
    show(polygon ?? null);
    if (polygon && isFitting) fit(source.getExtent());
    return tell(polygon ? words.boundary_drawn
      : few ? words.boundary_type_few : words.boundary_type_bad.replace("{line}", String(bad)));
  }
  typed.addEventListener("input", () => showTyped(true));
  draw.addEventListener("click", () => {
    source.clear();
    pencil.start();
  });
  clear.addEventListener("click", () => {
    pencil.stop();
    typed.value = "";
    showTyped(false);
    typed.focus();
  });
  target.addEventListener("keydown", ({ key }) => { if (key === "Escape") pencil.stop(); });

  // Hidden, a map has no size to draw itself in.
  const way = target.closest("details");
  const open = () => {
    if (!way.open) return;
    map.updateSize();
    fit(box);
    showTyped(true);
  };
  way.addEventListener("toggle", open);
  document.getElementById("draw-tools").hidden = false;
  target.hidden = false;
  open();
}

// What is asked changes with the answers, and then the form is another.
document.body.addEventListener("htmx:afterSettle", setUp);
setUp();
