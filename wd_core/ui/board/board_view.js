// The board's view: panels that follow the hand along one or two axes.

import { clamp, element, setAttribute, setText, svg } from "../web/dom.js";
import { sizeCanvas } from "../web/pen.js";
import { Probe } from "../web/probe.js";
import { IDLE, presenting, Stage } from "../web/stage.js";
import { css } from "../web/theme.js";
import { Bars } from "./bars.js";
import { rgbOf } from "./colours.js";
import { Curves, Lines } from "./curves.js";
import { readBoard } from "./data.js";
import { formText, Heat, Pictures } from "./heat.js";
import { Plane } from "./plane.js";
import { Presenter } from "./presenter.js";
import { Rows } from "./rows.js";
import { nearestNotch, placeText } from "./scales.js";
import { Scene } from "./scene.js";
import { Sketch } from "./sketch.js";
import { Words } from "./words.js";

const KINDS = { curves: Curves, lines: Lines, heat: Heat, pictures: Pictures, bars: Bars, words: Words, rows: Rows, plane: Plane, sketch: Sketch, scene: Scene };
const SHARES = { full: 1, half: 2, third: 3 };
const GAP = 24;
const NARROW = 620;

export class BoardView extends Stage {
  constructor(host, options) {
    super(host, options, "board-view");
    this.state = {};
    this.touched = false;
    this.presenter = new Presenter(this);
  }

  read(bytes) {
    return readBoard(bytes);
  }

  // A new board: the hand stays where it was, by value.
  adopt(cube) {
    const before = this.cube;
    this.cube = cube;
    this.message.hidden = true;
    const state = {};
    for (const axis of cube.axes) {
      const old = before?.axes.find(({ key }) => key === axis.key);
      state[axis.key] = old ? nearest(axis, old.values[this.state[axis.key]]) : axis.start;
    }
    this.state = state;
    this.build();
    this.restyle(true);
  }

  place(header, position) {
    const host = header.guest ? header.position : null; // beside the Lab: where its hand has gone, this goes too
    const follows = host && host.lambda !== this.host;
    const first = follows ? host : this.placed ? null : position || this.initial || header.position;
    this.placed = true;
    this.host = host?.lambda;
    for (const axis of first ? this.cube.axes : []) if (first[axis.key] !== undefined) this.state[axis.key] = nearest(axis, first[axis.key]);
    this.drawn = {};
    this.invalidate();
    this.settleSoon();
  }

  position() {
    return Object.fromEntries(this.cube.axes.map((axis) => [axis.key, axis.values[this.state[axis.key]]]));
  }

  // Streamlit keeps its own controls in the address; ours is where the hand is.
  address() {
    if (!this.cube || !this.touched || this.cube.header.guest) return null; // beside the Lab, the address is the Lab's
    const names = this.cube.axes.map((axis) => (axis.key === "lambda" ? "at" : axis.key));
    const parts = location.search.slice(1).split("&").filter((part) => part && !names.includes(part.split("=")[0]));
    return [...parts, ...this.cube.axes.map((axis, i) => `${names[i]}=${encodeURIComponent(axis.values[this.state[axis.key]])}`)];
  }

  // -- DOM, rebuilt for a new message only

  build() {
    const { cube } = this;
    const focused = this.root.getRootNode().activeElement?.dataset?.testid;
    this.ranges = {};
    this.parts = {
      sentence: element("p", "wdl-sentence", { "data-testid": "sentence" }),
      readout: element("dl", "wdl-numbers", { "data-testid": "readout" }),
      live: element("p", "wdl-hidden", { "aria-live": "polite" }),
    };
    const panels = cube.panels.map((panel) => this.buildPanel(panel));
    const plain = cube.axes.filter((axis) => !this.ranges[axis.key]).map((axis) => this.buildPlainRange(axis));
    this.cells = cube.readouts.map((readout) => {
      const value = element("dd");
      this.parts.readout.append(element("div", "", {}, element("dt", "", {}, readout.label), value));
      return value;
    });
    this.board = element("div", "wdl-board", {}, ...panels);
    const head = presenting() && element("div", "wdl-head", {}, this.parts.readout, this.presenter.root);
    const numbers = head ? [head, this.board] : [this.board, this.parts.readout];
    this.root.replaceChildren(this.message, this.parts.sentence, ...plain, this.buildGroups(), ...numbers, this.parts.live);
    if (this.width) this.relayout();
    if (focused) this.root.querySelector(`[data-testid="${focused}"]`)?.focus({ preventScroll: true });
  }

  // Panels of several groups may share a title: the group's name tells them apart.
  nameOf(panel) {
    const group = (this.cube.header.groups || []).find(([key]) => key === panel.group);
    return group ? `${panel.title}, ${group[1]}` : panel.title;
  }

