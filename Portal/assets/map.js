// The map: layers of the One Map, the boundary, the pieces findings are about.
// Coordinates from and to the server are degrees of EPSG:4490; the view is Web Mercator, which
// keeps shapes.

const ol = window.ol;
const VIEW = "EPSG:3857";
const DEGREES = "EPSG:4326";
const format = new ol.format.GeoJSON({ dataProjection: DEGREES, featureProjection: VIEW });
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

/** What a pack's style says of a feature: MapLibre's expressions, as far as packs use them. */
function evaluate(expression, facts) {
  if (!Array.isArray(expression)) return expression;
  const [name, ...parts] = expression;
  const at = (index) => (index < parts.length ? evaluate(parts[index], facts) : null);
  switch (name) {
    case "literal": return parts[0];
    case "get": return facts[at(0)] ?? null;
    case "to-string": return String(at(0) ?? "");
    case "slice": {
      const text = at(0);
      return typeof text === "string" ? [...text].slice(at(1), at(2) ?? undefined).join("") : null;
    }
    case "==": return at(0) === at(1);
    case "!=": return at(0) !== at(1);
    case "coalesce":
      return parts.map((part) => evaluate(part, facts)).find((value) => value !== null) ?? null;
    case "match": {
      const input = at(0);
      for (let index = 1; index + 1 < parts.length; index += 2) {
        if ([parts[index]].flat().includes(input)) return at(index + 1);
      }
      return parts.length % 2 === 0 ? at(parts.length - 1) : null;
    }
    case "case": {
      for (let index = 0; index + 1 < parts.length; index += 2) {
        if (at(index) === true) return at(index + 1);
      }
      return parts.length % 2 === 1 ? at(parts.length - 1) : null;
    }
    case "step": return at(1);
    case "interpolate": return at(3);
    default: return expression;
  }
}

/** The colours of a feature; without a style of the pack an outline, or a plain point. */
function paintOf(style, kind, facts) {
  if (!style.length) {
    return kind === "point"
      ? { fill: "#566070", fillOpacity: 1, line: "#ffffff", lineWidth: 1 }
      : { line: "#8b94a3", lineWidth: 1 };
  }
  const paint = { fill: null, fillOpacity: 1, line: null, lineWidth: 1, isDashed: false };
  for (const layer of style) {
    const said = layer.paint || {};
    const value = (key, otherwise) => evaluate(said[key] ?? null, facts) ?? otherwise;
    if (layer.type === "fill") {
      paint.fill = value("fill-color", paint.fill);
      paint.fillOpacity = value("fill-opacity", paint.fillOpacity);
      paint.line = value("fill-outline-color", paint.line);
      if ("fill-outline-color" in said) paint.lineWidth = 0.5;
    } else if (layer.type === "line") {
      paint.line = value("line-color", paint.line);
      paint.lineWidth = value("line-width", paint.lineWidth);
      paint.isDashed = "line-dasharray" in said || paint.isDashed;
    } else if (layer.type === "circle") {
      paint.fill = value("circle-color", paint.fill);
      paint.line = value("circle-stroke-color", paint.line);
    }
  }
  return paint;
}

/** Attributes a style's colours depend on. */
function namesIn(expression, names = new Set()) {
  if (Array.isArray(expression)) {
    if (expression[0] === "get" && typeof expression[1] === "string") names.add(expression[1]);
    expression.forEach((part) => namesIn(part, names));
  } else if (expression && typeof expression === "object") {
    Object.values(expression).forEach((part) => namesIn(part, names));
  }
  return names;
}

