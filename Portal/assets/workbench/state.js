// What the workbench shows. The address holds all of it, so that a link shows the same elsewhere.
//
// A side is one state of the map: a day, a commit and the layers that are on, from the top down.
// There are two of them, of which the second shows only where maps are compared.

const MODES = ["swipe", "linked"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;

const address = () => new URL(location.href);
const number = (text) => (text === null || text.trim() === "" ? NaN : Number(text));

function readLayers(text) {
  if (text === null) return null;
  if (text === "none") return [];
  return text.split(",").filter(Boolean).map((part) => {
    const [id, opacity] = part.split("~");
    const percent = Number(opacity);
    const isPart = opacity !== undefined && percent >= 0 && percent < 100;
    return { id, opacity: isPart ? percent / 100 : 1 };
  });
}

function writeLayers(layers) {
  const parts = layers.map(({ id, opacity }) => (
    opacity < 1 ? `${id}~${Math.round(opacity * 100)}` : id));
  return parts.join(",") || "none";
}

function readPair(text, count) {
  const parts = (text || "").split(",").map(number);
  return parts.length === count && parts.every(Number.isFinite) ? parts : null;
}

export class State {
  /**
   * `now` is today and the last commit; `known` are the layers there are, from the top down;
   * `knownBases` the pictures of other servers beneath them, which all show at first.
   */
  constructor({ now, known, shownAtFirst, knownBases = [] }) {
    this.now = now;
    this.known = known;
    this.knownBases = knownBases;
    this.listeners = [];
    this.active = 0;
    this.missing = [];
    const query = address().searchParams;
    this.sides = ["", "2"].map((suffix) => this.readSide(query, suffix));
    this.sides[0].layers ??= shownAtFirst.map((id) => ({ id, opacity: 1 }));
    const bases = readLayers(query.get("bases"))?.map((base) => base.id) ?? knownBases;
    this.bases = bases.filter((id) => knownBases.includes(id));
    this.mode = MODES.includes(query.get("with")) ? query.get("with") : "";
    this.split = Math.min(95, Math.max(5, number(query.get("split")) || 50));
    const view = readPair(query.get("view"), 3);
    this.view = view ? { x: view[0], y: view[1], zoom: view[2] } : null;
    this.at = readPair(query.get("at"), 2);
    this.atSide = query.get("atSide") === "2" ? 1 : 0;
    this.feature = query.get("feature") || null;
  }

  readSide(query, suffix) {
    const day = query.get(`validOn${suffix}`);
    const commit = number(query.get(`recorded${suffix}`));
    const layers = readLayers(query.get(`layers${suffix}`));
    // What a link names and this reader's map has not got is told, and not guessed at.
    const isKnown = (layer) => this.known.includes(layer.id);
    layers?.filter((layer) => !isKnown(layer)).forEach((layer) => this.missing.push(layer.id));
    return {
      validOn: day && DAY.test(day) && day !== this.now.validOn ? day : null,
      recorded: Number.isInteger(commit) && commit >= 0 && commit < this.now.recorded
        ? commit : null,
      layers: layers?.filter(isKnown) ?? null,
    };
  }

  // What is shown

  get isCompared() { return this.mode !== ""; }
  get side() { return this.sides[this.active]; }

  asOf(index) {
    const side = this.sides[index];
    return {
      validOn: side.validOn ?? this.now.validOn, recorded: side.recorded ?? this.now.recorded,
    };
  }

  isPast(index) {
    const side = this.sides[index];
    return side.validOn !== null || side.recorded !== null;
  }

  /** The second side shows the layers of the first until it is given its own. */
  layersOf(index) { return this.sides[index].layers ?? this.sides[0].layers; }

  /** All layers from the top down: the ones shown as they were put, the others where they stood. */
  orderOf(index) {
    const shown = this.layersOf(index).map((layer) => layer.id);
    return [...shown, ...this.known.filter((id) => !shown.includes(id))];
  }

  // Changes

  onChange(listener) { this.listeners.push(listener); }

  /** `what` says which parts of the page have something to redraw. */
  change(what, edit, { isStep = false } = {}) {
    edit(this);
    this.write({ isStep });
    this.listeners.forEach((listener) => listener(what));
  }

  setLayers(edit) {
    this.change("layers", () => {
      const own = this.layersOf(this.active).map((layer) => ({ ...layer }));
      this.side.layers = edit(own);
    });
  }

  /** A layer comes on where it belongs: below all that always lie above it. */
  toggle(id, isOn) {
    this.setLayers((layers) => {
      const others = layers.filter((layer) => layer.id !== id);
      if (!isOn) return others;
      const rank = this.known.indexOf(id);
      const at = others.findIndex((layer) => this.known.indexOf(layer.id) > rank);
      others.splice(at < 0 ? others.length : at, 0, { id, opacity: 1 });
      return others;
    });
  }

  move(id, to) {
    this.setLayers((layers) => {
      const from = layers.findIndex((layer) => layer.id === id);
      if (from < 0 || to < 0 || to >= layers.length) return layers;
      layers.splice(to, 0, ...layers.splice(from, 1));
      return layers;
    });
  }

  setAsOf({ validOn, recorded }, options) {
    this.change("as-of", () => {
      if (validOn !== undefined) this.side.validOn = validOn === this.now.validOn ? null : validOn;
      if (recorded !== undefined) {
        this.side.recorded = recorded >= this.now.recorded ? null : recorded;
      }
    }, options);
  }

  // Address

  write({ isStep = false, change = () => {} } = {}) {
    const url = address();
    const query = url.searchParams;
    const put = (name, value) => (value === null ? query.delete(name) : query.set(name, value));
    const { view } = this;
    if (view) put("view", `${view.x.toFixed(5)},${view.y.toFixed(5)},${view.zoom.toFixed(2)}`);
    this.sides.forEach((side, index) => {
      const suffix = index === 0 ? "" : "2";
      const isShown = index === 0 || this.isCompared;
      put(`validOn${suffix}`, isShown ? side.validOn : null);
      put(`recorded${suffix}`, isShown && side.recorded !== null ? String(side.recorded) : null);
      put(`layers${suffix}`, isShown && side.layers ? writeLayers(side.layers) : null);
    });
    const isAll = this.bases.length === this.knownBases.length;
    put("bases", isAll ? null : this.bases.join(",") || "none");
    put("with", this.mode || null);
    put("split", this.mode === "swipe" ? String(Math.round(this.split)) : null);
    put("at", this.at ? this.at.map((part) => part.toFixed(6)).join(",") : null);
    put("atSide", this.at && this.isCompared && this.atSide === 1 ? "2" : null);
    put("feature", this.at && this.feature ? this.feature : null);
    change(query);
    const plain = (search) => search.replace(/%2C/g, ",").replace(/%7E/g, "~").replace(/%2F/g, "/");
    history[isStep ? "pushState" : "replaceState"](null, "", url.pathname + plain(url.search));
    this.carry(query);
  }

  /** Languages, and whatever else leads to another page of the same state, keep it. */
  carry(query) {
    document.querySelectorAll("a[data-lang]").forEach((link) => {
      const other = address();
      other.searchParams.set("lang", link.dataset.lang);
      link.href = other.pathname + other.search.replace(/%2C/g, ",");
    });
    document.querySelectorAll("a[data-carries-state]").forEach((link) => {
      link.search = String(query);
    });
  }
}
