// The page: ties form, map, answer and address together.

import { Workbench } from "./map.js";
import { Pencil, typedBoundary } from "./draw.js";

const $ = (id) => document.getElementById(id);
const page = document.body.dataset;
const words = JSON.parse(page.words);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const KEPT = "karez-boundary";

// Address

const address = () => new URL(location.href);

function viewOfAddress() {
  const [x, y, zoom] = (address().searchParams.get("view") || "").split(",").map(Number);
  return [x, y, zoom].every(Number.isFinite) ? { x, y, zoom } : null;
}

function setAddress(change, { isStep = false } = {}) {
  const url = address();
  change(url.searchParams);
  const text = url.pathname + url.search.replace(/%2C/g, ",");
  history[isStep ? "pushState" : "replaceState"](null, "", text);
  document.querySelectorAll("a[data-lang]").forEach((link) => {
    const other = address();
    other.searchParams.set("lang", link.dataset.lang);
    link.href = other.pathname + other.search.replace(/%2C/g, ",");
  });
}

let moved;
function keepView({ x, y, zoom }) {
  clearTimeout(moved);
  moved = setTimeout(() => setAddress((query) => {
    query.set("view", `${x.toFixed(5)},${y.toFixed(5)},${zoom.toFixed(2)}`);
    const shown = rows.filter((row) => row.querySelector("input").checked);
    query.set("layers", shown.map((row) => row.dataset.dataset).join(",") || "none");
  }), 150);
}

window.addEventListener("popstate", () => location.reload());

// Map

const rows = [...document.querySelectorAll(".layer")];
const named = address().searchParams.get("layers");
if (named !== null) {
  const wanted = new Set(named.split(","));
  rows.forEach((row) => {
    const box = row.querySelector("input");
    box.checked = !box.disabled && wanted.has(row.dataset.dataset);
  });
}

const bench = new Workbench({
  element: $("map"), rows, words, validOn: page.validOn, recorded: page.recorded, view: viewOfAddress(),
  extent: page.extent.split(",").map(Number), onMove: keepView, onPiece: (number) => light(number),
});
const pencil = new Pencil(bench.map, { words, onDrawn: takeDrawn, onMode: showMode });

bench.map.on("pointermove", (event) => {
  const [x, y] = window.ol.proj.toLonLat(event.coordinate);
  $("cursor").firstElementChild.textContent = `${x.toFixed(5)}° ${y.toFixed(5)}°`;
});

function showMode(mode, hint) {
  $("hint").textContent = hint;
  $("hint").hidden = !hint;
  $("tool-draw").setAttribute("aria-pressed", String(mode === "draw"));
  $("tool-measure").setAttribute("aria-pressed", String(mode === "measure"));
}

function startDrawing() {
  if (isSheet()) setSheet("low");
  pencil.start("draw");
}

$("tool-draw").addEventListener("click", startDrawing);
$("way-draw").addEventListener("click", startDrawing);
$("tool-measure").addEventListener("click", () => pencil.start("measure"));
$("tool-clear").addEventListener("click", () => {
  pencil.clear();
  forget();
});
$("tool-extent").addEventListener("click", () => bench.fitHome());
const zoomBy = (step) => () => {
  const view = bench.map.getView();
  view.animate({ zoom: view.getZoom() + step, duration: 150 });
};
$("tool-in").addEventListener("click", zoomBy(1));
$("tool-out").addEventListener("click", zoomBy(-1));

// Layers and sheet

function showLayers(isShown) {
  $("layers").hidden = !isShown;
  $("layers-show").hidden = isShown;
  bench.map.updateSize();
}
$("layers-hide").addEventListener("click", () => {
  showLayers(false);
  $("layers-show").focus();
});
$("layers-show").addEventListener("click", () => {
  showLayers(true);
  $("layers-hide").focus();
});

