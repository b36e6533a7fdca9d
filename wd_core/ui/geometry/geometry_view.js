// The geometry's view.

import { lambdaX, nearestLambda, scrubberBox } from "../web/axis.js";
import { clamp, element, glyphIcon, setAttribute, setText } from "../web/dom.js";
import { lambdaText } from "../web/numbers.js";
import { IDLE, Stage } from "../web/stage.js";
import { NAMES, readCube, signed } from "./cube.js";
import { drawPlane, drawPlaneBase } from "./plane.js";
import { drawStripBase, drawStripCursor } from "./strip.js";
import { describeWeight, drawWeight, drawWeightBase, PICTURES } from "./weight.js";
import { describePlane, pairText, sentence } from "./words.js";

// A still layer and a moving one above it: while λ is dragged only the upper ones are drawn.
const layers = (name) => ({
  base: { canvas: element("canvas", "wdl-still", { role: "img", "data-testid": `${name}-base` }) },
  moving: { canvas: element("canvas", "wdl-cursor", { "aria-hidden": "true", "data-testid": name }) },
});

export class GeometryView extends Stage {
  constructor(host, options) {
    super(host, options, "geometry-view");
    this.state = { l: 0, touched: false };
  }

  read(bytes) {
    return readCube(bytes);
  }

  adopt(cube) {
    const before = this.cube;
    this.cube = cube;
    this.message.hidden = true;
    if (before) this.state.l = nearestLambda(cube, before.lambdas[this.state.l]);
    if (before && before.arms.length === cube.arms.length && before.bayes === cube.bayes) this.settleSoon();
    else this.build();
    this.restyle(true);
  }

  // The hand decides; what the server says counts at the first mount alone.
  place(header, position) {
    const first = this.placed ? position : position || this.initial || header.position;
    this.placed = true;
    if (Number.isFinite(first?.lam)) this.state.l = nearestLambda(this.cube, first.lam);
    this.drawn = {};
    this.invalidate();
  }

  position() {
    return { lam: this.cube.lambdas[this.state.l] };
  }

  // Streamlit keeps its own controls in the address; ours is λ.
  address() {
    if (!this.cube || !this.state.touched) return null;
    const parts = location.search.slice(1).split("&").filter((part) => part && !part.startsWith("at="));
    return [...parts, `at=${+this.position().lam.toPrecision(4)}`];
  }

  // -- DOM

  build() {
    const { cube } = this;
    const focused = this.root.getRootNode().activeElement?.dataset?.testid;
    this.parts = {
      sentence: element("p", "wdl-sentence", { "data-testid": "sentence" }),
      live: element("p", "wdl-hidden", { "aria-live": "polite" }),
      lambdaRange: element("input", "wdl-range", { type: "range", "data-testid": "lambda-range", "aria-label": "λ, strength of weight decay", min: 0, max: cube.L - 1, step: 1 }),
      lambdaTip: element("div", "wdl-tip", { hidden: true, "aria-hidden": "true" }),
    };
    this.planes = cube.arms.map((arm) => ({ index: arm.index, ...layers(`plane-${arm.key}`), values: element("span", "wdl-values") }));
    this.weights = Object.entries(PICTURES).map(([name, picture]) => ({ picture, ...layers(name) }));
    this.strip = layers("lambda-plot");
    const { base, moving } = this.strip;
    this.root.dataset.arms = cube.arms.length;
    this.root.replaceChildren(this.message, this.parts.sentence,
      element("div", "wdl-panels", {}, ...this.planes.map((panel) => this.buildPlane(panel))),
      element("div", "wdl-scrubber", {}, base.canvas, moving.canvas, this.parts.lambdaRange, this.parts.lambdaTip),
      element("p", "wdl-alone", {}, element("b", "", {}, "One weight alone: "), this.aloneText()),
      element("div", "wdl-panels wdl-weights", {}, ...this.weights.map((panel) => this.buildWeight(panel))),
      this.parts.live);
    this.listen();
    if (focused) this.root.querySelector(`[data-testid="${focused}"]`)?.focus({ preventScroll: true });
  }

