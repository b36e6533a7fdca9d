// The Lab's cube.

import { readMessage } from "../web/payload.js";
import { OTHER_GLYPHS } from "../web/pen.js";
import { sums, unpackWeights } from "./unpack.js";

export async function readCube(bytes) {
  const { header, arrays } = await readMessage(bytes);
  return makeCube(header, arrays);
}

// Header and arrays, with the sizes every drawing needs and the scales that stand still.
function makeCube(header, arrays) {
  const cube = {
    header, arrays, task: header.task,
    lambdas: header.lambdas, steps: header.steps,
    L: header.lambdas.length, K: header.steps.length,
    regression: header.task.startsWith("regression"),
    seeds: (header.seeds || []).length || 1,
    points: header.points || { train: 0, validation: 0, test: 0 },
    layers: header.layers || [],
  };
  cube.arms = (header.arms || []).map((meta, i) => makeArm(header, arrays, meta, i));
  cube.inert = cube.arms.every((arm) => arm.inert); // no penalty: λ has nothing to do
  // Two variants of one penalty come with one glyph; the second then wears its other form.
  const [first, second] = cube.arms;
  if (second && second.glyph === first.glyph) second.glyph = OTHER_GLYPHS[second.glyph] || "◇";
  cube.parameters = header.arrays?.["a0.weights"]?.shape[3] || 0;
  cube.decayed = header.decayed;
  cube.flipped = Boolean(arrays.flipped?.some(Boolean));
  const covered = lossLimits(cube, ["train", "validation"]); // while the test is covered no axis tells of it
  cube.lossLimits = { covered, revealed: lossLimits(cube, ["train", "validation", "test"]) };
  cube.weightScale = weightScale(cube);
  cube.countLimit = countLimit(cube);
  cube.marks = pointMarks(cube);
  return cube;
}

function makeArm(header, arrays, meta, index) {
  const own = `a${index}.`;
  const shape = header.arrays?.[`${own}weights`]?.shape || [3, 1, header.steps.length, 0];
  const unpacked = { weights: arrays[`${own}weights`] && unpackWeights(arrays[`${own}weights`], shape, meta.weight_units) };
  const grid = header.arrays?.[`${own}grid`]?.shape;
  if (grid) unpacked.grid = sums(arrays[`${own}grid`], [grid[1] * grid[2], grid[3], grid[4], 1]);
  const get = (name) => unpacked[name] || arrays[own + name] || null;
  // The run's place among the weights; of a large network only some steps carry theirs, the nearest one stands in.
  const run = (l, k) => l * shape[2] + (meta.weight_rows ? meta.weight_rows[k] : k);
  const norms = header.arrays?.[`${own}norms`]?.shape[2] || 0;
  return {
    ...meta, index, get, run,
    bind: (model, l, k) => model.bind(get("weights"), run(l, k) * shape[3], get("norms"), run(l, k) * norms),
  };
}

export const at = (array, cube, l, k) => (array ? array[l * cube.K + k] : NaN);

// Fixed scales.

const lossNames = (splits) => splits.flatMap((split) => [`${split}_loss`, `mean_${split}`]);

function quantile(sorted, q) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : NaN;
}

// A few exploding runs must not squeeze all others into one line: the axis ends at the 98th percentile, or where the curves
// over λ end after training, bands and all, if that is not much further: an overfit at λ = 0 is what people come to see.
export function lossLimits(cube, splits) {
  const values = [], names = lossNames(splits);
  for (const arm of cube.arms) {
    for (const name of names) for (const value of arm.get(name) || []) if (value >= 0 && value < Infinity) values.push(value);
  }
  values.sort((a, b) => a - b);
  const usual = quantile(values, 0.98) || 1;
  const trained = cube.arms.flatMap((arm) => names.flatMap((name) => {
    const curve = arm.get(name);
    const band = name.startsWith("mean_") ? arm.get(name.replace("mean_", "se_")) : null;
    return curve ? cube.lambdas.map((_, l) => at(curve, cube, l, cube.K - 1) + (at(band, cube, l, cube.K - 1) || 0)) : [];
  })).filter((value) => value < 3 * usual);
  const high = Math.max(usual, ...trained);
  const positive = values.filter((value) => value > 0);
  const low = Math.max(quantile(positive, 0.02) || high / 100, high * 1e-4);
  // A linear axis starts at zero unless that would leave its lower half empty.
  const lowest = quantile(values, 0.005) || 0;
  const floor = lowest > 0.4 * high ? Math.max(0, lowest - 0.15 * (high - lowest)) : 0;
  return { high: high + 0.06 * (high - floor), low: Math.min(low * 0.85, high / 3), floor };
}

