// What the rooms of the workbench share: the page's elements, words and figures.

export const $ = (id) => document.getElementById(id);
export const facts = document.body.dataset;
export const words = JSON.parse(facts.words);

/** A piece of another script that must not turn the words around it, nor be turned by them. */
export const apart = (text) => (
  document.documentElement.dir === "rtl" ? `\u2068${text}\u2069` : String(text));

export const fill = (text, values) => text.replace(
  /\{(\w+)\}/g, (_, name) => apart(values[name] ?? ""));

/** An element with its classes, text and attributes. */
export function make(name, { className, text, ...attributes } = {}, ...children) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  element.append(...children);
  return element;
}

/** A figure in the direction it is read in, whatever the language around it. */
export const figure = (text) => make("bdi", { className: "figure", text });

/** Thousands apart by a thin space. */
export function grouped(text) {
  const [whole, decimals] = String(text).split(".");
  const spaced = whole.replace(/\B(?=(\d{3})+(?!\d))/g, "\u2009");
  return decimals === undefined ? spaced : `${spaced}.${decimals}`;
}

/** Waits until nothing has been asked for `pause` milliseconds. */
export function after(pause, work) {
  let waiting;
  const wait = (...values) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => work(...values), pause);
  };
  wait.cancel = () => clearTimeout(waiting);
  return wait;
}

/** Runs the last request only: what was asked before is given up. */
export function lastOnly() {
  let control;
  return async (address, options = {}) => {
    control?.abort();
    control = new AbortController();
    const { signal } = control;
    const response = await fetch(address, { ...options, signal });
    return { response, isLast: () => !signal.aborted };
  };
}

/** Tells those who cannot see it what has changed. */
export function announce(text) { $("said").textContent = text; }

export const isPhone = () => matchMedia("(max-width: 760px)").matches;
