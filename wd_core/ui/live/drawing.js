// Points that the visitor draws: their text (as wd_core/datasets/_points.py has it), what a hand does to them, and undo.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const STEPS = 200; // places in a unit
export const MOST = 200;
const LEAST = 4; // of a class

// The nearest place there is.
export const snap = (value, reach) => Math.round(Math.max(-reach, Math.min(reach, value)) * STEPS) / STEPS;

export function readPoints(text, reach) {
  return Array.from({ length: text.length / 4 }, (_, i) => {
    const [a, b, c, d] = [...text.slice(4 * i, 4 * i + 4)].map((digit) => DIGITS.indexOf(digit));
    const up = 64 * c + d;
    return { x: (64 * a + b) / STEPS - reach, y: (up >> 1) / STEPS - reach, label: up & 1 };
  }).map(({ x, y, label }) => ({ x: snap(x, reach), y: snap(y, reach), label }));
}

export function writePoints(points, reach) {
  const two = (n) => DIGITS[n >> 6] + DIGITS[n & 63];
  const place = (value) => Math.round((value + reach) * STEPS);
  return points.map(({ x, y, label }) => two(place(x)) + two(2 * place(y) + label)).join("");
}

// Which part a point belongs to hangs on its rank in its class: an erased point's rank goes to the last of the class, so
// that all others keep their part.
export function erased(points, i) {
  const last = points.findLastIndex(({ label }) => label === points[i].label);
  return points.map((point, j) => (j === i ? points[last] : point)).filter((_, j) => j !== last);
}

export const added = (points, point) => [...points, point];
export const moved = (points, i, x, y) => points.map((point, j) => (j === i ? { ...point, x, y } : point));
export const relabelled = (points, i) => added(erased(points, i), { ...points[i], label: 1 - points[i].label });

export function nearest(points, x, y) {
  let best = -1, least = Infinity;
  points.forEach((point, i) => {
    const away = Math.hypot(point.x - x, point.y - y);
    if (away < least) [best, least] = [i, away];
  });
  return { best, away: least };
}

const many = (n, name) => `${n} ${name}${n === 1 ? "" : "s"}`;
export const counted = (points, names) => names.map((name, label) => many(points.filter((point) => point.label === label).length, name)).join(", ");

// What is missing before anything can be trained, or "".
export function missing(points, names) {
  const lacks = names.map((name, label) => [LEAST - points.filter((point) => point.label === label).length, name]).filter(([n]) => n > 0);
  return lacks.length ? `Draw ${lacks.map(([n, name]) => many(n, `more ${name}`)).join(" and ")}: it takes four of each. Until then, the fields before stand.` : "";
}

// What was drawn, one after the other, each as a text.
export class Steps {
  constructor(text) {
    this.texts = [text];
    this.at = 0;
  }

  get now() {
    return this.texts[this.at];
  }

  push(text) {
    if (text !== this.now) this.at = this.texts.splice(this.at + 1, Infinity, text) && this.at + 1;
  }

  can(step) {
    return this.at + step in this.texts;
  }

  go(step) {
    if (this.can(step)) this.at += step;
    return this.now;
  }
}
