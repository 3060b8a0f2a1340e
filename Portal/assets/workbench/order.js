// The layers that are on, from the top of the map down: their order and how much shows through.

import { $, announce, fill, make, words } from "./page.js";
import { titles } from "./tree.js";

const NS = "http://www.w3.org/2000/svg";

function icon(path) {
  const svg = document.createElementNS(NS, "svg");
  const values = { viewBox: "0 0 24 24", width: 18, height: 18, "aria-hidden": "true" };
  Object.entries(values).forEach(([name, value]) => svg.setAttribute(name, value));
  const drawn = document.createElementNS(NS, "path");
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}

function button(label, path, act) {
  const made = make("button", { type: "button", className: "icon", title: label, "aria-label": label },
    icon(path));
  made.addEventListener("click", act);
  return made;
}

export class OrderList {
  constructor(state, { fitLayer }) {
    this.state = state;
    this.fitLayer = fitLayer;
    this.list = $("order");
    this.open = new Set();
    state.onChange((what) => {
      if (["layers", "side", "compare"].includes(what)) this.show();
    });
    this.show();
  }

  get layers() { return this.state.layersOf(this.state.active); }

  show() {
    if (this.dragged) return;
    const active = document.activeElement?.closest?.("#order [data-focus]");
    const kept = active && [active.closest("li").dataset.layer, active.dataset.focus];
    this.list.replaceChildren(...this.layers.map((layer, at) => this.row(layer, at)));
    $("order-count").textContent = String(this.layers.length);
    $("order-none").hidden = this.layers.length > 0;
    if (!kept) return;
    const row = [...this.list.children].find((each) => each.dataset.layer === kept[0]);
    row?.querySelector(`[data-focus="${kept[1]}"]:not(:disabled)`)?.focus();
  }

  row({ id, opacity }, at) {
    const name = titles.get(id) ?? id;
    const percent = Math.round(opacity * 100);
    const grip = button(fill(words.map_layer_move, { name }), "M8 6h8M8 12h8M8 18h8", () => {});
    grip.classList.add("grip");
    grip.dataset.focus = "grip";
    const row = make("li", { "data-layer": id }, grip, this.details(id, name, percent, at));
    grip.addEventListener("keydown", (event) => {
      const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.move(id, name, at + step);
    });
    grip.addEventListener("pointerdown", (event) => this.drag(event, row, id, name));
    return row;
  }

  details(id, name, percent, at) {
    const shown = make("bdi", { className: "meta figure", text: percent < 100 ? `${percent}%` : "" });
    const slider = make("input", {
      type: "range", min: "10", max: "100", step: "5", value: String(percent),
      "aria-label": `${words.map_opacity} · ${name}`, "data-focus": "opacity",
    });
    slider.addEventListener("input", () => {
      shown.textContent = `${slider.value}%`;
      this.setOpacity(id, Number(slider.value) / 100);
    });
    const up = button(words.map_layer_up, "M6 15l6-6 6 6", () => this.move(id, name, at - 1));
    const down = button(words.map_layer_down, "M6 9l6 6 6-6", () => this.move(id, name, at + 1));
    up.disabled = at === 0;
    down.disabled = at === this.layers.length - 1;
    const acts = [
      up, down,
      button(words.map_layer_fit, "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5", () => this.fitLayer(id)),
      button(words.map_layer_off, "M6 6l12 12M18 6 6 18", () => this.state.toggle(id, false)),
    ];
    ["up", "down", "fit", "off"].forEach((key, index) => { acts[index].dataset.focus = key; });
    const details = make("details", {},
      make("summary", { "data-focus": "row" }, make("span", { className: "layer-name", text: name }), shown),
      make("div", { className: "order-acts" },
        make("label", { className: "meta" }, words.map_opacity, slider), ...acts,
        make("a", { href: `/catalogue/${encodeURIComponent(id)}`, text: words.map_layer_about })));
    details.open = this.open.has(id);
    details.addEventListener("toggle", () => {
      if (details.open) this.open.add(id);
      else this.open.delete(id);
    });
    return details;
  }

  /** Without making the list anew: the slider is in somebody's hand. */
  setOpacity(id, opacity) {
    this.dragged = id;
    this.state.setLayers((layers) => layers.map((layer) => (
      layer.id === id ? { id, opacity } : layer)));
    this.dragged = null;
  }

  move(id, name, to) {
    if (to < 0 || to >= this.layers.length) return;
    this.state.move(id, to);
    announce(fill(words.map_layer_moved, { name, place: to + 1, count: this.layers.length }));
  }

  /** The whole page is listened to: an element put elsewhere loses the pointer it had captured. */
  drag(event, row, id, name) {
    event.preventDefault();
    event.currentTarget.focus();
    this.dragged = id;
    row.classList.add("dragged");
    const follow = ({ clientY }) => {
      const others = [...this.list.children].filter((each) => each !== row);
      const next = others.find((each) => {
        const box = each.getBoundingClientRect();
        return clientY < box.top + box.height / 2;
      });
      if (row.nextElementSibling !== (next ?? null)) this.list.insertBefore(row, next ?? null);
    };
    const end = () => {
      window.removeEventListener("pointermove", follow);
      ["pointerup", "pointercancel"].forEach((kind) => window.removeEventListener(kind, end));
      this.dragged = null;
      this.move(id, name, [...this.list.children].indexOf(row));
      this.show();
    };
    window.addEventListener("pointermove", follow);
    ["pointerup", "pointercancel"].forEach((kind) => window.addEventListener(kind, end));
  }
}
