// The panel beside the map: its tabs, and on a phone how far it is drawn up.

import { $, isPhone, words } from "./page.js";

const tabs = [...document.querySelectorAll("#panel-tabs [role=tab]")];
const pageOf = (tab) => $(tab.getAttribute("aria-controls"));

export function showTab(name, { focus = false } = {}) {
  tabs.forEach((tab) => {
    const isChosen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(isChosen));
    tab.tabIndex = isChosen ? 0 : -1;
    pageOf(tab).hidden = !isChosen;
    if (isChosen && focus) tab.focus();
  });
  $("panel-body").scrollTop = 0;
}

export const shownTab = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true")
  .dataset.tab;

export function setSheet(state) {
  const { classList } = $("panel");
  classList.toggle("low", state === "low");
  classList.toggle("high", state === "high");
  const isOpen = state !== "low";
  $("panel-handle").setAttribute("aria-expanded", String(isOpen));
  $("panel-handle").setAttribute("aria-label", isOpen ? words.panel_close : words.panel_open);
}

/** Draws a sheet up that lies low, and leaves one alone that is up. */
export function raiseSheet() {
  if (isPhone() && $("panel").classList.contains("low")) setSheet("mid");
}

export function setUpPanel() {
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => {
      showTab(tab.dataset.tab);
      raiseSheet();
    });
    tab.addEventListener("keydown", (event) => {
      const isMirrored = document.documentElement.dir === "rtl";
      const step = { ArrowRight: isMirrored ? -1 : 1, ArrowLeft: isMirrored ? 1 : -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const next = tabs[(at + step + tabs.length) % tabs.length];
      showTab(next.dataset.tab, { focus: true });
    });
  });
  $("panel-handle").addEventListener("click", () => {
    const { classList } = $("panel");
    setSheet(classList.contains("low") ? "mid" : classList.contains("high") ? "low" : "high");
  });
  if (isPhone()) setSheet("mid");
}