// Link widths and histogram range, symmetric about zero. The runs with the largest weights set it (most runs of a path are
// shrunk far below them), without their few outliers and without runs that diverged.
function weightScale(cube) {
  const { parameters: P, K, L } = cube;
  let high = 0;
  for (const arm of cube.arms) {
    const weights = arm.get("weights"), diverged = arm.get("diverged");
    if (!weights) continue;
    const stride = Math.max(1, Math.floor(P / 1000));
    for (let run = 0; run < 3 * L; run++) {
      const l = Math.floor(run / 3), k = Math.floor(((K - 1) * (1 + (run % 3))) / 3);
      if (diverged?.[l]) continue;
      const sizes = [];
      for (let j = arm.run(l, k) * P, end = j + P; j < end; j += stride) if (weights[j]) sizes.push(Math.abs(weights[j]));
      const common = quantile(Float64Array.from(sizes).sort(), 0.98);
      if (common > high / 1.15) high = Math.min(1.15 * common, arm.weight_max || Infinity);
    }
  }
  return high || 1;
}

export const BINS = 31; // odd, so that one bar is centred on zero

export function binWeights(cube, arm, l, k, counts) {
  counts.fill(0);
  const weights = arm.get("weights");
  if (!weights) return;
  const factor = BINS / 2 / cube.weightScale;
  const start = arm.run(l, k) * cube.parameters;
  cube.layers.forEach((layer, depth) => {
    let j = start + layer.at;
    for (let o = 0; o < layer.outputs; o++, j += layer.bias) { // the bias at the end of a row is skipped
      for (let i = 0; i < layer.inputs; i++, j++) {
        if (weights[j] === 0) continue;
        const bin = Math.floor(weights[j] * factor + BINS / 2);
        counts[depth * BINS + (bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin)]++;
      }
    }
  });
}

// The highest bar of all runs, exact zeros included: nothing is ever cut.
function countLimit(cube) {
  const counts = new Uint32Array(Math.max(1, cube.layers.length) * BINS);
  let most = 2;
  const every = Math.max(1, Math.floor((cube.L * cube.K) / 150));
  for (const arm of cube.arms) {
    for (const zeros of arm.get("zeros") || []) most = Math.max(most, zeros);
    for (let run = 0; run < cube.L * cube.K; run += every) {
      binWeights(cube, arm, Math.floor(run / cube.K), run % cube.K, counts);
      for (let bin = 0; bin < BINS; bin++) {
        let sum = 0;
        for (let depth = 0; depth < cube.layers.length; depth++) sum += counts[depth * BINS + bin];
        most = Math.max(most, sum);
      }
    }
  }
  return most;
}

// Which split and class every point belongs to; constant over the cube.
function pointMarks(cube) {
  const points = cube.arrays.points;
  const labels = cube.arrays.labels;
  if (!points || !labels) return [];
  const { train = 0, validation = 0 } = cube.points;
  return Array.from({ length: labels.length }, (_, i) => ({
    x: points[2 * i], y: points[2 * i + 1], label: labels[i], flipped: Boolean(cube.arrays.flipped?.[i]), i,
    split: i < train ? "train" : i < train + validation ? "validation" : "test",
  }));
}

export function nearestStep(cube, step) {
  const { steps, K } = cube;
  let low = 0, high = K - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle;
  }
  return Math.abs(steps[high] - step) < Math.abs(steps[low] - step) ? high : low;
}

export function hasDiverged(cube, arm, l, k) {
  const flags = arm.get("diverged");
  return Boolean(flags && flags[l]) && !Number.isFinite(at(arm.get("train_loss"), cube, l, k));
}
