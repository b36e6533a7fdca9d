// A board's axes: where a value lies, and the ticks.

import { drawAxisBreak, logTicks, niceTicks, tickLine } from "../web/axis.js";
import { lambdaText, superscript, tickText } from "../web/numbers.js";
import { fitText, text } from "../web/pen.js";
import { css } from "../web/theme.js";

// Evenly spaced notches, or by value.
export function notchX(axis, box, i) {
  if (axis.n < 2) return box.x + box.w / 2;
  if (axis.kind !== "linear") return box.x + (box.w * i) / (axis.n - 1);
  const first = axis.values[0];
  return box.x + (box.w * (axis.values[i] - first)) / (axis.values[axis.n - 1] - first || 1);
}

export function nearestNotch(axis, box, x) {
  let best = 0;
  for (let i = 1; i < axis.n; i++) if (Math.abs(notchX(axis, box, i) - x) < Math.abs(notchX(axis, box, best) - x)) best = i;
  return best;
}

export const placeText = (axis, i) => {
  const value = axis.values[i];
  return typeof value === "string" ? value : axis.kind === "lambda" ? lambdaText(value) : tickText(value);
};

// λ = 0 has no place on a logarithmic axis: its notch stands left of a break, which no line crosses.
export const startsAtZero = (axis) => axis.kind === "lambda" && axis.values[0] === 0;

// Heights moved apart until they are `gap` from each other, in their order, between low and high.
export function spread(heights, low, high, gap) {
  const order = heights.map((_, i) => i).sort((a, b) => heights[a] - heights[b]);
  const y = order.map((i) => Math.max(low, Math.min(high, heights[i])));
  for (let i = 1; i < y.length; i++) y[i] = Math.max(y[i], y[i - 1] + gap);
  if (y.length) y[y.length - 1] = Math.min(y[y.length - 1], high);
  for (let i = y.length - 2; i >= 0; i--) y[i] = Math.min(y[i], y[i + 1] - gap);
  const placed = [];
  order.forEach((i, n) => { placed[i] = y[n]; });
  return placed;
}

// Labels of an axis below its box: decades for λ, round numbers by value, names as they fit.
export function drawNotches(view, ctx, axis, box) {
  const { theme, layout } = view;
  const base = box.y + box.h, line = base + layout.small + 8;
  ctx.strokeStyle = css(theme.line);
  ctx.fillStyle = css(theme.muted);
  tickLine(ctx, box.x, base + 0.5, box.x + box.w, base + 0.5);
  box.labels = [];
  let free = -Infinity;
  const label = (string, x) => {
    const half = ctx.measureText(string).width / 2 + 3;
    if (x - half < free) return;
    free = x + half;
    box.labels.push([x - half, x + half]);
    tickLine(ctx, x, base, x, base + 4);
    text(ctx, string, x, line, "center");
  };
  if (axis.kind === "names") axis.values.forEach((name, i) => label(String(name), notchX(axis, box, i)));
  else if (axis.kind === "linear") {
    const low = axis.values[0], high = axis.values[axis.n - 1];
    for (const value of niceTicks(low, high, box.w / 90)) label(tickText(value), box.x + (box.w * (value - low)) / (high - low || 1));
  } else if (axis.kind === "log") axis.values.forEach((value, i) => label(tickText(value), notchX(axis, box, i)));
  else lambdaLabels(axis, box, label);
  ctx.fillStyle = css(theme.ink);
  if (startsAtZero(axis) && axis.n > 1) drawAxisBreak(ctx, (notchX(axis, box, 0) + notchX(axis, box, 1)) / 2, base, css(theme.paper), css(theme.muted));
  ctx.fillStyle = css(theme.ink);
  if (axis.kind === "lambda") text(ctx, axis.label, box.x + box.w + 8, base + 1, "left", "middle");
}

function lambdaLabels(axis, box, label) {
  const first = axis.values[0] === 0 ? 1 : 0;
  if (first) label("0", notchX(axis, box, 0));
  if (axis.n <= first + 1) return axis.n > first && label(lambdaText(axis.values[first]), notchX(axis, box, first));
  const low = Math.log10(axis.values[first]), high = Math.log10(axis.values[axis.n - 1]);
  const powers = [];
  for (let power = Math.ceil(low - 1e-6); power <= high + 1e-6; power++) powers.push(power);
  if (powers.length < 3) return axis.values.slice(first).forEach((value, i) => label(lambdaText(value), notchX(axis, box, first + i)));
  for (const power of powers) label(power === 0 ? "1" : power === 1 ? "10" : `10${superscript(power)}`, lambdaAt(axis, box, first, 10 ** power));
}

// Where a λ lies: logarithmically between its neighbours' notches.
function lambdaAt(axis, box, first, value) {
  let i = first;
  while (i < axis.n - 2 && value > axis.values[i + 1] * (1 + 1e-9)) i++;
  const share = Math.log(value / axis.values[i]) / Math.log(axis.values[i + 1] / axis.values[i]);
  return notchX(axis, box, i) + share * (notchX(axis, box, i + 1) - notchX(axis, box, i));
}

// The vertical axis of a panel with its name above, and the function from a share of the range to a y.
export function drawRange(view, ctx, panel, box) {
  const { theme, layout } = view;
  const log = Array.isArray(panel.log) ? panel.log[1] : panel.log;
  const [low, high] = panel.range;
  const shareOf = log ? (value) => Math.log(value / low) / Math.log(high / low) : (value) => (value - low) / (high - low);
  ctx.lineWidth = 1;
  const ticks = log ? logTicks(low, high) : niceTicks(low, high, Math.max(2, box.h / 34));
  for (const value of ticks) {
    const y = Math.round(box.y + box.h * (1 - shareOf(value))) + 0.5;
    ctx.strokeStyle = css(theme.faint);
    if (y < box.y + box.h) tickLine(ctx, box.x, y, box.x + box.w, y);
    ctx.fillStyle = css(theme.muted);
    text(ctx, log && ticks.length > 4 && !isDecade(value) ? "" : tickText(value), box.x - 7, y, "right", "middle");
  }
  ctx.fillStyle = css(theme.ink);
  if (panel.y_label) text(ctx, fitText(ctx, panel.y_label, box.w), box.x, box.y - layout.small * 0.6, "left");
  return (share) => box.y + box.h * (1 - share);
}

const isDecade = (value) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
