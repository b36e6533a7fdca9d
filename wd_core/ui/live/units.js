// What every unit of a network says over the plane: as small pictures in the network, and large under the pointer.

import { Model, sigmoid, spread } from "./evaluate.js";

const SIDE = 18; // points of a small picture

// Columns of units: the inputs, then each layer with its activation, the output last.
export class Units {
  constructor(cube) {
    this.cube = cube;
    this.model = new Model(cube.header.program);
    const { first, layers } = this.model;
    this.ends = []; // of each column but the inputs, the place of its last operation
    [first, ...layers].forEach((layer, j) => {
      if (layer.op === "affine") this.ends.push(j);
      else this.ends[this.ends.length - 1] = j;
    });
    this.counts = [this.model.affine.length, ...this.ends.map((end) => this.model.units[end])];
    this.said = this.counts.map((count) => new Float32Array(count * SIDE * SIDE));
    this.images = this.counts.map((count) => {
      const image = new ImageData(SIDE, SIDE * count);
      const canvas = new OffscreenCanvas(SIDE, SIDE * count);
      return { image, pixels: new Uint32Array(image.data.buffer), canvas, ctx: canvas.getContext("2d") };
    });
    this.scales = this.counts.map(() => 0);
    for (const arm of cube.arms) {
      this.evaluate(arm, 0, cube.K - 1);
      this.said.forEach((values, c) => { this.scales[c] = values.reduce((most, value) => Math.max(most, Math.abs(value)), this.scales[c]); });
    }
    this.scales = this.scales.map((scale) => scale || 1);
  }

  bind(arm, l, k) {
    return arm.bind(this.model, l, k);
  }

  evaluate(arm, l, k) {
    const { x, y } = this.cube.header.plane;
    const xs = spread(x.range, SIDE), ys = spread(y.range, SIDE);
    this.bind(arm, l, k);
    for (let r = 0; r < SIDE; r++) {
      const keep = (c, values) => {
        for (let u = 0; u < this.counts[c]; u++) this.said[c].set(values.subarray(u * SIDE, (u + 1) * SIDE), (u * SIDE + SIDE - 1 - r) * SIDE);
      };
      keep(0, inputsAt(this.model, xs, ys[r]));
      this.model.row(xs, ys[r], SIDE, (j, values) => this.ends.includes(j) && keep(this.ends.indexOf(j) + 1, values));
    }
  }

  // The pictures of one run; draw(ctx, column, unit, x, y, size) puts one of them anywhere.
  paint(theme, arm, l, k) {
    this.evaluate(arm, l, k);
    const last = this.counts.length - 1;
    this.images.forEach(({ image, pixels, ctx }, c) => {
      const values = this.said[c], shade = c === last ? this.shadeOfOutput() : (v) => 127.5 + (127.5 * v) / this.scales[c];
      for (let j = 0; j < values.length; j++) pixels[j] = theme.diverging[Math.max(0, Math.min(255, Math.round(shade(values[j]))))];
      ctx.putImageData(image, 0, 0);
    });
  }

  shadeOfOutput() {
    const { task, header: { value_range: [low, high] } } = this.cube;
    if (task === "binary" && this.counts.at(-1) === 1) return (z) => 255 * sigmoid(z);
    if (task.startsWith("regression")) return (z) => (255 * (z - low)) / (high - low || 1);
    return (z) => 127.5 + (127.5 * z) / this.scales.at(-1);
  }

  draw(ctx, c, unit, x, y, size) {
    ctx.drawImage(this.images[c].canvas, 0, unit * SIDE, SIDE, SIDE, x - size / 2, y - size / 2, size, size);
  }

  // The scores at one point of the plane.
  at(arm, l, k, x, y) {
    return this.bind(arm, l, k).row([x], y, 1).slice(0, this.model.outputs);
  }
}

// The model's own inputs on a row of points, one input after the other.
export function inputsAt(model, xs, y) {
  const n = xs.length, said = new Float64Array(model.affine.length * n);
  const [u, v] = model.coordinates;
  model.affine.forEach((map, i) => {
    for (let p = 0; p < n; p++) {
      said[i * n + p] = map ? map[0] + map[1] * xs[p] + map[2] * y
        : model.named[model.slots[i] - 3](u[0] + u[1] * xs[p] + u[2] * y, v[0] + v[1] * xs[p] + v[2] * y);
    }
  });
  return said;
}

// One unit's activation as a source of fields: high and low in the colours of signs, its zero as a line.
export class UnitSource {
  constructor(units, arm, column, unit) {
    Object.assign(this, { units, arm, column, unit, channels: 1 });
    this.model = new Model(units.cube.header.program);
    this.work = this.model.work;
  }

  bind(l, k) {
    this.arm.bind(this.model, l, k);
    return this;
  }

  fill(field, from, to) {
    const { column, unit, units, model } = this;
    const { x, y } = units.cube.header.plane;
    const { columns, rows, scores, value } = field;
    const xs = spread(x.range, columns), ys = spread(y.range, rows), scale = units.scales[column];
    for (let r = from; r < to; r++) {
      const keep = (values) => scores.set(values.subarray(unit * columns, (unit + 1) * columns), r * columns);
      if (column === 0) keep(inputsAt(model, xs, ys[r]));
      else model.row(xs, ys[r], columns, (j, values) => j === units.ends[column - 1] && keep(values));
      for (let j = r * columns; j < (r + 1) * columns; j++) value[j] = 127.5 + (127.5 * scores[j]) / scale;
    }
  }
}
