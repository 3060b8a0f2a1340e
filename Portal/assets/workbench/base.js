// Pictures of other servers, beneath everything: those the page's policy names.

const ol = window.ol;

export function baseLayers() {
  return JSON.parse(document.body.dataset.baseLayers || "[]").map((base) => new ol.layer.Tile({
    zIndex: -1, properties: { name: "base", title: base.title },
    source: new ol.source.XYZ({
      url: base.url, attributions: base.attribution, maxZoom: base.maxZoom, transition: 0,
    }),
  }));
}
