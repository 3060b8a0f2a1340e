// Giving a boundary by hand: drawing it, or typing its corners; and measuring a length.

const ol = window.ol;
const VIEW = "EPSG:3857";
const DEGREES = "EPSG:4326";
const format = new ol.format.GeoJSON({ dataProjection: DEGREES, featureProjection: VIEW });

/** Drawing and measuring on the map; one at a time. */
export class Pencil {
  constructor(map, { onDrawn, onMode, words }) {
    this.map = map;
    this.onDrawn = onDrawn;
    this.onMode = onMode;
    this.words = words;
    this.interaction = null;
    this.mode = null;
    this.measured = new ol.source.Vector();
    const line = new ol.style.Stroke({ color: "#0b6b6f", width: 3, lineDash: [8, 5] });
    map.addLayer(new ol.layer.Vector({
      source: this.measured, zIndex: 300, style: new ol.style.Style({ stroke: line }),
    }));
  }

  start(mode) {
    const isSame = this.mode === mode;
    this.stop();
    if (isSame) return;
    this.mode = mode;
    this.interaction = new ol.interaction.Draw({
      type: mode === "draw" ? "Polygon" : "LineString", stopClick: true,
    });
    this.interaction.on("drawstart", (event) => this.follow(event.feature.getGeometry()));
    this.interaction.on("drawend", (event) => this.end(event.feature));
    this.map.addInteraction(this.interaction);
    this.onMode(mode, mode === "draw" ? this.words.draw_hint : this.words.measure_hint);
  }

  follow(line) {
    if (this.mode !== "measure") return;
    this.measured.clear();
    line.on("change", () => this.onMode("measure", this.length(line)));
  }

  length(line) {
    const metres = ol.sphere.getLength(line, { projection: VIEW });
    const text = metres >= 1000 ? `${(metres / 1000).toFixed(3)} km` : `${metres.toFixed(1)} m`;
    return `${this.words.measure_length} ${text}`;
  }

  end(feature) {
    const geometry = feature.getGeometry();
    if (this.mode === "measure") {
      this.measured.addFeature(feature);
      const words = this.length(geometry);
      setTimeout(() => {
        this.stop();
        this.onMode(null, words);
      });
      return;
    }
    const drawn = format.writeGeometryObject(geometry, { rightHanded: true, decimals: 9 });
    // The double click that ends the drawing must not zoom the map as well.
    setTimeout(() => {
      this.stop();
      this.onDrawn(drawn);
    });
  }

  stop() {
    if (this.interaction) this.map.removeInteraction(this.interaction);
    this.interaction = null;
    this.mode = null;
    this.onMode(null, "");
  }

  clear() {
    this.stop();
    this.measured.clear();
  }
}

/**
 * The polygon in a text of corners, or of WKT.
 * Gives { polygon } or { line } (the first line that is not a pair) or { few: true }.
 */
export function typedBoundary(text) {
  if (/^\s*POLYGON/i.test(text)) return wktBoundary(text);
  const ring = [];
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const parts = lines[index].split(/[\s,，]+/).filter(Boolean);
    if (parts.length === 0) continue;
    const pair = parts.map(Number);
    if (pair.length !== 2 || !pair.every(Number.isFinite) || Math.abs(pair[0]) > 180
      || Math.abs(pair[1]) > 90) return { line: index + 1 };
    ring.push(pair);
  }
  if (ring.length < 3) return { few: true };
  const [first] = ring;
  const last = ring[ring.length - 1];
  if (first[0] !== last[0] || first[1] !== last[1]) ring.push([...first]);
  return { polygon: { type: "Polygon", coordinates: [ring] } };
}

function wktBoundary(text) {
  try {
    const geometry = new ol.format.WKT().readGeometry(text.trim());
    if (geometry.getType() !== "Polygon") return { line: 1 };
    return { polygon: { type: "Polygon", coordinates: geometry.getCoordinates() } };
  } catch {
    return { line: 1 };
  }
}
