// The map: layers of the One Map, the boundary, the pieces findings are about.
// Coordinates from and to the server are degrees of EPSG:4490; the view is Web Mercator, which
// keeps shapes.

const ol = window.ol;
const VIEW = "EPSG:3857";
const DEGREES = "EPSG:4326";
const format = new ol.format.GeoJSON({ dataProjection: DEGREES, featureProjection: VIEW });
// A layer with more than these in the window is not drawn; the reader is asked to zoom in.
const MOST_FEATURES = 5000;
// The graver lies above: what prohibits must not be hidden by what only asks for something.
const SEVERITIES = {
  prohibits: { fill: "#c2333b", line: "#8f1d25", rank: 3 },
  requires: { fill: "#d98a1f", line: "#93590a", rank: 2 },
  informs: { fill: "#3a76b8", line: "#20507f", rank: 1 },
};

function withAlpha(colour, alpha) {
  const full = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, "$&$&") : colour;
  const part = (at) => parseInt(full.slice(at, at + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

function styleOf(paint, kind) {
  const stroke = paint.line && paint.lineWidth > 0
    ? new ol.style.Stroke({
      color: paint.line, width: paint.lineWidth, lineDash: paint.isDashed ? [6, 4] : undefined,
    })
    : undefined;
  const fill = paint.fill
    ? new ol.style.Fill({ color: withAlpha(paint.fill, paint.fillOpacity) })
    : undefined;
  if (kind === "point") {
    const edge = stroke || new ol.style.Stroke({ color: "#ffffff", width: 1 });
    return new ol.style.Style({ image: new ol.style.Circle({ radius: 5, fill, stroke: edge }) });
  }
  return new ol.style.Style({ fill, stroke });
}

/** A feature's name by itself: names lie above all layers, or the layers above would cover them. */
function nameStyle(text, font) {
  return new ol.style.Style({
    text: new ol.style.Text({
      text, font: `12px ${font}`, overflow: false,
      fill: new ol.style.Fill({ color: "#2a323d" }),
      stroke: new ol.style.Stroke({ color: "rgba(255,255,255,0.95)", width: 3 }),
    }),
  });
}

/** One dataset's layer: asks for what the window needs, and says how it stands. */
class DatasetLayer {
  constructor(row, order, context) {
    this.row = row;
    this.context = context;
    this.id = row.dataset.dataset;
    this.count = Number(row.dataset.features);
    this.minimumZoom = Number(row.dataset.minimumZoom) || 0;
    const extent = row.dataset.layerExtent.split(",").map(Number);
    this.extent = extent.length === 4 && extent.every(Number.isFinite) ? extent : null;
    this.box = row.querySelector("input");
    this.state = row.querySelector(".layer-state");
    this.source = new ol.source.Vector();
    this.loaded = null;
    this.asked = 0;
    this.layer = new ol.layer.Vector({
      source: this.source, zIndex: order, updateWhileInteracting: false,
      style: (feature) => feature.get("style"),
    });
    this.names = row.dataset.named ? new ol.layer.Vector({
      source: this.source, zIndex: 80, declutter: true, updateWhileInteracting: false,
      style: (feature) => nameStyle(feature.get("name") || "", context.font),
    }) : null;
  }

  get drawn() { return this.names ? [this.layer, this.names] : [this.layer]; }

  say(text) { this.state.textContent = text; }

  /** How many features the window may hold, taking them as evenly spread. */
  expected(window) {
    if (!this.extent) return this.count;
    const [w, s, e, n] = this.extent;
    const width = Math.max(0, Math.min(e, window[2]) - Math.max(w, window[0]));
    const height = Math.max(0, Math.min(n, window[3]) - Math.max(s, window[1]));
    const whole = Math.max((e - w) * (n - s), 1e-12);
    return this.count * Math.min(1, (width * height) / whole);
  }

  async refresh(window, zoom, pixelArea) {
    const { words } = this.context;
    const isOn = this.box.checked && this.count > 0;
    this.drawn.forEach((layer) => layer.setVisible(isOn));
    if (!isOn) return this.say("");
    if (zoom < this.minimumZoom || this.expected(window) > MOST_FEATURES * 2) {
      return this.clear(words.layer_zoom_in);
    }
    const held = this.loaded;
    if (held && ol.extent.containsExtent(held.window, window)
      && (held.isAll || pixelArea > held.pixelArea * 0.3)) return undefined;
    return this.load(window, pixelArea);
  }

  clear(text) {
    this.asked += 1;
    this.source.clear(true);
    this.loaded = null;
    this.say(text);
  }

  async load(window, pixelArea) {
    const { words } = this.context;
    // Only the last question's answer is shown; an earlier one may come after it.
    this.asked += 1;
    const mine = this.asked;
    const padX = (window[2] - window[0]) * 0.25;
    const padY = (window[3] - window[1]) * 0.25;
    const wide = [
      Math.max(window[0] - padX, -180), Math.max(window[1] - padY, -90),
      Math.min(window[2] + padX, 180), Math.min(window[3] + padY, 90),
    ];
    // What covers less than a few pixels would not be seen.
    const least = this.row.dataset.kind === "polygon" && this.count > 500 ? pixelArea * 4 : 0;
    const query = new URLSearchParams({
      bbox: wide.map((n) => n.toFixed(6)).join(","), validOn: this.context.validOn,
      limit: String(MOST_FEATURES), paint: "true", lang: document.body.dataset.language,
    });
    if (least > 1) query.set("minimumAreaM2", least.toFixed(0));
    const soon = setTimeout(() => this.say(words.layer_loading), 300);
    try {
      const response = await fetch(`/api/v1/datasets/${this.id}/features?${query}`);
      if (!response.ok) throw new Error(String(response.status));
      const collection = await response.json();
      if (mine !== this.asked) return undefined;
      if (!collection.isComplete) return this.clear(words.layer_zoom_in);
      this.show(collection);
      this.loaded = { window: wide, pixelArea, isAll: least <= 1 };
      this.say("");
    } catch {
      if (mine === this.asked) this.clear(words.layer_failed);
    } finally {
      clearTimeout(soon);
    }
    return undefined;
  }

  show(collection) {
    const styles = collection.paints.map((paint) => styleOf(paint, this.row.dataset.kind));
    const features = format.readFeatures(collection);
    features.forEach((feature, index) => {
      feature.set("style", styles[collection.features[index].paint], true);
    });
    this.source.clear(true);
    this.source.addFeatures(features);
  }
}

/** The map of the page. */
export class Workbench {
  constructor({ element, rows, extent, validOn, words, view, onMove, onPiece }) {
    const font = getComputedStyle(document.body).fontFamily;
    this.context = { words, validOn, font };
    this.home = ol.proj.transformExtent(extent, DEGREES, VIEW);
    this.boundary = new ol.source.Vector();
    this.pieces = new ol.source.Vector();
    this.lit = null;
    this.pieceLayer = this.makePieceLayer();
    this.layers = rows.map((row, at) => new DatasetLayer(row, rows.length - at, this.context));
    this.map = new ol.Map({
      target: element,
      controls: [new ol.control.ScaleLine({ minWidth: 80 })],
      layers: [
        ...this.layers.flatMap((layer) => layer.drawn), this.boundaryLayer("#ffffff", 5, 90),
        this.pieceLayer, this.boundaryLayer("#111827", 1.8, 200),
      ],
      view: new ol.View({ projection: VIEW, maxZoom: 20, minZoom: 4, ...this.start(view) }),
    });
    if (!view) this.fitHome(0);
    this.map.on("moveend", () => {
      this.refresh();
      onMove(this.place());
    });
    this.map.on("singleclick", (event) => {
      const hit = this.map.forEachFeatureAtPixel(event.pixel, (feature) => feature, {
        layerFilter: (layer) => layer.get("name") === "pieces",
      });
      if (hit) onPiece(hit.get("number"));
    });
    this.layers.forEach((layer) => layer.box.addEventListener("change", () => {
      this.refresh();
      onMove(this.place());
    }));
    // The first view is set before anyone listens for moves.
    this.refresh();
  }

  start(view) {
    if (!view) return { center: ol.extent.getCenter(this.home), zoom: 7 };
    return { center: ol.proj.transform([view.x, view.y], DEGREES, VIEW), zoom: view.zoom };
  }

  place() {
    const view = this.map.getView();
    const [x, y] = ol.proj.transform(view.getCenter(), VIEW, DEGREES);
    return { x, y, zoom: view.getZoom() };
  }

  refresh() {
    const view = this.map.getView();
    const inView = view.calculateExtent(this.map.getSize());
    const window = ol.proj.transformExtent(inView, VIEW, DEGREES);
    const latitude = (window[1] + window[3]) / 2;
    const metres = view.getResolution() * Math.cos((latitude * Math.PI) / 180);
    this.layers.forEach((layer) => layer.refresh(window, view.getZoom(), metres * metres));
  }

  fit(extent, duration = 250, most = 17) {
    if (ol.extent.isEmpty(extent)) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map.getView().fit(extent, {
      padding: this.padding(), duration: still ? 0 : duration, maxZoom: most,
    });
  }

  /** On a phone the sheet covers the map's lower part; the tools stand where a line ends. */
  padding() {
    const sheet = document.getElementById("panel");
    const isSheet = getComputedStyle(sheet).position === "absolute";
    const sides = [72, isSheet ? 24 : 48];
    const [right, left] = document.documentElement.dir === "rtl" ? sides.reverse() : sides;
    return [60, right, isSheet ? sheet.offsetHeight + 24 : 48, left];
  }

  fitHome(duration = 250) { this.fit(this.home, duration); }

  /** The line, or the white casing below it: the pieces of a narrow corridor lie between. */
  boundaryLayer(color, width, zIndex) {
    const stroke = new ol.style.Stroke({ color, width });
    return new ol.layer.Vector({
      source: this.boundary, zIndex, style: new ol.style.Style({ stroke }),
    });
  }

  makePieceLayer() {
    const layer = new ol.layer.Vector({
      source: this.pieces, zIndex: 100,
      style: (feature) => {
        const tone = SEVERITIES[feature.get("severity")];
        const isLit = feature.get("number") === this.lit;
        const dim = this.lit !== null && !isLit;
        // Pieces lie over one another; together they must leave the land readable.
        const alpha = isLit ? 0.5 : Math.max(0.08, 0.45 / this.pieces.getFeatures().length);
        return new ol.style.Style({
          zIndex: isLit ? 10 : tone.rank,
          fill: new ol.style.Fill({ color: dim ? "rgba(120,128,140,0.03)" : withAlpha(tone.fill, alpha) }),
          stroke: new ol.style.Stroke({
            color: dim ? "rgba(90,98,110,0.25)" : tone.line, width: isLit ? 3.5 : 1.2,
          }),
        });
      },
    });
    layer.set("name", "pieces");
    return layer;
  }

  setBoundary(geoJSON, { fit = true } = {}) {
    this.boundary.clear();
    this.clearPieces();
    if (!geoJSON) return;
    this.boundary.addFeature(new ol.Feature(format.readGeometry(geoJSON)));
    if (fit) this.fit(this.boundary.getExtent());
  }

  clearPieces() {
    this.pieces.clear();
    this.lit = null;
    this.pieceLayer.setZIndex(100);
  }

  showAnswer(answer) {
    this.setBoundary(answer.boundary.geometry);
    answer.findings.forEach((finding, index) => {
      if (!finding.geometry || !finding.geometry.coordinates?.length) return;
      const piece = new ol.Feature(format.readGeometry(finding.geometry));
      piece.setProperties({ number: index + 1, severity: finding.severity });
      this.pieces.addFeature(piece);
    });
  }

  /** Shows one finding's piece, or all of them again. */
  light(number) {
    this.lit = this.lit === number ? null : number;
    this.pieces.changed();
    this.pieceLayer.setZIndex(this.lit === null ? 100 : 300);
    const piece = this.pieces.getFeatures().find((each) => each.get("number") === this.lit);
    this.fit(piece ? piece.getGeometry().getExtent() : this.boundary.getExtent());
    return this.lit;
  }
}
