// The strip of tools beside the map, what each opens, and the keyboard.

import { $, isPhone } from "./page.js";

/** A button that opens a small part of the page beside it; one at a time. */
export class Flyouts {
  constructor() {
    this.buttons = [...document.querySelectorAll(".tools [aria-haspopup]")];
    this.buttons.forEach((button) => {
      button.addEventListener("click", () => this.toggle(button));
    });
    document.addEventListener("pointerdown", (event) => {
      if (!event.target.closest(".tool")) this.close();
    });
  }

  partOf(button) { return $(button.getAttribute("aria-controls")); }

  toggle(button) {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    this.close();
    button.setAttribute("aria-expanded", String(isOpen));
    this.partOf(button).hidden = !isOpen;
    if (isOpen) {
      this.partOf(button).dispatchEvent(new CustomEvent("opened"));
      this.partOf(button).querySelector("button, input, a")?.focus({ preventScroll: true });
    }
  }

  /** Whether there was anything to close. */
  close({ focus = false } = {}) {
    const open = this.buttons.find((button) => button.getAttribute("aria-expanded") === "true");
    if (!open) return false;
    open.setAttribute("aria-expanded", "false");
    this.partOf(open).hidden = true;
    if (focus) open.focus();
    return true;
  }
}

export function showLayers(isShown, bench) {
  $("layers").hidden = !isShown;
  $("layers-show").hidden = isShown;
  bench.updateSize();
}

/** `closers` are asked one after the other until one had something to close. */
export function setUpKeys({ closers, draw, showLayerTree }) {
  let first = "";
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (closers.some((close) => close())) event.preventDefault();
      return;
    }
    const isTyping = event.target.matches("input, select, textarea");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      showLayerTree();
      $("layer-search").focus();
    }
    if (first === "g" && event.key === "m") $("map").focus();
    if (first === "g" && event.key === "p") $("panel").focus();
    if (first !== "g" && event.key === "d") draw();
    first = event.key;
  });
}

export function setUpLayersButtons(bench) {
  $("layers-hide").addEventListener("click", () => {
    showLayers(false, bench);
    $("layers-show").focus();
  });
  $("layers-show").addEventListener("click", () => {
    showLayers(true, bench);
    $("layers-hide").focus();
  });
  if (isPhone()) showLayers(false, bench);
}
