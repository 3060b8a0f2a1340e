// The check: giving a boundary, asking about it, and showing the answer.

import { $, fill, isPhone, make, words } from "./page.js";
import { setSheet, showTab } from "./panel.js";
import { typedBoundary } from "./draw.js";

const KEPT = "karez-boundary";
const form = $("check-form");
// People who have not signed in are offered no check.
const isClosed = document.body.dataset.edition === "public";

export class Check {
  constructor(state, bench, pencil) {
    Object.assign(this, { state, bench, pencil });
    this.listenToFields();
    this.listenToDrops();
    this.listenToRequests();
    this.begin();
  }

  begin() {
    const kept = sessionStorage.getItem(KEPT);
    if ($("answer").dataset.answer) {
      this.takeAnswer({ isNew: false });
    } else if (kept) {
      this.clearFields({ boundary: kept });
      this.bench.setBoundary(JSON.parse(kept), { fit: false });
      this.showChosen(words.boundary_drawn);
    }
  }

  // Boundary

  clearFields(values = {}) {
    ["file", "boundary", "from", "coordinates"].forEach((name) => { $(name).value = values[name] ?? ""; });
  }

  showChosen(text) {
    $("chosen").dataset.state = text ? "ready" : "none";
    $("chosen-words").textContent = text || words.boundary_none;
    $("chosen-clear").hidden = !text;
    $("form-error").hidden = true;
  }

  startDrawing() {
    if (isClosed) return;
    if (isPhone()) setSheet("low");
    this.pencil.start();
  }

  takeDrawn(polygon) {
    const text = JSON.stringify(polygon);
    this.clearFields({ boundary: text });
    sessionStorage.setItem(KEPT, text);
    this.showForm();
    this.bench.setBoundary(polygon, { fit: false });
    this.showChosen(words.boundary_drawn);
    showTab("check");
    if (isPhone()) setSheet("mid");
  }

  takeFile() {
    const [file] = $("file").files;
    if (!file) return;
    const limit = Number($("file").dataset.limitMb);
    if (file.size > limit * 1024 * 1024) {
      $("file").value = "";
      this.showChosen("");
      this.showError(fill(words.file_too_large, { limit }));
      return;
    }
    ["boundary", "from", "coordinates"].forEach((name) => { $(name).value = ""; });
    sessionStorage.removeItem(KEPT);
    this.bench.setBoundary(null);
    this.showChosen(`${words.boundary_file} · ${file.name}`);
  }

  /** Whether there was anything to forget. */
  forget() {
    const was = $("chosen").dataset.state === "ready";
    this.clearFields();
    sessionStorage.removeItem(KEPT);
    this.bench.setBoundary(null);
    this.showChosen("");
    return was;
  }

  takeTyped() {
    const typed = typedBoundary($("coordinates").value);
    const error = $("coordinates-error");
    error.hidden = Boolean(typed.polygon);
    if (typed.polygon) {
      this.takeDrawn(typed.polygon);
      this.bench.setBoundary(typed.polygon);
    } else {
      error.textContent = typed.few
        ? words.boundary_type_few : fill(words.boundary_type_bad, { line: typed.line });
      $("coordinates").focus();
    }
  }

  listenToFields() {
    $("way-draw").addEventListener("click", () => this.startDrawing());
    $("file").addEventListener("change", () => this.takeFile());
    $("chosen-clear").addEventListener("click", () => this.forget());
    $("coordinates-use").addEventListener("click", () => this.takeTyped());
  }

  listenToDrops() {
    for (const target of [$("drop"), $("map")]) {
      target.addEventListener("dragover", (event) => {
        event.preventDefault();
        $("drop").classList.add("dropping");
      });
      target.addEventListener("dragleave", () => $("drop").classList.remove("dropping"));
      target.addEventListener("drop", (event) => {
        event.preventDefault();
        $("drop").classList.remove("dropping");
        if (!event.dataTransfer.files.length) return;
        this.showForm();
        showTab("check");
        $("file").files = event.dataTransfer.files;
        this.takeFile();
      });
    }
  }

  // Asking

  showError(text) {
    $("form-error").textContent = text;
    $("form-error").hidden = !text;
  }

  showWorking(isOn) {
    clearInterval(this.clock);
    $("working").hidden = !isOn;
    $("working-words").textContent = words.checking;
    if (!isOn) return;
    const began = performance.now();
    this.clock = setInterval(() => {
      const seconds = Math.floor((performance.now() - began) / 1000);
      if (seconds < 2) return;
      $("working-words").textContent = `${words.checking} · ${fill(words.elapsed, { seconds })}`;
    }, 500);
  }

  listenToRequests() {
    form.addEventListener("htmx:beforeRequest", (event) => {
      const isGiven = $("file").files.length
        || ["boundary", "from", "coordinates"].some((name) => $(name).value.trim());
      if (!isGiven) {
        event.preventDefault();
        this.showError(words.boundary_missing);
        $("way-draw").focus();
        return;
      }
      this.pencil.stop();
      this.showError("");
      this.showWorking(true);
    });
    form.addEventListener("htmx:xhr:progress", (event) => {
      const { loaded, total, lengthComputable } = event.detail;
      if (!lengthComputable || total < 1e6 || loaded >= total) return;
      const percent = Math.floor((100 * loaded) / total);
      $("working-words").textContent = fill(words.uploading, { percent });
    });
    document.body.addEventListener("htmx:afterRequest", () => this.showWorking(false));
    document.body.addEventListener("htmx:sendError", () => this.showError(words.error_network));
    document.body.addEventListener("htmx:afterSwap", () => this.takeAnswer({ isNew: true }));
  }

  // Answer

  showForm() {
    if (form.hidden || $("answer").dataset.answer) {
      this.state.write({ change: (query) => query.delete("answer"), isStep: true });
    }
    const slot = make("div", { className: "answer-slot", id: "answer", "aria-live": "polite" });
    slot.hidden = true;
    $("answer").replaceWith(slot);
    form.hidden = isClosed;
  }

  async takeAnswer({ isNew }) {
    const answer = $("answer");
    $("panel-body").scrollTop = 0;
    const id = answer.dataset.answer;
    if (!id) {
      if (isPhone()) setSheet("high");
      return;
    }
    form.hidden = true;
    if (isPhone()) setSheet("mid");
    if (isNew) this.state.write({ change: (query) => query.set("answer", id), isStep: true });
    $("check-again").addEventListener("click", () => {
      this.showForm();
      this.bench.clearPieces();
      $("way-draw").focus();
    });
    answer.querySelectorAll(".show").forEach((button) => {
      button.addEventListener("click", () => this.light(Number(button.dataset.piece)));
    });
    if (isNew) $("panel").focus({ preventScroll: true });
    const response = await fetch(`/answers/${id}.json`);
    if (!response.ok) return;
    const json = await response.json();
    this.bench.showAnswer(json);
    // The same boundary can be asked about again, on another day or for another purpose.
    const kept = JSON.stringify(json.boundary.geometry);
    this.clearFields({ from: id });
    this.showChosen(words.boundary_drawn);
    if (kept.length < 1e6) sessionStorage.setItem(KEPT, kept);
  }

  light(number) {
    const lit = this.bench.light(number);
    document.querySelectorAll(".finding").forEach((finding) => {
      const isLit = Number(finding.dataset.finding) === lit;
      finding.classList.toggle("lit", isLit);
      if (isLit) finding.scrollIntoView({ block: "nearest", behavior: "smooth" });
    });
  }
}
