// Boundaries on a small map: the parcels of a batch by their verdicts, answers side by side, and what would lead a
// boundary around a line. A row and its shape light up together.

const ol = window.ol;
const target = document.getElementById("checks-map");
const format = new ol.format.GeoJSON({ dataProjection: "EPSG:4326", featureProjection: "EPSG:3857" });

// Colour, width of the outline, how much of the fill is seen; a dash tells apart what colour alone would not.
const LOOKS = {
  prohibited: ["#a8232c", 2, "55"], "needs-determination": ["#d98a1f", 2, "44"],
  conforms: ["#1d6b3c", 2, "44"], refused: ["#566070", 2, "22", [4, 4]],
  0: ["#0b6b6f", 2.5, "18"], 1: ["#a8232c", 2.5, "10", [8, 4]], 2: ["#3a76b8", 2.5, "10", [2, 4]],
  3: ["#6a3d9a", 2.5, "10", [10, 4, 2, 4]],
  own: ["#18202b", 2, "00", [6, 4]], line: ["#a06a2c", 1, "33"], rest: ["#0b6b6f", 2.5, "33"],
  given: ["#a8232c", 1, "66"], gained: ["#3a76b8", 1.5, "55", [4, 3]],
};

function style(feature) {
  const [colour, width, fill, lineDash] = LOOKS[feature.get("kind")] ?? LOOKS.own;
  const isLit = feature.get("isLit");
  return new ol.style.Style({
    zIndex: isLit ? 2 : feature.get("kind") === "line" ? 0 : 1,
    fill: new ol.style.Fill({ color: colour + (isLit ? "99" : fill) }),
    stroke: new ol.style.Stroke({ color: colour, width: isLit ? width + 2 : width, lineDash }),
  });
}

const source = new ol.source.Vector();
const ground = new ol.source.Vector();
const beneath = new ol.source.Vector({
  url: "/api/v1/datasets/counties/features?limit=1000", format: new ol.format.GeoJSON(),
});
const map = new ol.Map({
  target,
  layers: [
    new ol.layer.Vector({
      source: beneath,
      style: new ol.style.Style({ stroke: new ol.style.Stroke({ color: "#8b94a3", width: 1 }) }),
    }),
    new ol.layer.Vector({ source: ground, style }), new ol.layer.Vector({ source, style }),
  ],
  view: new ol.View({ center: [0, 0], zoom: 4 }),
});
const fit = (extent, duration = 0) => {
  if (!ol.extent.isEmpty(extent)) {
    map.getView().fit(extent, { padding: [32, 32, 32, 32], maxZoom: 18, duration });
  }
};

function add(kind, geometry, id, into = source) {
  if (!geometry) return;
  const feature = new ol.Feature(format.readGeometry(geometry));
  feature.set("kind", String(kind));
  if (id !== undefined) feature.setId(String(id));
  into.addFeature(feature);
}

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

// A batch

const rows = new Map([...document.querySelectorAll("tr[data-shape]")].map((row) => [row.dataset.shape, row]));

function light(id) {
  source.getFeatures().forEach((feature) => feature.set("isLit", feature.getId() === id));
  rows.forEach((row, key) => row.classList.toggle("lit", key === id));
}

async function showBatch() {
  const { shapes } = await fetched(target.dataset.shapes);
  // Only what the table shows, where it is narrowed to a verdict.
  const isNarrow = new URLSearchParams(location.search).has("verdict");
  shapes.filter((shape) => !isNarrow || rows.has(shape.id))
    .forEach((shape) => add(shape.kind, shape.geometry, shape.id));
  // What could not be checked often lies far off; it is found from its row.
  const near = source.getFeatures().filter((feature) => feature.get("kind") !== "refused");
  const whole = ol.extent.createEmpty();
  near.forEach((feature) => ol.extent.extend(whole, feature.getGeometry().getExtent()));
  fit(near.length > 0 ? whole : source.getExtent());
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
}

// Answers side by side

async function showAnswers() {
  const { answers } = await fetched(target.dataset.answers);
  answers.forEach((answer, index) => add(index, answer.geometry));
  fit(source.getExtent());
}

// What would avoid a line

/** The datasets the lines are of, as far as they lie in the picture. */
async function showGround(day) {
  const box = ol.proj.transformExtent(map.getView().calculateExtent(map.getSize()), "EPSG:3857", "EPSG:4326");
  const names = target.dataset.datasets.split(",").filter((name) => name && name !== "land-patches");
  await Promise.all(names.map(async (name) => {
    const query = new URLSearchParams({ bbox: box.join(","), limit: "500", validOn: day });
    const { features } = await fetched(`/api/v1/datasets/${name}/features?${query}`);
    features.filter((feature) => feature.geometry)
      .forEach((feature) => add("line", feature.geometry, undefined, ground));
  }));
}

async function showAvoidance() {
  const found = await fetched(target.dataset.avoid);
  const buttons = [...document.querySelectorAll(".show-line")];
  const show = (id, part) => {
    source.clear();
    add("own", found.boundary.geometry);
    const { suggestion } = found.lines.find((line) => line.id === id) ?? {};
    if (suggestion) {
      add("given", suggestion.givenUp);
      add("rest", suggestion.rest);
      if (part === "traded") add("gained", suggestion.trade?.gained);
    }
    buttons.forEach((button) => {
      const isOn = button.dataset.line === id && button.dataset.part === part;
      button.setAttribute("aria-pressed", String(isOn));
    });
    target.dataset.line = id ?? "";
    target.dataset.part = part;
    fit(source.getExtent());
  };
  buttons.forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => show(button.dataset.line, button.dataset.part));
  });
  show(found.lines.find((line) => line.suggestion)?.id, "rest");
  await showGround(found.asOf.validOn);
}

const work = target.dataset.shapes ? showBatch : target.dataset.answers ? showAnswers : showAvoidance;
try {
  await work();
} catch {
  const note = document.createElement("p");
  note.className = "band act";
  note.setAttribute("role", "alert");
  note.textContent = target.dataset.failed;
  target.before(note);
}
target.dataset.shown = String(source.getFeatures().length);
