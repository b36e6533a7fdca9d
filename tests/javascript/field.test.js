// Fields and the lines through them: straight where the model is, thin strips whole, as fine as there is time.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Model, spread } from "../../wd_core/ui/live/evaluate.js";
import { fieldOfSize, sourceOf } from "../../wd_core/ui/live/field.js";
import { strokeContours, strokeDecisionLine } from "../../wd_core/ui/live/lines.js";
import { cellFor } from "../../wd_core/ui/live/sharpen.js";
import { sums } from "../../wd_core/ui/live/unpack.js";

const BOX = { x: 0, y: 0, w: 300, h: 200 };
const PLANE = [[0, 1, 0], [0, 0, 1]];

// A pen that remembers the segments it was asked for.
function pen() {
  const segments = [];
  let from = null;
  return { segments, beginPath() {}, stroke() {}, moveTo(x, y) { from = [x, y]; }, lineTo(x, y) { segments.push([from, [x, y]]); } };
}

function cubeOf(layers, weights, task, header = {}) {
  const cube = { task, K: 1, parameters: weights.length, header: { program: { coordinates: PLANE, inputs: PLANE, layers }, plane: { x: { range: [-3, 3] }, y: { range: [-2, 2] } }, value_range: [-4, 4], ...header } };
  return sourceOf(cube, { get: () => Float32Array.from(weights), bind: (model) => model.bind(Float32Array.from(weights), 0) });
}

function filled(source, columns, rows) {
  const field = fieldOfSize(new Map(), columns, rows, source.channels);
  source.bind(0, 0).fill(field, 0, rows);
  return field;
}

const linear = (outputs) => [{ op: "affine", inputs: 2, outputs, at: 0, bias: true }];
const onPlane = ([px, py]) => [-3 + (6 * px) / BOX.w, 2 - (4 * py) / BOX.h];

test("a linear boundary is exactly straight, however coarse", () => {
  for (const columns of [13, 301]) {
    const ctx = pen();
    strokeContours(ctx, filled(cubeOf(linear(1), [1.3, -0.7, 0.2], "binary"), columns, 11), [0], BOX);
    assert.ok(ctx.segments.length >= 10);
    for (const point of ctx.segments.flat().map(onPlane)) assert.ok(Math.abs(1.3 * point[0] - 0.7 * point[1] + 0.2) < 1e-5);
  }
});

test("a plane's contours are straight and evenly spaced", () => {
  const ctx = pen();
  strokeContours(ctx, filled(cubeOf(linear(1), [1, 0.5, 0], "regression2d"), 31, 21), [-2, -1, 0, 1, 2], BOX);
  const levels = new Set(ctx.segments.flat().map(onPlane).map(([x, y]) => Math.round((x + 0.5 * y) * 1e4) / 1e4 + 0));
  assert.deepEqual([...levels].sort((a, b) => a - b), [-2, -1, 0, 1, 2]);
});

test("between linear classes the line lies where their scores are equal", () => {
  const W = [1, 0.2, 0.1, -1, 0.4, 0, 0.1, -1, 0.3];
  const ctx = pen();
  strokeDecisionLine(ctx, filled(cubeOf(linear(3), W, "multiclass"), 61, 41), BOX);
  const score = (c, [x, y]) => W[3 * c] * x + W[3 * c + 1] * y + W[3 * c + 2];
  const gaps = ctx.segments.map((segment) => segment.map(onPlane).map((point) => {
    const [first, second] = [0, 1, 2].map((c) => score(c, point)).sort((a, b) => b - a);
    return first - second;
  }));
  const off = gaps.filter(([a, b]) => Math.max(a, b) > 1e-4);
  assert.ok(gaps.length > 50 && off.length <= 3, `${off.length} of ${gaps.length} off the tie`); // the cell where three meet
});

