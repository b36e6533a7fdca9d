// The geometry: payload and scales.

import { three } from "../web/numbers.js";
import { readMessage } from "../web/payload.js";

// Two weights, one λ. Header and arrays with the scales that stand still while λ moves.
export async function readCube(bytes) {
  const { header, arrays } = await readMessage(bytes);
  const cube = { ...header, header, L: header.lambdas.length };
  cube.arms = header.arms.map((arm, index) => ({
    ...arm, index,
    w: arrays[`a${index}.w`], loss: arrays[`a${index}.loss`], size: arrays[`a${index}.size`], one: arrays[`a${index}.one`],
  }));
  cube.plane = planeReach(cube.optimum);
  cube.level = Math.sqrt(quadratic(cube, 0, 0)) / 5; // the fifth contour goes through the origin
  cube.reach = weightReach(cube);
  cube.alone = aloneScales(cube);
  return cube;
}

const quadratic = ({ hessian: [[a, b], [, d]], optimum: [x, y] }, w1, w2) => a * (w1 - x) ** 2 + 2 * b * (w1 - x) * (w2 - y) + d * (w2 - y) ** 2;

// Where the data pull from w: minus the gradient of the loss.
export const pullAt = ({ hessian: [[a, b], [, d]], optimum: [x, y] }, w1, w2) => [-a * (w1 - x) - b * (w2 - y), -b * (w1 - x) - d * (w2 - y)];

// What the planes must show: the origin with room for a ball about it, the optimum, and some of the contours beyond.
function planeReach([x, y]) {
  const far = Math.max(Math.abs(x), Math.abs(y), 0.5);
  const range = (value) => [Math.min(-0.72 * far, value - 0.4 * far), Math.max(0.72 * far, value + 0.4 * far)];
  return { x: range(x), y: range(y), far };
}

// The weights' range over all λ, for the strip.
function weightReach(cube) {
  let low = 0, high = 0;
  for (const arm of cube.arms) for (const value of arm.w) [low, high] = [Math.min(low, value), Math.max(high, value)];
  const room = 0.08 * (high - low || 1);
  return [low - 2 * room, high + room]; // below, so that no glyph at zero lies under the slider's thumb
}

// One weight alone, as if its feature were uncorrelated: it wants a, and h says how much.
function aloneScales(cube) {
  const a = cube.optimum[1], h = cube.hessian[1][1];
  const far = Math.max(Math.abs(a), 0.5), sign = a < 0 ? -1 : 1;
  const along = (low, high) => (sign > 0 ? [low * far, high * far] : [-high * far, -low * far]);
  return { a, h, far, sign, x: along(-0.75, 1.5), force: along(-0.9 * h, 1.75 * h), map: along(-1.5, 1.5), cost: [0, 2.1 * 0.5 * h * far * far] };
}

export const isZero = (arm, l, i) => arm.w[2 * l + i] === 0;
// The events of an arm that have happened by λ and still stand: weight i is zero since then.
export const zeroSince = (arm, lambda, i) => arm.events.filter((event) => event.weight === i && event.lam <= lambda * (1 + 1e-9)).pop();

export const NAMES = ["w₁", "w₂"];
export const signed = (value) => three(value === 0 ? 0 : value); // never −0

