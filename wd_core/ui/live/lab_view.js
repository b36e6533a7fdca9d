// The Lab's view: the λ curve is the λ scrubber, the loss plot is the epoch scrubber, everything between them follows.

import { lambdaX, nearestLambda, scrubberBox } from "../web/axis.js";
import { element, setText } from "../web/dom.js";
import { lambdaText } from "../web/numbers.js";
import { presenting, Stage } from "../web/stage.js";
import { drawBoundary, drawBoundaryAxes } from "./boundary.js";
import { buildLegend, buildPlayer, paintControls } from "./controls.js";
import { at, nearestStep, readCube } from "./cube.js";
import { drawCursor, drawEpochBase, drawLambdaBase, epochOf, epochText, epochX, splitsShown } from "./curves.js";
import { describeAll, describeNow } from "./describe.js";
import { Drawing } from "./draw.js";
import { Hand } from "./hand.js";
import { drawHistogram, drawHistogramAxes, layerShade } from "./histogram.js";
import { unitName } from "./inspect.js";
import { computeLayout } from "./layout.js";
import { drawNetwork, namedLines } from "./network.js";
import { buildPanels } from "./panels.js";
import { Player, SPEEDS } from "./player.js";
import { drawPointSheet } from "./points.js";
import { buildReadout, paintReadout } from "./readout.js";
import { Sharpener } from "./sharpen.js";
import { showCurveTip } from "./tips.js";
import { Units, UnitSource } from "./units.js";
import { isWarned, sentence } from "./words.js";

// Fields of the address that are Streamlit's own, or a teacher's: they stay as they are.
const OTHERS = /^(keep|cover|say|present|embed[^=]*)=/;
const otherParts = () => location.search.slice(1).split("&").filter((part) => OTHERS.test(part));

// The page's warning, with the button that helps, stands below the picture.
function showWarning() {
  const warnings = document.querySelectorAll("[class*=st-key-warning-]");
  warnings[0]?.scrollIntoView({ block: "center" });
  warnings[0]?.querySelector("button")?.focus({ preventScroll: true });
}

export class LabView extends Stage {
  constructor(host, options) {
    super(host, options, "lab-view");
    this.state = { l: 0, k: 0, reveal: false, log: false, speed: 1, playing: false, touched: false };
    this.panels = [];
    this.player = new Player(this);
    this.hand = new Hand(this);
    this.sharpener = new Sharpener(this);
  }

  destroy() {
    this.sharpener.stop();
    super.destroy();
  }

  // -- data

  read(bytes) {
    return readCube(bytes);
  }

  // A picture that comes while a point is under the hand waits until the hand lets go.
  update(bytes, position) {
    if (!this.drawing?.held) return super.update(bytes, position);
    this.later = [bytes, position];
    return Promise.resolve();
  }

  caughtUp() {
    const { later } = this;
    this.later = null;
    if (later) this.update(...later);
  }

  // The points as they are drawn: the picture's own, or what the hand has made of them since.
  get marks() {
    return this.drawing ? this.drawing.points : this.cube.marks;
  }

  // A new cube: keep the position by value (the nearest λ in the logarithm, the same share of the steps).
  adopt(cube) {
    const before = this.cube;
    const { l, k } = this.state;
    this.cube = cube;
    this.message.hidden = true;
    if (before) {
      this.state.l = nearestLambda(cube, before.lambdas[l]);
      if (before.header.dataset !== cube.header.dataset) this.state.touched = false;
      this.state.k = nearestStep(cube, (before.steps[k] / (before.steps[before.K - 1] || 1)) * cube.steps[cube.K - 1]);
    } else {
      this.state.l = Math.max(0, cube.arms[0]?.get("best")?.[cube.K - 1] ?? 0);
      this.state.k = cube.K - 1;
    }
    this.player.rewind();
    this.drawing = cube.header.drawn && this.onDraw ? this.drawing || new Drawing(this) : null; // alone, nobody trains
    this.drawing?.adopt(cube);
    this.units = cube.header.program && cube.header.chain ? new Units(cube) : null;
    this.build();
    this.restyle(true);
  }