  // On a phone one group of panels at a time.
  buildGroups() {
    const groups = this.cube.header.groups || [];
    if (!groups.some(([key]) => key === this.group)) this.group = groups[0]?.[0];
    this.tabs = groups.map(([key, label]) => {
      const tab = element("button", "wdl-button wdl-tab", { type: "button", "data-testid": `group-${key}` }, label);
      tab.addEventListener("click", () => { this.group = key; this.relayout(); });
      return [key, tab];
    });
    return element("div", "wdl-tabs", { role: "group", "aria-label": "Shown" }, ...this.tabs.map(([, tab]) => tab));
  }

  showGroup(narrow) {
    this.root.querySelector(".wdl-tabs").hidden = !narrow || !this.tabs.length;
    for (const [key, tab] of this.tabs) setAttribute(tab, "aria-pressed", String(key === this.group));
    for (const panel of this.cube.panels) panel.root.hidden = narrow && this.tabs.length > 0 && Boolean(panel.group) && panel.group !== this.group;
    for (const axis of this.cube.axes) { // the real range input goes with the first of its axis's plots that is seen
      const seen = this.cube.panels.filter((panel) => panel.cursor && panel.axis === axis.key), first = seen.find((panel) => !panel.root.hidden);
      for (const panel of seen) panel.range_ = panel === first ? this.ranges[axis.key] : null;
      if (first && this.ranges[axis.key].previousSibling !== first.cursor) first.cursor.after(this.ranges[axis.key]);
    }
  }

  buildPanel(panel) {
    panel.kindOf = KINDS[panel.kind];
    const title = element(panel.title ? "h2" : "div", "wdl-panel-title", {}, element("span", "wdl-arm-name", {}, panel.title), ...this.buildLegend(panel), element("span", "wdl-note wdl-clip", { title: panel.note }, panel.note));
    if (panel.kind === "words") {
      panel.list = element("ul", `wdl-words${panel.width === "third" ? " wdl-words-small" : ""}`, { "data-testid": panel.key });
      panel.root = element("section", "wdl-panel", { "aria-label": this.nameOf(panel) || panel.key }, ...(panel.title ? [title] : []), panel.list);
      return panel.root;
    }
    panel.canvas = element("canvas", "", { role: "img", "data-testid": panel.key, "aria-label": this.nameOf(panel) });
    const sheet = panel.kindOf.say ? this.buildProbe(panel) : element("div", "wdl-sheet", {}, panel.canvas);
    if (panel.kind === "curves" || panel.kind === "rows") this.buildHandle(panel, sheet);
    else if (panel.kind === "sketch") Sketch.build(this, panel, sheet);
    else if (panel.control?.length) this.listenMap(panel);
    panel.root = element("section", `wdl-panel wdl-panel-${panel.kind}`, { "aria-label": this.nameOf(panel) }, title, sheet);
    return panel.root;
  }

  // Curves are their axis's slider; the first of an axis carries the real range input.
  buildHandle(panel, sheet) {
    const axis = this.axis(panel.axis);
    panel.cursor = element("canvas", "wdl-cursor", { "aria-hidden": "true", "data-testid": `${panel.key}-plot` });
    sheet.append(panel.cursor);
    if (!this.ranges[axis.key]) {
      panel.range_ = this.buildRange(axis);
      sheet.append(panel.range_);
    }
    this.drag(panel.cursor, (x) => ({ [axis.key]: nearestNotch(axis, panel.box, x) }), axis.key);
  }

  buildRange(axis) {
    const [low, high] = axis.kind === "linear" ? [axis.values[0], axis.values[axis.n - 1]] : [0, axis.n - 1];
    const range = element("input", "wdl-range", { type: "range", min: low, max: high, step: axis.kind === "linear" ? "any" : 1, "data-testid": `${axis.key}-range`, "aria-label": axis.key === "lambda" ? "λ, strength of weight decay" : axis.label });
    range.addEventListener("input", () => this.set({ [axis.key]: axis.kind === "linear" ? nearest(axis, range.value) : Number(range.value) }));
    range.addEventListener("keydown", (event) => this.key(event, axis));
    range.addEventListener("change", () => this.release(IDLE));
    this.ranges[axis.key] = range;
    return range;
  }

  buildPlainRange(axis) {
    const range = this.buildRange(axis);
    range.classList.replace("wdl-range", "wdl-plain-range");
    const value = element("output", "wdl-plain-value");
    this.parts[`${axis.key}Value`] = value;
    return element("label", "wdl-plain", {}, element("span", "", {}, axis.label), range, value);
  }

