// Drawing one's own points on the boundary: by mouse, finger and keys. They move at once; the server hears of them when the
// hand rests, and the fields follow when its picture arrives.

import { tickLine } from "../web/axis.js";
import { clamp, classIcon, element, setAttribute, setText } from "../web/dom.js";
import { css } from "../web/theme.js";
import { added, counted, erased, missing, MOST, moved, nearest, readPoints, relabelled, snap, Steps, writePoints } from "./drawing.js";

const REST = 120; // milliseconds without an edit after which the points are sent
const KEY_REST = 300;
const STILL = 4; // pixels within which a press is no drag
const ERASE = 2; // the tool behind the two classes
const STEP = 0.1, FINE = 0.02; // of the keys' cross

const POINTER = "Click or tap to add, drag to move; a click on a point gives it the chosen shape.";
const KEYS = "Arrows move the cross (Shift: finely), Enter adds, or picks up and puts down, R relabels, Delete erases, N and P go from point to point, C and S choose.";

const keyOf = ({ x, y, label }) => `${Math.round(200 * x)} ${Math.round(200 * y)} ${label}`;

export class Drawing {
  constructor(view) {
    this.view = view;
    this.tool = 0;
    this.cross = { x: 0, y: 0 };
    this.points = [];
    this.version = 0;
    view.root.addEventListener("keydown", (event) => this.undoKey(event), { signal: view.abort.signal });
  }

  get names() {
    return this.view.cube.header.classes;
  }

  // A new picture. What the hand has drawn since stands; what came from elsewhere (a file, Back) is one more step.
  adopt(cube) {
    const { points, reach } = cube.header.drawn;
    this.reach = reach;
    if (!this.steps) this.begin(points);
    const last = points === this.asked.at(-1), asked = this.asked.includes(points);
    const clean = this.text() === this.shown;
    this.shown = points;
    if (last) this.asked = [points];
    if (last ? clean || points === this.text() : !asked) this.take(points);
    this.remark(cube);
    this.again = true; // the focus comes back to what is built anew, by itself
    Promise.resolve().then(() => (this.again = false));
  }

  begin(points) {
    this.steps = new Steps(points);
    this.asked = [points]; // of the server, the last one not yet answered
    this.shown = points;
    this.points = readPoints(points, this.reach);
  }

  take(points) {
    this.steps.push(points);
    this.asked = [points];
    this.points = readPoints(points, this.reach);
    this.carried = undefined;
    this.lacks = "";
  }

  get waits() {
    return Boolean(this.timer) || this.asked.at(-1) !== this.shown;
  }

  text() {
    return writePoints(this.points, this.reach);
  }

  // Which of the picture's points is which of ours: those that are where they were have a part, and a verdict.
  remark(cube = this.view.cube) {
    const places = new Map();
    cube.marks.forEach((mark) => places.set(keyOf(mark), [...(places.get(keyOf(mark)) || []), mark]));
    this.points = this.points.map((point) => {
      const mark = places.get(keyOf(point))?.shift();
      return { x: point.x, y: point.y, label: point.label, split: mark?.split ?? point.split ?? "new", i: mark?.i ?? -1 };
    });
    this.version++;
  }

  // -- what is done

