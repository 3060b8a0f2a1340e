// The box in the header: what is typed is looked for, and arrows go through what was found.

const box = document.getElementById("find");
const list = document.getElementById("find-list");
const state = document.getElementById("find-state");
const form = box?.form;

const PAUSE = 250;
const LEAST = /^(?:[\u2e80-\u9fff\uf900-\ufaff].*|.{2,})$/su;

let waiting;
let control;
let options = [];
let chosen = -1;

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.append(...children);
  return element;
}

function close() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
  chosen = -1;
}

function choose(at) {
  options[chosen]?.element.setAttribute("aria-selected", "false");
  chosen = (at + options.length) % options.length;
  const { element } = options[chosen];
  element.setAttribute("aria-selected", "true");
  element.scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", element.id);
}

/** The map's page flies there; from any other the map is opened at the place. */
function open({ item }) {
  close();
  const isOnMap = document.body.dataset.ready === "true" && item.at;
  if (isOnMap) {
    document.dispatchEvent(new CustomEvent("karez:go", { detail: item }));
  } else {
    location.assign(item.mapAddress ?? item.address);
  }
}

function show(groups) {
  options = [];
  const parts = groups.map((group) => {
    const title = make("li", { role: "presentation", class: "find-group" }, group.title);
    const items = group.items.map((item) => {
      const element = make("li", {
        role: "option", id: `find-${options.length}`, "aria-selected": "false", class: "find-item",
      }, make("bdi", { class: "find-title" }, item.title), make("bdi", { class: "meta" }, item.note));
      const option = { item, element };
      element.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        open(option);
      });
      options.push(option);
      return element;
    });
    return [title, ...items];
  });
  list.replaceChildren(...parts.flat());
  chosen = -1;
  list.hidden = options.length === 0;
  box.setAttribute("aria-expanded", String(options.length > 0));
  box.removeAttribute("aria-activedescendant");
  state.textContent = options.length ? `${options.length}` : state.dataset.none;
}

async function look() {
  const question = box.value.trim();
  control?.abort();
  if (!LEAST.test(question)) {
    close();
    state.textContent = "";
    return;
  }
  control = new AbortController();
  const { signal } = control;
  const query = new URLSearchParams({ q: question, lang: document.body.dataset.language });
  try {
    const response = await fetch(`/api/v1/search?${query}`, { signal });
    if (!response.ok) return close();
    const { groups } = await response.json();
    if (!signal.aborted) show(groups);
  } catch {
    if (!signal.aborted) close();
  }
}

function listen() {
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, PAUSE);
  });
  box.addEventListener("focus", () => { if (options.length && box.value.trim()) look(); });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length && !list.hidden) {
      event.preventDefault();
      choose(chosen < 0 && step < 0 ? options.length - 1 : chosen + step);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      open(options[chosen]);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  form.addEventListener("submit", (event) => { if (!box.value.trim()) event.preventDefault(); });
  // `/` is the layer tree's on the map, which has a search of its own.
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, select, textarea");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const isOwn = event.key === "/" && !document.getElementById("layer-search");
    if (!isOwn && event.key !== "?") return;
    event.preventDefault();
    box.focus();
    box.select();
  });
}

if (box) listen();
