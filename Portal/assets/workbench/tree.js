// The tree of themes: layers on and off, how each stands, and the search for them.

import { $, after, facts, fill, lastOnly, make, words } from "./page.js";

export const rows = [...document.querySelectorAll("#themes .layer")];
const boxOf = (row) => row.querySelector("input");
const rowOf = new Map(rows.map((row) => [row.dataset.dataset, row]));
const titleOf = (row) => row.querySelector(".layer-name").textContent;

/** What the map has to know of each layer, from the top of the map down. */
export function layerFacts() {
  const facts = rows.map((row) => ({
    id: row.dataset.dataset, title: titleOf(row), kind: row.dataset.kind,
    minimumZoom: Number(row.dataset.minimumZoom) || 0, isNamed: Boolean(row.dataset.named),
    style: row.dataset.style ? JSON.parse(row.dataset.style) : [],
    extent: row.dataset.layerExtent.split(",").map(Number).filter(Number.isFinite),
  }));
  return facts;
}

export const titles = new Map(rows.map((row) => [row.dataset.dataset, titleOf(row)]));

export const shownAtFirst = () => rows.filter((row) => boxOf(row).defaultChecked)
  .map((row) => row.dataset.dataset);

export class Tree {
  constructor(state, { stateOf }) {
    this.state = state;
    this.stateOf = stateOf;
    rows.forEach((row) => boxOf(row).addEventListener("change", (event) => {
      state.toggle(row.dataset.dataset, event.target.checked);
    }));
    state.onChange((what) => {
      if (["layers", "side", "compare"].includes(what)) this.show();
      if (["as-of", "side", "compare"].includes(what)) this.count();
    });
    this.count = after(150, () => this.recount());
    this.asked = lastOnly();
    this.show();
    this.tellMissing();
    new LayerSearch();
  }

  show() {
    const shown = new Set(this.state.layersOf(this.state.active).map((layer) => layer.id));
    rows.forEach((row) => {
      boxOf(row).checked = shown.has(row.dataset.dataset);
      this.tell(row.dataset.dataset, this.stateOf(row.dataset.dataset));
    });
  }

  /** How a layer's drawing stands; without anything to say, whether it is empty. */
  tell(id, text) {
    const row = rowOf.get(id);
    if (!row) return;
    const isEmpty = row.classList.contains("none");
    row.querySelector(".layer-state").textContent = isEmpty ? words.map_layer_empty : text;
  }

  /** What has nothing at the state shown is told as such; what was asked for stays asked for. */
  async recount() {
    const asOf = this.state.asOf(this.state.active);
    try {
      const { response, isLast } = await this.asked(`/api/v1/datasets?${new URLSearchParams(asOf)}`);
      if (!response.ok) return;
      const counts = await response.json();
      if (!isLast()) return;
      counts.forEach(({ id, features }) => {
        const row = rowOf.get(id);
        if (!row) return;
        row.classList.toggle("none", features === 0);
        boxOf(row).disabled = false;
        this.tell(id, this.stateOf(id));
      });
    } catch {
      // A newer question was asked, or the next one will tell.
    }
  }

  /** A link may name what this reader has not got; whether there is such a thing is not said. */
  tellMissing() {
    const { missing } = this.state;
    if (!missing.length) return;
    const note = $("layers-missing");
    note.textContent = fill(words.map_layers_missing, { count: missing.length });
    note.hidden = false;
  }
}

/** By the catalogue's own search: names, identifiers, attributes, initials of pinyin. */
class LayerSearch {
  constructor() {
    this.input = $("layer-search");
    this.asked = lastOnly();
    this.found = [];
    const search = after(200, () => this.search());
    this.input.addEventListener("input", search);
    this.input.closest("form").addEventListener("submit", (event) => {
      event.preventDefault();
      search.cancel();
      this.takeFirst();
    });
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.input.value) return;
      event.stopPropagation();
      this.input.value = "";
      this.search();
    });
  }

  get text() { return this.input.value.trim().slice(0, 100); }

  async search() {
    const { text } = this;
    if (!text) return this.showAll();
    try {
      const query = new URLSearchParams({ search: text });
      const { response, isLast } = await this.asked(`/api/v1/catalogue?${query}`);
      if (!response.ok) throw new Error(String(response.status));
      const { datasets } = await response.json();
      if (isLast()) this.show(datasets);
    } catch (error) {
      if (error.name === "AbortError") return undefined;
      this.showAll();
      this.say(words.map_search_failed);
    }
    return undefined;
  }

  /** Enter turns the first layer found on, or goes to it if it is on. */
  async takeFirst() {
    await this.search();
    const first = this.found.map((id) => rowOf.get(id)).find((row) => row && !boxOf(row).disabled);
    if (!first || !this.text) return;
    if (!boxOf(first).checked) boxOf(first).click();
    boxOf(first).focus();
  }

  show(datasets) {
    this.found = datasets.map((each) => each.id);
    rows.forEach((row) => { row.hidden = !this.found.includes(row.dataset.dataset); });
    this.showThemes();
    const others = datasets.filter((each) => !rowOf.has(each.id));
    $("search-others").replaceChildren(...others.slice(0, 8).map((each) => make("li", {},
      make("a", {
        href: `/catalogue/${each.id}`, text: each.title[facts.language] ?? each.title.zh,
      }))));
    $("search-others-part").hidden = others.length === 0;
    const found = rows.filter((row) => !row.hidden).length;
    this.say(found || others.length
      ? fill(words.map_search_found, { count: found }) : words.map_search_none);
  }

  showAll() {
    rows.forEach((row) => { row.hidden = false; });
    $("search-others-part").hidden = true;
    this.showThemes();
    this.say("");
  }

  showThemes() {
    document.querySelectorAll("#themes > section").forEach((theme) => {
      theme.hidden = [...theme.querySelectorAll(".layer")].every((row) => row.hidden);
    });
  }

  say(text) {
    $("search-state").textContent = text;
    $("search-state").hidden = !text;
  }
}
