// The map's page: ties state, maps, tree, times and panel together.

import { $, after, facts, isPhone, words } from "./page.js";
import { knownBases, setUpBases } from "./base.js";
import { Bookmarks } from "./bookmarks.js";
import { Check } from "./check.js";
import { Comparison } from "./compare.js";
import { HeaderTime, TimeStrip } from "./time.js";
import { Identify } from "./identify.js";
import { OrderList } from "./order.js";
import { Pencil } from "./draw.js";
import { Ruler } from "./measure.js";
import { State } from "./state.js";
import { Tree, layerFacts, shownAtFirst } from "./tree.js";
import { Workbench } from "./bench.js";
import { Flyouts, setUpKeys, setUpLayersButtons, showLayers } from "./tools.js";
import { setSheet, setUpPanel } from "./panel.js";

const layers = layerFacts();
const state = new State({
  now: { validOn: facts.today, recorded: Number(facts.last) },
  known: layers.map((layer) => layer.id),
  shownAtFirst: shownAtFirst(),
  knownBases,
});

let tree;
const bench = new Workbench({
  element: $("map"), facts: layers, words, view: state.view,
  extent: facts.extent.split(",").map(Number),
  onMove: after(150, (view) => {
    state.view = view;
    state.write();
  }),
  onState: (side, id, text) => { if (side === state.active) tree?.tell(id, text); },
});

setUpPanel();
setUpLayersButtons(bench);
const stateOf = (id) => (bench.panes[state.active] ?? bench.panes[0]).stateOf(id);
tree = new Tree(state, { stateOf });
setUpBases(state);
new OrderList(state, {
  fitLayer: (id) => {
    const { extent } = layers.find((layer) => layer.id === id);
    if (extent.length === 4) bench.fitDegrees(extent);
  },
});
const identify = new Identify(state, bench);
const ruler = new Ruler(bench, { onMode: showMode });
const pencil = new Pencil(bench.map, { words, onDrawn: (drawn) => check.takeDrawn(drawn), onMode: showMode });
const check = new Check(state, bench, pencil);
const bookmarks = new Bookmarks(state);
const flyouts = new Flyouts();
const strip = new TimeStrip(state, { onSize: () => bench.updateSize() });

// The two maps

const comparison = new Comparison(state, bench, { onSecond: (pane) => listenTo(pane.map, 1) });
listenTo(bench.map, 0);

function listenTo(map, pane) {
  map.on("singleclick", ({ pixel, coordinate }) => {
    if (ruler.mode || pencil.interaction) return;
    const piece = bench.pieceAt(pixel);
    if (piece !== undefined) check.light(piece);
    else identify.at(coordinate, comparison.sideAt(pane, pixel));
  });
  map.on("pointermove", ({ coordinate }) => {
    const [x, y] = window.ol.proj.toLonLat(coordinate);
    $("cursor").firstElementChild.textContent = `${x.toFixed(5)}° ${y.toFixed(5)}°`;
  });
}

// A place can be asked about without a mouse: the middle of the map.
$("map").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target !== $("map")) return;
  identify.at(bench.view.getCenter(), state.active);
});

// What the header's search found is shown where it is.
document.addEventListener("karez:go", ({ detail }) => {
  const { dataset, feature, at, extent } = detail;
  if (layers.some((layer) => layer.id === dataset)
    && !state.layersOf(state.active).some((layer) => layer.id === dataset)) {
    state.toggle(dataset, true);
  }
  bench.fitDegrees(extent);
  identify.find(at, state.active, `${dataset}/${feature}`);
});

// Day and commit

new HeaderTime(state, {
  onDay: (validOn) => state.setAsOf({ validOn }, { isStep: true }),
});
state.onChange((what) => {
  // What was answered was answered for another day; asking again is the reader's to decide.
  if (what === "as-of" && $("answer").dataset.answer) check.showForm();
});
window.addEventListener("popstate", () => location.reload());

// Tools

function showMode(mode, hint) {
  $("hint").textContent = hint;
  $("hint").hidden = !hint;
  $("tool-draw").setAttribute("aria-pressed", String(mode === "draw"));
  $("tool-measure").classList.toggle("on", mode === "length" || mode === "area");
}

function measure(mode) {
  flyouts.close();
  pencil.stop();
  if (isPhone()) setSheet("low");
  ruler.start(mode);
}

function draw() {
  ruler.clear();
  check.startDrawing();
}

const zoomBy = (step) => () => bench.view.animate({ zoom: bench.view.getZoom() + step, duration: 150 });
$("tool-draw").addEventListener("click", draw);
$("measure-length").addEventListener("click", () => measure("length"));
$("measure-area").addEventListener("click", () => measure("area"));
$("tool-clear").addEventListener("click", () => {
  pencil.stop();
  ruler.clear();
  identify.close();
  check.forget();
});
$("tool-extent").addEventListener("click", () => bench.fitHome());
$("tool-in").addEventListener("click", zoomBy(1));
$("tool-out").addEventListener("click", zoomBy(-1));
$("share-part").addEventListener("opened", () => bookmarks.offerLink());
document.querySelectorAll("[data-compare], #compare-end").forEach((button) => {
  button.addEventListener("click", () => flyouts.close({ focus: true }));
});

setUpKeys({
  draw,
  showLayerTree: () => showLayers(true, bench),
  closers: [
    () => flyouts.close({ focus: true }),
    () => pencil.stop(),
    () => ruler.clear(),
    () => isPhone() && !$("layers").hidden && (showLayers(false, bench), true),
    () => strip.isOpen && (strip.toggle(false, { focus: true }), true),
    () => identify.close(),
  ],
});

// Begin

state.view ??= bench.place();
state.write();
if (state.isPast(0) || state.isPast(1)) tree.count();
window.addEventListener("resize", after(100, () => bench.updateSize()));
document.body.dataset.ready = "true";
