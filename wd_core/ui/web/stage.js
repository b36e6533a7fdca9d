// What every view does.
//
// Two rules keep a drag inside one frame: every drawing happens in requestAnimationFrame (inputs only change `state`), and
// nothing in that path reads the layout; sizes come from the ResizeObserver alone.
// Two rules keep the picture honest: every scale is fixed over the whole cube (all λ, all epochs, both arms), and every
// sentence is derived from the curves it talks about.

import { element } from "./dom.js";
import { asBytes, contentOf, readHeader } from "./payload.js";
import { sizeCanvas } from "./pen.js";
import { css, readTheme } from "./theme.js";

const SETTLE = 350; // milliseconds of rest before anything is read aloud
export const IDLE = 250; // milliseconds after the last key before the position is reported

// A teacher's link may ask for larger type and a page without navigation (wd_core/view/classroom.py).
export const presenting = () => /[?&]present=1(&|$)/.test(globalThis.location?.search || "");

// A view of packed bytes: unpacking, theme, size and the drag on a plot. A view adds read(bytes) → cube, adopt, place,
// dress, relayout, paint and settle.
export class Stage {
  constructor(host, { position, onRelease } = {}, name) {
    this.host = host;
    this.onRelease = onRelease;
    this.initial = position;
    this.drawn = {};
    this.sequence = 0;
    this.width = 0;
    this.abort = new AbortController();
    this.root = element("div", "wdl", { "data-testid": name });
    this.message = element("p", "wdl-message", { role: "status" });
    this.root.append(this.message);
    host.append(this.root);
    // Whoever goes on to a button by key means what stands here.
    this.root.addEventListener("focusout", ({ relatedTarget }) => this.releaseTimer && !this.root.contains(relatedTarget) && this.release(0));
    this.root.dataset.paints = "0";
    this.observer = new ResizeObserver(([entry]) => this.resize(entry.contentRect.width));
    this.observer.observe(this.root);
    this.scheme = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
    this.scheme?.addEventListener("change", () => this.restyle(), { signal: this.abort.signal });
    globalThis.addEventListener?.("resize", () => this.cube && this.width && this.relayout(), { signal: this.abort.signal });
    document.fonts?.ready.then(() => !this.destroyed && this.restyle(true));
  }

  async update(bytes, position) {
    const turn = ++this.sequence;
    try {
      const data = asBytes(bytes);
      const { header } = readHeader(data);
      // Streamlit sends the same bytes again at every rerun and theme change; only new content is unpacked.
      const content = contentOf(header);
      const same = this.content === content;
      const cube = same ? this.cube : await this.read(data);
      if (turn !== this.sequence || this.destroyed) return;
      this.content = content;
      if (same) this.restyle();
      else this.adopt(cube);
      this.place(header, position);
    } catch (error) {
      if (turn === this.sequence && !this.destroyed) this.fail(error);
    }
  }

  fail(error) {
    this.message.textContent = `The view could not be drawn. ${error.message}`;
    this.message.hidden = false;
  }

  // A rerun without a new theme (Streamlit sends many) redraws nothing.
  restyle(force = false) {
    if (!this.cube || !this.parts) return;
    const theme = readTheme(this.root, this.cube.arms);
    if (!force && this.theme && `${theme.paper}|${theme.ink}|${theme.font}` === `${this.theme.paper}|${this.theme.ink}|${this.theme.font}`) return;
    this.theme = theme;
    const { root } = this;
    root.dataset.theme = theme.dark ? "dark" : "light";
    theme.arms.forEach((colour, i) => root.style.setProperty(`--wdl-arm-${i}`, css(colour)));
    theme.classes.forEach((colour, c) => root.style.setProperty(`--wdl-class-${c}`, css(colour)));
    this.dress?.();
    if (this.width) this.relayout();
  }

  resize(width) {
    if (!width || Math.abs(width - this.width) < 1) return;
    this.width = width;
    if (!this.cube) return;
    this.relayout();
    this.paint(performance.now()); // this frame's turn to paint is over, and the sizes have emptied every canvas
  }

  sizePart(part, width, height) {
    part.width = width;
    part.height = height;
    part.ctx = sizeCanvas(part.canvas, width, height);
    part.geometry = part.signs = part.counts = null;
    part.matrices = null;
  }

  // The thumb runs on the axis of the plot above it, exactly under the cursor.
  placeRange(range, plot) {
    const thumb = 18;
    Object.assign(range.style, { left: `${plot.x - thumb / 2}px`, width: `${plot.w + thumb}px`, top: `${plot.y + plot.h}px` });
  }

  invalidate() {
    if (!this.frame && !this.destroyed) this.frame = requestAnimationFrame((now) => this.paint(now));
  }

  // Something moved: once it rests, settle() puts it into words for who cannot see it.
  settleSoon() {
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => this.settle(), SETTLE);
  }

  // The host hears of a position only when the hand lets go.
  release(delay) {
    clearTimeout(this.releaseTimer);
    this.releaseTimer = 0;
    const report = () => { this.releaseTimer = 0; if (!this.destroyed) this.onRelease?.(this.position()); };
    if (delay) this.releaseTimer = setTimeout(report, delay);
    else report();
  }

  listenDrag(canvas, range, stateAt, tip) {
    let dragging = false;
    const finish = () => {
      if (!dragging) return;
      dragging = false;
      this.root.classList.remove("wdl-dragging");
      this.release(0);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      dragging = true;
      canvas.setPointerCapture(event.pointerId);
      this.root.classList.add("wdl-dragging");
      range.focus({ preventScroll: true });
      tip.hidden = true;
      const target = stateAt(event.offsetX);
      this.grab?.(target);
      this.set(target);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (dragging) this.set(stateAt(event.offsetX));
      else if (event.pointerType === "mouse") this.showTip(tip, stateAt(event.offsetX), event.offsetY);
    });
    canvas.addEventListener("pointerup", finish);
    canvas.addEventListener("pointercancel", finish);
    canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  destroy() {
    this.destroyed = true;
    this.abort.abort();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.releaseTimer);
    clearTimeout(this.settleTimer);
    this.root.remove();
  }
}
