// Pictures of other servers, beneath everything: those the page's policy names.

const ol = window.ol;

const known = JSON.parse(document.body.dataset.baseLayers || "[]");
export const knownBases = known.map((base) => base.id);

/** The library takes what it is given for HTML. */
function asText(words) {
  const holder = document.createElement("span");
  holder.textContent = words;
  return holder.innerHTML;
}

/** Later ones of the file lie above earlier ones, and all of them below every layer. */
export function baseLayers() {
  return known.map((base, at) => new ol.layer.Tile({
    zIndex: at - known.length, properties: { base: base.id, title: base.title },
    source: new ol.source.XYZ({
      url: base.url, attributions: asText(base.attribution), maxZoom: base.maxZoom, transition: 0,
    }),
  }));
}

/** Their boxes below the tree: on and off, on both maps alike. */
export function setUpBases(state) {
  const boxes = [...document.querySelectorAll("#bases input")];
  boxes.forEach((box) => {
    box.checked = state.bases.includes(box.value);
    box.addEventListener("change", () => state.change("bases", () => {
      state.bases = boxes.filter((each) => each.checked).map((each) => each.value);
    }));
  });
}