  // An explicit position counts at the first mount, and later only with a new token: a rerun must not move the hand.
  place(header, position) {
    const first = this.token === undefined;
    const fresh = first ? position || this.initial || header.position : this.token !== (header.position_token ?? null) ? header.position : position;
    this.token = header.position_token ?? null;
    if (!fresh) return;
    if (Number.isFinite(fresh.lam)) this.state.l = nearestLambda(this.cube, fresh.lam);
    if (Number.isFinite(fresh.step)) this.state.k = nearestStep(this.cube, fresh.step);
    for (const name of ["reveal", "log"]) if (typeof fresh[name] === "boolean") this.state[name] = fresh[name];
    if (SPEEDS.includes(fresh.speed)) this.state.speed = fresh.speed;
    if (this.cube.header.covered) this.state.reveal = false;
    this.drawn = {};
    this.invalidate();
    if (!first) this.release(0); // the page has moved the hand, and hears where it is now
  }

  position() {
    const { l, k, reveal, log, speed } = this.state;
    return { lam: this.cube.lambdas[l], step: this.cube.steps[k], reveal, log, speed };
  }

  // -- DOM, rebuilt for a new payload only

  build() {
    const focused = this.root.getRootNode().activeElement?.dataset?.testid;
    this.parts = {};
    this.canvases = {};
    const epoch = element("div", "wdl-curve wdl-epoch-side", {}, buildPlayer(this), this.buildScrubber("epoch"));
    const lambda = this.buildScrubber("lambda");
    lambda.classList.add("wdl-curve");
    const children = [this.message, this.buildTop(), element("div", "wdl-curves", {}, lambda, epoch), buildLegend(this), ...(this.drawing ? [this.drawing.buildBar()] : []), buildPanels(this),
      (this.parts.readout = element("div", "wdl-readout", { "data-testid": "readout" })), this.buildLive()];
    this.root.replaceChildren(...children);
    this.root.dataset.arms = this.cube.arms.length;
    this.hand.listen();
    this.width && this.relayout();
    if (focused) this.root.querySelector(`[data-testid="${focused}"]`)?.focus({ preventScroll: true });
  }

  buildTop() {
    this.parts.sentence = element("p", "wdl-sentence", { "data-testid": "sentence" });
    this.parts.help = element("button", "wdl-button wdl-help", { type: "button", hidden: true, "data-testid": "help" }, "What helps?");
    this.parts.help.addEventListener("click", () => showWarning());
    return element("div", "wdl-top", {}, this.parts.sentence, this.parts.help);
  }

  buildScrubber(name) {
    const base = element("canvas", "wdl-base", { role: "img", "aria-label": name === "lambda" ? "Loss over λ" : "Loss over epochs" });
    const cursor = element("canvas", "wdl-cursor", { "aria-hidden": "true", "data-testid": `${name}-plot` });
    const range = element("input", "wdl-range", {
      type: "range", "data-testid": `${name}-range`, "aria-label": name === "lambda" ? "λ, strength of weight decay" : "epoch",
    });
    const tip = element("div", "wdl-tip", { hidden: true, "aria-hidden": "true" });
    const { cube } = this;
    range.min = name === "lambda" ? 0 : cube.steps[0];
    range.max = name === "lambda" ? cube.L - 1 : cube.steps[cube.K - 1];
    range.step = 1;
    range.disabled = name === "lambda" && cube.inert;
    Object.assign(this.parts, { [`${name}Range`]: range, [`${name}Tip`]: tip });
    this.canvases[`${name}Base`] = { canvas: base };
    this.canvases[`${name}Cursor`] = { canvas: cursor };
    return element("div", `wdl-scrubber wdl-scrubber-${name}`, {}, base, cursor, range, tip);
  }

