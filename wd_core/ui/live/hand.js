// The hand: pointer and keys on the two scrubbers.

import { clamp } from "../web/dom.js";
import { IDLE } from "../web/stage.js";
import { nearestStep } from "./cube.js";

export class Hand {
  constructor(view) {
    this.view = view;
    view.root.addEventListener("keydown", (event) => this.spaceKey(event), { signal: view.abort.signal });
    // A presenter's keys, wherever the focus is.
    globalThis.addEventListener?.("wdl-step", (event) => { event.preventDefault(); if (view.cube) this.jump(view.state.k + event.detail); }, { signal: view.abort.signal });
  }

  // The parts of a new picture.
  listen() {
    const { view } = this;
    const { parts, canvases } = view;
    parts.lambdaRange.addEventListener("input", () => view.set({ l: Number(parts.lambdaRange.value) }));
    parts.epochRange.addEventListener("input", () => view.set({ k: this.stepFromRange(Number(parts.epochRange.value)) }));
    parts.epochRange.addEventListener("keydown", (event) => this.epochKey(event));
    for (const range of [parts.lambdaRange, parts.epochRange]) {
      range.addEventListener("keydown", () => { this.keyed = true; });
      range.addEventListener("pointerdown", () => { this.keyed = false; view.player.pause(); });
      range.addEventListener("change", () => view.release(this.keyed ? IDLE : 0));
    }
    view.listenDrag(canvases.lambdaCursor.canvas, parts.lambdaRange, (x) => ({ l: this.lambdaAt(x) }), parts.lambdaTip);
    view.listenDrag(canvases.epochCursor.canvas, parts.epochRange, (x) => ({ k: this.stepAt(x) }), parts.epochTip);
  }

  lambdaAt(x) {
    const { plotBox: { lambda: plot }, cube, state } = this.view;
    return cube.inert ? state.l : clamp(Math.round(((x - plot.x) / plot.w) * (cube.L - 1)), 0, cube.L - 1);
  }

  stepAt(x) {
    const { plotBox: { epoch: plot }, cube } = this.view;
    const { steps, K } = cube;
    return nearestStep(cube, steps[0] + ((x - plot.x) / plot.w) * (steps[K - 1] - steps[0]));
  }

  // Recorded steps are uneven: a nudge too small to reach the next one still moves by one.
  stepFromRange(value) {
    const { cube, state } = this.view;
    const k = nearestStep(cube, value);
    return k !== state.k || value === cube.steps[k] ? k : clamp(k + Math.sign(value - cube.steps[k]), 0, cube.K - 1);
  }

  epochKey(event) {
    const { cube, state } = this.view;
    const page = Math.max(1, Math.round(cube.K / 10));
    const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.jump(state.k + moves[event.key]);
  }

  spaceKey(event) {
    const target = event.composedPath()[0];
    if (event.key !== " " || target?.tagName === "BUTTON") return;
    event.preventDefault();
    this.view.player.toggle();
  }

  jump(k) {
    const { view } = this;
    view.player.pause(false);
    view.set({ k: clamp(k, 0, view.cube.K - 1) });
    view.release(IDLE);
  }
}
