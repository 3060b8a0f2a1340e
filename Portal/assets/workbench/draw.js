// Giving a boundary by hand: drawing it, or typing its corners.

const ol = window.ol;
export const VIEW = "EPSG:3857";
export const DEGREES = "EPSG:4326";
export const format = new ol.format.GeoJSON({ dataProjection: DEGREES, featureProjection: VIEW });

/** Drawing a boundary on the map. */
export class Pencil {
  constructor(map, { onDrawn, onMode, words }) {
    this.map = map;
    this.onDrawn = onDrawn;
    this.onMode = onMode;
    this.words = words;
    this.interaction = null;
  }

  start() {
    if (this.stop()) return;
    this.interaction = new ol.interaction.Draw({ type: "Polygon", stopClick: true });
    this.interaction.on("drawend", ({ feature }) => this.end(feature));
    this.map.addInteraction(this.interaction);
    this.onMode("draw", this.words.draw_hint);
  }

  end(feature) {
    const drawn = format.writeGeometryObject(
      feature.getGeometry(), { rightHanded: true, decimals: 9 });
    // The double click that ends the drawing must not zoom the map as well.
    setTimeout(() => {
      this.stop();
      this.onDrawn(drawn);
    });
  }

  /** Whether there was anything to stop. */
  stop() {
    if (!this.interaction) return false;
    this.map.removeInteraction(this.interaction);
    this.interaction = null;
    this.onMode(null, "");
    return true;
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