  buildLive() {
    this.parts.live = element("p", "wdl-hidden", { "aria-live": "polite" });
    return this.parts.live;
  }

  // The address: the settings as the server wrote them, and where the hand is.
  address() {
    const { cube } = this;
    if (cube?.header.query === undefined) return null;
    const { lam, step, reveal } = this.position();
    return [...otherParts(), cube.header.query, lam ? `at=${lam}` : "", step === cube.steps[cube.K - 1] ? "" : `step=${step}`, reveal ? "reveal=1" : ""];
  }

  // -- the hand

  set(change, releaseNow = false) {
    if ("l" in change && change.l !== this.state.l) this.state.touched = true;
    Object.assign(this.state, change);
    this.invalidate();
    if (releaseNow) this.release(0);
  }

  grab(target) {
    if ("k" in target) this.player.pause();
  }

  showTip(tip, target, y) {
    showCurveTip(this, tip, target, y);
  }

  // -- style and size

  dress() {
    this.panels.forEach((panel) => panel.shades.forEach((node, depth) => node.style.setProperty("--wdl-shade", layerShade(this, panel.arm, depth))));
  }

  relayout() {
    if (!this.theme) return;
    const { arms } = this.cube;
    this.layout = computeLayout(this.width, globalThis.innerHeight || 800, arms.length, presenting(), Boolean(this.drawing), namedLines(this.cube));
    const { layout, canvases } = this;
    this.root.dataset.size = layout.size;
    this.root.dataset.figures = layout.figures || "row";
    this.root.dataset.curves = layout.beside ? "row" : "column";
    this.root.style.setProperty("--wdl-small", `${layout.small}px`);
    this.root.style.setProperty("--wdl-large", `${layout.large}px`);
    const plot = (name) => scrubberBox(this, layout[`${name}Height`], layout[`${name}Top`], layout.curveWidth);
    this.plotBox = { lambda: plot("lambda"), epoch: plot("epoch") };
    for (const name of ["lambda", "epoch"]) {
      const height = layout[`${name}Height`];
      for (const role of ["Base", "Cursor"]) this.sizePart(canvases[name + role], layout.curveWidth, height);
      canvases[`${name}Cursor`].canvas.dataset.plotHeight = this.plotBox[name].h;
      this.placeRange(this.parts[`${name}Range`], this.plotBox[name]);
    }
    for (const panel of this.panels) this.sizePanel(panel);
    const table = this.width < 700 ? "columns" : this.width < 1000 ? "short rows" : "rows";
    if (this.readoutForm !== table || !this.parts.readout.firstChild) {
      this.cells = buildReadout(this, table);
      this.readoutForm = table;
    }
    this.drawn = {};
    this.invalidate();
  }

  sizePanel(panel) {
    const { layout } = this;
    this.sizePart(panel.boundary, layout.boundaryWidth, layout.boundaryHeight);
    this.sizePart(panel.network, layout.sideWidth, layout.networkHeight);
    this.sizePart(panel.histogram, layout.sideWidth, layout.histogramHeight);
    drawBoundaryAxes(this, panel.boundary);
    drawHistogramAxes(this, panel.histogram);
    const { x, y, w, h } = panel.boundary.box;
    panel.boundary.canvas.dataset.box = `${x} ${y} ${w} ${h}`;
    panel.boundary.sheetKey = null;
    panel.boundary.shelf.clear();
  }

  // -- painting