  change(points, rest = REST) {
    this.points = points;
    this.remark();
    for (const { boundary } of this.view.panels) boundary.probed = null; // another point may stand at its place in the list
    this.view.repaint();
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.held || this.carried !== undefined) return;
    this.steps.push(this.text());
    this.lacks = missing(this.points, this.names);
    if (!this.lacks) this.timer = setTimeout(() => this.send(), rest);
    this.say();
  }

  send() {
    this.timer = undefined;
    const text = this.text();
    if (text !== this.asked.at(-1)) {
      this.asked.push(text);
      this.view.onDraw?.(text);
    }
    this.say();
  }

  add(x, y, rest) {
    if (this.points.length >= MOST) return this.tell(`${MOST} points are the most.`);
    this.change(added(this.points, { x: snap(x, this.reach), y: snap(y, this.reach), label: this.tool % 2 }), rest);
  }

  // A tap on a point: it becomes what the tool is.
  touch(i) {
    if (this.tool === ERASE) this.change(erased(this.points, i));
    else if (this.points[i].label !== this.tool) this.change(relabelled(this.points, i));
  }

  go(step) {
    this.held = this.carried = undefined;
    this.change(readPoints(this.steps.go(step), this.reach));
  }

  // -- the hand on a panel

  listen(panel) {
    const { canvas } = panel;
    const find = (event) => {
      const x = this.across(panel, event.offsetX), y = this.up(panel, event.offsetY);
      const { best, away } = nearest(this.points, x, y);
      const pixels = (away * panel.box.w) / this.span(panel, "x");
      return { x, y, hit: pixels < panel.radius + (event.pointerType === "touch" ? 12 : 5) ? best : -1 };
    };
    canvas.classList.add("wdl-drawn");
    canvas.addEventListener("mousedown", (event) => event.preventDefault()); // which would take the focus from the keys
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0 || !event.isPrimary) return;
      const { hit } = find(event);
      this.byKeys = false;
      this.useKeys(null);
      this.press = { hit, from: [event.offsetX, event.offsetY], before: this.points };
      if (hit >= 0) canvas.setPointerCapture(event.pointerId);
      panel.keys.focus({ preventScroll: true });
    });
    canvas.addEventListener("pointermove", (event) => {
      const { press } = this;
      if (!press || Math.hypot(event.offsetX - press.from[0], event.offsetY - press.from[1]) <= (this.held ? 0 : STILL)) return;
      if (press.hit < 0 || this.tool === ERASE) return void (press.far = true);
      this.held = true;
      const { x, y } = find(event);
      this.change(moved(this.points, press.hit, snap(x, this.reach), snap(y, this.reach)));
    });
    canvas.addEventListener("pointerup", (event) => this.drop(find(event)));
    canvas.addEventListener("pointercancel", () => this.drop(null));
    // A finger on a point drags it; anywhere else it scrolls the page.
    canvas.addEventListener("touchstart", (event) => {
      const { clientX, clientY } = event.touches[0], { left, top } = canvas.getBoundingClientRect();
      if (find({ offsetX: clientX - left, offsetY: clientY - top, pointerType: "touch" }).hit >= 0) event.preventDefault();
    }, { passive: false });
  }

  drop(where) {
    const { press, held } = this;
    this.press = this.held = undefined;
    if (!press) return;
    if (!where) {
      if (held) this.change(press.before);
    } else if (held) this.change(this.points);
    else if (press.far) return;
    else if (press.hit >= 0) this.touch(press.hit);
    else if (this.tool !== ERASE && this.within(where)) this.add(where.x, where.y);
    if (where) this.cross = { x: snap(where.x, this.reach), y: snap(where.y, this.reach) };
    this.view.caughtUp();
  }

  within({ x, y }) {
    const edge = this.reach * 1.1;
    return Math.abs(x) < edge && Math.abs(y) < edge;
  }

  span(panel, axis) {
    const [low, high] = this.view.cube.header.plane[axis].range;
    return high - low;
  }

  across(panel, pixel) {
    return this.view.cube.header.plane.x.range[0] + ((pixel - panel.box.x) / panel.box.w) * this.span(panel, "x");
  }

  up(panel, pixel) {
    return this.view.cube.header.plane.y.range[1] - ((pixel - panel.box.y) / panel.box.h) * this.span(panel, "y");
  }

  // -- the keys, on an element of their own over the panel

  buildKeys(panel, label, index) {
    panel.keys = element("div", "wdl-draw-keys", {
      role: "application", tabIndex: 0, "aria-label": `${label}: draw your own points`, "aria-describedby": "wdl-draw-help", "data-testid": `draw-${index}`,
    });
    panel.keys.addEventListener("keydown", (event) => this.key(event));
    for (const name of ["focus", "blur"]) panel.keys.addEventListener(name, () => this.crossed(panel, name));
    return panel.keys;
  }

  // The cross is there while the keys are used, not after a click.
  crossed(panel, name) {
    if (!this.again) this.byKeys = !this.press;
    this.useKeys(name === "focus" && this.byKeys ? panel : null);
    if (name === "blur" && this.carried !== undefined) this.putDown();
    if (panel.crossed) this.tell(this.here());
  }

  useKeys(panel) {
    for (const { boundary } of this.view.panels) {
      boundary.crossed = boundary === panel;
      boundary.keys.parentElement?.toggleAttribute("data-keys", boundary.crossed);
    }
    this.say();
    this.view.repaint();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.under();
    const step = event.shiftKey ? FINE : STEP;
    const act = {
      ArrowLeft: () => this.lead(-step, 0), ArrowRight: () => this.lead(step, 0), ArrowUp: () => this.lead(0, step), ArrowDown: () => this.lead(0, -step),
      Enter: () => (this.carried !== undefined ? this.putDown() : at >= 0 ? this.pickUp(at) : this.add(this.cross.x, this.cross.y, KEY_REST)),
      r: () => at >= 0 && this.change(relabelled(this.points, at), KEY_REST),
      Delete: () => at >= 0 && this.change(erased(this.points, at), KEY_REST),
      n: () => this.next(1), p: () => this.next(-1), c: () => this.choose(0), s: () => this.choose(1),
      Escape: () => this.carried !== undefined && this.putBack(),
    };
    act.Backspace = act.Delete;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!(name in act)) return;
    event.preventDefault();
    this.byKeys = true;
    this.useKeys(this.view.panels.find(({ boundary }) => boundary.keys === event.currentTarget)?.boundary);
    if (this.carried !== undefined && ["r", "Delete", "Backspace", "n", "p"].includes(name)) this.putDown();
    act[name]();
    this.tell(this.here());
    this.view.repaint();
  }

  undoKey(event) {
    if (!this.view.cube?.header.drawn || !(event.ctrlKey || event.metaKey)) return;
    const step = { z: event.shiftKey ? 1 : -1, y: 1 }[event.key.toLowerCase()];
    if (!step) return;
    event.preventDefault();
    this.go(step);
  }

  lead(dx, dy) {
    this.cross = { x: snap(this.cross.x + dx, this.reach), y: snap(this.cross.y + dy, this.reach) };
    if (this.carried !== undefined) this.change(moved(this.points, this.carried, this.cross.x, this.cross.y));
  }

  // The point under the cross.
  under() {
    if (this.carried !== undefined) return this.carried;
    const { best, away } = nearest(this.points, this.cross.x, this.cross.y);
    return away < STEP / 2 ? best : -1;
  }

  pickUp(i) {
    this.carried = i;
    this.before = this.points;
    this.cross = { x: this.points[i].x, y: this.points[i].y };
  }

  putDown() {
    this.carried = undefined;
    this.change(this.points, KEY_REST);
  }

  putBack() {
    this.carried = undefined;
    this.change(this.before);
  }

  next(step) {
    const { length } = this.points;
    if (!length) return;
    const from = this.under() >= 0 ? this.under() : step > 0 ? -1 : 0;
    const { x, y } = this.points[(from + step + length) % length];
    this.cross = { x, y };
  }

  here() {
    const { x, y } = this.cross, i = this.under();
    const text = (value) => value.toFixed(2).replace("-", "−");
    const what = i < 0 ? "" : `, ${this.points[i].split} ${this.names[this.points[i].label]}${this.carried === undefined ? "" : ", picked up"}`;
    return `${text(x)}, ${text(y)}${what}`;
  }

  // -- the tools

  buildBar() {
    const tool = (label, ...children) => element("button", "wdl-button wdl-tool", { type: "button", "data-testid": `tool-${label}` }, ...children);
    const on = (node, action) => (node.addEventListener("click", action), node);
    this.tools = [...this.names.map((name, c) => tool(name, classIcon(c), name)), tool("erase", "✕ erase")];
    this.tools.forEach((node, i) => on(node, () => this.choose(i)));
    this.undo = on(tool("undo", "↶ undo"), () => this.go(-1));
    this.redo = on(tool("redo", "↷ redo"), () => this.go(1));
    this.undo.title = "Ctrl+Z";
    this.redo.title = "Ctrl+Shift+Z";
    this.clear = on(tool("clear", "clear"), () => this.change([]));
    this.status = element("span", "wdl-draw-status", { role: "status", "data-testid": "draw-status" });
    this.spoken = element("span", "wdl-hidden", { "aria-live": "polite" });
    const group = (label, ...nodes) => element("span", "wdl-draw-group", { role: "group", "aria-label": label }, ...nodes);
    this.words = {
      lacks: element("span", "wdl-draw-lacks", { role: "status", "data-testid": "draw-lacks" }),
      pointer: element("span", "wdl-note", {}, POINTER),
      keys: element("span", "wdl-note", { id: "wdl-draw-help" }, KEYS),
    };
    const words = element("span", "wdl-draw-words", {}, ...Object.values(this.words));
    this.say();
    return element("div", "wdl-draw", {}, group("What a click draws", ...this.tools), group("Steps", this.undo, this.redo, this.clear), this.status, words, this.spoken);
  }

  // The keys' cross, and a ring around what it carries.
  paint(panel) {
    if (!panel.crossed) return;
    const { ctx, box } = panel, x = panel.toX(this.cross.x), y = panel.toY(this.cross.y);
    ctx.strokeStyle = css(this.view.theme.ink);
    ctx.lineWidth = 1;
    tickLine(ctx, box.x, y, box.x + box.w, y);
    tickLine(ctx, x, box.y, x, box.y + box.h);
    if (this.under() < 0) return;
    ctx.beginPath();
    ctx.arc(x, y, panel.radius + (this.carried === undefined ? 5 : 9), 0, 2 * Math.PI);
    ctx.lineWidth = 2.6;
    ctx.stroke();
  }

  choose(tool) {
    this.tool = clamp(tool, 0, ERASE);
    this.say();
  }

  tell(words) {
    if (this.spoken) setText(this.spoken, words);
  }

  // The tools as they are now, and what is missing or under way.
  say() {
    if (!this.tools) return;
    this.tools.forEach((node, i) => setAttribute(node, "aria-pressed", String(this.tool === i)));
    this.undo.disabled = !this.steps.can(-1);
    this.redo.disabled = !this.steps.can(1);
    setText(this.status, this.waits ? "training …" : counted(this.points, this.names));
    setText(this.words.lacks, this.lacks || "");
    const shown = this.lacks ? "lacks" : this.view.panels.some(({ boundary }) => boundary.crossed) ? "keys" : "pointer";
    for (const [name, node] of Object.entries(this.words)) node.classList.toggle("wdl-draw-unseen", name !== shown);
    setAttribute(this.status, "data-waits", String(this.waits));
  }
}
