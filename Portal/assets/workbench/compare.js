// Two states beside one another: under a divider that is moved, or as two maps with one view.

import { $, figure, fill, isPhone, make, words } from "./page.js";
import { setSheet } from "./panel.js";

const KEYS = { ArrowLeft: -2, ArrowRight: 2, PageUp: 10, PageDown: -10 };

export class Comparison {
  constructor(state, bench, { onSecond }) {
    this.state = state;
    this.bench = bench;
    this.onSecond = onSecond;
    this.stage = $("stage");
    this.divider = $("divider");
    document.querySelectorAll("[data-compare]").forEach((button) => {
      button.addEventListener("click", () => this.choose(button.dataset.compare));
    });
    document.querySelectorAll("[data-side]").forEach((button) => {
      button.addEventListener("click", () => this.takeSide(Number(button.dataset.side)));
    });
    $("compare-end").addEventListener("click", () => this.choose(""));
    this.divider.addEventListener("keydown", (event) => this.step(event));
    this.divider.addEventListener("pointerdown", (event) => this.drag(event));
    state.onChange((what) => {
      if (["as-of", "layers", "bases", "side", "compare"].includes(what)) this.show();
    });
    this.lay();
  }

  /** The second state begins as the first one is, and is then given a day or layers of its own. */
  choose(mode) {
    const { state } = this;
    const isSame = mode === state.mode;
    state.change("compare", () => {
      if (!state.isCompared && mode) {
        Object.assign(state.sides[1], { ...state.sides[0], layers: null });
        state.active = 1;
      }
      state.mode = isSame ? "" : mode;
      if (!state.isCompared) {
        state.active = 0;
        state.atSide = 0;
      }
    }, { isStep: true });
    // On a phone two maps need the room.
    if (isPhone() && state.isCompared) setSheet("low");
    this.lay();
  }

  takeSide(side) { this.state.change("side", () => { this.state.active = side; }); }

  lay() {
    const { mode, isCompared } = this.state;
    this.stage.dataset.with = mode;
    $("map-2").hidden = !isCompared;
    this.divider.hidden = mode !== "swipe";
    document.querySelectorAll(".sides-switch").forEach((part) => { part.hidden = !isCompared; });
    document.querySelectorAll("[data-compare]").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.dataset.compare === mode));
    });
    $("tool-compare").classList.toggle("on", isCompared);
    if (isCompared) {
      const isNew = this.bench.panes.length === 1;
      const pane = this.bench.openSecond($("map-2"));
      if (isNew) this.onSecond(pane);
    } else {
      this.bench.closeSecond();
    }
    this.bench.updateSize();
    this.show();
  }

  show() {
    const { state, bench } = this;
    bench.panes.forEach((pane, side) => pane.show({
      asOf: state.asOf(side), layers: state.layersOf(side), order: state.orderOf(side),
      bases: state.bases,
    }));
    document.querySelectorAll("[data-side]").forEach((button) => {
      button.setAttribute("aria-pressed", String(Number(button.dataset.side) === state.active));
    });
    [0, 1].forEach((side) => {
      const { validOn, recorded } = state.asOf(side);
      const label = $(`side-label-${side}`);
      label.hidden = !state.isCompared;
      label.classList.toggle("past", state.isPast(side));
      label.replaceChildren(
        make("strong", { text: side ? words.map_side_b : words.map_side_a }), " ", figure(validOn),
        " ", make("span", { className: "meta", text: fill(words.by_commit, { commit: recorded }) }));
    });
    this.split();
  }

  split() {
    const { mode, split } = this.state;
    $("map-2").style.clipPath = mode === "swipe" ? `inset(0 0 0 ${split}%)` : "";
    this.divider.style.left = `${split}%`;
    this.divider.setAttribute("aria-valuenow", String(Math.round(split)));
  }

  /** Maps stay as they are in every script: west is left, and so is the first state. */
  moveTo(split) {
    this.state.split = Math.min(95, Math.max(5, split));
    this.split();
  }

  keep() { this.state.change("split", () => {}); }

  step(event) {
    const to = { Home: 5, End: 95 }[event.key] ?? this.state.split + (KEYS[event.key] ?? NaN);
    if (!Number.isFinite(to)) return;
    event.preventDefault();
    this.moveTo(to);
    this.keep();
  }

  drag(event) {
    event.preventDefault();
    this.divider.focus();
    this.divider.setPointerCapture(event.pointerId);
    const follow = ({ clientX }) => {
      const box = this.stage.getBoundingClientRect();
      this.moveTo((100 * (clientX - box.left)) / box.width);
    };
    const end = () => {
      this.divider.removeEventListener("pointermove", follow);
      this.keep();
    };
    this.divider.addEventListener("pointermove", follow);
    this.divider.addEventListener("pointerup", end, { once: true });
    this.divider.addEventListener("pointercancel", end, { once: true });
  }

  /** Which side a click on a map means. */
  sideAt(pane, pixel) {
    if (this.state.mode !== "swipe") return pane;
    return (100 * pixel[0]) / this.stage.clientWidth < this.state.split ? 0 : 1;
  }
}