  buildLegend(panel) {
    const named = (panel.series || []).filter((series) => series.name && !series.on_line);
    const items = named.map((series) => {
      const sample = series.band ? [{ d: "M1 2H23V12H1Z", class: "wdl-band" }] : series.dots ? [{ d: "M12 7m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0", class: "wdl-mark wdl-mark-train" }] : [{ d: "M1 7H23", class: `wdl-line wdl-line-${series.dash}` }];
      const node = element("span", "wdl-legend-item", {}, svg("0 0 24 14", sample, { width: 24, height: 14 }), element("span", "", {}, series.name));
      node.dataset.colour = series.colour;
      return node;
    });
    if (panel.kindOf?.legend) items.push(...panel.kindOf.legend(panel));
    if (panel.reference_name) items.push(element("span", "wdl-legend-item", {}, svg("0 0 24 14", [{ d: "M1 7H23", class: "wdl-line", "stroke-dasharray": "3 3" }], { width: 24, height: 14 }), panel.reference_name));
    for (const [i, { name }] of (panel.overlays || []).entries()) items.push(element("span", "wdl-legend-item", {}, svg("0 0 24 14", [{ d: "M1 7H23", class: "wdl-line", "stroke-dasharray": ["", "6 4", "2 3"][i % 3] }], { width: 24, height: 14 }), name));
    if (panel.flag_name) items.push(element("span", "wdl-legend-item", {}, panel.kind === "words" ? element("span", "wdl-flagged", { "aria-hidden": "true" }, "Aa") : element("span", "wdl-flagged-sample"), panel.flag_name));
    if (panel.has?.("best")) items.push(element("span", "wdl-legend-item", {}, element("span", "wdl-best-sample"), "best"));
    return items;
  }

  axis(key) {
    return this.cube.axes.find((axis) => axis.key === key);
  }

  // -- the hand

