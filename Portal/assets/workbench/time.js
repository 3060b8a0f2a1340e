// The strip of both times: the day that is meant, and the commit as which it was recorded.

import { $, after, apart, facts, fill, isPhone, make, words } from "./page.js";
import { setSheet } from "./panel.js";

const DAY_MS = 86_400_000;
const dayNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
const dayText = (number) => new Date(number * DAY_MS).toISOString().slice(0, 10);
const minute = (at) => at.slice(0, 16).replace("T", " ");
// Of more commits than this the last are told apart, and the rest can be reached by the address.
const MOST_COMMITS = 1000;

/** A slider with ticks, and buttons that go from one to the next. */
class Track {
  constructor(name, onMove) {
    this.range = $(`time-${name}`);
    this.ticks = $(`time-${name}-ticks`);
    this.label = $(`time-${name}-label`);
    this.stops = [];
    this.range.addEventListener("input", () => onMove(Number(this.range.value), false));
    this.range.addEventListener("change", () => onMove(Number(this.range.value), true));
    const jump = (step) => {
      const to = this.next(step);
      if (to !== undefined) onMove(to, true);
    };
    this.buttons = [-1, 1].map((step) => {
      const button = $(`time-${name}-${step < 0 ? "back" : "on"}`);
      button.addEventListener("click", () => jump(step));
      return [button, step];
    });
    this.range.addEventListener("keydown", (event) => {
      const step = { PageUp: 1, PageDown: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      jump(step);
    });
  }

  /** `stops` are numbers with what is to be said of each. */
  set({ first, last, stops }) {
    Object.assign(this.range, { min: String(first), max: String(Math.max(last, first)), step: "1" });
    this.stops = stops;
    const span = Math.max(1, last - first);
    this.ticks.replaceChildren(...stops.map(({ at, title }) => {
      const tick = make("span", { title });
      tick.style.insetInlineStart = `${(100 * (at - first)) / span}%`;
      return tick;
    }));
  }

  next(step) {
    const value = Number(this.range.value);
    const after = this.stops.map((stop) => stop.at).filter((at) => (at - value) * step > 0);
    if (!after.length) return undefined;
    return step > 0 ? Math.min(...after) : Math.max(...after);
  }

  show(value, text) {
    this.range.value = String(value);
    this.range.setAttribute("aria-valuetext", text);
    this.label.title = text;
    this.label.textContent = text;
    this.buttons.forEach(([button, step]) => { button.disabled = this.next(step) === undefined; });
  }
}

export class TimeStrip {
  constructor(state, { onSize }) {
    this.state = state;
    this.onSize = onSize;
    this.commits = null;
    this.valid = new Track("valid", (number, isEnd) => this.move({ validOn: dayText(number) }, isEnd));
    this.recorded = new Track("recorded", (index, isEnd) => (
      this.move({ recorded: this.numbers[index] }, isEnd)));
    this.settle = after(250, () => this.take());
    $("as-of-open").addEventListener("click", () => this.toggle(!this.isOpen));
    $("time-close").addEventListener("click", () => this.toggle(false, { focus: true }));
    $("time-now").addEventListener("click", () => this.backToNow());
    $("time-again").addEventListener("click", () => this.load());
    state.onChange((what) => {
      if (["as-of", "side", "compare"].includes(what)) this.show();
    });
  }

  get isOpen() { return !$("time").hidden; }

  backToNow() {
    this.state.setAsOf({ ...this.state.now }, { isStep: true });
  }

  /** Words at once, the map when the hand rests: every state is a set of tiles of its own. */
  move(change, isEnd) {
    this.pending = { ...this.pending, ...change };
    this.say({ ...this.state.asOf(this.state.active), ...this.pending });
    if (!isEnd) return this.settle();
    this.settle.cancel();
    return this.take();
  }

  take() {
    const change = this.pending;
    this.pending = null;
    if (change) this.state.setAsOf(change);
  }

  toggle(isOpen, { focus = false } = {}) {
    $("time").hidden = !isOpen;
    $("as-of-open").setAttribute("aria-expanded", String(isOpen));
    this.onSize();
    if (isOpen && isPhone()) setSheet("low");
    if (isOpen && !this.commits) this.load();
    if (isOpen) $("time-valid").focus({ preventScroll: true });
    else if (focus) $("as-of-open").focus();
  }

  async load() {
    this.phase("loading");
    try {
      const response = await fetch(`/api/v1/commits?limit=${MOST_COMMITS}`);
      if (!response.ok) throw new Error(String(response.status));
      const { commits, next } = await response.json();
      this.commits = commits.reverse();
      this.hasOlder = next !== null;
    } catch {
      this.phase("failed");
      return;
    }
    this.phase(this.commits.length ? "ready" : "none");
    if (this.commits.length) this.lay();
  }

