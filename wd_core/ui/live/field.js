// What a model says over the plane, on a grid of any fineness: from its weights where the browser can evaluate it, else
// from the grid that the server sent. Both fill the same Field.

import { clamp } from "../web/dom.js";
import { Model, sigmoid, spread } from "./evaluate.js";

// Scores on columns × rows points, row 0 at the bottom, the outermost on the plane's edges. `value` is what is drawn: the
// probability of class 1, the place in the range of values, or the lead of class `top` over the next, in 255ths.
export class Field {
  constructor(columns, rows, channels) {
    Object.assign(this, { columns, rows, channels });
    const size = columns * rows;
    this.scores = new Float32Array(size * channels);
    this.value = new Uint8ClampedArray(size);
    this.top = channels > 1 ? new Uint8Array(size) : null;
  }
}

// Fields are large and of few sizes: each panel keeps the ones it uses.
export function fieldOfSize(shelf, columns, rows, channels) {
  const key = `${columns} ${rows} ${channels}`;
  if (shelf.size > 6) shelf.clear();
  if (!shelf.has(key)) shelf.set(key, new Field(columns, rows, channels));
  return shelf.get(key);
}

export function sourceOf(cube, arm) {
  if (cube.header.program) return new ModelSource(cube, arm);
  return arm.get("grid") ? new GridSource(cube, arm) : null;
}

const scaleTo = ([low, high]) => (z) => ((z - low) / (high - low || 1)) * 255;

class ModelSource {
  constructor(cube, arm) {
    this.cube = cube;
    this.arm = arm;
    this.model = new Model(cube.header.program);
    this.work = this.model.work;
    this.channels = cube.task === "multiclass" ? this.model.outputs : 1;
    this.shade = cube.task === "binary" ? (z) => 255 * sigmoid(z) : scaleTo(cube.header.value_range);
  }

  bind(l, k) {
    this.arm.bind(this.model, l, k);
    return this;
  }

  // Rows from…to of the field.
  fill(field, from, to) {
    const { x, y } = this.cube.header.plane;
    const { columns, rows } = field;
    const xs = spread(x.range, columns), ys = spread(y.range, rows);
    for (let r = from; r < to; r++) {
      const said = this.model.row(xs, ys[r], columns);
      if (this.channels > 1) winners(field, r, said, this.channels);
      else this.one(field, r, said);
    }
  }

  one(field, r, said) {
    const { columns, scores, value } = field;
    const two = this.model.outputs === 2; // softmax over two classes is logistic in their difference
    for (let p = 0, j = r * columns; p < columns; p++, j++) {
      scores[j] = two ? said[columns + p] - said[p] : said[p];
      value[j] = this.shade(scores[j]);
    }
  }

  // The fitted curve of one input at `count` points of the x axis.
  curve(count) {
    return this.model.row(spread(this.cube.header.plane.x.range, count), 0, count).subarray(0, count);
  }
}

// Each point's most probable class and its lead over the second.
function winners(field, r, said, classes) {
  const { columns, rows, scores, value, top } = field;
  const size = columns * rows;
  for (let p = 0, j = r * columns; p < columns; p++, j++) {
    let best = -Infinity, second = -Infinity, winner = 0;
    for (let c = 0; c < classes; c++) {
      const z = (scores[c * size + j] = said[c * columns + p]);
      if (z > best) [second, best, winner] = [best, z, c];
      else if (z > second) second = z;
    }
    let total = 0;
    for (let c = 0; c < classes; c++) total += Math.exp(said[c * columns + p] - best);
    top[j] = winner;
    value[j] = (255 * (1 - Math.exp(second - best))) / total;
  }
}

// Between the points of the grid scores are interpolated: by a cubic (Catmull–Rom) for one score, and for classes, of which
// only the winner and its lead are known, by the leads as signed distances from the tie.
class GridSource {
  constructor(cube, arm) {
    this.cube = cube;
    this.numbers = arm.get("grid");
    this.top = arm.get("top");
    const { low, high, size } = arm.grid;
    this.size = size;
    this.low = low;
    this.unit = (high - low) / 65535;
    this.channels = this.top ? cube.header.outputs.length : 1;
    this.work = this.top ? 30 : 24;
    this.shade = cube.task === "binary" ? (z) => 255 * sigmoid(z) : scaleTo(cube.header.value_range);
  }

  bind(l, k) {
    this.at = (l * this.cube.K + k) * this.size * this.size;
    return this;
  }

  fill(field, from, to) {
    const { columns, rows } = field;
    for (let r = from; r < to; r++) {
      const y = (r * (this.size - 1)) / (rows - 1);
      for (let c = 0; c < columns; c++) {
        const x = (c * (this.size - 1)) / (columns - 1), j = r * columns + c;
        if (this.top) this.lead(field, j, x, y);
        else field.value[j] = this.shade((field.scores[j] = this.cubic(x, y)));
      }
    }
  }

  number(i, j) {
    const last = this.size - 1;
    return this.low + this.unit * this.numbers[this.at + clamp(j, 0, last) * this.size + clamp(i, 0, last)];
  }

  cubic(x, y) {
    const i = Math.min(Math.floor(x), this.size - 2), j = Math.min(Math.floor(y), this.size - 2);
    const across = (row) => catmullRom(this.number(i - 1, row), this.number(i, row), this.number(i + 1, row), this.number(i + 2, row), x - i);
    return catmullRom(across(j - 1), across(j), across(j + 1), across(j + 2), y - j);
  }

  lead(field, place, x, y) {
    const i = Math.min(Math.floor(x), this.size - 2), j = Math.min(Math.floor(y), this.size - 2), u = x - i, v = y - j;
    const corners = [[i, j, (1 - u) * (1 - v)], [i + 1, j, u * (1 - v)], [i, j + 1, (1 - u) * v], [i + 1, j + 1, u * v]];
    let best = -Infinity, winner = 0;
    for (const [a, b] of corners) {
      const c = this.top[this.at + b * this.size + a];
      let lead = 0;
      for (const [m, n, share] of corners) lead += share * (this.top[this.at + n * this.size + m] === c ? 1 : -1) * this.number(m, n);
      if (lead > best) [best, winner] = [lead, c];
    }
    const { scores, top, value, columns, rows, channels } = field;
    for (let c = 0; c < channels; c++) scores[c * columns * rows + place] = c === winner ? best : -best;
    top[place] = winner;
    value[place] = 255 * best;
  }
}

function catmullRom(a, b, c, d, t) {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
