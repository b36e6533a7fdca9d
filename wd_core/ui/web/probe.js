// One thing in a panel under the pointer, a finger or the keys: a point, a unit, a weight, a bar. Under each panel lies a
// real range input whose values are its things, so that keyboard and screen reader learn what hovering tells.

import { clamp, element, setText } from "./dom.js";

export class Probe {
  // what: {count(), item(index), index(item), hit(x, y) → item or null, say(item) → text, place(item) → {x, y}}
  constructor(view, part, label, name, what) {
    Object.assign(this, { view, part, what, label });
    this.range = element("input", "wdl-probe", { type: "range", min: 0, value: 0, step: 1, "aria-label": label, "data-testid": name });
    this.tip = element("div", "wdl-tip wdl-probe-tip", { hidden: true, "aria-hidden": "true" });
    this.root = element("div", "wdl-probed", {}, part.canvas, this.range, this.tip);
    this.listen();
  }

  listen() {
    const { canvas } = this.part;
    const under = (event) => this.what.hit(event.offsetX, event.offsetY);
    canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.show(under(event)));
    canvas.addEventListener("pointerdown", (event) => this.show(under(event)));
    canvas.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && this.show(null));
    this.range.addEventListener("focus", () => { this.range.max = this.what.count(); this.say(); });
    this.range.addEventListener("input", () => this.show(this.range.value === "0" ? null : this.what.item(Number(this.range.value) - 1)));
    this.range.addEventListener("blur", () => this.show(null));
  }

  show(item) {
    const before = JSON.stringify(this.part.probed ?? null);
    if (JSON.stringify(item ?? null) === before) return;
    this.part.probed = item ?? null;
    this.range.max = this.what.count();
    this.range.value = item === null ? 0 : this.what.index(item) + 1;
    this.view.probe(this.part);
  }

  // After each painting: what is shown may have another value now.
  say() {
    const { part: { probed }, tip, range, what, view } = this;
    const none = probed === null || probed === undefined;
    const said = none ? "" : what.say(probed);
    const spoken = none ? `${this.label}: arrow keys lead through it` : said.replaceAll("\n", ", ");
    if (range.getAttribute("aria-valuetext") !== spoken) range.setAttribute("aria-valuetext", spoken);
    tip.hidden = none;
    if (none) return;
    setText(tip, said);
    // Beside the thing, and inside the view: the layout is read here, but never while a hand drags λ.
    const { x, y } = what.place(probed);
    const here = this.root.getBoundingClientRect(), all = view.root.getBoundingClientRect();
    tip.style.maxWidth = `${Math.min(view.width, 340)}px`;
    const width = tip.offsetWidth, wanted = x > this.part.width / 2 ? x - width - 10 : x + 10;
    const left = clamp(wanted, all.left - here.left, all.right - here.left - width);
    tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(y)}px) translateY(${y > this.part.height / 2 ? "calc(-100% - 12px)" : "12px"})`;
  }
}
