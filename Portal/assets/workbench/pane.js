// One map of the workbench: the layers of one side, and what lies above the layers of both.

import { baseLayers } from "./base.js";
import { DatasetLayer } from "./layer.js";

const ol = window.ol;

export class Pane {
  constructor({ element, facts, view, controls, overlays, words, onState }) {
    const font = getComputedStyle(document.body).fontFamily;
    this.layers = facts.map((each) => new DatasetLayer(each, { words, font, onState }));
    this.bases = baseLayers();
    this.map = new ol.Map({
      target: element, view, controls, layers: [...this.bases, ...overlays],
      // A hair's movement of a hand is still a click.
      moveTolerance: 3,
    });
  }

  show({ asOf, layers, order, bases }) {
    this.bases.forEach((layer) => layer.setVisible(bases.includes(layer.get("base"))));
    this.layers.forEach((layer) => {
      const put = layers.find((each) => each.id === layer.id);
      layer.show({
        isOn: Boolean(put), opacity: put?.opacity ?? 1, order: order.length - order.indexOf(layer.id),
      });
      // What is off asks for no tiles, and its state is set when it comes on.
      layer.showAsOf(asOf, this.map);
    });
    this.refresh();
  }

  refresh() {
    const zoom = this.map.getView().getZoom();
    this.layers.forEach((layer) => layer.refresh(zoom));
  }

  stateOf(id) { return this.layers.find((layer) => layer.id === id)?.state ?? ""; }

  close() { this.map.setTarget(null); }
}
