// One dataset's layer, drawn from tiles of one state, and how it stands.

import { nameStyle, namesIn, paintOf, styleOf } from "./paint.js";

const ol = window.ol;
// Longer than this the old state is not left standing for the new one.
const PATIENCE = 3000;

export class DatasetLayer {
  constructor(facts, { words, font, onState }) {
    this.id = facts.id;
    this.kind = facts.kind;
    this.isNamed = facts.isNamed;
    this.minimumZoom = facts.minimumZoom;
    this.style = facts.style;
    this.words = words;
    this.font = font;
    this.onState = onState;
    this.looks = [...namesIn(this.style.map((layer) => layer.paint))];
    this.styles = new Map();
    this.state = "";
    this.stale = [];
    this.drawn = [];
    this.isOn = false;
    this.opacity = 1;
    this.order = 0;
  }

  /** Redraws from tiles of another state; what was drawn stays until they are there. */
  showAsOf({ validOn, recorded }, map) {
    const key = `${validOn} ${recorded}`;
    if (key === this.key) return;
    this.key = key;
    this.map = map;
    this.dropStale();
    const isSeen = this.drawn.some((layer) => layer.getVisible());
    if (isSeen) this.stale = this.drawn;
    else this.drawn.forEach((layer) => map.removeLayer(layer));
    this.hasFailed = false;
    this.underWay = 0;
    this.source = this.makeSource(validOn, recorded);
    this.drawn = this.makeLayers();
    this.drawn.forEach((layer) => map.addLayer(layer));
    this.place();
    clearTimeout(this.patience);
    if (isSeen) this.patience = setTimeout(() => this.dropStale(), PATIENCE);
  }

  makeSource(validOn, recorded) {
    const query = new URLSearchParams({ datetime: validOn, recorded });
    const source = new ol.source.VectorTile({
      format: new ol.format.MVT(), maxZoom: 19, tileSize: 512, transition: 0, wrapX: false,
      url: `/ogc/collections/${this.id}/tiles/WebMercatorQuad/{z}/{y}/{x}?${query}`,
    });
    const isOurs = () => source === this.source;
    source.on("tileloadstart", () => {
      if (!isOurs()) return;
      this.underWay += 1;
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.tell(), 300);
    });
    source.on("tileloadend", () => isOurs() && this.ended());
    source.on("tileloaderror", () => {
      if (!isOurs()) return;
      this.hasFailed = true;
      this.ended();
    });
    return source;
  }

  makeLayers() {
    const common = { source: this.source, visible: false, updateWhileInteracting: false };
    const layers = [new ol.layer.VectorTile({
      ...common, renderMode: "hybrid", style: (feature) => this.styleOf(feature),
    })];
    if (this.isNamed) {
      layers.push(new ol.layer.VectorTile({
        ...common, declutter: true, style: (feature) => this.nameOf(feature),
      }));
    }
    return layers;
  }

  dropStale() {
    this.stale.forEach((layer) => this.map.removeLayer(layer));
    this.stale = [];
  }

  ended() {
    this.underWay -= 1;
    if (this.underWay > 0) return;
    this.dropStale();
    this.tell();
  }

  tell() {
    const { words } = this;
    const isSeen = this.isOn && this.isNear;
    this.say(!this.isOn ? "" : !this.isNear ? words.layer_zoom_in
      : isSeen && this.hasFailed ? words.layer_failed
        : isSeen && this.underWay > 0 ? words.layer_loading : "");
  }

  say(text) {
    if (text === this.state) return;
    this.state = text;
    this.onState(this.id, text);
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
    return nameStyle(text, this.font);
  }

  /** On or off, how opaque, and how high: the greater the order, the nearer the top. */
  show({ isOn, opacity, order }) {
    Object.assign(this, { isOn, opacity, order });
    this.place();
  }

  refresh(zoom) {
    this.isNear = zoom >= this.minimumZoom;
    this.hasFailed = false;
    this.place();
    this.tell();
  }

  place() {
    [...this.stale, ...this.drawn].forEach((layer) => {
      layer.setVisible(this.isOn && this.isNear !== false);
      layer.setOpacity(this.opacity);
      // Names lie above all layers, or the layers above would cover them.
      layer.setZIndex(layer.getDeclutter?.() ? 80 : this.order / 100);
    });
    if (!this.isOn) this.dropStale();
  }
}