  drag(canvas, stateAt, key) {
    let dragging = false;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      dragging = true;
      canvas.setPointerCapture(event.pointerId);
      this.root.classList.add("wdl-dragging");
      this.ranges[key]?.focus({ preventScroll: true });
      this.set(stateAt(event.offsetX, event.offsetY));
    });
    canvas.addEventListener("pointermove", (event) => dragging && this.set(stateAt(event.offsetX, event.offsetY)));
    const finish = () => {
      if (!dragging) return;
      dragging = false;
      this.root.classList.remove("wdl-dragging");
      this.release(0);
    };
    canvas.addEventListener("pointerup", finish);
    canvas.addEventListener("pointercancel", finish);
  }

  // A key moves by one notch, however far apart the notches are.
  key(event, axis) {
    const page = Math.max(1, Math.round(axis.n / 10));
    const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.set({ [axis.key]: clamp(this.state[axis.key] + moves[event.key], 0, axis.n - 1) });
    this.release(IDLE);
  }

  // A heat map that two axes control is dragged.
  listenMap(panel) {
    panel.canvas.classList.add("wdl-control");
    const [row, column] = panel.control;
    this.drag(panel.canvas, (x, y) => {
      const cell = Heat.at(panel, clamp(x, panel.box.x, panel.box.x + panel.box.w - 1), clamp(y, panel.box.y, panel.box.y + panel.box.h - 1));
      return { ...panel.sets, [row]: cell[0], [column]: cell[1] };
    }, column);
  }

  // Cells and bars say their values to a pointer, a finger and the keys.
  buildProbe(panel) {
    const { kindOf } = panel;
    panel.part = { canvas: panel.canvas, probed: null, get width() { return panel.width_; }, get height() { return panel.height_; } };
    panel.probe = new Probe(this, panel.part, `${kindOf.label} of ${this.nameOf(panel)}`, `${panel.key}-probe`, {
      count: () => kindOf.count(panel), item: (i) => i, index: (i) => i, hit: (x, y) => kindOf.hit(panel, x, y),
      say: (i) => kindOf.say(this, panel, this.state, i), place: (i) => kindOf.spot(panel, i),
    });
    return panel.probe.root;
  }

  probe() {
    this.invalidate();
  }

  set(change) {
    let moved = false;
    for (const [key, i] of Object.entries(change)) {
      if (this.state[key] === i || !Number.isFinite(i)) continue;
      this.state[key] = i;
      moved = true;
    }
    if (!moved) return;
    this.touched = true;
    this.invalidate();
    this.settleSoon();
  }

  // -- style and size

  dress() {
    for (const node of this.root.querySelectorAll("[data-colour]")) node.style.color = css(rgbOf(this, node.dataset.colour));
  }

  relayout() {
    if (!this.theme) return;
    const narrow = this.width < NARROW;
    const small = presenting() && !narrow ? 15 : 12;
    this.layout = { small, narrow };
    this.root.style.setProperty("--wdl-small", `${small}px`);
    this.root.style.setProperty("--wdl-large", `${1.25 * small}px`);
    this.root.dataset.size = narrow ? "narrow" : "normal";
    this.showGroup(narrow);
    const columnsOf = (panel) => (narrow ? 1 : this.width < 760 ? Math.min(2, SHARES[panel.width]) : SHARES[panel.width]);
    for (const panel of this.cube.panels) {
      const columns = columnsOf(panel);
      panel.width_ = Math.floor((this.width - GAP * (columns - 1)) / columns);
      panel.root.style.width = `${panel.width_}px`;
    }
    const scale = presenting() && !narrow ? this.presenter.arrange(this.cube.panels, (panel) => 1 / columnsOf(panel), (panel) => heightOf(panel) - this.fixed(panel), (panel) => titleOf(panel) + this.fixed(panel)) : (this.presenter.hide(), 1);
    for (const panel of this.cube.panels) {
      if (panel.list) continue;
      const width = panel.width_, fixed = this.fixed(panel), height = (panel.height_ = Math.floor(fixed + scale * (panel.height - fixed)));
      panel.ctx = sizeCanvas(panel.canvas, width, height);
      panel.box = panel.kindOf.box(this, panel, width, height);
      if (panel.cursor) panel.cursorCtx = sizeCanvas(panel.cursor, width, height);
      if (panel.range_) this.placeRange(panel.range_, panel.box);
      panel.kindOf.place?.(this, panel);
    }
    this.drawn = {};
    this.invalidate();
  }

  // Of a slider's height what marks and axis take, however low it is drawn.
  fixed(panel) {
    return panel.cursor ? panel.height - panel.kindOf.box(this, panel, panel.width_, panel.height).h : 0;
  }

  paint() {
    this.frame = 0;
    if (!this.layout || !this.width) return;
    const { cube, state } = this;
    for (const [i, panel] of cube.panels.entries()) {
      const seen = [...panel.over, ...(panel.control || []), ...(panel.threshold ? [panel.threshold] : []), ...Object.keys(panel.sets || {})].map((key) => state[key]).join();
      if (this.drawn[i] !== seen) {
        if (panel.list) Words.draw(this, panel, state);
        else panel.kindOf.draw(this, panel, state);
        this.drawn[i] = seen;
      }
      if (panel.cursor) Curves.cursor(this, panel, state);
      panel.probe?.say();
    }
    for (const axis of cube.axes) {
      const range = this.ranges[axis.key], said = placeText(axis, state[axis.key]);
      range.value = axis.kind === "linear" ? axis.values[state[axis.key]] : state[axis.key];
      setAttribute(range, "aria-valuetext", `${axis.label} ${said}`);
      if (this.parts[`${axis.key}Value`]) setText(this.parts[`${axis.key}Value`], said);
    }
    cube.readouts.forEach((readout, i) => setText(this.cells[i], formText(readout.form, readout.at(state))));
    setText(this.parts.sentence, this.sentence());
    this.root.dataset.paints = Number(this.root.dataset.paints) + 1;
  }

  sentence() {
    const { header: { sentences }, axes } = this.cube;
    return sentences.length > 1 ? sentences[this.state[axes[0].key]] : sentences[0] || "";
  }

  // Once the hand rests, who cannot see the panels hears what they show.
  settle() {
    if (this.destroyed || !this.layout) return;
    for (const panel of this.cube.panels) if (panel.canvas) setAttribute(panel.canvas, "aria-label", panel.kindOf.describe(this, panel, this.state));
    if (!this.touched) return;
    const where = this.cube.axes.map((axis) => `${axis.label} ${placeText(axis, this.state[axis.key])}`).join(", ");
    setText(this.parts.live, `${where}. ${this.sentence()} ${this.cube.readouts.map((readout, i) => `${readout.label} ${this.cells[i].textContent}`).join(", ")}`);
  }
}

// As laid out: what may be drawn smaller, and what may not.
function heightOf(panel) {
  return panel.list ? 0 : panel.height;
}

function titleOf(panel) {
  return panel.list ? panel.root.offsetHeight : panel.root.firstChild.offsetHeight;
}

function nearest(axis, value) {
  if (typeof axis.values[0] === "string") return Math.max(0, axis.values.indexOf(String(value)));
  const wanted = Number(value), distance = (other) => (axis.kind === "linear" ? Math.abs(other - wanted) : other > 0 && wanted > 0 ? Math.abs(Math.log(other / wanted)) : other === wanted ? 0 : Infinity);
  let best = axis.values.length - 1;
  axis.values.forEach((other, i) => { if (distance(other) < distance(axis.values[best])) best = i; });
  return best;
}