  paint(now) {
    this.frame = 0;
    if (!this.cube || !this.layout || !this.theme) return;
    if (this.state.playing) this.player.advance(now);
    if (this.state.playing && this.root.isConnected) this.invalidate();
    const { l, k, reveal, log } = this.state;
    const done = this.drawn, curves = `${reveal}${log}`;
    const moved = done.l !== l || done.k !== k || done.curves !== curves;
    if (done.k !== k || done.curves !== curves) drawLambdaBase(this);
    if (done.l !== l || done.curves !== curves) drawEpochBase(this);
    if (moved) {
      this.sharpener.now(l, k);
      this.paintMoved(l, k);
    } else if (this.probed) this.paintProbed(l, k);
    paintControls(this);
    this.probed = null;
    this.drawn = { l, k, curves };
    this.root.dataset.paints = String(Number(this.root.dataset.paints) + 1);
    if (moved) this.settleSoon();
  }

  paintMoved(l, k) {
    this.paintCursors(l, k);
    for (const panel of this.panels) this.paintPanel(panel, l, k);
    paintReadout(this, l, k);
    setText(this.parts.sentence, sentence(this));
    this.parts.help.hidden = !this.onBack || !isWarned(this.cube, l); // alone, without a page around it, nobody answers
  }

  // Something is looked at: a unit's own field takes the boundary's place as long.
  probe(part) {
    this.probed = [...(this.probed || []), part];
    const panel = this.panels.find(({ network }) => network === part);
    if (panel && this.units) {
      const unit = part.probed?.unit, { boundary } = panel;
      boundary.unit = unit || null;
      boundary.source = unit ? new UnitSource(this.units, panel.arm, ...unit) : boundary.own;
      boundary.shelf.clear();
      setText(panel.caption, unit ? `what ${unitName(this.cube, unit)} says` : this.cube.header.plane.note || "");
    }
    this.invalidate();
  }

  paintProbed(l, k) {
    if (this.probed.some((part) => part.kind === "network") && this.units) this.sharpener.now(l, k);
    for (const panel of this.panels) this.paintPanel(panel, l, k);
  }

  // The points have moved; what the fields say has not.
  repaint() {
    this.probed = this.probed || [];
    this.invalidate();
  }

  paintPanel(panel, l, k) {
    const sheet = `${this.state.reveal} ${this.drawing?.version}`;
    if (panel.boundary.sheetKey !== sheet) {
      drawPointSheet(this, panel.boundary);
      panel.boundary.sheetKey = sheet;
    }
    drawBoundary(this, panel.boundary, panel.arm, l, k);
    drawNetwork(this, panel.network, panel.arm, l, k);
    drawHistogram(this, panel.histogram, panel.arm, l, k);
    for (const probe of panel.probes) probe.say();
  }

  // The fields are as fine as the screen now.
  sharpened() {
    const { l, k } = this.state;
    for (const panel of this.panels) drawBoundary(this, panel.boundary, panel.arm, l, k);
    this.root.dataset.sharp = "true";
  }

  paintCursors(l, k) {
    const { cube, canvases, plotBox } = this;
    const values = (prefix, suffix) => cube.arms.flatMap((arm) =>
    splitsShown(this).map((split) => ({ arm, colour: this.theme.arms[arm.index], value: at(arm.get(`${prefix}${split}${suffix}`), cube, l, k) })));
  const penalties = cube.arms.map((arm) => ({ arm, colour: this.theme.muted, value: at(arm.get("penalty"), cube, l, k) }));
    drawCursor(this, canvases.lambdaCursor, plotBox.lambda, lambdaX(this, l), cube.inert ? "no decay" : `λ = ${lambdaText(cube.lambdas[l])}`, values("mean_", ""));
    drawCursor(this, canvases.epochCursor, plotBox.epoch, epochX(this, k), `epoch ${epochText(epochOf(cube, k))}`, [...penalties, ...values("", "_loss")]);
  }

  // -- words for who cannot see the picture, once it rests

  settle() {
    if (this.destroyed || this.state.playing) return this.destroyed || this.settleSoon();
    describeAll(this);
    const spoken = describeNow(this);
    if (this.spoken !== undefined) setText(this.parts.live, spoken); // the first picture speaks through its labels
    this.spoken = spoken;
  }
}
