// What the packs' styles say of a feature, as OpenLayers draws it.

const ol = window.ol;

export function withAlpha(colour, alpha) {
  const full = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, "$&$&") : colour;
  const part = (at) => parseInt(full.slice(at, at + 2), 16);
  return `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

export function styleOf(paint, kind) {
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
export function nameStyle(text, font) {
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
export function paintOf(style, kind, facts) {
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
export function namesIn(expression, names = new Set()) {
  if (Array.isArray(expression)) {
    if (expression[0] === "get" && typeof expression[1] === "string") names.add(expression[1]);
    expression.forEach((part) => namesIn(part, names));
  } else if (expression && typeof expression === "object") {
    Object.values(expression).forEach((part) => namesIn(part, names));
  }
  return names;
}