/** One dataset's layer, drawn from tiles, and how it stands. */
class DatasetLayer {
  constructor(row, order, context) {
    this.row = row;
    this.context = context;
    this.id = row.dataset.dataset;
    this.count = Number(row.dataset.features);
    this.minimumZoom = Number(row.dataset.minimumZoom) || 0;
    this.kind = row.dataset.kind;
    this.style = row.dataset.style ? JSON.parse(row.dataset.style) : [];
    this.looks = [...namesIn(this.style.map((layer) => layer.paint))];
    this.styles = new Map();
    this.box = row.querySelector("input");
    this.state = row.querySelector(".layer-state");
    this.underWay = 0;
    this.hasFailed = false;
    this.source = this.makeSource();
    this.layer = new ol.layer.VectorTile({
      source: this.source, zIndex: order, visible: false, updateWhileInteracting: false,
      renderMode: "hybrid", style: (feature) => this.styleOf(feature),
    });
    this.names = row.dataset.named ? new ol.layer.VectorTile({
      source: this.source, zIndex: 80, visible: false, declutter: true,
      updateWhileInteracting: false, style: (feature) => this.nameOf(feature),
    }) : null;
  }

  makeSource() {
    const query = new URLSearchParams({ datetime: this.context.validOn });
    if (this.context.recorded) query.set("recorded", this.context.recorded);
    const source = new ol.source.VectorTile({
      format: new ol.format.MVT(), maxZoom: 19, tileSize: 512, transition: 0, wrapX: false,
      url: `/ogc/collections/${this.id}/tiles/WebMercatorQuad/{z}/{y}/{x}?${query}`,
    });
    source.on("tileloadstart", () => {
      this.underWay += 1;
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.tell(), 300);
    });
    source.on("tileloadend", () => this.ended());
    source.on("tileloaderror", () => {
      this.hasFailed = true;
      this.ended();
    });
    return source;
  }

  get drawn() { return this.names ? [this.layer, this.names] : [this.layer]; }

  say(text) { this.state.textContent = text; }

  ended() {
    this.underWay -= 1;
    if (this.underWay <= 0) this.tell();
  }

  tell() {
    const { words } = this.context;
    if (!this.layer.getVisible()) return;
    this.say(this.hasFailed ? words.layer_failed : this.underWay > 0 ? words.layer_loading : "");
  }

  styleOf(feature) {
    if (feature.get("layer") !== this.id) return undefined;
    // Of a tile full of features none says its id; outlines would be all there is to see of it.
    const isDense = feature.get("id") === undefined;
    const key = this.looks.map((name) => feature.get(name) ?? "").concat(isDense).join("\n");
    if (!this.styles.has(key)) {
      const paint = paintOf(this.style, this.kind, feature.getProperties());
      if (isDense && paint.fill) paint.line = null;
      this.styles.set(key, styleOf(paint, this.kind));
    }
    return this.styles.get(key);
  }

  nameOf(feature) {
    if (feature.get("layer") !== `${this.id}.names`) return undefined;
    const language = document.body.dataset.language;
    const text = feature.get(`name_${language}`) || feature.get("name") || "";
    return nameStyle(text, this.context.font);
  }

  refresh(zoom) {
    const { words } = this.context;
    const isOn = this.box.checked && this.count > 0;
    const isNear = zoom >= this.minimumZoom;
    this.hasFailed = false;
    this.drawn.forEach((layer) => layer.setVisible(isOn && isNear));
    if (!isOn) this.say("");
    else if (!isNear) this.say(words.layer_zoom_in);
    else if (this.underWay <= 0) this.say("");
  }
}

/** Pictures of other servers, beneath everything; those the page's policy names. */
function baseLayers() {
  return JSON.parse(document.body.dataset.baseLayers || "[]").map((base) => new ol.layer.Tile({
    zIndex: -1, properties: { name: "base", title: base.title },
    source: new ol.source.XYZ({
      url: base.url, attributions: base.attribution, maxZoom: base.maxZoom, transition: 0,
    }),
  }));
}

/** The map of the page. */
export class Workbench {
  constructor({ element, rows, extent, validOn, recorded, words, view, onMove, onPiece }) {
    const font = getComputedStyle(document.body).fontFamily;
    this.context = { words, validOn, recorded, font };
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
        ...baseLayers(), ...this.layers.flatMap((layer) => layer.drawn), this.boundaryLayer("#ffffff", 5, 90),
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
    const zoom = this.map.getView().getZoom();
    this.layers.forEach((layer) => layer.refresh(zoom));
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