test("a strip as thin as two points is a strip, not a rope", () => {
  // |x| < 0.03 by two steep units: 1 inside, 0 outside
  const layers = [{ op: "affine", inputs: 2, outputs: 2, at: 0, bias: true }, { op: "tanh" }, { op: "affine", inputs: 2, outputs: 1, at: 6, bias: true }];
  const ctx = pen();
  strokeContours(ctx, filled(cubeOf(layers, [100, 0, 3, -100, 0, 3, 4, 4, -4], "binary"), 301, 201), [0], BOX);
  const xs = ctx.segments.flat().map(onPlane).map(([x]) => x);
  assert.ok(xs.every((x) => Math.abs(Math.abs(x) - 0.03) < 0.01));
  assert.equal(ctx.segments.length, 400);
});

test("exact zeros cost nothing and say nothing", () => {
  const layers = [{ op: "affine", inputs: 2, outputs: 5, at: 0, bias: true }, { op: "relu" }, { op: "affine", inputs: 5, outputs: 1, at: 15, bias: true }];
  const weights = new Float32Array(21).fill(0);
  weights[20] = 0.5;
  assert.deepEqual([...new Model({ coordinates: PLANE, inputs: PLANE, layers }).bind(weights, 0).row(spread([-1, 1], 3), 0, 3).subarray(0, 3)], [0.5, 0.5, 0.5]);
});

test("layer norm, square, and layers without biases", () => {
  const layers = [{ op: "affine", inputs: 2, outputs: 2, at: 0, bias: false }, { op: "layer_norm", units: 2, epsilon: 0, at: 4, bias: true }, { op: "square" }, { op: "affine", inputs: 2, outputs: 1, at: 8, bias: false }];
  const model = new Model({ coordinates: PLANE, inputs: PLANE, layers }).bind([1, 0, 0, 1, 2, 3, 0.5, -0.5, 1, 10], 0);
  // (3, 1) → (1, −1) → (2.5, −3.5) → squares → 6.25 + 122.5
  assert.ok(Math.abs(model.row([3], 1, 1)[0] - 128.75) < 1e-9);
});

test("what a unit says can be seen, layer by layer", () => {
  const seen = [];
  const model = new Model({ coordinates: PLANE, inputs: PLANE, layers: [...linear(2), { op: "relu" }] });
  model.bind([1, 0, 0, -1, 0, 0], 0).row([2], 0, 1, (layer, values) => seen.push([layer, values[0], values[1]]));
  assert.deepEqual(seen, [[0, 2, -2], [1, 2, 0]]);
});

test("the cell is the smallest that fits the time", () => {
  assert.equal(cellFor(4, 5), 1);
  assert.equal(cellFor(20, 5), 2);
  assert.equal(cellFor(1e9, 5), 8);
});

test("sums undo differences", () => {
  // one block of 2 × 2 with one inner number: 5 7 / 6 9 → 5, 2, 1, 1 folded to 10, 4, 2, 2
  const bytes = Uint8Array.from([10, 4, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...sums(bytes, [1, 2, 2, 1])], [5, 7, 6, 9]);
  assert.deepEqual([...sums(bytes, [2, 1, 2, 1])], [5, 7, 1, 2]); // two blocks know nothing of each other
});

test("a grid from the server is met at its points and is smooth between them", () => {
  const size = 9, numbers = Int32Array.from({ length: 81 }, (_, j) => 1000 * (j % 9) + 500 * Math.floor(j / 9) + 3000);
  const cube = { task: "regression2d", K: 1, header: { plane: { x: { range: [0, 1] }, y: { range: [0, 1] } }, value_range: [0, 1], outputs: ["y"] } };
  const source = sourceOf(cube, { grid: { low: 0, high: 65535, size }, get: (name) => (name === "grid" ? numbers : null) });
  const field = filled(source, 33, 17);
  for (let r = 0; r < 17; r++) for (let c = 4; c < 29; c++) {
    if (r > 1 && r < 15) assert.ok(Math.abs(field.scores[r * 33 + c] - (250 * c + 250 * r + 3000)) < 1e-2);
  }
});
