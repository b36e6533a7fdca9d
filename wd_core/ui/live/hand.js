// --------------------------------------------------------------------------------------- the hand: pointer, keys, playing

Object.assign(View.prototype, {
  // -- input

  listen() {
    const { parts, canvases } = this;
    parts.lambdaRange.addEventListener("input", () => this.set({ l: Number(parts.lambdaRange.value) }));
    parts.epochRange.addEventListener("input", () => this.set({ k: this.stepFromRange(Number(parts.epochRange.value)) }));
    parts.epochRange.addEventListener("keydown", (event) => this.epochKey(event));
    for (const range of [parts.lambdaRange, parts.epochRange]) {
      range.addEventListener("keydown", () => { this.keyed = true; });
      range.addEventListener("pointerdown", () => { this.keyed = false; this.pause(); });
      range.addEventListener("change", () => this.release(this.keyed ? IDLE : 0));
    }
    this.listenDrag(canvases.lambdaCursor.canvas, parts.lambdaRange, (x) => ({ l: this.lambdaAt(x) }), parts.lambdaTip);
    this.listenDrag(canvases.epochCursor.canvas, parts.epochRange, (x) => ({ k: this.stepAt(x) }), parts.epochTip);
    if (this.listening) return;
    this.listening = true;
    this.root.addEventListener("keydown", (event) => this.spaceKey(event), { signal: this.abort.signal });
  },

  grab(target) {
    if ("k" in target) this.pause();
  },

  lambdaAt(x) {
    const plot = this.plotBox.lambda;
    return clamp(Math.round(((x - plot.x) / plot.w) * (this.cube.L - 1)), 0, this.cube.L - 1);
  },

  stepAt(x) {
    const plot = this.plotBox.epoch, { steps, K } = this.cube;
    return nearestStep(this.cube, steps[0] + ((x - plot.x) / plot.w) * (steps[K - 1] - steps[0]));
  },

  // Recorded steps are uneven: a nudge too small to reach the next one still moves by one.
  stepFromRange(value) {
    const { steps, K } = this.cube;
    const k = nearestStep(this.cube, value);
    return k !== this.state.k || value === steps[k] ? k : clamp(k + Math.sign(value - steps[k]), 0, K - 1);
  },

  epochKey(event) {
    const page = Math.max(1, Math.round(this.cube.K / 10));
    const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.pause(false);
    this.set({ k: clamp(this.state.k + moves[event.key], 0, this.cube.K - 1) });
    this.release(IDLE);
  },

  spaceKey(event) {
    const target = event.composedPath()[0];
    if (event.key !== " " || target?.tagName === "BUTTON") return;
    event.preventDefault();
    this.toggle();
  },

  jump(k) {
    this.pause(false);
    this.set({ k: clamp(k, 0, this.cube.K - 1) });
    this.release(IDLE);
  },

  cycleSpeed() {
    this.set({ speed: SPEEDS[(SPEEDS.indexOf(this.state.speed) + 1) % SPEEDS.length] });
    this.release(IDLE);
  },

  set(change, releaseNow = false) {
    if ("l" in change && change.l !== this.state.l) this.state.touched = true;
    Object.assign(this.state, change);
    this.invalidate();
    if (releaseNow) this.release(0);
  },

  showTip(tip, target, y) {
    const { cube } = this;
    const l = target.l ?? this.state.l, k = target.k ?? this.state.k;
    const lambda = "l" in target;
    const lines = [lambda ? `λ = ${lambdaText(cube.lambdas[l])}` : `epoch ${epochText(epochOf(cube, k))}`];
    for (const arm of cube.arms) {
      const values = splitsShown(this).map((split) => {
        const value = at(arm.get(lambda ? `mean_${split}` : `${split}_loss`), cube, l, k), se = lambda ? at(arm.get(`se_${split}`), cube, l, k) : NaN;
        return `${split} ${three(value)}${se > 0 ? ` ± ${three(se)}` : ""}`;
      });
      if (!lambda) values.push(`penalty ${three(at(arm.get("penalty"), cube, l, k))}`);
      lines.push(`${cube.arms.length > 1 ? `${arm.glyph} ` : ""}${values.join("   ")}`);
    }
    setText(tip, lines.join("\n"));
    const x = lambda ? lambdaX(this, l) : epochX(this, k);
    tip.style.transform = `translate(${x}px, ${Math.max(0, y - 14)}px) translate(${x > this.width / 2 ? "calc(-100% - 14px)" : "14px"}, -50%)`;
    tip.hidden = false;
  },

  // -- playing: recorded steps at a steady rate, about four seconds for all of them at ×1

  toggle() {
    if (this.state.playing) return this.pause();
    if (this.cube.K < 2) return;
    if (this.state.k >= this.cube.K - 1) this.set({ k: 0 });
    this.state.playing = true;
    this.playFrom = { time: null, k: this.state.k };
    this.invalidate();
  },

  pause(report = true) {
    if (!this.state.playing) return;
    this.state.playing = false;
    this.invalidate();
    if (report) this.release(0);
  },

  advance(now) {
    const rate = Math.max(8, this.cube.K / 4) * this.state.speed;
    if (this.playFrom.time === null || this.playFrom.speed !== this.state.speed) {
      this.playFrom = { time: now, k: this.state.k, speed: this.state.speed };
    }
    const last = this.cube.K - 1;
    this.state.k = Math.min(last, this.playFrom.k + Math.floor(((now - this.playFrom.time) * rate) / 1000));
    if (this.state.k === last) this.pause();
  },
});
