// Measuring on the map: what is drawn here is measured by the server, on the ellipsoid by the rule
// of the statutory area, and in the plane of the zone; each figure says which it is.

import { $, announce, figure, fill, grouped, lastOnly, make, words } from "./page.js";
import { DEGREES, VIEW } from "./bench.js";

const ol = window.ol;
const MOST_CORNERS = 300;

export class Ruler {
  constructor(bench, { onMode }) {
    this.map = bench.map;
    this.source = bench.measured;
    this.onMode = onMode;
    this.asked = lastOnly();
    this.mode = null;
    $("measured-close").addEventListener("click", () => this.clear());
  }

  start(mode) {
    const isSame = this.mode === mode;
    this.clear();
    if (isSame) return;
    this.mode = mode;
    this.draw = new ol.interaction.Draw({
      type: mode === "area" ? "Polygon" : "LineString", stopClick: true, maxPoints: MOST_CORNERS - 1,
    });
    this.draw.on("drawstart", ({ feature }) => this.follow(feature.getGeometry()));
    this.draw.on("drawend", ({ feature }) => this.end(feature));
    this.map.addInteraction(this.draw);
    this.onMode(mode, mode === "area" ? words.map_measure_area_hint : words.measure_hint);
  }

  corners(geometry) {
    const positions = this.isArea ? geometry.getCoordinates()[0] : geometry.getCoordinates();
    return positions.map((place) => ol.proj.transform(place, VIEW, DEGREES));
  }

  get isArea() { return this.mode === "area"; }

  /** After every corner, not while the pointer moves: figures are the server's. */
  follow(geometry) {
    this.source.clear();
    let last = 0;
    geometry.on("change", () => {
      if (!this.mode) return;
      // The last position is the pointer's; a polygon's ring is closed behind it.
      const fixed = this.corners(geometry).slice(0, this.isArea ? -2 : -1);
      if (fixed.length === last) return;
      last = fixed.length;
      if (fixed.length >= (this.isArea ? 3 : 2)) this.ask(fixed);
    });
  }

  end(feature) {
    this.source.addFeature(feature);
    const all = this.corners(feature.getGeometry());
    const corners = this.isArea ? all.slice(0, -1) : all;
    this.ask(corners, { isLast: true });
    // The double click that ends the drawing must not zoom the map as well.
    setTimeout(() => this.stop());
  }

  async ask(corners, { isLast = false } = {}) {
    const isArea = this.isArea;
    const query = new URLSearchParams({
      line: corners.map(([x, y]) => `${x.toFixed(8)},${y.toFixed(8)}`).join(","),
      lang: document.body.dataset.language,
    });
    if (isArea) query.set("closed", "true");
    try {
      const { response, isLast: isNewest } = await this.asked(`/api/v1/measure?${query}`);
      const answer = await response.json();
      if (!isNewest()) return;
      if (response.ok) this.show(answer, isArea);
      else this.refuse(answer);
      if (isLast) announce($("measured-figures").textContent);
    } catch (error) {
      if (error.name !== "AbortError") this.say(words.error_network);
    }
  }

  refuse(problem) {
    const { message } = problem;
    this.say(message?.[document.body.dataset.language] ?? message?.zh ?? words.error_title);
  }

  say(text) {
    $("measured").hidden = false;
    $("measured-figures").replaceChildren(make("p", { className: "band act", text }));
  }

  show(answer, isArea) {
    const plane = answer.planarCRS
      ? fill(words.crs_zone, { zone: answer.planarZone, code: answer.planarCRS }) : "";
    const parts = isArea ? [
      this.row(words.map_measure_statutory_area, this.areas(answer.statutoryAreaM2)),
      this.row(words.map_measure_planar_area, this.areas(answer.planarAreaM2), plane),
      this.row(words.map_measure_outline, [this.length(answer.lengthM)]),
    ] : [
      this.row(words.map_measure_ellipsoidal_length, [this.length(answer.lengthM)]),
      this.row(words.map_measure_planar_length, answer.planarLengthM
        ? [this.length(answer.planarLengthM)] : [words.map_measure_no_plane], plane),
    ];
    $("measured-title").textContent = isArea ? words.map_measure_area : words.map_measure_length;
    $("measured-figures").replaceChildren(make("dl", { className: "measures" }, ...parts));
    $("measured").hidden = false;
  }

  row(title, values, note = "") {
    const name = make("dt", { text: title });
    if (note) name.append(make("span", { className: "meta", text: note }));
    return make("div", {}, name, make("dd", {}, ...values));
  }

  length(metres) {
    const text = `${grouped(metres)} m`;
    const isFar = Number(metres) >= 1000;
    return figure(isFar ? `${text} (${grouped((Number(metres) / 1000).toFixed(3))} km)` : text);
  }

  areas(squareMetres) {
    if (squareMetres === null) return [words.map_measure_no_plane];
    const value = Number(squareMetres);
    return [
      figure(`${grouped(squareMetres)} m²`),
      make("span", { className: "meta" }, figure(grouped((value / 10_000).toFixed(4))),
        ` ${words.hectares} · `, figure(grouped(((value * 3) / 2_000).toFixed(2))), ` ${words.mu}`),
    ];
  }

  stop() {
    if (!this.mode) return false;
    this.map.removeInteraction(this.draw);
    this.mode = null;
    this.onMode(null, "");
    return true;
  }

  clear() {
    const was = this.stop() || !$("measured").hidden;
    this.source.clear();
    $("measured").hidden = true;
    return was;
  }
}
