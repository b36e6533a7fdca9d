// The panels of each arm: boundary, network, histogram, with their titles and what can be looked at in them.

import { element, glyphIcon } from "../web/dom.js";
import { classItems } from "../web/legend.js";
import { Probe } from "../web/probe.js";
import { sourceOf } from "./field.js";
import { barsOf, networkOf, pointsOf } from "./inspect.js";
import { networkKind } from "./network.js";
import { armName } from "./words.js";

export function buildPanels(view) {
  view.panels = view.cube.arms.map((arm) => buildPanel(view, arm));
  return element("div", `wdl-panels wdl-arms-${view.cube.arms.length}`, {}, ...view.panels.map((panel) => panel.root));
}

function buildPanel(view, arm) {
  const { cube } = view;
  const name = armName(cube, arm.index);
  const make = (kind) => ({ kind, probed: null, canvas: element("canvas", `wdl-${kind}`, { role: "img", "aria-label": kind, "data-testid": `${kind}-${arm.index}` }) });
  const panel = { arm, boundary: make("boundary"), network: make("network"), histogram: make("histogram") };
  Object.assign(panel.boundary, { own: sourceOf(cube, arm), shelf: new Map() });
  panel.boundary.source = panel.boundary.own;
  const probe = (kind, label, what) => new Probe(view, panel[kind], `${label} of ${name}`, `${kind}-probe-${arm.index}`, what);
  panel.probes = [probe("boundary", "Points", pointsOf(view, panel)), probe("network", "Units and weights", networkOf(view, panel)), probe("histogram", "Bars of the histogram", barsOf(view, panel))];
  const [boundary, network, histogram] = panel.probes.map((one) => one.root);
  if (view.drawing) {
    boundary.append(view.drawing.buildKeys(panel.boundary, name, arm.index));
    view.drawing.listen(panel.boundary);
  }
  panel.caption = element("span", "wdl-note wdl-clip", { title: cube.header.plane.note || "" }, cube.header.plane.note || "");
  panel.shades = cube.layers.map((layer) => element("span", "wdl-shade", {}, layer.name));
  const bars = element("p", "wdl-note wdl-side-title", {}, ...(cube.layers.length > 1 ? panel.shades : ["how many weights, by size"]));
  const side = (title, figure) => element("div", "wdl-side-item", {}, title, figure);
  panel.root = element("section", "wdl-arm", { "aria-label": name }, buildTitle(cube, arm, panel.caption),
    element("div", "wdl-figures", {}, boundary, element("div", "wdl-side", {}, side(networkTitle(cube), network), side(bars, histogram))));
  return panel;
}

function buildTitle(cube, arm, caption) {
  const name = element("h2", "wdl-arm-name", {}, glyphIcon(arm.glyph), element("span", "", {}, arm.label));
  name.dataset.arm = arm.index;
  const legend = element("span", "wdl-classes", {}, ...classItems(cube.header.classes));
  return element("div", "wdl-arm-title", {}, name, element("span", "wdl-note", {}, arm.detail || ""), legend, caption);
}

function networkTitle(cube) {
  const sign = (c, label) => element("span", "wdl-sign", { "data-sign": c }, label);
  const kind = networkKind(cube), what = kind === "pictures" ? "first layer's weights" : "weights";
  const truth = kind === "coefficients" && cube.header.relevant?.length ? [element("b", "", {}, "bold: truly matters")] : [];
  return element("p", "wdl-note wdl-side-title", {}, what, sign("positive", "w > 0"), sign("negative", "w < 0"), ...truth);
}