const isSheet = () => getComputedStyle($("panel")).position === "absolute";
function setSheet(state) {
  $("panel").classList.toggle("low", state === "low");
  $("panel").classList.toggle("high", state === "high");
  const isOpen = state !== "low";
  $("panel-handle").setAttribute("aria-expanded", String(isOpen));
  $("panel-handle").setAttribute("aria-label", isOpen ? words.panel_close : words.panel_open);
}
$("panel-handle").addEventListener("click", () => {
  const { classList } = $("panel");
  setSheet(classList.contains("low") ? "mid" : classList.contains("high") ? "low" : "high");
});
if (isSheet()) {
  showLayers(false);
  setSheet("mid");
}

// Boundary

const form = $("check-form");

function showChosen(text) {
  $("chosen").dataset.state = text ? "ready" : "none";
  $("chosen-words").textContent = text || words.boundary_none;
  $("chosen-clear").hidden = !text;
  $("form-error").hidden = true;
}

function takeDrawn(polygon) {
  $("file").value = "";
  $("coordinates").value = "";
  $("boundary").value = JSON.stringify(polygon);
  $("from").value = "";
  sessionStorage.setItem(KEPT, JSON.stringify(polygon));
  bench.setBoundary(polygon, { fit: false });
  showChosen(words.boundary_drawn);
  if (isSheet()) setSheet("mid");
}

function takeFile() {
  const [file] = $("file").files;
  if (!file) return;
  const limit = Number($("file").dataset.limitMb);
  if (file.size > limit * 1024 * 1024) {
    $("file").value = "";
    showChosen("");
    showFormError(fill(words.file_too_large, { limit }));
    return;
  }
  $("boundary").value = "";
  $("from").value = "";
  $("coordinates").value = "";
  sessionStorage.removeItem(KEPT);
  bench.setBoundary(null);
  showChosen(`${words.boundary_file} · ${file.name}`);
}

function forget() {
  $("file").value = "";
  $("boundary").value = "";
  $("from").value = "";
  $("coordinates").value = "";
  sessionStorage.removeItem(KEPT);
  bench.setBoundary(null);
  showChosen("");
}

$("file").addEventListener("change", takeFile);
$("chosen-clear").addEventListener("click", forget);
$("coordinates-use").addEventListener("click", () => {
  const typed = typedBoundary($("coordinates").value);
  const error = $("coordinates-error");
  error.hidden = Boolean(typed.polygon);
  if (typed.polygon) {
    takeDrawn(typed.polygon);
    bench.setBoundary(typed.polygon);
  } else {
    error.textContent = typed.few
      ? words.boundary_type_few : fill(words.boundary_type_bad, { line: typed.line });
    $("coordinates").focus();
  }
});

for (const target of [$("drop"), $("map")]) {
  target.addEventListener("dragover", (event) => {
    event.preventDefault();
    $("drop").classList.add("dropping");
  });
  target.addEventListener("dragleave", () => $("drop").classList.remove("dropping"));
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("dropping");
    if (!event.dataTransfer.files.length) return;
    showForm();
    $("file").files = event.dataTransfer.files;
    takeFile();
  });
}

// Check

function showFormError(text) {
  $("form-error").textContent = text;
  $("form-error").hidden = !text;
}

let clock;
function showWorking(isOn) {
  clearInterval(clock);
  $("working").hidden = !isOn;
  $("working-words").textContent = words.checking;
  if (!isOn) return;
  const began = performance.now();
  clock = setInterval(() => {
    const seconds = Math.floor((performance.now() - began) / 1000);
    if (seconds >= 2) {
      $("working-words").textContent = `${words.checking} · ${fill(words.elapsed, { seconds })}`;
    }
  }, 500);
}