  aloneText() {
    const { alone } = this.cube;
    return `the second one, as if its feature were uncorrelated. The data want it at a = ${signed(alone.a)}.`;
  }

  buildPlane(panel) {
    const { cube } = this, arm = cube.arms[panel.index];
    const name = element("h2", "wdl-arm-name", {}, glyphIcon(arm.glyph), element("span", "", {}, cube.bayes ? arm.prior : arm.label));
    name.dataset.arm = arm.index;
    return element("section", "wdl-arm", { "aria-label": arm.label }, element("div", "wdl-arm-title", {}, name, panel.values, element("span", "wdl-note wdl-clip", {}, this.legend(arm))),
      element("div", "wdl-stack", {}, panel.base.canvas, panel.moving.canvas));
  }

  legend(arm) {
    const pull = this.cube.bayes ? "→ likelihood's pull" : "→ data's pull";
    return arm.l1_ratio ? `${pull}, fan: what a corner holds` : pull;
  }

  buildWeight(panel) {
    const words = this.cube.bayes ? 1 : 0;
    return element("section", "wdl-arm", {}, element("div", "wdl-arm-title", {}, element("h3", "wdl-weight-name", {}, panel.picture.title[words]), element("span", "wdl-note wdl-clip", {}, panel.picture.note[words])),
      element("div", "wdl-stack", {}, panel.base.canvas, panel.moving.canvas));
  }

  // -- the hand

  listen() {
    const { lambdaRange, lambdaTip } = this.parts;
    lambdaRange.addEventListener("input", () => this.set({ l: Number(lambdaRange.value) }));
    lambdaRange.addEventListener("keydown", () => { this.keyed = true; });
    lambdaRange.addEventListener("pointerdown", () => { this.keyed = false; });
    lambdaRange.addEventListener("change", () => this.release(this.keyed ? IDLE : 0));
    this.listenDrag(this.strip.moving.canvas, lambdaRange, (x) => ({ l: this.lambdaAt(x) }), lambdaTip);
  }

  lambdaAt(x) {
    const plot = this.plotBox.lambda;
    return clamp(Math.round(((x - plot.x) / plot.w) * (this.cube.L - 1)), 0, this.cube.L - 1);
  }

  set({ l }) {
    if (l !== this.state.l) this.state.touched = true;
    this.state.l = l;
    this.invalidate();
  }

  showTip(tip, { l }, y) {
    const { cube } = this;
    setText(tip, [`λ = ${lambdaText(cube.lambdas[l])}`, ...cube.arms.map((arm) => `${arm.glyph} ${pairText(arm, l)}`)].join("\n"));
    const x = lambdaX(this, l);
    tip.style.transform = `translate(${x}px, ${Math.max(0, y - 14)}px) translate(${x > this.width / 2 ? "calc(-100% - 14px)" : "14px"}, -50%)`;
    tip.hidden = false;
  }

  // -- size

  relayout() {
    if (!this.theme) return;
    const layout = (this.layout = geometryLayout(this.width, globalThis.innerHeight || 800, this.cube.arms.length));
    const { root, strip } = this;
    root.dataset.size = layout.size;
    root.style.setProperty("--wdl-small", `${layout.small}px`);
    root.style.setProperty("--wdl-large", `${layout.large}px`);
    this.plotBox = { lambda: scrubberBox(this, layout.stripHeight, layout.small + 6) };
    for (const layer of [strip.base, strip.moving]) this.sizePart(layer, this.width, layout.stripHeight);
    this.placeRange(this.parts.lambdaRange, this.plotBox.lambda);
    for (const panel of this.planes) for (const layer of [panel.base, panel.moving]) this.sizePart(layer, layout.planeWidth, layout.planeHeight);
    for (const panel of this.weights) for (const layer of [panel.base, panel.moving]) this.sizePart(layer, layout.weightWidth, layout.weightHeight);
    drawStripBase(this);
    for (const panel of this.planes) drawPlaneBase(this, panel);
    for (const panel of this.weights) drawWeightBase(this, panel);
    this.drawn = {};
    this.invalidate();
  }