  phase(name) {
    ["loading", "failed", "none", "ready"].forEach((each) => {
      $(`time-${each}-part`).hidden = each !== name;
    });
  }

  lay() {
    const now = dayNumber(this.state.now.validOn);
    const changes = new Map();
    this.commits.forEach(({ validFrom, validUntil }) => [validFrom, validUntil]
      .filter(Boolean).forEach((day) => changes.set(day, (changes.get(day) ?? 0) + 1)));
    // Nothing is known before the first day; a day or two before shows that.
    const days = [...changes.keys()].map(dayNumber).filter((day) => day > dayNumber("1900-01-01"));
    const first = Math.min(now, ...days) - 1;
    const stops = days.filter((day) => day <= now + 36_500)
      .map((at) => ({
        at, title: fill(words.map_time_changes, { date: dayText(at), count: changes.get(dayText(at)) }),
      }));
    this.valid.set({
      first, last: Math.max(now, ...stops.map((stop) => stop.at)),
      stops: [...stops, { at: now, title: words.as_of_today }],
    });
    // Commits stand as far apart as their numbers say nothing of: one after the other.
    this.numbers = [...new Set(this.commits.map((each) => each.commit))].sort((a, b) => a - b);
    if (!this.hasOlder) this.numbers.unshift(0);
    if (this.numbers.at(-1) < this.state.now.recorded) this.numbers.push(this.state.now.recorded);
    this.recorded.set({
      first: 0, last: this.numbers.length - 1,
      stops: this.numbers.map((number, at) => ({ at, title: this.commitWords(number) })),
    });
    $("time-older").hidden = !this.hasOlder;
    this.show();
  }

  commitWords(number) {
    if (number === 0) return words.map_time_before;
    const record = this.commits.find((each) => each.commit === number);
    const text = fill(words.by_commit, { commit: number });
    return record ? [text, apart(minute(record.recordedAt)), apart(record.reason)].join(" · ") : text;
  }

  show() {
    this.say(this.state.asOf(this.state.active));
    const isPast = this.state.isPast(this.state.active);
    $("time-now").disabled = !isPast;
    $("time").classList.toggle("past", isPast);
  }

  say({ validOn, recorded }) {
    if (!this.numbers) return;
    const today = validOn === this.state.now.validOn ? ` · ${words.as_of_today}` : "";
    this.valid.show(dayNumber(validOn), apart(validOn) + today);
    // A commit of somebody else's scope stands where the last one before it does.
    const index = this.numbers.findLastIndex((number) => number <= recorded);
    const isLast = recorded >= this.state.now.recorded;
    const text = this.commitWords(this.numbers[Math.max(0, index)]);
    this.recorded.show(Math.max(0, index), isLast ? `${text} · ${words.map_time_last}` : text);
  }
}

/** The header says of when the map is, and turns amber when that is not now. */
export class HeaderTime {
  constructor(state, { onDay }) {
    this.state = state;
    const form = document.querySelector(".as-of");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if ($("as-of-date").value) onDay($("as-of-date").value);
    });
    // On a phone there is no room for a button beside the day: choosing one shows it.
    $("as-of-date").addEventListener("change", (event) => {
      if (isPhone() && event.target.value) onDay(event.target.value);
    });
    $("as-of-now").addEventListener("click", (event) => {
      event.preventDefault();
      state.change("as-of", () => state.sides.forEach((side) => {
        Object.assign(side, { validOn: null, recorded: null });
      }), { isStep: true });
    });
    state.onChange((what) => {
      if (["as-of", "side", "compare"].includes(what)) this.show();
    });
    this.show();
  }

  words(index) {
    const { validOn, recorded } = this.state.asOf(index);
    return this.state.sides[index].recorded === null
      ? fill(words.as_of_past, { date: validOn })
      : fill(words.as_of_past_recorded, { date: validOn, commit: recorded });
  }

  short(index) {
    const { validOn, recorded } = this.state.asOf(index);
    return this.state.sides[index].recorded === null
      ? apart(validOn) : fill(words.map_state, { date: validOn, commit: recorded });
  }

  show() {
    const { state } = this;
    const shown = state.isCompared ? [0, 1] : [0];
    const past = shown.filter((index) => state.isPast(index));
    document.querySelector("header.bar").classList.toggle("past", past.length > 0);
    const text = state.isCompared
      ? past.map((index) => `${words[index ? "map_side_b" : "map_side_a"]}: ${this.short(index)}`)
        .join(" · ")
      : past.map((index) => this.words(index)).join("");
    const line = document.querySelector(".past-words");
    line.textContent = text;
    line.hidden = past.length === 0;
    $("as-of-now").hidden = past.length === 0;
    $("as-of-date").value = state.asOf(state.active).validOn;
    $("valid-on").value = state.asOf(0).validOn;
    facts.recorded = String(state.asOf(0).recorded);
  }
}