form.addEventListener("htmx:beforeRequest", (event) => {
  const isGiven = $("file").files.length || $("boundary").value || $("from").value || $("coordinates").value.trim();
  if (!isGiven) {
    event.preventDefault();
    showFormError(words.boundary_missing);
    $("way-draw").focus();
    return;
  }
  pencil.stop();
  showFormError("");
  showWorking(true);
});
form.addEventListener("htmx:xhr:progress", (event) => {
  const { loaded, total, lengthComputable } = event.detail;
  if (!lengthComputable || total < 1e6 || loaded >= total) return;
  const percent = Math.floor((100 * loaded) / total);
  $("working-words").textContent = fill(words.uploading, { percent });
});
document.body.addEventListener("htmx:afterRequest", () => showWorking(false));
document.body.addEventListener("htmx:sendError", () => showFormError(words.error_network));
document.body.addEventListener("htmx:afterSwap", () => takeAnswer({ isNew: true }));

// Answer

function showForm() {
  const slot = document.createElement("div");
  slot.id = "answer";
  slot.className = "answer-slot";
  slot.setAttribute("aria-live", "polite");
  slot.hidden = true;
  $("answer").replaceWith(slot);
  form.hidden = false;
}

async function takeAnswer({ isNew }) {
  const answer = $("answer");
  $("panel-body").scrollTop = 0;
  const id = answer.dataset.answer;
  if (!id) {
    if (isSheet()) setSheet("high");
    return;
  }
  form.hidden = true;
  if (isSheet()) setSheet("mid");
  if (isNew) setAddress((query) => query.set("answer", id), { isStep: true });
  $("check-again").addEventListener("click", () => {
    showForm();
    bench.clearPieces();
    setAddress((query) => query.delete("answer"), { isStep: true });
    $("way-draw").focus();
  });
  answer.querySelectorAll(".show").forEach((button) => {
    button.addEventListener("click", () => light(Number(button.dataset.piece)));
  });
  if (isNew) $("panel").focus({ preventScroll: true });
  const response = await fetch(`/answers/${id}.json`);
  if (!response.ok) return;
  const json = await response.json();
  bench.showAnswer(json);
  // The same boundary can be asked about again, on another day or for another purpose.
  const kept = JSON.stringify(json.boundary.geometry);
  $("boundary").value = "";
  $("from").value = id;
  $("file").value = "";
  $("coordinates").value = "";
  showChosen(words.boundary_drawn);
  if (kept.length < 1e6) sessionStorage.setItem(KEPT, kept);
}

function light(number) {
  const lit = bench.light(number);
  document.querySelectorAll(".finding").forEach((finding) => {
    const isLit = Number(finding.dataset.finding) === lit;
    finding.classList.toggle("lit", isLit);
    if (isLit) finding.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
}

// Date and keys

// On a phone there is no room for a button beside the day: choosing one shows it.
$("as-of-date").addEventListener("change", (event) => {
  if (isSheet() && event.target.value) event.target.form.requestSubmit();
});
document.querySelector(".as-of").addEventListener("submit", (event) => {
  event.preventDefault();
  const url = address();
  url.searchParams.set("validOn", $("as-of-date").value);
  url.searchParams.delete("answer");
  location.href = url.href;
});
$("as-of-now")?.addEventListener("click", (event) => {
  event.preventDefault();
  const url = address();
  url.searchParams.delete("validOn");
  url.searchParams.delete("answer");
  location.href = url.href;
});

let first = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    pencil.stop();
    if (isSheet()) showLayers(false);
    return;
  }
  const isTyping = event.target.matches("input, select, textarea");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  if (first === "g" && event.key === "m") $("map").focus();
  if (first === "g" && event.key === "p") $("panel").focus();
  if (first !== "g" && event.key === "d") startDrawing();
  first = event.key;
});

// Begin

setAddress(() => {});
const kept = sessionStorage.getItem(KEPT);
if ($("answer").dataset.answer) {
  takeAnswer({ isNew: false });
} else if (kept) {
  $("boundary").value = kept;
  $("from").value = "";
  bench.setBoundary(JSON.parse(kept), { fit: false });
  showChosen(words.boundary_drawn);
}
