// Playing: recorded steps at a steady rate, about four seconds for all of them at ×1.

import { IDLE } from "../web/stage.js";

export const SPEEDS = [0.5, 1, 2, 4];

export class Player {
  constructor(view) {
    this.view = view;
    this.rewind();
  }

  // Whatever moved the epoch, playing goes on from there.
  rewind() {
    this.from = { time: null, k: this.view.state.k };
  }

  toggle() {
    const { view } = this;
    if (view.state.playing) return this.pause();
    if (view.cube.K < 2) return undefined;
    if (view.state.k >= view.cube.K - 1) view.set({ k: 0 });
    view.state.playing = true;
    this.rewind();
    return view.invalidate();
  }

  pause(report = true) {
    const { view } = this;
    if (!view.state.playing) return;
    view.state.playing = false;
    view.invalidate();
    if (report) view.release(0);
  }

  cycleSpeed() {
    const { view } = this;
    view.set({ speed: SPEEDS[(SPEEDS.indexOf(view.state.speed) + 1) % SPEEDS.length] });
    view.release(IDLE);
  }

  advance(now) {
    const { state, cube } = this.view;
    const rate = Math.max(8, cube.K / 4) * state.speed;
    if (this.from.time === null || this.from.speed !== state.speed) this.from = { time: now, k: state.k, speed: state.speed };
    const last = cube.K - 1;
    state.k = Math.min(last, this.from.k + Math.floor(((now - this.from.time) * rate) / 1000));
    if (state.k === last) this.pause();
  }
}