  // -- painting

  paint() {
    this.frame = 0;
    if (!this.cube || !this.layout || !this.theme) return;
    const { cube, parts, state: { l } } = this;
    if (this.drawn.l !== l) {
      drawStripCursor(this, l);
      for (const panel of this.planes) {
        drawPlane(this, panel, cube.arms[panel.index], l);
        setText(panel.values, pairText(cube.arms[panel.index], l));
      }
      for (const panel of this.weights) drawWeight(this, panel, l);
      setText(parts.sentence, sentence(this));
      if (Number(parts.lambdaRange.value) !== l) parts.lambdaRange.value = l;
      setAttribute(parts.lambdaRange, "aria-valuetext", `λ = ${lambdaText(cube.lambdas[l])}. ${cube.arms.map((arm) => `${arm.label}: ${pairText(arm, l)}`).join(". ")}`);
      this.settleSoon();
    }
    this.drawn = { l };
    this.root.dataset.paints = String(Number(this.root.dataset.paints) + 1);
  }

  settle() {
    if (this.destroyed || !this.parts) return;
    const { cube, state: { l } } = this;
    for (const panel of this.planes) panel.base.canvas.setAttribute("aria-label", describePlane(cube, cube.arms[panel.index], l));
    for (const panel of this.weights) panel.base.canvas.setAttribute("aria-label", describeWeight(this, panel, l));
    this.strip.base.canvas.setAttribute("aria-label", `Both weights over λ. ${cube.arms.map((arm) => `${arm.label}: ${arm.events.length ? arm.events.map((event) => `${NAMES[event.weight]} ${event.zero ? "becomes" : "leaves"} exactly zero at λ = ${lambdaText(event.lam)}`).join(", ") : "no weight becomes exactly zero"}`).join(". ")}`);
    const spoken = `λ = ${lambdaText(cube.lambdas[l])}. ${sentence(this)}`;
    if (this.spoken !== undefined) setText(this.parts.live, spoken); // the first picture speaks through its labels
    this.spoken = spoken;
  }
}

// A projector (1280 × 720) shows all of it below the navigation; a phone two planes side by side and the rest below.
function geometryLayout(width, windowHeight, arms) {
  const narrow = width < 560;
  const room = windowHeight - 118;
  const grow = clamp((width - 900) / 600, 0, 1);
  const layout = { narrow, size: narrow ? "narrow" : width < 860 ? "medium" : "normal", small: narrow ? 12 : Math.round((12 + 2 * grow) * 2) / 2, large: narrow ? 15 : 15 + 3 * grow };
  const gap = narrow ? 12 : 24;
  layout.arrow = narrow ? 26 : 38 + 14 * grow;
  const columns = narrow && arms > 2 ? 1 : arms;
  layout.planeWidth = Math.floor((width - gap * (columns - 1)) / columns);
  layout.weightWidth = narrow ? width : Math.floor((width - 2 * gap) / 3);
  layout.stripHeight = Math.round(98 + 26 * grow + layout.small);
  const spare = Math.max(400, room - layout.stripHeight - layout.large * 1.5 - layout.small * 6 - 32);
  layout.planeHeight = narrow ? Math.round(Math.min(layout.planeWidth * 1.15, 320)) : Math.round(Math.min(spare * 0.61, layout.planeWidth * 0.95));
  layout.weightHeight = narrow ? 180 : Math.round(clamp(spare - layout.planeHeight, 140, layout.weightWidth * 0.72));
  return layout;
}
