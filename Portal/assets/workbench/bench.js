// The map: layers of the One Map, the boundary, the pieces findings are about, what was found.
// Coordinates from and to the server are degrees of EPSG:4490; the view is Web Mercator, which
// keeps shapes.

import { DEGREES, VIEW, format } from "./draw.js";
import { Pane } from "./pane.js";
import { withAlpha } from "./paint.js";

const ol = window.ol;
export { DEGREES, VIEW };
// The graver lies above: what prohibits must not be hidden by what only asks for something.
const SEVERITIES = {
  prohibits: { fill: "#c2333b", line: "#8f1d25", rank: 3 },
  requires: { fill: "#d98a1f", line: "#93590a", rank: 2 },
  informs: { fill: "#3a76b8", line: "#20507f", rank: 1 },
};

const line = (color, width, lineDash) => new ol.style.Stroke({ color, width, lineDash });
const lined = (...strokes) => strokes.map((stroke) => new ol.style.Style({ stroke }));

/** The maps of the page, one or two, with one view. */
export class Workbench {
  constructor({ element, facts, extent, words, view, onMove, onState }) {
    this.facts = facts;
    this.words = words;
    this.onState = onState;
    this.home = ol.proj.transformExtent(extent, DEGREES, VIEW);
    this.boundary = new ol.source.Vector();
    this.pieces = new ol.source.Vector();
    this.found = new ol.source.Vector();
    this.measured = new ol.source.Vector();
    this.lit = null;
    this.view = new ol.View({ projection: VIEW, maxZoom: 20, minZoom: 4, ...this.start(view) });
    this.panes = [this.makePane(element, 0, [
      new ol.control.ScaleLine({ minWidth: 80 }), new ol.control.Attribution({ collapsible: false }),
    ])];
    if (!view) this.fitHome(0);
    this.map.on("moveend", () => {
      this.panes.forEach((pane) => pane.refresh());
      onMove(this.place());
    });
  }

  get map() { return this.panes[0].map; }

  makePane(element, side, controls = []) {
    return new Pane({
      element, facts: this.facts, view: this.view, controls, words: this.words,
      overlays: this.overlays(), onState: (id, text) => this.onState(side, id, text),
    });
  }

  /** A second map of the same view; `side` is what it shows. */
  openSecond(element) {
    if (this.panes.length === 1) this.panes.push(this.makePane(element, 1));
    return this.panes[1];
  }

  closeSecond() { this.panes.splice(1).forEach((pane) => pane.close()); }

  updateSize() { this.panes.forEach((pane) => pane.map.updateSize()); }

  start(view) {
    if (!view) return { center: ol.extent.getCenter(this.home), zoom: 7 };
    return { center: ol.proj.transform([view.x, view.y], DEGREES, VIEW), zoom: view.zoom };
  }

  place() {
    const [x, y] = ol.proj.transform(this.view.getCenter(), VIEW, DEGREES);
    return { x, y, zoom: this.view.getZoom() };
  }

  fit(extent, duration = 250, most = 17) {
    if (ol.extent.isEmpty(extent)) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.view.fit(extent, {
      size: this.map.getSize(), padding: this.padding(), duration: still ? 0 : duration,
      maxZoom: most,
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

  fitDegrees(extent) { this.fit(ol.proj.transformExtent(extent, DEGREES, VIEW)); }

  // What lies above the layers

  overlays() {
    const layer = (source, zIndex, style, name) => {
      const made = new ol.layer.Vector({ source, zIndex, style });
      if (name) made.set("name", name);
      return made;
    };
    const pin = new ol.style.Style({
      image: new ol.style.Circle({
        radius: 6, fill: new ol.style.Fill({ color: "#ffffff" }), stroke: line("#0b6b6f", 3),
      }),
    });
    // The white casing lies below the pieces: those of a narrow corridor lie between.
    return [
      layer(this.boundary, 90, lined(line("#ffffff", 5))),
      layer(this.pieces, 100, (feature) => this.pieceStyle(feature), "pieces"),
      layer(this.boundary, 200, lined(line("#111827", 1.8))),
      layer(this.found, 250, (feature) => (
        feature.get("isPlace") ? pin : lined(line("#ffffff", 6), line("#0b6b6f", 3)))),
      layer(this.measured, 300, lined(line("#ffffff", 5), line("#0b6b6f", 3, [8, 5]))),
    ];
  }

  pieceStyle(feature) {
    const tone = SEVERITIES[feature.get("severity")];
    const isLit = feature.get("number") === this.lit;
    const dim = this.lit !== null && !isLit;
    // Pieces lie over one another; together they must leave the land readable.
    const alpha = isLit ? 0.5 : Math.max(0.08, 0.45 / this.pieces.getFeatures().length);
    return new ol.style.Style({
      zIndex: isLit ? 10 : tone.rank,
      fill: new ol.style.Fill({
        color: dim ? "rgba(120,128,140,0.03)" : withAlpha(tone.fill, alpha),
      }),
      stroke: line(dim ? "rgba(90,98,110,0.25)" : tone.line, isLit ? 3.5 : 1.2),
    });
  }

  /** The number of the finding whose piece lies at a pixel. */
  pieceAt(pixel) {
    const hit = this.map.forEachFeatureAtPixel(pixel, (feature) => feature, {
      layerFilter: (layer) => layer.get("name") === "pieces",
    });
    return hit?.get("number");
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
    const top = this.lit === null ? 100 : 220;
    this.panes.forEach(({ map }) => map.getLayers().forEach((layer) => {
      if (layer.get("name") === "pieces") layer.setZIndex(top);
    }));
    const piece = this.pieces.getFeatures().find((each) => each.get("number") === this.lit);
    this.fit(piece ? piece.getGeometry().getExtent() : this.boundary.getExtent());
    return this.lit;
  }

  /** Marks a place somebody asked about, and the feature chosen of those found there. */
  mark(degrees, geoJSON) {
    this.found.clear();
    if (geoJSON) this.found.addFeature(new ol.Feature(format.readGeometry(geoJSON)));
    if (!degrees) return;
    const pin = new ol.Feature(new ol.geom.Point(ol.proj.transform(degrees, DEGREES, VIEW)));
    pin.set("isPlace", true);
    this.found.addFeature(pin);
  }
}
