// What is at a place: a click, the features of all layers that are on, each with its lineage.

import { $, announce, lastOnly, make, words } from "./page.js";
import { raiseSheet, showTab } from "./panel.js";

const ol = window.ol;
// How near to a point or a line a click has to be, in pixels: a mouse's, and a finger's.
const REACH = matchMedia("(pointer: coarse)").matches ? 22 : 8;

export class Identify {
  constructor(state, bench) {
    this.state = state;
    this.bench = bench;
    this.asked = lastOnly();
    this.shaped = lastOnly();
    $("found-clear").addEventListener("click", () => this.close());
    state.onChange((what) => {
      if (what === "as-of" && state.at) this.ask({ isQuiet: true });
      if (what === "compare" && state.at) this.ask({ isQuiet: true });
    });
    if (state.at) {
      showTab("found");
      this.ask({});
    }
  }

  at(coordinate, side) {
    const { state } = this;
    state.change("place", () => {
      state.at = ol.proj.toLonLat(coordinate);
      state.atSide = side;
      state.feature = null;
    });
    showTab("found");
    raiseSheet();
    this.ask({});
  }

  /** Asks about a place that is known to be a feature's, and opens that feature. */
  find(at, side, feature) {
    const { state } = this;
    state.change("place", () => Object.assign(state, { at, atSide: side, feature }));
    showTab("found");
    raiseSheet();
    // A layer that only shows from near is seen once the map has arrived.
    setTimeout(() => this.ask({}), 400);
  }

  close() {
    const { state } = this;
    if (!state.at) return false;
    state.change("place", () => { Object.assign(state, { at: null, feature: null }); });
    this.bench.mark(null);
    this.put(make("p", { className: "empty", text: words.map_found_help }));
    $("found-clear").hidden = true;
    showTab("check");
    return true;
  }

  /** The layers that can be seen on the side asked about, from the top down. */
  seen(side) {
    const zoom = this.bench.view.getZoom();
    const pane = this.bench.panes[side] ?? this.bench.panes[0];
    return this.state.layersOf(side).map(({ id }) => id)
      .filter((id) => zoom >= (pane.layers.find((layer) => layer.id === id)?.minimumZoom ?? 0));
  }

  question() {
    const { state, bench } = this;
    const [x, y] = state.at;
    const scale = Math.cos((y * Math.PI) / 180) * (bench.view.getResolution() ?? 1);
    return new URLSearchParams({
      at: `${x.toFixed(7)},${y.toFixed(7)}`, layers: this.seen(state.atSide).join(","),
      within: Math.min(100_000, REACH * scale).toFixed(2), ...state.asOf(state.atSide),
      lang: document.body.dataset.language,
    });
  }

  async ask({ isQuiet = false }) {
    const { state } = this;
    this.bench.mark(state.at);
    $("found-clear").hidden = false;
    if (!this.seen(state.atSide).length) {
      this.put(make("p", { className: "empty", text: words.map_found_no_layers }));
      return;
    }
    const skeleton = setTimeout(() => !isQuiet && this.putSkeleton(), 300);
    try {
      const { response, isLast } = await this.asked(
        `/identify?${this.question()}`, { headers: { "HX-Request": "true" } });
      const redirect = response.headers.get("HX-Redirect");
      if (redirect) location.assign(redirect);
      const text = await response.text();
      if (!isLast()) return;
      clearTimeout(skeleton);
      this.show(text);
    } catch (error) {
      clearTimeout(skeleton);
      if (error.name !== "AbortError") this.putFailure();
    }
  }

  put(...parts) {
    $("found").removeAttribute("aria-busy");
    $("found").replaceChildren(...parts);
  }

  putSkeleton() {
    const bars = ["wide", "", "", "short"].map((width) => make("span", { className: `bone ${width}` }));
    this.put(make("p", { className: "visually-hidden", text: words.map_found_loading }),
      make("div", { className: "skeleton", "aria-hidden": "true" }, ...bars));
    $("found").setAttribute("aria-busy", "true");
  }

  putFailure() {
    const again = make("button", { type: "button", className: "button", text: words.map_again });
    again.addEventListener("click", () => this.ask({}));
    this.put(make("p", { className: "band act", role: "alert", text: words.error_network }), again);
  }

  show(text) {
    // The server wrote it: the same that it writes into pages.
    const page = new DOMParser().parseFromString(text, "text/html");
    // A part that is an error must not be taken for the answer of a check.
    page.getElementById("answer")?.removeAttribute("id");
    this.put(...page.body.childNodes);
    const features = [...$("found").querySelectorAll("details[data-feature]")];
    features.forEach((each) => each.addEventListener("toggle", () => {
      if (each.open) this.choose(each, features);
    }));
    const key = (each) => `${each.dataset.dataset}/${each.dataset.feature}`;
    const chosen = features.find((each) => key(each) === this.state.feature) ?? features[0];
    announce($("found").querySelector("[data-said]")?.textContent ?? "");
    if (!chosen) return;
    chosen.open = true;
  }

  /** One is open at a time: the one that is outlined on the map. */
  async choose(chosen, features) {
    features.filter((each) => each !== chosen).forEach((each) => { each.open = false; });
    const { dataset, feature } = chosen.dataset;
    const { state } = this;
    state.change("feature", () => { state.feature = `${dataset}/${feature}`; });
    const { validOn, recorded } = state.asOf(state.atSide);
    const query = new URLSearchParams({ f: "json", datetime: validOn, recorded });
    try {
      const { response, isLast } = await this.shaped(
        `/ogc/collections/${dataset}/items/${encodeURIComponent(feature)}?${query}`);
      if (!response.ok) return;
      const { geometry } = await response.json();
      if (isLast() && state.at) this.bench.mark(state.at, geometry);
    } catch {
      // The outline is missing then; what is said of the feature is not.
    }
  }
}
